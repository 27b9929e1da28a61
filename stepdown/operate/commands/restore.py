"""Make a backup the database again, where there is none yet.

    stepdown restore /mnt/backups/stepdown-....backup --key-file ~/backup.key

Fills the database that DATABASE_URL names, brings it up to this release, compares every
table with the backup and verifies the sealed chains; only then is it in its place. Put
keys/ back first. Stop the server first. --move-aside renames a SQLite database that is
there; on PostgreSQL, name a new database. Everybody signs in again afterwards.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from stepdown import clock
from stepdown.operate import anchors
from stepdown.operate.backups import apart, archive, asking, files, placing
from stepdown.operate.backups.rebuilding import Outcome, Wish, known
from stepdown.operate.backups.sealing import NotOpened
from stepdown.operate.console import Progress, Stopped, say, warn
from stepdown.operate.surroundings import database_name
from stepdown.records.models import Deployment


def arguments(parser: argparse.ArgumentParser) -> None:
    """The file, what may be in the way, and the secret."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the backup")
    parser.add_argument("--demo", action="store_true", help="it is a demonstration's backup")
    parser.add_argument(
        "--move-aside", action="store_true", help="rename the SQLite database that is there"
    )
    parser.add_argument(
        "--as-it-is", action="store_true",
        help="keep it although its chains are not as they were sealed; says what is broken",
    )  # fmt: skip
    parser.add_argument("--apart", action="store_true", help=argparse.SUPPRESS)
    asking.arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Restore, or say why not."""
    if args.apart:
        return apart.serve_one()
    if args.file is None:
        raise Stopped("Name the backup: stepdown restore FILE", status=2)
    began, at = Progress(), clock.now()
    try:
        backup = apart.opened(args.file, asking.secret(args))
        _require_kind(backup.begin, demo=args.demo)
        wish = Wish(
            anchors.default_file(), files=True, note="record.restored", as_it_is=args.as_it_is
        )
        if settings.SQLITE:
            outcome = _into_files(backup, wish, at, move_aside=args.move_aside)
        else:
            outcome = _into_server(backup, wish)
    except NotOpened as error:
        raise Stopped(f"{error} Nothing was restored.") from error
    return _tell(backup, outcome, at, began)


def _require_kind(begin: dict[str, Any], *, demo: bool) -> None:
    """Invented people stay apart from real ones, and from releases that know more (N22).

    Raises:
        Stopped: the backup is not what was asked for, or newer than this release.
    """
    if begin["demo"] and not demo:
        raise Stopped("Not restored: this is a demonstration's backup. If you want it, say --demo.")
    if demo and not begin["demo"]:
        raise Stopped("Not restored: this backup is of real people, never for a demonstration.")
    known(begin)


def _into_server(backup: apart.Opened, wish: Wish) -> Outcome:
    connection = connections["default"]
    if connection.introspection.table_names():
        raise Stopped(
            f"Not restored: {database_name()} is not empty. Make a new one and name it in "
            "DATABASE_URL; rename the old one to keep it (ALTER DATABASE ... RENAME TO ...)."
        )
    connection.close()
    return apart.into(settings.DATABASE_URL, wish, backup=backup)


def _into_files(backup: apart.Opened, wish: Wish, at: datetime, *, move_aside: bool) -> Outcome:
    """Rebuild beside the place, then rename into it."""
    place = placing.Place.configured()
    place.clear_empty()
    there = place.present()
    if there and not move_aside:
        raise Stopped(
            f"Not restored: {there[0]} is there. Stop the server; with --move-aside it is renamed."
        )
    if place.main.exists():
        _same_kind(backup.begin)
    connections.close_all()
    place.require_unused()
    with files.scratch(place.main.parent, "restoring") as folder:
        new = folder / place.main.name
        outcome = apart.into(apart.sqlite_url(new), wish, backup=backup)
        for old in place.move_aside(at):
            say(f"What was there is now {old}")
        place.fill_from(new)
    return outcome


def _same_kind(begin: dict[str, Any]) -> None:
    """What is moved aside and what comes are both of real people, or both invented (N22)."""
    if Deployment._meta.db_table not in connections["default"].introspection.table_names():
        return
    present = Deployment.objects.first()
    if present is not None and present.demo != begin["demo"]:
        kinds = ("a demonstration", "real people")
        here, comes = kinds if present.demo else kinds[::-1]
        raise Stopped(
            f"Not restored: {database_name()} is of {here} and the backup of {comes}. "
            "They never take each other's place."
        )


def _tell(backup: apart.Opened, outcome: Outcome, at: datetime, began: Progress) -> int:
    _begin_anchors(backup, at)
    for line in outcome.said:
        say(line)
    for line in outcome.broken:
        say(f"NOT as it was sealed: {line}")
    older = (
        f", {outcome.migrated} migrations brought it up to this release" if outcome.migrated else ""
    )
    say(
        f"{database_name()} is as it was at {backup.begin['at']}: {outcome.rows:,} rows in "
        f"{began.elapsed:.1f} s{older}. Everybody signs in again."
    )
    return 1 if outcome.broken else 0


def _begin_anchors(backup: apart.Opened, at: datetime) -> None:
    """Ends noted after the backup was taken would always be missed: they are kept apart."""
    kept = anchors.set_aside(
        anchors.default_file(),
        {each.facility: each.anchor for each in archive.ends_in(backup.begin)},
        at=at,
    )
    if kept is not None:
        warn(f"Ends of the chains noted after that are kept in {kept}")
