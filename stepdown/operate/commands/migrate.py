"""Set up the database, or bring it up to this release.

The first time, say what it is for: real people (the default), or a demonstration with
--demo. That is written down once and never changes.
"""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from stepdown import clock
from stepdown.operate.console import Progress, say
from stepdown.operate.filling import without_waiting
from stepdown.operate.readiness import APP, unapplied
from stepdown.records.actions.beds import founding
from stepdown.records.models import Deployment


def arguments(parser: argparse.ArgumentParser) -> None:
    """--demo."""
    parser.add_argument(
        "--demo", action="store_true", help="this new database is for a demonstration"
    )


def run(args: argparse.Namespace) -> int:
    """Migrate, install the guards, and note what the database is for."""
    began = Progress()
    count = migrate()
    present = Deployment.objects.first()
    deployment = founding.deploy(demo=True, at=clock.now()) if args.demo else present
    if deployment is None:
        deployment = founding.deploy(demo=False, at=clock.now())
    steps = f"{count} migrations in {began.elapsed:.1f} s" if count else "nothing to do"
    say(f"Ready, for {'a demonstration' if deployment.demo else 'real people'}: {steps}.")
    return 0


def migrate() -> int:
    """Bring every database up to this release; returns how many migrations that took."""
    if settings.SQLITE:
        Path(settings.DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    count = unapplied()
    is_new = not connections["default"].introspection.table_names()
    with without_waiting() if is_new else nullcontext():
        for alias in connections:
            apps = [APP] if alias != "default" else []
            call_command("migrate", *apps, database=alias, verbosity=0, interactive=False)
    return count
