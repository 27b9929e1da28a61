"""Replay journeys through the real actions, with a clock of their own, and judge every expectation.

Nothing of yours is touched: a private database is made for the replay and thrown away
after it. With --into-demo, the configured database is used instead; it must have been
made for a demonstration.

Exit status: 0 everything passed; 1 an expectation failed, an action was refused that
nobody expected to be, or what is pending is not what is pinned; 2 a file cannot be used;
3 all passed that can be judged, and what is pending is what is pinned.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

from stepdown.content.errors import ContentError
from stepdown.operate.commands.migrate import migrate
from stepdown.operate.console import Stopped, say, warn
from stepdown.operate.filling import without_waiting
from stepdown.operate.journeys import replaying, verdict
from stepdown.operate.journeys.playing import Played
from stepdown.operate.journeys.times import WallTime, WallTimeError, wall
from stepdown.operate.journeys.verdict import Status, Verdict
from stepdown.operate.readiness import unapplied
from stepdown.records.models import Deployment


def arguments(parser: argparse.ArgumentParser) -> None:
    """The files, how far, how fast, and where to."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a journey")
    parser.add_argument(
        "--until",
        type=_until,
        metavar="T",
        help='stop after this wall time of the facility, e.g. "2027-01-05 12:00"',
    )
    parser.add_argument(
        "--speed", type=_speed, metavar="N", help="N times as fast as life, telling each event"
    )
    parser.add_argument("--json", action="store_true", help="the verdict as JSON")
    parser.add_argument(
        "--into-demo",
        action="store_true",
        help="into the configured database, which must be a demonstration's",
    )
    parser.add_argument("--into-new", action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Replay, and tell the verdict."""
    if not args.into_new and not args.into_demo:
        return _apart(args)
    try:
        loaded = replaying.load_all(args.files)
    except ContentError as error:
        warn(str(error))
        return Status.FILE_ERROR
    if args.into_new:
        migrate()
    else:
        _require_demonstration()
    with without_waiting() if args.into_new else nullcontext():
        verdicts = replaying.replay(
            loaded,
            until=args.until,
            wait=_pace(args.speed) if args.speed else None,
            told=_show if args.speed and not args.json else None,
        )
    _tell(verdicts, as_json=args.json)
    return verdict.overall(verdicts)


def _apart(args: argparse.Namespace) -> int:
    """The same command in a process of its own, whose database is new and thrown away.

    Settings are read once per process, so this is what keeps yours out of reach.
    """
    words = [str(file) for file in args.files]
    words += [f"--until={args.until}"] if args.until else []
    words += [f"--speed={args.speed}"] if args.speed else []
    words += ["--json"] if args.json else []
    with tempfile.TemporaryDirectory(prefix="stepdown-replay-") as directory:
        private = {
            "DATABASE_URL": f"sqlite:///{directory}/replay.sqlite3",
            "STEPDOWN_DATA": directory,
            "STEPDOWN_ACCESS_LOG": "same",
            "STEPDOWN_AUDIT_KEY": secrets.token_urlsafe(48),
            "STEPDOWN_SECRET_KEY": secrets.token_urlsafe(48),
        }
        command = [sys.executable, "-m", "stepdown.operate.main", "replay", "--into-new", *words]
        return subprocess.run(command, env={**os.environ, **private}, check=False).returncode


def _require_demonstration() -> None:
    if unapplied() or not Deployment.objects.filter(demo=True).exists():
        raise Stopped("Not replayed: this database was not made for a demonstration.")


def _tell(verdicts: Sequence[Verdict], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps(verdict.as_data(verdicts), indent=2, ensure_ascii=False))
        return
    for each in verdicts:
        for line in each.lines():
            say(line)
    if len(verdicts) > 1:
        say()
        for each in verdicts:
            say(f"{each.journey.key:10} {each.summary()}")


def _show(played: Played) -> None:
    """One line for an event as it is played, when somebody watches."""
    if played.event.action:
        say(f"{played.event.at}  {played.journey.key:10} {played.status:8} {played.event.action}")


def _pace(speed: float) -> Callable[[timedelta], None]:
    return lambda passing: time.sleep(passing.total_seconds() / speed)


def _until(text: str) -> WallTime:
    try:
        found = wall(text)
    except WallTimeError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if found is None:
        raise argparse.ArgumentTypeError(f'{text!r} is no time. Write it like "2027-01-05 12:00".')
    return found


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0
    if not 0 < speed < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no speed. Write a number above 0.")
    return speed
