"""Rows as lines of JSON and back, the same on both engines: ids, times to the microsecond, JSON.

What there is to read is asked of the migrations a database has had, not of this release's
models: so a database is backed up before an upgrade, and an old backup fills the tables it
was taken from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connections, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from stepdown.operate.console import Stopped
from stepdown.records import canonical
from stepdown.records.routing import APART

BATCH = 2000

LEFT_OUT = ("django_session", "django_migrations")
"""Sign-ins end with a restore. What migrations ran is in the manifest, by name."""

KINDS = {
    "AutoField": "integer",
    "BigAutoField": "integer",
    "BigIntegerField": "integer",
    "BooleanField": "boolean",
    "CharField": "text",
    "DateField": "date",
    "DateTimeField": "time",
    "DecimalField": "decimal",
    "EmailField": "text",
    "GenericIPAddressField": "address",
    "IntegerField": "integer",
    "JSONField": "json",
    "PositiveBigIntegerField": "integer",
    "PositiveIntegerField": "integer",
    "PositiveSmallIntegerField": "integer",
    "SlugField": "text",
    "SmallIntegerField": "integer",
    "TextField": "text",
    "URLField": "text",
    "UUIDField": "uuid",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column, what is in it, and for decimals how many places."""

    name: str
    kind: str
    places: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table, the database it lies in, its columns, and the one its rows are in order of."""

    name: str
    alias: str
    columns: tuple[Column, ...]
    key: Column


Migrations = list[tuple[str, str]]


class Present:
    """What the databases hold now, as their migrations made it."""

    def __init__(self) -> None:
        self._loader = MigrationLoader(connections["default"])
        self.migrations = applied(self._loader)
        if not any(_ours(each) for each in self.migrations):
            raise Stopped("The database is not set up yet. Run: stepdown migrate")
        self._same_beside()
        state: ProjectState = self._loader.project_state(leaves(self._loader, self.migrations))
        self.apps = state.apps
        self.models = [
            model
            for model in self.apps.get_models(include_auto_created=True)
            if model._meta.managed and model._meta.db_table not in LEFT_OUT
        ]
        self.tables = sorted((_table(model) for model in self.models), key=lambda each: each.name)

    def model(self, name: str) -> Any:
        """A model of the records as this database has it."""
        return self.apps.get_model("records", name)

    def _same_beside(self) -> None:
        """The log of reads, where it lies apart, has had the same migrations of the records."""
        for alias in connections:
            if alias == "default":
                continue
            beside = {each for each in applied(MigrationLoader(connections[alias])) if _ours(each)}
            if beside != {each for each in self.migrations if _ours(each)}:
                raise Stopped("The log of reads is not of the same release. Run: stepdown migrate")


def _ours(migration: tuple[str, str]) -> bool:
    return migration[0] == "records"


def applied(loader: MigrationLoader) -> Migrations:
    """The migrations a database has had, in order of their names.

    Raises:
        Stopped: one of them is none of this release's.
    """
    found = sorted(loader.applied_migrations or {})
    for app, name in found:
        if (app, name) not in (loader.disk_migrations or {}):
            raise Stopped(
                f"This database has had a migration that this release does not know ({app} {name}). "
                "Use the release that made it, or a newer one."
            )
    return [(app, name) for app, name in found]


def leaves(loader: MigrationLoader, migrations: Migrations) -> Migrations:
    """The last of these migrations in each line: going to them brings exactly these."""
    there = [each for each in migrations if each in loader.graph.nodes]
    known = set(there)
    return [
        each
        for each in there
        if not any(
            child.key in known and child.key[0] == each[0]
            for child in loader.graph.node_map[each].children
        )
    ]


def _table(model: type[models.Model]) -> Table:
    meta = model._meta
    columns = tuple(_column(field) for field in meta.concrete_fields)
    (key,) = (each for each in columns if meta.pk is not None and each.name == meta.pk.column)
    apart = meta.app_label == "records" and meta.model_name in APART
    return Table(meta.db_table, settings.ACCESS_ALIAS if apart else "default", columns, key)


def _column(field: Any) -> Column:
    held = field
    while held.remote_field is not None:
        held = held.target_field
    kind = held.get_internal_type()
    if kind not in KINDS:
        raise Stopped(f"{field} is a {kind}, which backups do not know how to write.")
    return Column(field.column, KINDS[kind], getattr(held, "decimal_places", None) or 0)


# --- rows to lines ----------------------------------------------------------------------------

_SQLITE = {
    "uuid": "substr({0},1,8)||'-'||substr({0},9,4)||'-'||substr({0},13,4)||'-'"
    "||substr({0},17,4)||'-'||substr({0},21)",
    # Django leaves out a fraction of nothing.
    "time": "CASE length({0}) WHEN 26 THEN replace({0},' ','T')||'Z' "
    "WHEN 19 THEN replace({0},' ','T')||'.000000Z' ELSE {0}||'' END",
}
_PLAIN_SQLITE = "+{0}"
"""An expression has no declared type: the driver hands out what is stored."""

_POSTGRESQL = {
    "uuid": "{0}::text",
    "time": """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "date": "to_char({0}, 'YYYY-MM-DD')",
    "json": "{0}::text",
    "decimal": "{0}::text",
    "address": "host({0})",
}

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def selected(table: Table) -> str:
    """The statement that reads a table as plain text and numbers, in the order of its key."""
    connection = connections[table.alias]
    quote: Callable[[str], str] = connection.ops.quote_name
    lite = connection.vendor == "sqlite"
    words, plain = (_SQLITE, _PLAIN_SQLITE) if lite else (_POSTGRESQL, "{0}")
    listed = ", ".join(
        words.get(each.kind, plain).format(quote(each.name)) for each in table.columns
    )
    # Bytes order text alike on every server, whatever its language.
    order = quote(table.key.name) + (
        ' COLLATE "C"' if table.key.kind == "text" and not lite else ""
    )
    return f"SELECT {listed} FROM {quote(table.name)} ORDER BY {order}"


def lines(table: Table) -> Iterator[tuple[int, bytes]]:
    """(how many, their lines) some thousand rows at a time, in the order of the key.

    Raises:
        Stopped: a row holds what cannot be written down; it is named.
    """
    connection = connections[table.alias]
    changes = [(n, _out(each)) for n, each in enumerate(table.columns) if each.kind in _CHANGED]
    opened: Any = (
        connection.cursor() if connection.vendor == "sqlite" else connection.chunked_cursor()
    )
    with opened as cursor:
        cursor.execute(selected(table))
        while rows := cursor.fetchmany(BATCH):
            yield len(rows), b"".join(_line(table, row, changes) for row in rows)


def _line(table: Table, row: Any, changes: list[tuple[int, Callable[[Any], Any]]]) -> bytes:
    try:
        values = list(row)
        for place, change in changes:
            if values[place] is not None:
                values[place] = change(values[place])
        return _encode(values).encode() + b"\n"
    except (ValueError, ArithmeticError, TypeError) as error:
        key = row[table.columns.index(table.key)]
        raise Stopped(
            f"{table.name} {key} cannot be read ({error}). Run: stepdown verify"
        ) from error


_CHANGED = {"boolean", "json", "decimal"}


def _out(column: Column) -> Callable[[Any], Any]:
    if column.kind == "boolean":
        return bool
    if column.kind == "json":
        return _one_json
    unit = Decimal(1).scaleb(-column.places)
    return lambda value: canonical.plain(Decimal(str(value)).quantize(unit))


@lru_cache(4096)
def _one_json(text: str) -> str:
    """The one way to write this JSON: engines keep their own."""
    return canonical.text(json.loads(text))


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and the SHA-256 of their lines."""

    rows: int
    sha256: str


Progress = Callable[[str, int, int], None]


def summed(table: Table, progress: Progress | None = None, count: int = 0) -> Sum:
    """Read a table whole, and sum it up."""
    rows, digest = 0, sha256()
    for some, block in lines(table):
        rows += some
        digest.update(block)
        if progress is not None:
            progress(f"rows of {table.name} compared", rows, max(count, rows))
    return Sum(rows, digest.hexdigest())


def count(table: Table) -> int:
    """How many rows a table has."""
    connection = connections[table.alias]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table.name)}")
        (found,) = cursor.fetchone()
    return int(found)


def history(table: Table, names: list[str] | None = None) -> dict[str, Any]:
    """Columns, rows and digest of a table; only of these columns, where they are given.

    What a later release adds to a table does not change what was there before.
    """
    columns = tuple(each for each in table.columns if names is None or each.name in names)
    sum_ = summed(replace(table, columns=columns))
    return {
        "columns": [each.name for each in columns],
        "rows": sum_.rows,
        "sha256": sum_.sha256,
    }
