"""A rebuilding in a process of its own, whose settings name another database.

Settings are read once per process, so this is what keeps yours out of reach. The secret
goes through a pipe, never through an argument or a file.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Any
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.db import DatabaseError, connections

from stepdown import clock
from stepdown.operate.backups import archive, files
from stepdown.operate.backups.rebuilding import Outcome, Wish, rebuild
from stepdown.operate.backups.sealing import NotOpened, Opener, Secret
from stepdown.operate.console import Progress, Stopped, say, warn

SCRATCH = "stepdown_scratch_"


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup whose beginning was read: where it is, its key, and what it says of itself."""

    file: Path
    key: bytes
    begin: dict[str, Any]


def opened(file: Path, secret: Secret) -> Opened:
    """Read the beginning of a backup.

    Raises:
        Stopped: it is not there. NotOpened: it does not open.
    """
    try:
        with file.open("rb") as source:
            opener = Opener(source, secret)
            with archive.parts(io.BufferedReader(opener)) as members:
                return Opened(file, opener.key, archive.begun(members))
    except OSError as error:
        raise Stopped(f"{file} cannot be read: {error.strerror}.") from error


# --- the process that asks --------------------------------------------------------------------


def into(
    url: str,
    wish: Wish,
    *,
    backup: Opened | None = None,
    feed: Callable[[IO[bytes]], None] | None = None,
    data: Path | None = None,
) -> Outcome:
    """Rebuild a backup, or what ``feed`` writes, in the database at ``url``.

    ``data`` is the data folder there, where it is not the present one.

    Raises:
        Stopped: it did not come out the same, in the words of that process.
    """
    words = [sys.executable, "-m", "stepdown.operate.main", "restore", "--apart"]
    child = subprocess.Popen(
        words, env=_environment(url, data), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    asked = asdict(wish) | {"anchors": wish.anchors and str(wish.anchors)}
    if backup is not None:
        asked |= {"file": str(backup.file), "key": backup.key.hex()}
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with suppress(BrokenPipeError):  # it ended early, and says why
            child.stdin.write(json.dumps(asked).encode() + b"\n")
            if feed is not None:
                feed(child.stdin)
            child.stdin.close()
        said = child.stdout.read()
    except BaseException:
        child.kill()
        raise
    finally:
        child.wait()
        signal.signal(signal.SIGTERM, before)
    return _answer(said, child.returncode)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # so that the other process ends, and its place goes, too


def _answer(said: bytes, status: int) -> Outcome:
    try:
        answer = json.loads(said)
    except ValueError as error:
        raise Stopped(f"Rebuilding ended without a word (status {status}).") from error
    if "stopped" in answer:
        raise Stopped(answer["stopped"])
    return Outcome(**answer)


def _environment(url: str, data: Path | None) -> dict[str, str]:
    # What is thrown away needs no log of reads that nobody waits for.
    same = {"STEPDOWN_ACCESS_LOG": "same"} if data else {}
    return {
        **os.environ,
        **same,
        "DATABASE_URL": url,
        "STEPDOWN_DATA": str(data or settings.STEPDOWN_DATA),
        "STEPDOWN_AUDIT_KEY": settings.STEPDOWN_AUDIT_KEY,
        "STEPDOWN_SECRET_KEY": settings.SECRET_KEY,
    }


def serve_one() -> int:
    """What that process does: read what is asked, rebuild, answer in JSON. Exit status 0 or 1."""
    os.umask(0o077)
    source = sys.stdin.buffer
    asked = json.loads(source.readline())
    noted = asked.pop("anchors")
    file, key = asked.pop("file", None), asked.pop("key", "")
    wish = Wish(**asked | {"anchors": Path(noted) if noted else None})
    try:
        if file is None:
            outcome = rebuild(source, wish, Progress(), packed=False)
        else:
            with Path(file).open("rb") as sealed:
                opener = Opener(sealed, lambda _made: bytes.fromhex(key))
                outcome = rebuild(io.BufferedReader(opener), wish, Progress())
    except (Stopped, NotOpened, OSError, DatabaseError) as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        say(json.dumps({"stopped": said[0]}))
        return 1
    finally:
        for alias in connections:
            connections[alias].close()
    say(json.dumps(asdict(outcome)))
    return 0


# --- a place that is thrown away --------------------------------------------------------------


@contextmanager
def scratch() -> Iterator[tuple[str, Path]]:
    """The address of an empty database on the same engine, and a data folder; both gone after.

    Where this role may not make a database, a SQLite file in the data folder stands in.
    """
    with files.scratch(Path(settings.STEPDOWN_DATA), "scratch") as folder:
        if settings.SQLITE:
            yield sqlite_url(folder / "stepdown.sqlite3"), folder
            return
        _sweep()
        name = f"{SCRATCH}{clock.now():%Y%m%d}_{secrets.token_hex(6)}"
        if said := _server(f'CREATE DATABASE "{name}" TEMPLATE template0'):
            warn(f"No scratch database on the server ({said}): a file is used instead.")
            yield sqlite_url(folder / "stepdown.sqlite3"), folder
            return
        try:
            yield beside(settings.DATABASE_URL, name), folder
        finally:
            _server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _sweep() -> None:
    """Drop what a killed process left on the server: of another day, and with nobody in it."""
    connection: Any = connections["default"]
    left = (
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) "
        "AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datname = pg_database.datname)"
    )
    with connection._nodb_cursor() as cursor:
        cursor.execute(left, [SCRATCH])
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        if not name.startswith(f"{SCRATCH}{clock.now():%Y%m%d}_"):
            _server(f'DROP DATABASE IF EXISTS "{name}"')


def _server(sql: str) -> str:
    """Ask the server something outside of every database; returns what went wrong."""
    connection: Any = connections["default"]
    try:
        with connection._nodb_cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        return str(error).strip().splitlines()[0]
    return ""


def sqlite_url(file: Path) -> str:
    """The address of a SQLite file."""
    return f"sqlite:///{quote(str(file))}"


def beside(url: str, name: str) -> str:
    """The address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
