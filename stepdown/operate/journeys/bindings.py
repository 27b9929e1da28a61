"""What each action of a journey does: the real action, with the values of the event.

Nothing is added here. A value that the real action would refuse is handed to it as
written, so that the refusal comes from the action and not from the replay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from stepdown.clinical.instruments import Instrument
from stepdown.content import library
from stepdown.operate.journeys.house import House
from stepdown.operate.journeys.times import WallTime
from stepdown.records import signing
from stepdown.records.access import Actor
from stepdown.records.actions.admission import arrival, history, papers
from stepdown.records.actions.beds import beds
from stepdown.records.actions.monitoring import observations, targets
from stepdown.records.actions.monitoring.readings import Reading, Scale
from stepdown.records.actions.people import episodes
from stepdown.records.models import VITALS, Episode, Observation


class CannotPlay(Exception):
    """The event makes no sense where the journey has come to; not a refusal by an action."""


COWS = "cows"
CSSRS = "cssrs_screener"


@dataclass
class Person:
    """The person of one journey, as far as the replay has come."""

    about: Mapping[str, Any]
    house: House
    zone: ZoneInfo
    episode: Episode | None = None
    told: dict[str, list[Observation]] = field(default_factory=dict)

    @property
    def stay(self) -> Episode:
        """The stay that has begun.

        Raises:
            CannotPlay: the person has not arrived.
        """
        if self.episode is None:
            raise CannotPlay("the person has not arrived")
        return self.episode


@dataclass(frozen=True)
class Telling:
    """Who tells, when, and under which submission."""

    by: Actor
    at: datetime
    submission: UUID
    label: str = ""

    @property
    def stamp(self) -> dict[str, Any]:
        """The keyword arguments every action takes."""
        return {"by": self.by, "at": self.at, "submission": self.submission}

    @property
    def signed(self) -> dict[str, Any]:
        """The same, with the proof that a replayed signature carries."""
        return {**self.stamp, "proof": signing.replayed(self.by.user, at=self.at)}


Given = Mapping[str, Any]
Do = Callable[[Person, Given, Telling], object]


def _arrive(person: Person, given: Given, telling: Telling) -> object:
    who = arrival.Arriving(**person.about, goal=given.get("goal", ""))
    known = person.episode.person if person.episode else None
    bed = person.house.beds[given["bed"]] if "bed" in given else None
    person.episode = arrival.arrive(
        who, bed=bed, person=known, level=given["track"], **telling.stamp
    )
    return person.episode


def _identify(person: Person, given: Given, telling: Telling) -> object:
    first, second = given["identifiers"]
    return arrival.identify(person.stay, first, second, **telling.stamp)


def _allergy(person: Person, given: Given, telling: Telling) -> object:
    return history.record_allergy(person.stay, **given, **telling.stamp)


def _move(person: Person, given: Given, telling: Telling) -> object:
    return beds.move(person.stay, person.house.beds[given["bed"]], **telling.stamp)


def _consent(person: Person, given: Given, telling: Telling) -> object:
    unanswered = {"language": "", "read_by": "", "capacity": ""}
    return papers.record_consent(person.stay, **{**unanswered, **given}, **telling.signed)


def _transition(person: Person, given: Given, telling: Telling) -> object:
    reason = given.get("reason", "")
    return episodes.transition(person.stay, given["to"], reason=reason, **telling.stamp)


def _goal(person: Person, given: Given, telling: Telling) -> object:
    return history.record_goal(person.stay, given["words"], **telling.stamp)


def _order(person: Person, given: Given, telling: Telling) -> object:
    return papers.admit(person.stay, given["text"], **telling.signed)


def _pregnancy(person: Person, given: Given, telling: Telling) -> object:
    return history.record_pregnancy(person.stay, **given, **telling.stamp)


def _use(person: Person, given: Given, telling: Telling) -> object:
    said = dict(given)
    if isinstance(last := said.get("last_used_at"), WallTime):
        said["last_used_at"] = last.instant(person.zone)
    if "years" in said:
        said["years"] = Decimal(said["years"])
    return history.record_use(person.stay, history.Use(**said), **telling.stamp)


def _target(person: Person, given: Given, telling: Telling) -> object:
    low, high = (Decimal(given[side]) if side in given else None for side in ("low", "high"))
    return targets.set_target(
        person.stay, given["vital"], low=low, high=high, reason=given["reason"], **telling.stamp
    )


def _observe(person: Person, given: Given, telling: Telling) -> object:
    rows = observations.record(person.stay, _reading(person, given, telling.at), **telling.stamp)
    if telling.label:
        person.told[telling.label] = rows
    return rows


def _scale(person: Person, given: Given, telling: Telling) -> object:
    """Any scale of the library, its answers in points."""
    try:
        instrument = library.instrument(given["instrument"])
    except KeyError:
        raise CannotPlay(f"there is no scale called {given['instrument']}") from None
    if len(given["answers"]) != len(instrument.items):
        count = len(instrument.items)
        raise CannotPlay(f"{instrument.short_name} has {count} items; write null where none")
    answers = {
        item.key: _option(instrument, item.key, value)
        for item, value in zip(instrument.items, given["answers"], strict=True)
        if value is not None
    }
    reading = Reading(occurred_at=telling.at, scales={instrument.key: Scale(answers)})
    (row,) = observations.record(person.stay, reading, **telling.stamp)
    if given.get("total", row.total) != row.total:
        raise CannotPlay(f"the scale comes to {row.total}, not to {given['total']}")
    return row


def _amend(person: Person, given: Given, telling: Telling) -> object:
    old = _told(person, given)
    reading = _reading(person, {"context": old.context, **given}, old.occurred_at)
    row = observations.amend(old, reading, why=given["reason"], **telling.stamp)
    person.told[given["of"]] = [row]
    return row


def _void(person: Person, given: Given, telling: Telling) -> object:
    return observations.void(_told(person, given), why=given["reason"], **telling.stamp)


def _told(person: Person, given: Given) -> Observation:
    """The labelled reading an amendment is about: of ``instrument``, or the only one told."""
    rows = person.told.get(given["of"], [])
    kind = given.get("instrument")
    found = [row for row in rows if kind in (None, row.kind)]
    if len(found) != 1:
        kinds = ", ".join(row.kind for row in rows) or "nothing"
        raise CannotPlay(f"{given['of']} told {kinds}: say which with `instrument:`")
    return found[0]


def _reading(person: Person, given: Given, at: datetime) -> Reading:
    occurred = given.get("occurred_at")
    return Reading(
        occurred_at=occurred.instant(person.zone) if isinstance(occurred, WallTime) else at,
        context=given["context"],
        vitals={key: Decimal(value) for key, value in given.get(VITALS, {}).items()},
        scales=_scales(given),
        confirmed=frozenset(given.get("confirmed", ())),
        note=given.get("note", ""),
        downtime=given.get("downtime", False),
    )


def _scales(given: Given) -> dict[str, Scale]:
    scales = {}
    outcome, reason = given.get("outcome", "complete"), given.get("reason", "")
    if COWS in given:
        scales[COWS] = Scale(_cows(given), outcome=outcome, reason=reason)
    elif "outcome" in given:
        scales[COWS] = Scale(outcome=outcome, reason=reason)
    if CSSRS in given:
        scales[CSSRS] = Scale(dict(given[CSSRS]))
    return scales


def _cows(given: Given) -> dict[str, str]:
    """Item -> option, for items 2 to 11 and, where somebody tries to set it, the pulse."""
    instrument = library.instrument(COWS)
    derived, *rated = [item.key for item in instrument.items]
    points = dict(zip(rated, given[COWS], strict=True))
    if "cows_pulse" in given:
        points[derived] = given["cows_pulse"]
    return {
        key: _option(instrument, key, value) for key, value in points.items() if value is not None
    }


def _option(instrument: Instrument, item_key: str, points: int) -> str:
    """The option worth ``points``; an impossible value goes to the action as it is."""
    item = instrument.item(item_key)
    option = item.option_worth(points) if item else None
    return option.code if option else str(points)


DO: Mapping[str, Do] = {
    "admissions.arrive": _arrive,
    "admissions.identify": _identify,
    "allergies.record": _allergy,
    "beds.move": _move,
    "consents.record": _consent,
    "episodes.transition": _transition,
    "goals.record": _goal,
    "observations.amend": _amend,
    "observations.record": _observe,
    "observations.void": _void,
    "orders.admit": _order,
    "pregnancy.record": _pregnancy,
    "scales.record": _scale,
    "substance_use.record": _use,
    "targets.set": _target,
}
