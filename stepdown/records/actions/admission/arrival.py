"""Arriving: a person, a stay and a bed, in one step."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.records import audit
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.actions.beds import beds
from stepdown.records.errors import Conflict, NotPermitted, Refused
from stepdown.records.models import (
    Bed,
    Episode,
    GoalEntry,
    IdentityCheck,
    Person,
    Segment,
    State,
    Transition,
)

CODE_LETTERS = "ACDEFHJKLMNPRTUVWXY3479"
"""No letter or figure that is read as another across a room."""


@dataclass(frozen=True, slots=True)
class Arriving:
    """Who has come. What is not known stays empty; nothing is made up."""

    legal_name: str
    preferred_name: str = ""
    pronouns: str = ""
    born_on: date | None = None
    language: str = ""
    needs_interpreter: bool | None = None
    goal: str = ""


def arrive(
    arriving: Arriving,
    *,
    bed: Bed | None,
    by: Actor,
    at: datetime,
    submission: UUID,
    person: Person | None = None,
    level: str = Segment.Level.WM_RES,
    occurred_at: datetime | None = None,
) -> Episode:
    """Open a stay in INTAKE: the person is on site, not yet admitted.

    ``person`` is somebody already known; otherwise one is recorded.

    Raises:
        Refused: no name; a birth date in the future; a time ahead; bed not in use.
        Conflict: the bed is taken, or this person's stay is already open.
    """
    if person is None and not arriving.legal_name.strip():
        raise Refused(
            _("Not recorded: a name is needed, even if it is the only thing known."),
            {"legal_name": _("Enter the name the person gives.")},
        )
    came = occurred_at or at
    if arriving.born_on and arriving.born_on > by.facility.local(at).date():
        raise Refused(
            _("Not recorded: the birth date is in the future."),
            {"born_on": _("This date is in the future.")},
        )
    telling.check_time(came, at=at, facility=by.facility)
    if level not in Segment.Level.values:
        raise Refused(_("Not recorded: choose the kind of care."), {"level": _("Choose one.")})
    if bed is not None and bed.facility_id != by.facility.pk:
        raise Refused(_("Not done: that bed is not in this facility."))
    if person is not None and person.facility_id != by.facility.pk:
        raise NotPermitted(_("Not done: this person is not known in this facility."))

    def write() -> Transition:
        with audit.action("admissions.arrive", by=by, at=at) as ledger:
            if told := _told_before(arriving, submission, by):
                return told
            who = person or Person(
                facility=by.facility,
                legal_name=arriving.legal_name.strip(),
                preferred_name=arriving.preferred_name.strip(),
                pronouns=arriving.pronouns.strip(),
                born_on=arriving.born_on,
                language=arriving.language.strip(),
                needs_interpreter=arriving.needs_interpreter,
            )
            if person is None:
                ledger.created(who)
            if Episode.objects.filter(person=who).open().exists():
                raise Conflict(
                    _("Not recorded: {name} has an open stay already. Open that one.").format(
                        name=who.called
                    )
                )
            episode = Episode(
                facility=by.facility,
                person=who,
                code=_code(by),
                state=State.INTAKE,
                arrived_at=came,
            )
            ledger.created(episode)
            ledger.episode_id = episode.pk
            ledger.created(
                Segment(facility=by.facility, episode=episode, level=level, started_at=came)
            )
            if bed is not None:
                beds.occupy(bed, episode, at=came, ledger=ledger)
            if arriving.goal.strip():
                ledger.created(
                    GoalEntry.told(
                        by,
                        at=at,
                        submission=submission,
                        episode=episode,
                        words=arriving.goal.strip(),
                    )
                )
            row = Transition.told(
                by,
                at=at,
                submission=submission,
                occurred_at=came,
                episode=episode,
                to_state=State.INTAKE,
            )
            ledger.created(row)
            return row

    return telling.once(Transition, submission, write, by=by).episode


def _told_before(arriving: Arriving, submission: UUID, by: Actor) -> Transition | None:
    """The arrival this form recorded already, if it did.

    Raises:
        SentBefore: it told of somebody else, or was sent by somebody else.
    """
    row: Transition | None = Transition.objects.filter(submission_id=submission).first()
    if row is None:
        return None
    name = arriving.legal_name.strip()
    if row.actor_id != by.user.pk or (name and row.episode.person.legal_name != name):
        raise telling.sent_before()
    return row


def _code(by: Actor) -> str:
    """Four letters for shared screens, not in use in the house, saying nothing of the person."""
    used = set(Episode.objects.filter(facility=by.facility).open().values_list("code", flat=True))
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _place in range(4))
        if code not in used:
            return code


def identify(
    episode: Episode, first: str, second: str, *, by: Actor, at: datetime, submission: UUID
) -> IdentityCheck:
    """Record that two different identifiers matched the person.

    Raises:
        Refused: fewer than two, or the same twice.
    """
    first, second = first.strip(), second.strip()
    if not first or not second or first.casefold() == second.casefold():
        raise Refused(
            _(
                "Not recorded: two different identifiers are needed, for instance name and "
                "birth date."
            ),
            {"second": _("Choose a second, different identifier.")},
        )

    def write() -> IdentityCheck:
        with audit.action("admissions.identify", by=by, at=at, episode_id=episode.pk) as ledger:
            current = telling.must_see(episode, by=by, at=at)
            telling.must_be_open(current)
            row = IdentityCheck.told(
                by, at=at, submission=submission, episode=current, first=first, second=second
            )
            ledger.created(row)
            return row

    return telling.once(IdentityCheck, submission, write, by=by, about=episode.pk)
