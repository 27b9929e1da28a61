"""Set up a facility with its units and beds, from a YAML file.

    code: harbor-house
    name: Harbor House
    zone: America/Los_Angeles        # its clock; every time is shown in it
    units:
      - code: withdrawal
        name: Withdrawal unit
        beds:
          - {label: "01", about: "Room 1, step-free"}
          - {label: "02"}

Without a file, lists the facilities there are.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from stepdown import clock
from stepdown.content import review
from stepdown.content.reading import Document, read
from stepdown.operate.console import Stopped, say
from stepdown.operate.readiness import unapplied
from stepdown.records.actions.beds import founding
from stepdown.records.models import Bed, Deployment, Facility

SCHEMA = Path(__file__).parents[1] / "facility.json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The file."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="what to set up")


def run(args: argparse.Namespace) -> int:
    """Set it up, or list."""
    if unapplied() or not Deployment.objects.exists():
        raise Stopped("The database is not set up yet. Run: stepdown migrate")
    if args.file is not None:
        plan = _plan(args.file)
        founding.found(**plan, staff=[], at=clock.now())
    for facility in Facility.objects.order_by("code"):
        beds = Bed.objects.filter(facility=facility).count()
        say(f"{facility.code:24} {facility.name}, {beds} beds, {facility.zone}")
    return 0


def _plan(file: Path) -> dict[str, Any]:
    """What a file describes.

    Raises:
        ContentError: names the file, the line, and what would be right.
    """
    document = read(file)
    for error in review.against_schema(json.loads(SCHEMA.read_text()), document):
        raise error
    _refuse_twice(document)
    plan: dict[str, Any] = document.data
    return plan


def _refuse_twice(document: Document) -> None:
    units = document.data["units"]
    for place, unit in enumerate(units):
        if unit["code"] in [each["code"] for each in units[:place]]:
            raise document.error(("units", place), f"there are two units {unit['code']!r}.")
        labels = [bed["label"] for bed in unit["beds"]]
        for bed, label in enumerate(labels):
            if label in labels[:bed]:
                raise document.error(
                    ("units", place, "beds", bed), f"there are two beds {label!r}. Rename one."
                )
