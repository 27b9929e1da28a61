"""A licence brought up to date: what it was stays readable beside what it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.records import audit
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.errors import Conflict, NotPermitted, Refused
from stepdown.records.models import Assignment, LicenceRenewal, Role

WITHOUT_LICENCE = frozenset({Role.PT, Role.FAM})
"""Roles of people who do not work here."""


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as its holder shows it; ``expires_on`` is its last day, on the ward's wall."""

    number: str
    state: str
    expires_on: date | None


def on_file(assignment: Assignment) -> Licence:
    """What is on file for a role; nothing of it may be known."""
    return Licence(
        assignment.licence_number, assignment.licence_state, assignment.licence_expires_on
    )


def renew(
    assignment: Assignment,
    licence: Licence,
    *,
    seen: Licence,
    by: Actor,
    at: datetime,
    submission: UUID,
) -> LicenceRenewal:
    """Put a renewed licence on file for a role; from now on the role signs under it.

    ``seen`` is what stood on the page when it was filled in.

    Raises:
        Refused: number, state or last day missing or odd; the last day is past; nothing
            would change; it is one's own; the role carries no licence.
        Conflict: somebody brought it up to date in the meantime.
        NotPermitted: no such role at this facility.
    """
    given = Licence(licence.number.strip(), licence.state.strip().upper(), licence.expires_on)
    wrong = _wrong(given, by.facility.local(at).date())
    if wrong:
        raise Refused(_("Not renewed. ") + " ".join(wrong.values()), wrong)
    assert given.expires_on is not None

    def write() -> LicenceRenewal:
        with audit.action("accounts.renew_licence", by=by, at=at) as ledger:
            held = _held(assignment, by)
            now = on_file(held)
            if now != seen:
                raise Conflict(
                    _(
                        "Not renewed: somebody changed this licence after your page was shown. "
                        "On file is now: {licence}. Look again, then decide."
                    ).format(licence=in_words(now))
                )
            if now == given:
                raise Refused(_("Not renewed: exactly this licence is on file already."))
            row = LicenceRenewal.told(
                by,
                at=at,
                submission=submission,
                assignment=held,
                number=given.number,
                state=given.state,
                expires_on=given.expires_on,
                previous_number=now.number,
                previous_state=now.state,
                previous_expires_on=now.expires_on,
            )
            ledger.created(row)
            held.licence_number, held.licence_state = given.number, given.state
            held.licence_expires_on = given.expires_on
            ledger.changed(held, "licence_number", "licence_state", "licence_expires_on")
            return row

    return telling.once(LicenceRenewal, submission, write, by=by)


def in_words(licence: Licence) -> str:
    """``CA 95012345 to 2027-06-30``; what is not known is said."""
    if not licence.number:
        return _("no licence")
    number = f"{licence.state} {licence.number}".strip()
    if licence.expires_on is None:
        return _("{number}, no last day known").format(number=number)
    return _("{number} to {day}").format(number=number, day=licence.expires_on.isoformat())


def _wrong(given: Licence, today: date) -> dict[str, str]:
    wrong = {}
    if not given.number:
        wrong["number"] = _("Enter the licence number.")
    if not re.fullmatch(r"[A-Z]{2}", given.state):
        wrong["state"] = _("Enter the state as two letters.")
    if given.expires_on is None:
        wrong["expires_on"] = _("Enter the last day the licence is valid.")
    elif given.expires_on < today:
        wrong["expires_on"] = _(
            "{day} is past (today is {today}): a licence that has run out renews nothing."
        ).format(day=given.expires_on.isoformat(), today=today.isoformat())
    return wrong


def _held(assignment: Assignment, by: Actor) -> Assignment:
    """The role as it is now.

    Raises:
        NotPermitted: not at this facility. Refused: one's own, or one without a licence.
    """
    found = Assignment.objects.filter(pk=assignment.pk, facility=by.facility).first()
    if found is None:
        raise NotPermitted(_("Not done: there is no such role in this facility."))
    if found.user_id == by.user.pk:
        raise Refused(_("Not renewed: somebody else renews your own licence."))
    if found.role in WITHOUT_LICENCE:
        raise Refused(_("Not renewed: this role works under no licence."))
    return found
