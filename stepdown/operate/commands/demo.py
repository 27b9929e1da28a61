"""Fill a unit with invented people, keep it moving, and serve it.

Its data lies apart from any database of yours and is made anew each time; --keep goes
on with the unit of last time. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.db import connections

from stepdown import clock
from stepdown.operate import readiness, serving
from stepdown.operate.commands.migrate import migrate
from stepdown.operate.console import Progress, Stopped, say, warn
from stepdown.operate.filling import without_waiting
from stepdown.operate.journeys.moving import Mover, ward_of
from stepdown.operate.surroundings import database_name
from stepdown.records.actions.beds import founding
from stepdown.records.models import Deployment

JOURNEYS = Path(__file__).resolve().parents[3] / "journeys"

EVERY_S = 3.0
"""How often the unit looks whether something has come due."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """--host, --port, --workers, --journeys, --keep."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (%(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes (%(default)s)")
    parser.add_argument(
        "--journeys", type=Path, default=JOURNEYS, help="folder of journeys (%(default)s)"
    )
    parser.add_argument("--keep", action="store_true", help="go on with the unit of last time")


def run(args: argparse.Namespace) -> int:
    """Fill, serve, and move until interrupted."""
    serving.require_free(args.host, args.port)
    began = Progress()
    mover = fill(args.journeys, keep=args.keep)
    readiness.require()
    connections.close_all()
    words = serving.command(host=args.host, port=args.port, workers=args.workers)
    server = subprocess.Popen(words)
    signal.signal(signal.SIGTERM, _interrupt)
    say(f"A unit of invented people, ready after {began.elapsed:.0f} s: {mover.tally}.")
    say(f"Open {serving.address(args.host, args.port)} and choose a role. Ctrl-C ends it.")
    try:
        return _keep_moving(mover, server)
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait(timeout=30)


def fill(folder: Path, *, keep: bool = False) -> Mover:
    """A migrated demonstration database with its journeys told up to now.

    Raises:
        Stopped: the database named by DATABASE_URL was not made for a demonstration,
            or there are no journeys.
    """
    if not keep and "DATABASE_URL" not in os.environ:
        _begin_anew()
    migrate()
    founding.deploy(demo=True, at=clock.now())
    journeys = ward_of(folder)
    if not journeys:
        raise Stopped(f"No journey in {folder} says which of its days is today (demo: day_today).")
    progress = Progress()
    with without_waiting():
        mover = Mover(journeys, now=clock.now())
        whole = mover.ahead
        mover.catch_up(
            clock.now(), told=lambda _tally: progress("events", whole - mover.ahead, whole)
        )
    return mover


def _begin_anew() -> None:
    """Remove the last demonstration, in the folder that is a demonstration's own.

    A database that was named is never removed, and none of real people.

    Raises:
        Stopped: what lies there was not made for a demonstration.
    """
    if not Path(str(connections["default"].settings_dict["NAME"])).exists():
        return
    there = connections["default"].introspection.table_names()
    if Deployment._meta.db_table in there and Deployment.objects.filter(demo=False).exists():
        raise Stopped(f"{database_name()} holds real people. It stays as it is.")
    for alias in connections:
        connections[alias].close()
        name = Path(str(connections[alias].settings_dict["NAME"]))
        for file in name.parent.glob(f"{name.name}*"):
            file.unlink()
    for anchors in (settings.STEPDOWN_DATA / "anchors").glob("*"):
        anchors.unlink()


def _keep_moving(mover: Mover, server: subprocess.Popen[bytes]) -> int:
    while True:
        try:
            return server.wait(timeout=EVERY_S)
        except subprocess.TimeoutExpired:
            before = mover.tally.refused
            mover.catch_up(clock.now())
            if mover.tally.refused > before:
                warn("An event was refused because somebody acted; the unit moves on.")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
