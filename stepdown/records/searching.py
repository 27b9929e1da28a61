"""Searches for people: how many one person may make, and what is noted of each.

The log of looks says who searched, in which role, when, by what kind of words, how many
were shown, and which stays those were; of the words themselves only a mark. The same words
give the same mark in one house, so that a pattern shows, and whoever has a name in mind can
ask whether it was searched; nobody can read names from the log (docs/decisions).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from stepdown.records import audit
from stepdown.records.access import Actor
from stepdown.records.errors import Refused
from stepdown.records.models import Facility, SearchTally
from stepdown.records.reading.finding import Asked, Found
from stepdown.records.transactions import writing

LIMIT = 40
"""Searches of one account within an hour. A desk that takes in three people an hour and looks
each up by every name and date they give stays below; going through a list of names does not."""

WITHIN = timedelta(hours=1)

SEARCHED, SHOWN, LIMITED = "find.people", "find.shown", "find.limited"
"""What the log of looks calls a search, a stay that it showed, and one search too many."""

MARK_LENGTH = 12
"""Figures of a mark: 48 bits, so that two different searches of a house hardly ever share one."""

_DETAIL = re.compile(r"([0-9a-f]{12}) ([a-z ,]+): ([0-9]+) shown")


class TooMany(Refused):
    """This account has searched as often as it may for now."""

    status = 429


def reserve(actor: Actor, now: datetime) -> None:
    """Count one search before it is made, across every session of this account.

    A clock that was set back begins the hour anew: nobody waits for a day that was.

    Raises:
        TooMany: nothing was searched, and the privacy officer's page says so.
    """
    alias = settings.ACCESS_ALIAS
    with writing(alias):
        tallies = SearchTally.objects.using(alias)
        tally, _made = tallies.get_or_create(
            pk=actor.user.pk, defaults={"began_at": now, "count": 0}
        )
        tally = tallies.select_for_update().get(pk=actor.user.pk)
        if not tally.began_at <= now < tally.began_at + WITHIN:
            tally.began_at, tally.count = now, 0
        tally.count += 1
        tally.save(using=alias, update_fields=["began_at", "count"])
    if tally.count <= LIMIT:
        return
    audit.looked(LIMITED, by=actor, at=now, detail=f"{tally.count} within an hour")
    again = actor.facility.local(tally.began_at + WITHIN + timedelta(minutes=1))
    raise TooMany(
        _(
            "Nobody was looked for: you have searched {limit} times within an hour, and no more is "
            "open to one person. Search again from {time} on. The privacy officer's page says that "
            "the limit was reached. The ward board shows who is here."
        ).format(limit=LIMIT, time=f"{again:%H:%M}")
    )


def note(wanted: Asked, found: Found, *, by: Actor, at: datetime) -> None:
    """Put one search on record, and each stay that it showed into that stay's own trail."""
    detail = f"{mark(by.facility, wanted)} {_kinds(wanted)}: {len(found.people)} shown"
    audit.looked(SEARCHED, by=by, at=at, detail=detail)
    shown = [stay.episode_id for somebody in found.people for stay in somebody.stays]
    audit.looked_together(SHOWN, shown, by=by, at=at)


def mark(facility: Facility, wanted: Asked) -> str:
    """What stands for the words of a search: keyed outside the database, of this house only."""
    return audit.seal("search", facility.pk, wanted.folded)[:MARK_LENGTH]


def _kinds(wanted: Asked) -> str:
    kinds = {
        "name": wanted.words,
        "birth date": wanted.born_on,
        "bed": wanted.bed,
    }
    return ", ".join(kind for kind, value in kinds.items() if value)


@dataclass(frozen=True, slots=True)
class Noted:
    """What the log of looks says of one search."""

    mark: str
    kinds: str
    shown: int

    @classmethod
    def read(cls, detail: str) -> Noted | None:
        """From an event's detail; None where it is not one of a search."""
        found = _DETAIL.fullmatch(detail)
        return cls(found[1], found[2], int(found[3])) if found else None
