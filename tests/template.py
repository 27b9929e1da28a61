"""A migrated SQLite database kept between runs: building one takes seconds, copying it none.

It is kept in pytest's cache under a digest of all that a database is built from, so a
changed model, migration, guard or package makes a new one. PostgreSQL is always migrated.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock

import django
from django.apps import apps
from django.core.management.commands.migrate import Command
from django.db import connections

RECORDS = Path(__file__).parents[1] / "stepdown" / "records"


@contextmanager
def instead_of_migrating(folder: Path) -> Iterator[None]:
    """Until the block ends, a database in memory is copied from ``folder``, or put there."""
    kept = folder / f"{digest()}.sqlite3"
    migrate = Command.handle

    def handle(command: Command, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        in_memory = getattr(connection, "is_in_memory_db", lambda: False)
        if not in_memory():
            migrate(command, *args, **options)
            return
        connection.ensure_connection()
        if kept.exists():
            _copy(kept, connection.connection)
            return
        migrate(command, *args, **options)
        _keep(connection.connection, kept)

    with mock.patch.object(Command, "handle", handle):
        yield


def digest() -> str:
    """Of every file and version that decides what an empty database holds."""
    parts = sha256(f"{django.VERSION} {sys.version} {sqlite3.sqlite_version}".encode())
    files = set(RECORDS.rglob("*.py"))
    for app in apps.get_app_configs():
        files |= set(Path(app.path).glob("migrations/*.py"))
        files |= set(Path(app.path).glob("models.py"))
    for file in sorted(files):
        parts.update(str(file).encode() + file.read_bytes())
    return parts.hexdigest()


def _copy(kept: Path, target: sqlite3.Connection) -> None:
    source = sqlite3.connect(kept)
    try:
        source.backup(target)
    finally:
        source.close()


def _keep(source: sqlite3.Connection, kept: Path) -> None:
    """Only whole files are ever seen; those of other digests are of no more use."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    made = kept.with_suffix(f".{os.getpid()}")
    target = sqlite3.connect(made)
    try:
        source.backup(target)
    finally:
        target.close()
    for old in kept.parent.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    made.replace(kept)
