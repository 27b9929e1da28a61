"""Lines back into rows: into empty tables, by the quickest way an engine has."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from stepdown.operate.backups.tables import Present, Table
from stepdown.operate.console import Stopped

In = Callable[[Any], Any]


def empty(present: Present) -> None:
    """Take out the few rows that migrations put in: those of the backup come instead."""
    for table in present.tables:
        connection = connections[table.alias]
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table.name)}")


def put(table: Table, lines: Iterable[bytes]) -> int:
    """Write these lines into their table; returns how many.

    Raises:
        Stopped: a row cannot be kept on this engine; it is named.
    """
    rows = [json.loads(line) for line in lines]
    wide = len(table.columns)
    if any(len(row) != wide for row in rows):
        raise Stopped(f"The lines of {table.name} do not have its {wide} columns.")
    connection = connections[table.alias]
    quote: Callable[[str], str] = connection.ops.quote_name
    listed = ", ".join(quote(each.name) for each in table.columns)
    if connection.vendor == "sqlite":
        marks = ", ".join("?" * wide)
        changes = _changes(table, _SQLITE)
        sql = f"INSERT INTO {quote(table.name)} ({listed}) VALUES ({marks})"
        connection.connection.executemany(sql, (_changed(row, changes) for row in rows))
    else:
        changes = _changes(table, _POSTGRESQL)
        with connection.cursor() as cursor:
            words = f"COPY {quote(table.name)} ({listed}) FROM STDIN"
            with cursor.cursor.copy(words) as copy:
                copy.write("".join(_copied(table, row, changes) for row in rows))
    return len(rows)


def with_room(connection: BaseDatabaseWrapper, room_kb: int) -> None:
    """How much of a SQLite file this connection keeps in memory."""
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA cache_size=-{room_kb}")


@contextmanager
def without_indexes(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Fill first, then index: SQLite sorts a million keys ten times as fast as it inserts them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql <> ''")
        indexes = cursor.fetchall()
        for name, _sql in indexes:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
    yield
    with connection.cursor() as cursor:
        for _name, sql in indexes:
            cursor.execute(sql)


def settled(present: Present) -> None:
    """After the last row: every reference leads somewhere, and numbers go on after the last.

    Raises:
        IntegrityError: a row points to nothing.
    """
    for alias in connections:
        connection = connections[alias]
        connection.check_constraints()
        mine = {table.name for table in present.tables if table.alias == alias}
        models = [model for model in present.models if model._meta.db_table in mine]
        with connection.cursor() as cursor:
            for sql in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(sql)
            if connection.vendor == "postgresql":
                cursor.execute("ANALYZE")


def _changes(table: Table, how: dict[str, In]) -> list[tuple[int, In]]:
    return [(n, how[each.kind]) for n, each in enumerate(table.columns) if each.kind in how]


def _changed(row: list[Any], changes: list[tuple[int, In]]) -> list[Any]:
    for place, change in changes:
        if row[place] is not None:
            row[place] = change(row[place])
    return row


def _copied(table: Table, row: list[Any], changes: list[tuple[int, In]]) -> str:
    """One line for COPY. What no text of PostgreSQL can hold is named."""
    for place, change in changes:
        value = row[place]
        if value is None:
            continue
        if isinstance(value, str) and _has_nul(value, table.columns[place].kind):
            raise Stopped(
                f"{table.name} {row[table.columns.index(table.key)]}: "
                f"{table.columns[place].name} holds a character (NUL) that PostgreSQL cannot keep."
            )
        row[place] = change(value)
    return "\t".join("\\N" if value is None else str(value) for value in row) + "\n"


def _has_nul(value: str, kind: str) -> bool:
    if kind != "json":
        return "\0" in value
    return "\\u0000" in value and _nul_inside(json.loads(value))


def _nul_inside(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_nul_inside(each) for pair in value.items() for each in pair)
    return isinstance(value, list) and any(_nul_inside(each) for each in value)


def _escaped(text: str) -> str:
    """As COPY wants it."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return text


def _sqlite_time(text: str) -> str:
    """As Django keeps a time: in UTC, without a fraction of nothing."""
    if len(text) != 27:
        return text
    whole = f"{text[:10]} {text[11:19]}"
    return whole if text[19:26] == ".000000" else whole + text[19:26]


_SQLITE: dict[str, In] = {
    "uuid": lambda text: text.replace("-", ""),
    "time": _sqlite_time,
    "boolean": int,
}
_POSTGRESQL: dict[str, In] = {
    "text": _escaped,
    "json": _escaped,
    "boolean": lambda value: "t" if value else "f",
}
