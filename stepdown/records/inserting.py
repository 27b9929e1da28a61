"""Inserting rows with a statement that is put together once per table.

Django's compiler spends more time on an INSERT than the database does. The columns of
a table do not change while a process runs, so neither does the statement; each value
still goes through its own field.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models


def insert(rows: Sequence[models.Model]) -> None:
    """Save new rows of one table, in one statement. Constraints and triggers judge them.

    Raises:
        IntegrityError: the database refuses one of them; none is saved.
    """
    connection = connections[DEFAULT_DB_ALIAS]
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
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


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
