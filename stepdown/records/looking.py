"""One look written with one statement, where the engine can: PostgreSQL.

Taking the end of the chain, writing the event and moving the end are five statements and
a transaction. Here the end is read, and event and move are one statement that does nothing
when somebody else moved the end in between; then it is asked again.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connections

from stepdown.records.models import AccessEvent, AccessHead


def can(alias: str) -> bool:
    """True where an INSERT may follow from an UPDATE in the same statement."""
    return connections[alias].vendor == "postgresql"


def write(event: AccessEvent, head: AccessHead, *, using: str) -> bool:
    """Write ``event`` behind ``head`` and move the end; False where ``head`` is the end no more.

    By itself it does not wait for the disk, as on SQLite (docs/decisions). Inside a
    transaction it leaves that to whoever began it: a record waits always.
    """
    connection = connections[using]
    fields = event._meta.local_concrete_fields
    values = [field.get_db_prep_save(getattr(event, field.attname), connection) for field in fields]
    moved: list[Any] = [event.seq, event.mac, event.facility_id, head.seq, head.mac]
    with connection.cursor() as cursor:
        cursor.execute(_statement(using, alone=not connection.in_atomic_block), [*moved, *values])
        return int(cursor.rowcount) == 1


@cache
def _statement(using: str, *, alone: bool) -> str:
    connection = connections[using]
    quote: Any = connection.ops.quote_name
    head, event = quote(AccessHead._meta.db_table), AccessEvent._meta
    columns = ", ".join(quote(field.column) for field in event.local_concrete_fields)
    places = ", ".join(f"%s::{field.db_type(connection)}" for field in event.local_concrete_fields)
    relaxed = "set_config('synchronous_commit', 'off', true)" if alone else "'as it is'"
    return (
        f"WITH relaxed AS (SELECT {relaxed} AS said), "
        f"moved AS (UPDATE {head} SET seq = %s, mac = %s "
        "WHERE facility_id = %s AND seq = %s AND mac = %s RETURNING seq) "
        f"INSERT INTO {quote(event.db_table)} ({columns}) "
        f"SELECT {places} FROM moved, relaxed WHERE relaxed.said IS NOT NULL"
    )
