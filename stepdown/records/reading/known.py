"""People this house knows, for whoever asks at the door whether somebody has been here before.

As little as recognises somebody: the name, the birth date, the last stay. A person whose
every stay is closed to the asker is nobody they know; that somebody was here is a secret, too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from stepdown.records import access
from stepdown.records.access import Actor
from stepdown.records.models import Episode, Person

MOST = 8
"""So many are shown at once; more are a reason to ask for more of the name."""

SHORTEST = 2
"""Letters a word of a name has at least, to be looked for."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody known here. ``episode_id`` is their last stay that the asker may see, if any."""

    person: Person
    episode_id: UUID | None = None
    came_at: datetime | None = None
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Who may be meant, the likeliest first, and how many more there would be."""

    people: tuple[Known, ...] = ()
    more: int = 0


def people(actor: Actor, now: datetime) -> QuerySet[Person]:
    """The people of this house whom the asker may know of."""
    theirs = Episode.objects.filter(person=OuterRef("pk"))
    here = Person.objects.filter(facility_id=actor.facility.pk)
    return here.filter(~Exists(theirs) | Exists(theirs.visible_to(actor, now)))


def find(
    name: str, born_on: date | None, actor: Actor, now: datetime, *, but: UUID | None = None
) -> Found:
    """Who may be meant by a name (each word begins one of theirs) or by a birth date.

    Args:
        but: somebody to leave out.

    Raises:
        NotPermitted: the role takes nobody in.
    """
    access.require(actor, "bed_board", "U")
    access.require(actor, "demographics", "R")
    words = _words(name)
    if not words and born_on is None:
        return Found()
    likely = []
    for person in people(actor, now).exclude(pk=but) if but else people(actor, now):
        by_name = bool(words) and _is_called(person, words)
        by_birth = born_on is not None and person.born_on == born_on
        if by_name or by_birth:
            rank = (not (by_name and by_birth), not by_name, _plain(person.legal_name))
            likely.append((rank, str(person.pk), person))
    likely.sort(key=lambda each: each[:2])
    shown = [person for _rank, _key, person in likely[:MOST]]
    return Found(_with_stays(shown, actor, now), max(0, len(likely) - MOST))


def _with_stays(shown: Iterable[Person], actor: Actor, now: datetime) -> tuple[Known, ...]:
    shown = list(shown)
    visible = Episode.objects.visible_to(actor, now).filter(person__in=shown)
    last = {stay.person_id: stay for stay in visible.order_by("arrived_at")} if shown else {}
    found = []
    for person in shown:
        stay = last.get(person.pk)
        found.append(
            Known(person, stay.pk, stay.arrived_at, stay.closed_at is None)
            if stay
            else Known(person)
        )
    return tuple(found)


def _is_called(person: Person, words: frozenset[str]) -> bool:
    theirs = _words(f"{person.legal_name} {person.preferred_name}")
    return all(any(one.startswith(word) for one in theirs) for word in words)


def _words(name: str) -> frozenset[str]:
    parts = "".join(each if each.isalnum() else " " for each in _plain(name)).split()
    return frozenset(part for part in parts if len(part) >= SHORTEST)


def _plain(name: str) -> str:
    """A name without accents and capitals: people spell theirs, others type it."""
    split = unicodedata.normalize("NFKD", name.casefold())
    return "".join(each for each in split if not unicodedata.combining(each))
