"""Setting up a database: what it is for, a facility, its beds, the first accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from stepdown.records import audit
from stepdown.records.actions.people import accounts
from stepdown.records.actions.people.accounts import NewAccount
from stepdown.records.errors import Refused
from stepdown.records.models import Assignment, Bed, Deployment, Facility, Person, Unit
from stepdown.records.transactions import writing


def deploy(*, demo: bool, at: datetime) -> Deployment:
    """Say once and for good what this database is for (N22).

    Raises:
        Refused: it was set up before, for the other purpose; or people are recorded in
            it already, and it would become a demonstration.
    """
    present = Deployment.objects.first()
    if present is None:
        if demo and Person.objects.exists():
            raise Refused(
                _("Not set up: people are recorded here. A demonstration takes a new database.")
            )
        return Deployment.objects.create(demo=demo, created_at=at)
    if present.demo != demo:
        raise Refused(
            _(
                "Not set up: this database was made for {purpose} and stays so. Make a new one."
            ).format(purpose=present)
        )
    return present


def found(
    *,
    code: str,
    name: str,
    zone: str,
    units: Iterable[dict[str, Any]],
    staff: Iterable[NewAccount],
    at: datetime,
) -> Facility:
    """Create a facility with its units, beds and first accounts, in one transaction.

    ``units``: ``{"code", "name", "beds": [{"label", "about"}]}``.

    Raises:
        Refused: the time zone has no such name; the code is taken; a unit's code can stand
            in no address; an account cannot be opened as described.
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Refused(
            _("Not set up: {zone} is not a time zone, such as America/Los_Angeles.").format(
                zone=zone[:60]
            )
        ) from error
    if Facility.objects.filter(code=code).exists():
        raise Refused(_("Not set up: there is a facility called {code} already.").format(code=code))
    planned = list(units)
    for each in planned:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", each["code"]):
            raise Refused(
                _(
                    "Not set up: a unit's code has 1 to 40 letters, figures or dashes, as in an "
                    "address; {code} does not."
                ).format(code=repr(each["code"][:60]))
            )
    newcomers = list(staff)
    for new in newcomers:
        accounts.check(new, at)
    facility = Facility(code=code, name=name, zone=zone)
    with writing():
        facility.save(force_insert=True)
        _furnish(facility, planned, newcomers, at=at)
    return facility


def _furnish(
    facility: Facility,
    units: Iterable[dict[str, Any]],
    staff: Iterable[NewAccount],
    *,
    at: datetime,
) -> None:
    with audit.founding(facility, at=at) as ledger:
        ledger.wrote(facility, *Deployment.objects.all())
        for each in units:
            unit = Unit(facility=facility, code=each["code"], name=each["name"])
            ledger.created(unit)
            for position, bed in enumerate(each["beds"], start=1):
                ledger.created(
                    Bed(
                        facility=facility,
                        unit=unit,
                        label=bed["label"],
                        position=position,
                        about=bed.get("about", ""),
                    )
                )
        for new in staff:
            user, assignment = accounts.build(new, facility, at=at)
            ledger.created(user)
            ledger.created(assignment)


def enrol(new: NewAccount, facility: Facility, *, at: datetime) -> Assignment:
    """Add an account from the operator's console, where nobody can sign in yet.

    Raises:
        Refused: as in :func:`stepdown.records.actions.people.accounts.open_account`.
    """
    accounts.check(new, at)
    with audit.founding(facility, at=at) as ledger:
        user, assignment = accounts.build(new, facility, at=at)
        ledger.created(user)
        ledger.created(assignment)
        return assignment
