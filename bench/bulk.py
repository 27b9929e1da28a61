"""Loading many rows into PostgreSQL: without indexes, which are built anew afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid), conrelid::regclass::text
      FROM pg_constraint
     WHERE (conrelid = %s::regclass AND contype IN ('p', 'u', 'f')) OR confrelid = %s::regclass
     ORDER BY contype = 'f'
"""
"""Foreign keys last: they are put back when what they point at is unique again."""

INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
      FROM pg_index WHERE indrelid = %s::regclass
"""


@contextmanager
def without_indexes(table: str) -> Iterator[None]:
    """Take indexes and keys off while the block fills ``table``; elsewhere than PostgreSQL, nothing.

    Ten million rows whose ids are spread over the range would otherwise each touch three
    cold pages. Putting a key back checks every row.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(CONSTRAINTS, [table, table])
        constraints = cursor.fetchall()
        for name, _definition, owner in reversed(constraints):
            cursor.execute(f'ALTER TABLE {owner} DROP CONSTRAINT "{name}"')
        cursor.execute(INDEXES, [table])
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        for name, definition, owner in constraints:
            cursor.execute(f'ALTER TABLE {owner} ADD CONSTRAINT "{name}" {definition}')
        cursor.execute("RESET maintenance_work_mem")
