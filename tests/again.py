"""Doing once per process what many tests begin with, and writing its rows again for each.

Setting up a ward through the actions costs far more than its rows do. What the first
test's work sent to the database is kept, word for word, and sent again for the next:
the same rows under the same seals, past the same triggers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

WRITES = {"INSERT", "UPDATE", "DELETE"}

_written: dict[object, list[tuple[str, Any]]] = {}


def write_again(kind: object, work: Callable[[], object]) -> bool:
    """Do ``work`` the first time; later only what it wrote. True if it was written again.

    ``kind`` names everything that the work depends on.
    """
    kind = (connection.vendor, kind)
    if kind in _written:
        with transaction.atomic(), connection.cursor() as cursor:
            for sql, values in _written[kind]:
                cursor.execute(sql, values)
        return True
    written: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, values: Any, *more: Any) -> Any:
        if sql.split(maxsplit=1)[0] in WRITES:
            written.append((sql, values))
        return execute(sql, values, *more)

    with connection.execute_wrapper(note):
        work()
    _written[kind] = written
    return False


def changes() -> int | None:
    """How many rows this connection ever changed, also where it took that back.

    Only SQLite counts them; where nobody counts, nothing is known to be unchanged.
    """
    if connection.vendor != "sqlite":
        return None
    counted: int = connection.connection.total_changes
    return counted
