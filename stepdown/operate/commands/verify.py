"""Recompute the sealed chains from the records, and name what was altered.

Every row is compared with what was sealed when it was written, and the ends of the
chains with what was noted of them outside the database. When all is well, the present
ends are noted as well: copy that file away with the backups.
"""

from __future__ import annotations

import argparse
from itertools import islice
from pathlib import Path

from stepdown import clock
from stepdown.operate import anchors
from stepdown.operate.console import Progress, Stopped, say, warn
from stepdown.operate.readiness import unapplied
from stepdown.records import verifying
from stepdown.records.models import Facility

SHOWN = 20
"""How many broken things are listed; the first one is where to look."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """--anchors FILE, --facility CODE."""
    parser.add_argument(
        "--anchors", type=Path, metavar="FILE", help="ends of the chains noted earlier, and now"
    )
    parser.add_argument("--facility", metavar="CODE", help="only this one")


def run(args: argparse.Namespace) -> int:
    """Verify each facility; 0 when all of them are as they were sealed."""
    if unapplied():
        raise Stopped("The database is not set up for this release. Run: stepdown migrate")
    facilities = list(Facility.objects.order_by("code"))
    if args.facility:
        facilities = [each for each in facilities if each.code == args.facility]
    if not facilities:
        raise Stopped(
            "There is no such facility here." if args.facility else "There is no facility."
        )
    file = args.anchors or anchors.default_file()
    return max(_verified(each, file) for each in facilities)


def _verified(facility: Facility, file: Path) -> int:
    progress = Progress()
    noted = anchors.kept(file, facility)
    end = verifying.anchor(facility)
    broken = verifying.verify(facility, noted, progress=progress)
    first = list(islice(broken, SHOWN))
    if first:
        say(f"{facility.name}: NOT as it was sealed. First: {first[0]}")
        for each in first[1:]:
            say(f"  then {each}")
        if next(broken, None) is not None:
            say(f"  and more after these {SHOWN}")
        return 1
    anchors.note(file, facility, end, at=clock.now())
    events, looks = end.writes[0], end.reads[0]
    rate = (events + looks) / max(progress.elapsed, 0.001)
    say(
        f"{facility.name}: as it was sealed. {events:,} events and {looks:,} looks in "
        f"{progress.elapsed:.1f} s ({rate:,.0f}/s), {len(noted)} anchors held."
    )
    warn(f"The ends are noted in {file}")
    return 0
