"""Writing rows with statements that are put together once per table.

Django's compiler spends more time on an INSERT than the database does. The columns of
a table do not change while a process runs, so neither does the statement; each value
still goes through its own field.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models


def insert(rows: Sequence[models.Model], *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Save new rows of one table, in one statement. Constraints and triggers judge them.

    ``using`` names the database.

    Raises:
        IntegrityError: the database refuses one of them; none is saved.
    """
    connection = connections[using]
    model = type(rows[0])
    fields = model._meta.local_concrete_fields
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for row in rows
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor, model, len(rows)), values)
    for row in rows:
        row._state.adding, row._state.db = False, using


def put(row: models.Model, *names: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Write these fields of one row that is already there, by its key."""
    connection, meta = connections[using], row._meta
    fields: list[Any] = [meta.get_field(name) for name in names]
    fields.append(meta.pk)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_update(connection.vendor, type(row), names), values)


@cache
def _statement(vendor: str, model: type[models.Model], count: int) -> str:
    quote: Any = connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields = model._meta.local_concrete_fields
    columns = ", ".join(quote(field.column) for field in fields)
    places = f"({', '.join(['%s'] * len(fields))})"
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) "
        f"VALUES {', '.join([places] * count)}"
    )


@cache
def _update(vendor: str, model: type[models.Model], names: tuple[str, ...]) -> str:
    quote: Any = connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    changes = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    return (
        f"UPDATE {quote(model._meta.db_table)} SET {changes} "
        f"WHERE {quote(model._meta.pk.column)} = %s"
    )
