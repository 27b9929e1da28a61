"""Where somebody is in withdrawal, from what a page has fetched already: no query of its own."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from stepdown.clinical import withdrawal
from stepdown.clinical.other_signs import OtherFinding, other_signs
from stepdown.clinical.set_off import Score
from stepdown.clinical.windows import Timetable
from stepdown.clinical.withdrawal import Use
from stepdown.content import library
from stepdown.records.models import VITALS
from stepdown.records.reading.course import Course
from stepdown.records.reading.heading import Stay
from stepdown.records.reading.readings import SCALE


def now(stay: Stay, read: Course, at: datetime) -> withdrawal.Course:
    """The stage at ``at``, or at the end of a stay that has ended.

    The records keep no doses yet, and the course says so.
    """
    uses = [
        Use(
            each.substance,
            each.last_used_at,
            each.certainty,
            each.supply,
            each.days_per_week,
            each.note if each.called_by_note else "",
        )
        for each in stay.opioids()
    ]
    scores = [
        Score(each.occurred_at, each.total, each.severity)
        for each in read.of(SCALE)
        if each.is_complete and each.total is not None and each.severity is not None
    ]
    ended = stay.episode.closed_at
    return withdrawal.course(
        _timetable(library.digest(library.courses())),
        uses,
        at if ended is None else min(at, ended),
        findings=read.findings,
        scores=scores,
        doses=None,
    )


@lru_cache(maxsize=8)
def _timetable(_digest: str) -> Timetable:
    """The timetable of one content digest: worked out once, it serves every page."""
    return Timetable.of(library.courses())


def not_withdrawal(read: Course) -> tuple[OtherFinding, ...]:
    """The signs that are no part of opioid withdrawal, by the newest look at each."""
    courses = library.courses()
    asked = {sign.vital.vital for sign in courses.signs if sign.vital is not None}
    measured: dict[str, tuple[datetime, Decimal]] = {}
    for entry in reversed(read.of(VITALS)):
        for vital in asked - measured.keys():
            if vital in entry.values:
                measured[vital] = (entry.occurred_at, Decimal(entry.values[vital]))
        if len(measured) == len(asked):
            break
    raised = {}
    for scale in [sign.scale for sign in courses.signs if sign.scale is not None]:
        looked = _looked(read, scale.instrument, scale.raises)
        if looked is not None:
            raised[scale.instrument, scale.raises] = looked
    return other_signs(courses, measured, raised)


def _looked(read: Course, kind: str, rule: str) -> tuple[datetime, bool] | None:
    """When a scale's answers last fired a rule, or a complete one did not.

    An unfinished look that does not fire says nothing and takes nothing back.
    """
    instrument = library.instruments().get(kind)
    found = instrument.raise_of(rule) if instrument is not None else None
    if found is None:
        return None
    for entry in reversed(read.of(kind)):
        answers = entry.chosen()
        if any(condition.holds(answers) for condition in found.when_any):
            return entry.occurred_at, True
        if entry.is_complete:
            return entry.occurred_at, False
    return None
