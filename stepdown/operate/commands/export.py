"""Take records out of the house: observations, answers of scales, stays.

    stepdown export --as marta --role RN --purpose quality \
        --because "How long until the first dose, autumn" \
        --dataset observations,scores,episodes --from 2026-09-01 --to 2026-11-30 --into out

Asks for the password of whoever takes them. That they do, what for, and what left stands in
the sealed record before the first row is read. Stays, people and rows carry pseudonyms that
fit together for one purpose; --identified takes the ids of the house, where the role may.
Names, birth dates and free words never leave.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings

from stepdown import clock
from stepdown.operate import proving
from stepdown.operate.console import Progress, Stopped, say, warn
from stepdown.operate.exports import files
from stepdown.operate.readiness import unapplied
from stepdown.records.access import Actor
from stepdown.records.actions.access import exports
from stepdown.records.actions.access.exports import FORMATS, READS, Asked, Written
from stepdown.records.ids import new_id
from stepdown.records.models import Assignment, Export, Facility, Role
from stepdown.records.reading import exporting
from stepdown.records.transactions import one_moment


def arguments(parser: argparse.ArgumentParser) -> None:
    """Who, what for, what, and where to."""
    parser.add_argument("--as", dest="username", required=True, metavar="NAME", help="user name")
    parser.add_argument("--role", required=True, choices=Role.values, metavar="ROLE")
    parser.add_argument("--facility", metavar="CODE", help="needed where there are several")
    parser.add_argument("--purpose", required=True, help="quality, audit, research, public_health")
    parser.add_argument("--because", required=True, metavar="WORDS", help="what it is for")
    parser.add_argument(
        "--dataset", default=",".join(READS), metavar="NAMES", help="of %(default)s"
    )
    parser.add_argument("--kind", action="append", default=[], help="only this scale, or vitals")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="YYYY-MM-DD")
    parser.add_argument(
        "--to", dest="last", type=date.fromisoformat, metavar="YYYY-MM-DD", help="with this day"
    )
    parser.add_argument("--format", choices=FORMATS, default="csv")
    parser.add_argument("--into", type=Path, required=True, metavar="DIR", help="a new one")
    parser.add_argument("--identified", action="store_true", help="ids of the house")
    parser.add_argument("--password-from-stdin", action="store_true", help="read it from there")


def run(args: argparse.Namespace) -> int:
    """Ask who it is, write the ledger, and stream."""
    if unapplied():
        raise Stopped("The database is not set up for this release. Run: stepdown migrate")
    now = clock.now()
    by = actor(args.username, args.role, args.facility, now)
    asked = Asked(
        purpose=args.purpose,
        words=args.because,
        datasets=tuple(name.strip() for name in args.dataset.split(",") if name.strip()),
        file_format=args.format,
        since=_midnight(args.first, by.facility),
        until=_midnight(args.last and args.last + timedelta(days=1), by.facility),
        kinds=tuple(args.kind),
        identified=args.identified,
    )
    exports.check(asked, by=by)
    made = files.sink(asked.file_format)
    files.prepare(args.into)
    secret = _secret(args, by)
    now = clock.now()
    proof = proving.prove(by, secret, at=now)
    export = exports.begin(asked, by=by, at=now, submission=new_id(), proof=proof)
    written = _carry_out(export, by, args.into, made)
    _told(written, args.into)
    return 0


def actor(username: str, role: str, facility: str | None, now: datetime) -> Actor:
    """Who asks, in the role named. The same words for what is not there and what has ended.

    Raises:
        Stopped: there is no such person in that role here, or the role does not run; or there
            are several facilities and none was named.
    """
    found = Assignment.objects.select_related("user", "facility").filter(
        user__username__iexact=username, role=role
    )
    if facility:
        found = found.filter(facility__code=facility)
    running = [each for each in found if each.runs_at(now)]
    if len(running) > 1:
        codes = ", ".join(sorted(each.facility.code for each in running))
        raise Stopped(f"Name the facility: --facility, one of {codes}.", status=2)
    if not running:
        raise Stopped(f"Nobody called {username} works here as {role} now.")
    return Actor.of(running[0])


def _midnight(day: date | None, facility: Facility) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), tzinfo=facility.tz)


def _secret(args: argparse.Namespace, by: Actor) -> str:
    if args.password_from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass(f"Password of {by.title}, to sign for this export: ")


def _carry_out(export: Export, by: Actor, folder: Path, made: object) -> list[Written]:
    """Stream every dataset; the ledger says how it ended, whichever way."""
    try:
        written = _stream(export, by, folder, made)
        exports.finish(export, written, by=by, at=clock.now(), submission=new_id())
    except BaseException as fault:
        files.remove(folder)
        kind = type(fault).__name__
        exports.fail(export, kind, by=by, at=clock.now(), submission=new_id())
        if isinstance(fault, OSError):
            raise Stopped(
                f"Not exported: {folder} could not be written ({fault.strerror or kind}). What "
                "was there is removed, and the ledger says so."
            ) from fault
        raise
    return written


def _stream(export: Export, by: Actor, folder: Path, made: object) -> list[Written]:
    progress = Progress()
    scope = exporting.Scope(export, by, export.recorded_at)
    written: list[Written] = []
    with one_moment():
        found = list(exporting.datasets(scope))
        for each in found:
            written.append(
                files.write(
                    each, folder, export.file_format, made,  # type: ignore[arg-type]
                    lambda name, count: progress(f"rows of {name}", count, count),
                )
            )  # fmt: skip
    written.append(files.write_dictionary(found, folder))
    written.append(
        files.write_manifest(
            export, written, folder,
            facility=by.facility.name, release=settings.STEPDOWN_RELEASE,
        )
    )  # fmt: skip
    return written


def _told(written: list[Written], folder: Path) -> None:
    for each in written:
        say(f"{each.name:24} {each.rows:>12,} rows {each.bytes:>14,} bytes  {each.sha256[:12]}")
    warn(f"In {folder}. Encrypt it on its way: it says who is in treatment.")
