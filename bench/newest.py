"""The newest score of a person, read beside the server: what a nurse has just had in view."""

from __future__ import annotations

import sqlite3
import threading
from typing import Any
from uuid import UUID

QUERY = (
    "SELECT id FROM records_observation WHERE episode_id = {} AND kind = 'cows'"
    " ORDER BY occurred_at DESC, id DESC LIMIT 1"
)


class Newest:
    """One connection per thread, straight to the database."""

    def __init__(self, url: str) -> None:
        self.url, self.local = url, threading.local()

    def __call__(self, episode: str) -> str:
        """The id of the newest COWS of an episode, or nothing."""
        if self.url.startswith("sqlite"):
            row = self._sqlite().execute(QUERY.format("?"), (UUID(episode).hex,)).fetchone()
        else:
            row = self._postgres().execute(QUERY.format("%s"), (episode,)).fetchone()
        return str(UUID(str(row[0]))) if row else ""

    def _sqlite(self) -> sqlite3.Connection:
        if not hasattr(self.local, "open"):
            path = self.url.removeprefix("sqlite:///")
            self.local.open = sqlite3.connect(path, isolation_level=None, timeout=20)
        found: sqlite3.Connection = self.local.open
        return found

    def _postgres(self) -> Any:
        if not hasattr(self.local, "open"):
            import psycopg

            self.local.open = psycopg.connect(self.url, autocommit=True)
        return self.local.open
