"""Commands in processes of their own, with a database of their own on either engine."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from stepdown.operate.backups import apart

ROOT = Path(__file__).parents[3]
AUDIT_KEY = "a key for tests only, too"

CHAIN = """
import json
from stepdown.operate import surroundings
surroundings.set_up()
from stepdown.records.models import AccessEvent, AuditEvent
print(json.dumps([list(kind.objects.order_by("seq").values_list("seq", "mac"))
                  for kind in (AuditEvent, AccessEvent)]))
"""


@dataclass(frozen=True)
class Place:
    """A data folder and the address of a database."""

    data: Path
    url: str
    reads: str = "same"
    """Where the log of reads lies; a file of its own takes longer to set up."""

    @property
    def environment(self) -> dict[str, str]:
        """Settings of this place, and nothing of the tests' own."""
        ours = ("STEPDOWN_", "DJANGO_", "DATABASE_URL")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return kept | {
            "STEPDOWN_DATA": str(self.data),
            "DATABASE_URL": self.url,
            "STEPDOWN_ACCESS_LOG": self.reads,
            "STEPDOWN_AUDIT_KEY": AUDIT_KEY,
            "STEPDOWN_SECRET_KEY": "a key for tests only",
            "PYTHONPATH": str(ROOT),
        }

    def start(self, *words: object, **more: Any) -> subprocess.Popen[str]:
        """Python with these words, under way."""
        return subprocess.Popen(
            [sys.executable, *map(str, words)], env=self.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more,
        )  # fmt: skip

    def run(self, *words: object) -> subprocess.CompletedProcess[str]:
        """Python with these words, to its end."""
        started = self.start(*words)
        out, err = started.communicate(timeout=300)
        return subprocess.CompletedProcess(started.args, started.returncode, out, err)

    def stepdown(self, *words: object) -> subprocess.CompletedProcess[str]:
        """A command of an operator."""
        return self.run("-m", "stepdown.operate.main", *words)

    def chains(self) -> list[list[list[Any]]]:
        """(number, seal) of every write, and of every look."""
        found: list[list[list[Any]]] = json.loads(self.run("-c", CHAIN).stdout)
        return found


def on_sqlite(folder: Path) -> Place:
    """A place whose database is a file."""
    folder.mkdir(exist_ok=True)
    return Place(folder, apart.sqlite_url(folder / "stepdown.sqlite3"))


@contextmanager
def on_this_engine(folder: Path) -> Iterator[Place]:
    """An empty place on the engine of this run; what was made on a server is dropped after."""
    if settings.SQLITE:
        yield on_sqlite(folder)
        return
    folder.mkdir(exist_ok=True)
    name = f"stepdown_test_{secrets.token_hex(5)}"
    on_server(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield Place(folder, apart.beside(settings.DATABASE_URL, name))
    finally:
        on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def on_server(sql: str) -> list[tuple[Any, ...]]:
    """Ask the server of this run something, outside of every database."""
    connection: Any = connections["default"]
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []
