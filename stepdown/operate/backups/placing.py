"""The files of a SQLite database: whether they are there, in use, and how others take their place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from stepdown.operate.console import Stopped

BESIDE = ("", "-wal", "-shm", "-journal", "-queue", ".moved")


@dataclass(frozen=True, slots=True)
class Place:
    """The main file, and that of the log of reads where it is apart."""

    main: Path
    reads: Path | None = None

    @classmethod
    def configured(cls) -> Place:
        """Where the settings say."""
        found = {alias: Path(each["NAME"]) for alias, each in settings.DATABASES.items()}
        return cls(found["default"], found.get("access"))

    def files(self) -> list[Path]:
        """The log of reads first: the main file is what is served."""
        return [each for each in (self.reads, self.main) if each is not None]

    def present(self) -> list[Path]:
        """Those that exist, the main file first."""
        return [each for each in reversed(self.files()) if each.exists()]

    def require_unused(self) -> None:
        """Return quietly when nobody has them open. All that was written is then in the file itself.

        Raises:
            Stopped: somebody has.
        """
        for file in self.present():
            with closing(sqlite3.connect(file, timeout=2, isolation_level=None)) as database:
                try:
                    # SQLite leaves the write-ahead log only for somebody who is alone.
                    database.execute("PRAGMA journal_mode=DELETE").fetchone()
                    database.execute("PRAGMA journal_mode=WAL").fetchone()
                except sqlite3.OperationalError as error:
                    raise Stopped(
                        f"{file} is in use ({error}). Stop the server, and ask again."
                    ) from error

    def clear_empty(self) -> None:
        """Remove files without a single table: asking an unset database leaves such."""
        for file in self.present():
            with closing(sqlite3.connect(file)) as database:
                ((count,),) = database.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            if not count:
                for ending in BESIDE:
                    file.with_name(file.name + ending).unlink(missing_ok=True)

    def move_aside(self, at: datetime) -> list[Path]:
        """Rename what is there; returns the new names."""
        moved = []
        for file in self.present():
            for ending in BESIDE:
                old = file.with_name(file.name + ending)
                if old.exists():
                    new = file.with_name(f"{file.name}.before-{at:%Y-%m-%dT%H%M%SZ}{ending}")
                    old.rename(new)
                    moved += [] if ending else [new]
        return moved

    def fill_from(self, main: Path) -> None:
        """Rename new files into this place, the main file last."""
        new = Place(main, self.reads and main.with_name(self.reads.name))
        for made, file in zip(new.files(), self.files(), strict=True):
            if made.with_name(f"{made.name}-wal").exists():
                with closing(sqlite3.connect(made)) as database:
                    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            made.rename(file)
