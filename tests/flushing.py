"""Emptying the database between tests that commit.

Such a test cannot be rolled back, so its rows are removed; the guards of the records,
which forbid just that, step aside meanwhile. What a process remembers of the database
is forgotten with it.
"""

from __future__ import annotations

from django.db import connections
from django.test import TransactionTestCase

from stepdown.records import guards, snapshots


def allow() -> None:
    """Let tests that commit clean up after themselves. Once per process."""
    name = "_fixture_teardown"  # Django's own, and the only place between the two
    flush = getattr(TransactionTestCase, name)

    def flush_unguarded(case: TransactionTestCase) -> None:
        for alias in connections:
            guards.remove(connections[alias])
        flush(case)
        for alias in connections:
            guards.install(connections[alias])
        snapshots.forget()

    setattr(TransactionTestCase, name, flush_unguarded)
