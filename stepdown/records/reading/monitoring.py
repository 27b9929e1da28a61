"""When the next looks of one stay are due, by the facility's own schedule."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from stepdown.clinical.schedules import COMPLETE, Due, Look, Schedule, Stay, next_due
from stepdown.content import library
from stepdown.content.settings import Setting
from stepdown.content.tuning import in_force, tuned
from stepdown.records.models import VITALS, Episode, Facility
from stepdown.records.reading.raised import Raised

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """The looks of one kind so far: the latest complete one, and the latest of any outcome."""

    kind: str
    done: Look | None
    latest: Look | None


@dataclass(frozen=True, slots=True)
class LookDue:
    """One look that is due: when, late from when, and of which kinds. Times are UTC.

    ``what`` is the schedule's word for it; empty where only some of the kinds that
    a rule joins are due together, because the rule's word would then say too much.
    """

    at: datetime
    late_from: datetime
    kinds: tuple[str, ...]
    what: str

    def state(self, now: datetime) -> str:
        """``late`` once the grace time is over, ``due`` from the due time, else ``later``."""
        if now >= self.late_from:
            return "late"
        return "due" if now >= self.at else "later"

    def words(self) -> str:
        """What is to be done, in words."""
        return self.what or ", ".join(name_of(kind) for kind in self.kinds)


def name_of(kind: str) -> str:
    """What a kind of look is called: the scale's short name, or the vital signs."""
    if kind == VITALS:
        return _("Vitals")
    instrument = library.instruments().get(kind)
    return instrument.short_name if instrument else kind


def schedule_for(facility: Facility) -> Schedule:
    """The monitoring schedule with this facility's signed settings in place."""
    known = library.facility_settings()
    kept = {key: value for key, value in facility.settings.items() if key in known}
    return _tuned(library.digest(library.schedule()), json.dumps(kept, sort_keys=True))


@lru_cache(maxsize=64)
def _tuned(digest: str, settings: str) -> Schedule:
    """The schedule of one content digest under one set of settings (JSON text)."""
    known, schedule = library.facility_settings(), library.schedule()
    values: dict[str, Setting] = {}
    try:
        values = {key: known[key].value(text) for key, text in json.loads(settings).items()}
        return tuned(schedule, values)
    except ValueError:
        # Better the reviewed intervals than a ward without any: nothing may switch the board off.
        log.exception("Facility settings contradict each other; the schedule's own numbers hold.")
        return in_force(schedule, values)


def stay_of(episode: Episode) -> Stay:
    """What the schedule needs of a stay, with every anchor the records know."""
    anchors = [("arrival", episode.arrived_at)]
    if episode.admitted_at is not None:
        anchors.append(("admission", episode.admitted_at))
    return Stay(episode.state, episode.arrived_at, episode.admitted_at, tuple(anchors))


def kinds(schedule: Schedule) -> tuple[str, ...]:
    """Every kind of look the schedule speaks of, in its order."""
    return tuple(dict.fromkeys(kind for rule in schedule.rules for kind in rule.kinds))


def looks_due(
    schedule: Schedule,
    stay: Stay,
    looked: Iterable[Looked],
    zone: ZoneInfo,
    raised: Iterable[Raised] = (),
) -> tuple[LookDue, ...]:
    """The next look of each kind, soonest first; kinds due at the same moment are one look.

    Empty where the state of the stay pauses the schedule and no answer ``raised`` anything.
    """
    demanded = tuple(raised)
    together: dict[tuple[datetime, datetime], list[tuple[str, Due]]] = {}
    for each in looked:
        tried = each.latest
        if tried is not None and tried.outcome == COMPLETE:
            tried = None
        asked = [one.at for one in demanded if one.look == each.kind]
        due = next_due(
            schedule, each.kind, stay, done=each.done, tried=tried, raised=asked, zone=zone
        )
        if due is not None:
            together.setdefault((due.at, due.grace_until), []).append((each.kind, due))
    return tuple(
        LookDue(at, late_from, tuple(kind for kind, _due in found), _what(schedule, found))
        for (at, late_from), found in sorted(together.items())
    )


def _what(schedule: Schedule, found: list[tuple[str, Due]]) -> str:
    here = {kind for kind, _due in found}
    rules = {rule.id: set(rule.kinds) for rule in schedule.rules}
    if all(rules[due.rule_id] <= here for _kind, due in found):
        return ", ".join(dict.fromkeys(due.what for _kind, due in found))
    return ""
