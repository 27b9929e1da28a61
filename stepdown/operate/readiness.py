"""What must be true before pages are served: a set-up database, sound content, the right key."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError

from stepdown.content import library
from stepdown.operate import moved
from stepdown.operate.console import Stopped
from stepdown.operate.surroundings import database_name
from stepdown.records import guards, verifying
from stepdown.records.models import Deployment, Facility

APP = "records"
"""The only app with tables in the database of the access log, where that is apart."""


def require() -> None:
    """Return quietly when all is ready.

    Raises:
        Stopped: the first thing that is not, and what to do about it.
    """
    for trouble in troubles():
        raise Stopped(trouble)


def troubles() -> Iterator[str]:
    """Everything that is not ready, in the order in which it is put right."""
    for error in library.problems():
        yield f"The content is not sound. {error}"
    try:
        if unapplied():
            yield f"{database_name()} is not set up for this release. Run: stepdown migrate"
            return
        yield from _database()
    except DatabaseError as error:
        yield f"{database_name()} does not answer: {error}"


def _database() -> Iterator[str]:
    if said := moved.said():
        yield said
    if not Deployment.objects.exists():
        yield "Nobody has said what this database is for. Run: stepdown migrate"
    for alias in connections:
        if lacking := guards.missing(connections[alias]):
            yield f"{len(lacking)} guards of the records are gone ({lacking[0]}). Run: stepdown migrate"
    for facility in Facility.objects.all():
        if not verifying.key_fits(facility):
            yield (
                f"The last entry of {facility.name} was sealed with another key. Put back "
                "keys/audit.key (or STEPDOWN_AUDIT_KEY); a new key cannot vouch for old entries."
            )


def unapplied() -> int:
    """How many migrations this release brings that the database has not had."""
    count = 0
    for alias in connections:
        executor = MigrationExecutor(connections[alias])
        wanted = executor.loader.graph.leaf_nodes(None if alias == "default" else APP)
        count += len(executor.migration_plan(wanted))
    return count
