"""What each expectation looks at: the records as they stand, by the readers that pages use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from stepdown.clinical import symptoms
from stepdown.clinical.schedules import COMPLETE, Look, Stay
from stepdown.content import library
from stepdown.operate.journeys.bindings import Person
from stepdown.operate.journeys.times import WallTime
from stepdown.records import facts
from stepdown.records.models import VITALS, BedStay, Episode, Observation
from stepdown.records.reading import board, monitoring
from stepdown.records.reading.sight import Sight

Check = Callable[[Person, Any, datetime], str]
"""Returns what was found where it is not what was expected; empty when it is."""


def _differs(expected: object, found: object) -> str:
    return "" if expected == found else f"found {found}"


def _fresh(person: Person) -> Episode:
    return Episode.objects.select_related("facility", "person").get(pk=person.stay.pk)


def _state(person: Person, expected: Any, now: datetime) -> str:
    return _differs(expected, _fresh(person).state)


def _phase(person: Person, expected: Any, now: datetime) -> str:
    return _differs(expected, _fresh(person).phase)


def _day(person: Person, expected: Any, now: datetime) -> str:
    return _differs(expected, _fresh(person).day_on(now))


def _bed(person: Person, expected: Any, now: datetime) -> str:
    stays = BedStay.objects.filter(episode=person.stay, ended_at=None)
    return _differs(expected, stays.values_list("bed__label", flat=True).first())


def _newest(person: Person, kind: str, now: datetime) -> Observation | None:
    told = Observation.objects.standing().of(kind).for_episode(person.stay)
    newest: Observation | None = told.filter(occurred_at__lte=now).newest().first()
    return newest


def _score(person: Person, expected: Any, now: datetime) -> str:
    newest = _newest(person, expected["instrument"], now)
    if newest is None:
        return "found no such reading"
    if expected.get("total") == newest.total and expected["band"] == newest.band:
        return ""
    if newest.outcome != Observation.Outcome.COMPLETE:
        return f"found {newest.outcome}"
    return (
        f"found {newest.band}" if newest.total is None else f"found {newest.total}, {newest.band}"
    )


def _no_total(person: Person, expected: Any, now: datetime) -> str:
    newest = _newest(person, expected, now)
    if newest is None:
        return "found no such reading"
    return "" if newest.total is None else f"found a total of {newest.total}"


def _last_use_hours(person: Person, expected: Any, now: datetime) -> str:
    elapsed = facts.time_since_last_use(person.stay, now)
    return _differs(expected, None if elapsed is None else elapsed // timedelta(hours=1))


def _next_due(person: Person, expected: Any, now: datetime) -> str:
    episode = _fresh(person)
    stay = Stay(episode.state, episode.arrived_at, episode.admitted_at)
    schedule = monitoring.schedule_for(episode.facility)
    looked = [_looked(person, kind, now) for kind in monitoring.kinds(schedule)]
    for due in monitoring.looks_due(schedule, stay, looked, person.zone):
        if expected["instrument"] in due.kinds:
            wanted: WallTime = expected["at"]
            return "" if due.at == wanted.instant(person.zone) else f"found {_wall(person, due.at)}"
    return "found nothing due"


def _looked(person: Person, kind: str, now: datetime) -> monitoring.Looked:
    told = Observation.objects.standing().of(kind).for_episode(person.stay)
    told = told.filter(occurred_at__lte=now).newest()
    latest, done = told.first(), told.filter(outcome=COMPLETE).first()
    return monitoring.Looked(kind, done=_look(done), latest=_look(latest))


def _look(row: Observation | None) -> Look | None:
    return None if row is None else Look(row.occurred_at, row.outcome, row.band or None)


def _symptoms(person: Person, expected: Any, now: datetime) -> str:
    told = Observation.objects.standing().for_episode(person.stay)
    readings: dict[datetime, symptoms.Reading] = {}
    for row in told.filter(occurred_at__lte=now).order_by("occurred_at", "id"):
        seen = readings.setdefault(row.occurred_at, symptoms.Reading(row.occurred_at, {}, {}))
        answers, vitals = dict(seen.answers), dict(seen.vitals)
        if row.kind == VITALS:
            vitals |= {key: Decimal(value) for key, value in row.values.items()}
        else:
            answers[row.kind] = row.chosen()
        readings[row.occurred_at] = symptoms.Reading(row.occurred_at, answers, vitals)
    found = {
        finding.symptom.key: finding.presence.value
        for finding in symptoms.findings(library.symptoms(), readings.values())
    }
    wrong = [
        f"{key} {found.get(key, 'unknown')}"
        for presence in ("present", "absent")
        for key in expected.get(presence, ())
        if found.get(key) != presence
    ]
    return f"found {', '.join(wrong)}" if wrong else ""


def _board(person: Person, expected: Any, now: datetime) -> str:
    actor, bed = person.house.actors[expected["as"]], person.house.beds[expected["bed"]]
    shown = board.board(bed.unit, actor, Sight.of(actor), now)
    occupant = next(place for place in shown.places if place.label == bed.label).occupant
    found: dict[str, Any] = {"free": occupant is None}
    if occupant is not None:
        score, missed = occupant.score, occupant.missed
        found |= {
            "name": occupant.name,
            "day": occupant.day,
            "score": score.total if score else None,
            "band": score.band if score else None,
            "missed": missed.outcome if missed else None,
            "next_due": occupant.dues[0].at if occupant.dues else None,
        }
    wrong = [
        f"{key} {_wall(person, found.get(key))}"
        for key, value in expected.items()
        if key not in ("as", "bed") and found.get(key) != _instant(person, value)
    ]
    return f"found {', '.join(wrong)}" if wrong else ""


def _instant(person: Person, value: Any) -> Any:
    return value.instant(person.zone) if isinstance(value, WallTime) else value


def _wall(person: Person, value: Any) -> Any:
    """A time as the facility's clock shows it, with its distance from UTC; the rest as it is."""
    if isinstance(value, datetime):
        return f"{value.astimezone(person.zone):%Y-%m-%d %H:%M (UTC%z)}"
    return value


CHECKS: Mapping[str, Check] = {
    "bed": _bed,
    "board": _board,
    "day": _day,
    "last_use_hours": _last_use_hours,
    "next_due": _next_due,
    "no_total": _no_total,
    "phase": _phase,
    "score": _score,
    "state": _state,
    "symptoms": _symptoms,
}
