"""The house of a replay: a facility file set up in the database, and its staff as actors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from stepdown.operate.journeys import format as journeys
from stepdown.records.access import Actor
from stepdown.records.actions.beds import founding
from stepdown.records.actions.people.accounts import NewAccount
from stepdown.records.models import Assignment, Bed, Facility


@dataclass(frozen=True)
class House:
    """A facility with its beds by label and its staff by key."""

    facility: Facility
    beds: Mapping[str, Bed]
    actors: Mapping[str, Actor]


def username(key: str) -> str:
    """The user name of a member of staff who is ``key`` in the facility file."""
    return key.lower()


def open_house(plan: journeys.Facility, *, at: datetime) -> House:
    """The facility of a file, set up unless it is there already.

    ``at`` is when it opens: accounts start then, and the days of a licence or of
    an agency role are counted from it.

    Raises:
        Refused: the database was made for real people (N22).
    """
    founding.deploy(demo=True, at=at)
    facility = Facility.objects.filter(code=_code(plan)).first()
    if facility is None:
        facility = founding.found(
            code=_code(plan),
            name=plan.name,
            zone=plan.zone.key,
            units=[{**plan.unit, "beds": list(plan.beds)}],
            staff=[_account(plan, person, at) for person in plan.staff.values()],
            at=at,
        )
    assignments = {
        assignment.user.username: assignment
        for assignment in Assignment.objects.filter(facility=facility).select_related("user")
    }
    actors = {}
    for key in plan.staff:
        assignment = assignments[username(key)]
        assignment.facility = facility  # one object, so its settings are read once
        actors[key] = Actor.of(assignment)
    beds = {bed.label: bed for bed in Bed.objects.filter(facility=facility).select_related("unit")}
    return House(facility, beds, actors)


def opened_at(plan: journeys.Facility) -> datetime | None:
    """When the facility of a file was opened in this database; None when it was not."""
    staff = Assignment.objects.filter(facility__code=_code(plan))
    found: datetime | None = staff.aggregate(first=Min("starts_at"))["first"]
    return found


def _code(plan: journeys.Facility) -> str:
    return plan.key.replace("_", "-")


def _account(plan: journeys.Facility, person: journeys.Staff, at: datetime) -> NewAccount:
    licence = person.licence or {}
    today = at.astimezone(plan.zone).date()
    ends = None if person.works_for_days is None else at + timedelta(days=person.works_for_days)
    return NewAccount(
        username=username(person.key),
        name=person.name,
        role=person.role,
        employment=person.employment,
        expires_at=ends,
        licence_number=licence.get("number", ""),
        licence_state=licence.get("state", ""),
        licence_expires_on=today + timedelta(days=licence["valid_for_days"]) if licence else None,
        trained_in_vitals=person.trained_in_vitals,
    )
