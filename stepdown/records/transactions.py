"""Writing, one at a time where the engine asks for it.

SQLite has one write lock and, when it is taken, sleeps and tries again; under
eight nurses some wait long and one may starve. Here writers queue instead:
within a process on a lock, between processes on a file lock, both first come
first served as near as the system allows, and each holds it only for its own
transaction. PostgreSQL needs none of this.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction

from stepdown import clock

on_wait: Callable[[float], None] | None = None
"""Told how many seconds each writer waited for its turn, where somebody listens."""


class _Turns(threading.local):
    """The databases whose turn this thread has now, and how often it has recorded something."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.committed = 0


_turns = _Turns()
_in_process: dict[str, threading.Lock] = {}
_files: dict[str, int] = {}
_setup = threading.Lock()


def _queue(alias: str) -> tuple[threading.Lock, int | None]:
    """The lock pair of one database: in-process, and a file beside it (none in memory)."""
    with _setup:
        lock = _in_process.setdefault(alias, threading.Lock())
        name = str(connections[alias].settings_dict["NAME"])
        if "memory" in name:
            return lock, None
        key = f"{os.getpid()}:{name}"
        if key not in _files:
            path = Path(f"{name}-queue")
            _files[key] = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        return lock, _files[key]


@contextmanager
def writing(alias: str = "default") -> Iterator[None]:
    """One durable transaction; on SQLite, in its turn. Nested use joins the outer one.

    Each database has a queue of its own: whoever holds the turn of one still waits for
    the other's. Who needs both takes ``default`` first, so that no two wait for each other.
    """
    is_outer = not connections[alias].in_atomic_block
    if not settings.SQLITE or not is_outer or alias in _turns.held:
        with transaction.atomic(using=alias):
            yield
        _turns.committed += is_outer and alias == "default"
        return
    lock, handle = _queue(alias)
    begun = clock.ticks()
    with lock:
        if handle is not None:
            fcntl.flock(handle, fcntl.LOCK_EX)
        if on_wait is not None:
            on_wait(clock.ticks() - begun)
        _turns.held.add(alias)
        try:
            with transaction.atomic(using=alias):
                yield
            _turns.committed += alias == "default"
        finally:
            _turns.held.discard(alias)
            if handle is not None:
                fcntl.flock(handle, fcntl.LOCK_UN)


def committed() -> int:
    """How many transactions of the records this thread has brought to their end so far."""
    return _turns.committed


@contextmanager
def one_moment(alias: str = "default") -> Iterator[None]:
    """Read many times and see one moment, while others go on writing. Joins a transaction."""
    connection = connections[alias]
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")  # not IMMEDIATE: a reader keeps no writer waiting
            cursor.execute("SELECT count(*) FROM sqlite_schema")  # the view begins here
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(using=alias):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
