"""``stepdown replay``: play journeys through the real actions and judge what they expect."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from stepdown.content.errors import ContentError
from stepdown.operate.journeys.times import WallTime, WallTimeError, wall

if TYPE_CHECKING:
    from stepdown.operate.journeys.playing import Played
    from stepdown.operate.journeys.verdict import Verdict

PASSED, FAILED, FILE_ERROR, PENDING = range(4)

DESCRIPTION = """
Play journeys through the real actions with a clock of their own, and check every
expectation. Without --into-demo nothing of yours is touched: a private database is made
for the replay and thrown away after it.

Exit status: 0 everything passed; 1 an expectation failed, an action was refused
unexpectedly, or more or less is pending than is pinned; 2 a file cannot be used; 3 passed,
and what is pending is pending as pinned.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``stepdown replay`` understands."""
    parser.description = DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a journey")
    parser.add_argument(
        "--until",
        type=_until,
        metavar="T",
        help='stop after this wall time of the facility, e.g. "2027-01-05 12:00"',
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        metavar="N",
        help="N times as fast as life; as fast as it goes when left out",
    )
    parser.add_argument("--json", action="store_true", help="the verdict as JSON")
    parser.add_argument(
        "--into-demo",
        action="store_true",
        help="play into the configured database, which must have been made for a demonstration",
    )


def run(options: argparse.Namespace, out: TextIO = sys.stdout) -> int:
    """Replay and tell the verdict. Returns the exit status."""
    with _database(private=not options.into_demo) as refusal:
        if refusal:
            print(refusal, file=sys.stderr)
            return FAILED
        try:
            verdicts = _replay(options, out)
        except ContentError as error:
            print(error, file=sys.stderr)
            return FILE_ERROR
    return _tell(verdicts, options, out)


def _replay(options: argparse.Namespace, out: TextIO) -> list[Verdict]:
    from stepdown.operate.journeys import replaying

    loaded = replaying.load_all(options.files)
    return replaying.replay(
        loaded,
        until=options.until,
        wait=_pace(options.speed) if options.speed else None,
        told=(lambda played: _show(played, out)) if options.speed and not options.json else None,
    )


def _tell(verdicts: Sequence[Verdict], options: argparse.Namespace, out: TextIO) -> int:
    from stepdown.operate.journeys import verdict

    if options.json:
        json.dump(verdict.as_data(verdicts), out, indent=2, ensure_ascii=False)
        print(file=out)
    else:
        for each in verdicts:
            print(*each.lines(), sep="\n", file=out)
        if len(verdicts) > 1:
            print(f"\n{len(verdicts)} journeys", file=out)
            for each in verdicts:
                print(f"  {each.journey.key:10} {each.summary()}", file=out)
    return int(verdict.overall(verdicts))


def _show(played: Played, out: TextIO) -> None:
    """One line for an event as it is played, when somebody watches."""
    if played.event.action:
        line = f"{played.event.at}  {played.journey.key:10} {played.event.action} {played.status}"
        print(line, file=out, flush=True)


def _pace(speed: float) -> Callable[[timedelta], None]:
    return lambda passing: time.sleep(passing.total_seconds() / speed)


def _until(text: str) -> WallTime:
    try:
        found = wall(text)
    except WallTimeError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if found is None:
        raise argparse.ArgumentTypeError(
            f'{text!r} is not a time. Write it like "2027-01-05 12:00".'
        )
    return found


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0
    if not 0 < speed < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a speed. Write a number above 0.")
    return speed


@contextmanager
def _database(*, private: bool) -> Iterator[str]:
    """A database to replay into. Yields why there is none; empty when there is one."""
    import django

    if not private:
        django.setup()
        from stepdown.records.models import Deployment

        demo = Deployment.objects.filter(demo=True).exists()
        yield "" if demo else "Not replayed: this database was not made for a demonstration."
        return
    with tempfile.TemporaryDirectory(prefix="stepdown-replay-") as directory:
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{directory}/replay.sqlite3",
            "STEPDOWN_DATA": directory,
            "STEPDOWN_ACCESS_LOG": "same",
            "STEPDOWN_AUDIT_KEY": secrets.token_urlsafe(48),
            "STEPDOWN_SECRET_KEY": secrets.token_urlsafe(48),
        }
        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")  # nothing here outlives the replay
        try:
            yield ""
        finally:
            connection.close()
