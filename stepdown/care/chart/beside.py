"""What stands beside the course: the next looks, and when each opioid was used last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.content import library
from stepdown.records import access
from stepdown.records.access import VITALS_ONLY, Actor
from stepdown.records.models import VITALS, SubstanceUse
from stepdown.records.reading.heading import Stay, Use, time_since_last_use
from stepdown.records.reading.monitoring import LookDue
from stepdown.records.reading.readings import SCALE
from stepdown.web import times
from stepdown.web.addresses import address

Certainty = SubstanceUse.Certainty

AT_THE_BEDSIDE = frozenset({SCALE, VITALS})
"""What one sheet takes in one go; every other scale has a page of its own."""


@dataclass(frozen=True, slots=True)
class Next:
    """One look that is or will be due; ``url`` is empty for a role that does not take it."""

    at: datetime
    state: str
    what: str
    url: str
    action: str


@dataclass(frozen=True, slots=True)
class LastUse:
    """The last use of one substance in words; ``at`` is None where it is not known."""

    substance: str
    at: datetime | None
    certainty: str
    ago: str


@dataclass(frozen=True, slots=True)
class LastUses:
    """All opioids together, then each; and the other substances told of."""

    whole: str
    is_known: bool
    opioids: tuple[LastUse, ...]
    others: tuple[LastUse, ...]


def nexts(dues: Iterable[LookDue], episode_id: UUID, actor: Actor, now: datetime) -> list[Next]:
    """The next looks, soonest first, each with the way to take it for those who may."""
    return [_next(due, episode_id, actor, now) for due in dues]


def _next(due: LookDue, episode_id: UUID, actor: Actor, now: datetime) -> Next:
    url, action = "", ""
    if access.may(actor, "observations", "C"):
        only_vitals = access.condition(actor, "observations", "C") in VITALS_ONLY
        if only_vitals:
            if VITALS in due.kinds:
                url, action = address("observing:bedside", episode_id), _("Measure")
        elif AT_THE_BEDSIDE & set(due.kinds):
            url = address("observing:bedside", episode_id)
            action = _("Score") if SCALE in due.kinds else _("Measure")
        else:
            url, action = address("observing:scale", episode_id, due.kinds[0]), _("Score")
    return Next(due.at, due.state(now), due.words(), url, action)


def last_uses(stay: Stay, now: datetime) -> LastUses | None:
    """When opioids were used last, as told. None while nobody has told of any substance."""
    if not stay.uses:
        return None
    since = time_since_last_use(stay.opioids(), now)
    if since is not None:
        whole = _("{span} since the last opioid use told").format(
            span=times.span(since.total_seconds())
        )
    elif stay.opioids():
        whole = _("Not known: the last use of at least one opioid is not known.")
    else:
        whole = _("No opioid use was told.")
    return LastUses(
        whole,
        since is not None,
        tuple(_last_use(use, "opioid_type", now) for use in stay.opioids()),
        tuple(_last_use(use, "co_use", now) for use in stay.others()),
    )


def _last_use(use: Use, codes: str, now: datetime) -> LastUse:
    known = library.codes(codes).code(use.substance)
    certainty = library.codes("certainty").code(use.certainty)
    return LastUse(
        _name(use, known.label if known else use.substance),
        use.last_used_at,
        certainty.label if certainty else use.certainty,
        times.age(use.last_used_at, now) if use.last_used_at else "",
    )


def _name(use: Use, label: str) -> str:
    """The substance in words; what is not on the list has its name in the note."""
    return f"{label}: {use.note}" if use.called_by_note else label


def pregnancy(stay: Stay) -> str:
    """The newest test in words; nothing where none was told."""
    if not stay.pregnancy:
        return ""
    known = library.codes("pregnancy_result").code(stay.pregnancy)
    return known.label if known else stay.pregnancy
