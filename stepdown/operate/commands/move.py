"""Move a SQLite database to PostgreSQL, in one step that happens whole or not at all.

    stepdown move --to postgres://stepdown@db.example/stepdown

The target is an empty database. Ids, times, JSON and seals are the same afterwards: every
table is read back and compared, and both chains are verified there before anything counts.
The SQLite files stay as they are, and are not served any more. Stop the server first.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections

from stepdown import clock
from stepdown.operate import anchors, moved
from stepdown.operate.backups import apart, archive, placing
from stepdown.operate.backups.rebuilding import Wish
from stepdown.operate.console import Progress, Stopped, say
from stepdown.operate.readiness import unapplied
from stepdown.records.transactions import writing


def arguments(parser: argparse.ArgumentParser) -> None:
    """--to URL."""
    parser.add_argument("--to", required=True, metavar="URL", help="postgres://user@host/name")


def run(args: argparse.Namespace) -> int:
    """Move, or say why not."""
    _require(args.to)
    began, at = Progress(), clock.now()
    connections.close_all()
    place = placing.Place.configured()
    place.require_unused()
    wish = Wish(anchors.default_file(), note="record.moved")
    with ExitStack() as turns:
        for alias in dict.fromkeys(["default", settings.ACCESS_ALIAS]):
            turns.enter_context(writing(alias))  # nobody writes here until it is there
        with archive.frozen() as present:
            begin = archive.described(present, at=at)

            def feed(target: IO[bytes]) -> None:
                archive.write(target, present, begin, _quietly, packed=False, files=False)

            outcome = apart.into(args.to, wish, feed=feed)
        moved.note(place.main, args.to, at=at)
    for line in outcome.said:
        say(line)
    rate = outcome.rows / max(began.elapsed, 0.001)
    say(f"{outcome.rows:,} rows moved and compared in {began.elapsed:.1f} s ({rate:,.0f}/s).")
    say(f"Set DATABASE_URL={_shown(args.to)} for server and console, and start the server.")
    say(
        f"Keys, anchors and attachments stay in {settings.STEPDOWN_DATA}. Everybody signs in again."
    )
    say(f"{place.main} is unchanged and not served any more. Keep it until backups are running.")
    return 0


def _quietly(what: str, done: int, count: int) -> None:
    """The process that writes tells how far it is."""


def _require(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise Stopped("Say where to: --to postgres://user:password@host:port/name", status=2)
    if not settings.SQLITE:
        raise Stopped("This database is on PostgreSQL already. Nothing was moved.")
    if not Path(settings.DATABASES["default"]["NAME"]).exists() or unapplied():
        raise Stopped("The database is not set up for this release. Run: stepdown migrate")


def _shown(url: str) -> str:
    """The address without its password."""
    parts = urlsplit(url)
    if not parts.password:
        return url
    return url.replace(f":{parts.password}@", ":...@", 1)
