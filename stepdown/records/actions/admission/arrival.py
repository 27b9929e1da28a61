"""Arriving: a person, a stay and a bed, in one step."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.records import access, audit
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.actions.beds import beds
from stepdown.records.audit import Ledger
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
from stepdown.records.reading import known

CODE_LETTERS = "ACDEFHJKLMNPRTUVWXY3479"
"""No letter or figure that is read as another across a room."""


@dataclass(frozen=True, slots=True)
class Arriving:
    """Who has come. What is not known stays empty; nothing is made up.

    Of somebody known already, name and birth date stay as they are on record; what else
    was told now is kept, and whether an interpreter is needed is never taken from before.
    """

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

    ``person`` is somebody already known, whose earlier stays stay as they are; otherwise
    one is recorded.

    Raises:
        Refused: no name; a birth date in the future, or another than is on record; a time
            ahead; bed not in use.
        NotPermitted: a person of another house, or whose every stay is closed to this actor.
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
    if person is not None:
        _must_know(person, arriving, by=by, at=at)

    def write() -> Transition:
        with audit.action("admissions.arrive", by=by, at=at) as ledger:
            if told := _told_before(arriving, submission, by, person):
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
            else:
                _must_not_be_here(person, by=by, at=at)
                _told_now(person, arriving, by=by, ledger=ledger)
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


def _must_know(person: Person, arriving: Arriving, *, by: Actor, at: datetime) -> None:
    """Return quietly where this is somebody the actor knows of, born when it was said.

    Raises:
        NotPermitted: of another house, or every stay is closed to this actor; the same words.
        Refused: another birth date is on record.
    """
    if not known.people(by, at).filter(pk=person.pk).exists():
        raise NotPermitted(_("Not done: this person is not known in this facility."))
    if arriving.born_on and person.born_on and arriving.born_on != person.born_on:
        raise Refused(
            _(
                "Not recorded: {name} is on record with another birth date. Look again whether "
                "it is the same person."
            ).format(name=person.called),
            {"born_on": _("Not the birth date on record.")},
        )


def _must_not_be_here(person: Person, *, by: Actor, at: datetime) -> None:
    """Return quietly where this person has no open stay.

    Raises:
        Conflict: they have one; which it is is said only to who may see it.
    """
    stays = Episode.objects.filter(person=person).open()
    if not stays.exists():
        return
    if stays.visible_to(by, at).exists():
        raise Conflict(
            _("Not recorded: {name} has an open stay already. Open that one.").format(
                name=person.called
            )
        )
    raise Conflict(
        _("Not recorded: this arrival needs the privacy officer. Ask them, or the charge nurse.")
    )


def _told_now(person: Person, arriving: Arriving, *, by: Actor, ledger: Ledger) -> None:
    """Keep what somebody who came back says of themselves now; what is left out stays.

    Whether an interpreter is needed is asked anew: not known is not what it was before.
    """
    said: dict[str, Any] = {
        "preferred_name": arriving.preferred_name.strip() or person.preferred_name,
        "pronouns": arriving.pronouns.strip() or person.pronouns,
        "language": arriving.language.strip() or person.language,
        "born_on": person.born_on or arriving.born_on,
        "needs_interpreter": arriving.needs_interpreter,
    }
    changed = [name for name, value in said.items() if getattr(person, name) != value]
    if not changed:
        return
    access.require(by, "demographics", "U")
    for name in changed:
        setattr(person, name, said[name])
    ledger.changed(person, *changed)


def recorded(submission: UUID, *, by: Actor) -> Episode | None:
    """The stay that this form of theirs opened already, if it did."""
    row: Transition | None = (
        Transition.objects.select_related("episode__person")
        .filter(submission_id=submission, actor_id=by.user.pk, to_state=State.INTAKE)
        .first()
    )
    return row.episode if row else None


def _told_before(
    arriving: Arriving, submission: UUID, by: Actor, person: Person | None
) -> Transition | None:
    """The arrival this form recorded already, if it did.

    Raises:
        SentBefore: it told of somebody else, or was sent by somebody else.
    """
    row: Transition | None = Transition.objects.filter(submission_id=submission).first()
    if row is None:
        return None
    name = arriving.legal_name.strip()
    if person is not None:
        is_same = row.episode.person_id == person.pk
    else:
        is_same = not name or row.episode.person.legal_name == name
    if row.actor_id != by.user.pk or not is_same:
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
    first, second = two_identifiers(first, second)

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


def two_identifiers(first: str, second: str) -> tuple[str, str]:
    """Both as they are kept.

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
    return first, second
