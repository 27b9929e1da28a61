"""The journey format: what a file says, as frozen values. No Django, no clock.

``docs/guide/journeys.md`` describes every field for writers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stepdown.content.reading import Document, Place, read
from stepdown.operate.journeys import shape, support, times
from stepdown.operate.journeys.times import WallTime, WallTimeError

ARRIVE = "admissions.arrive"
OUTSIDERS = ("PT", "FAM")
"""Actors who are not staff: the person, and a family member or other caller."""

_BESIDE_A_KIND = {"id", "note"}


@dataclass(frozen=True)
class Staff:
    """Somebody who works at the facility, under one role. Days count from the replay's start."""

    key: str
    name: str
    role: str
    employment: str = "staff"
    works_for_days: int | None = None
    trained_in_vitals: bool = False
    licence: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Facility:
    """A facility file: where journeys happen and who works there."""

    key: str
    name: str
    zone: ZoneInfo
    unit: Mapping[str, str]
    beds: tuple[Mapping[str, str], ...]
    staff: Mapping[str, Staff]


@dataclass(frozen=True)
class Expectation:
    """One thing that must be true. ``id`` is the assertion it proves, e.g. ``A-01``."""

    kind: str
    value: Any
    line: int
    id: str = ""
    note: str = ""


@dataclass(frozen=True)
class Event:
    """Something that happens at a time, and what must be true right after it.

    ``why`` is the writer's reason why Stepdown cannot do ``action`` yet; it is
    empty exactly when the action is one that Stepdown has.
    """

    at: WallTime
    line: int
    action: str = ""
    by: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    expect: tuple[Expectation, ...] = ()
    why: str = ""
    note: str = ""
    label: str = ""

    @property
    def refusal_expected(self) -> bool:
        """True when the writer expects the action to be refused."""
        return any(expectation.kind == "refused" for expectation in self.expect)


@dataclass(frozen=True)
class Journey:
    """One person's whole stay, in order of time."""

    key: str
    title: str
    path: Path
    facility: Facility
    person: Mapping[str, Any]
    events: tuple[Event, ...]
    day_today: int | None = None

    @cached_property
    def first_day(self) -> date:
        """Day 1: the local date of the first arrival, else of the first event."""
        arrivals = [event for event in self.events if event.action == ARRIVE]
        return (arrivals or self.events)[0].at.day

    def instant(self, event: Event) -> datetime:
        """When ``event`` happens, aware, in UTC."""
        return event.at.instant(self.facility.zone)

    def later(self, days: int) -> Journey:
        """The same journey a number of whole local days later, still in order of time."""
        if not days:
            return self
        moved = [
            replace(
                event,
                at=event.at.later(days),
                given=times.later(event.given, days),
                expect=tuple(replace(e, value=times.later(e.value, days)) for e in event.expect),
            )
            for event in self.events
        ]
        moved.sort(key=lambda event: event.at.instant(self.facility.zone))
        return replace(self, events=tuple(moved))

    def shifted_to(self, today: date) -> Journey:
        """The journey with day ``day_today`` falling on ``today`` (local); for the demo unit."""
        if self.day_today is None:
            raise ValueError(f"{self.key} has no demo day, so it has no place in a demo unit.")
        return self.later((today - self.first_day).days - (self.day_today - 1))


def load(path: Path) -> Journey:
    """Read and check one journey, with the facility it names.

    Raises:
        ContentError: anything unreadable, misspelled, out of order or unknown;
            names the file and the line.
    """
    document = read(path)
    shape.check(document, document.data, (), "journey")
    raw = document.data
    facility = load_facility(_facility_path(document))
    reader = _Reader(document, facility)
    events = tuple(reader.event(i, given) for i, given in enumerate(raw["events"]))
    reader.check_order(events)
    day_today = raw.get("demo", {}).get("day_today")
    if day_today is not None and not any(event.action == ARRIVE for event in events):
        raise document.error(("demo",), "a demo journey needs an arrival, to count days from.")
    person = dict(raw["person"])
    if "born_on" in person:
        person["born_on"] = reader.timed(person["born_on"], ("person", "born_on"))
    return Journey(raw["journey"], raw["title"], path, facility, person, events, day_today)


def load_facility(path: Path) -> Facility:
    """Read and check one facility file.

    Raises:
        ContentError: as for :func:`load`.
    """
    document = read(path)
    shape.check(document, document.data, (), "facility")
    raw = document.data
    try:
        zone = ZoneInfo(raw["zone"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        message = f"{raw['zone']!r} is not a time zone. Write it like America/Los_Angeles."
        raise document.error(("zone",), message) from error
    staff = {key: Staff(key, **about) for key, about in raw["staff"].items()}
    return Facility(raw["facility"], raw["name"], zone, raw["unit"], tuple(raw["beds"]), staff)


def find_beside(path: Path, wanted: str) -> Path | None:
    """``wanted`` next to ``path`` or in a directory above it; None when there is none."""
    for directory in path.resolve().parents:
        if (found := directory / wanted).is_file():
            return found
    return None


def _facility_path(document: Document) -> Path:
    wanted = f"facilities/{document.data['facility']}.yaml"
    found = find_beside(document.path, wanted)
    if found is None and (Path("journeys") / wanted).is_file():
        found = Path("journeys") / wanted
    if found is None:
        message = (
            f"there is no {wanted} beside this file, in a directory above it, or in journeys/."
        )
        raise document.error(("facility",), message)
    return found


def _domain(action: str) -> str:
    return action.split(".")[0]


class _Reader:
    """Reads the events of one file, remembering labels."""

    def __init__(self, document: Document, facility: Facility) -> None:
        self.document = document
        self.facility = facility
        self.beds = {bed["label"] for bed in facility.beds}
        self.missing: Mapping[str, str] = document.data.get("missing", {})
        self.labels: set[str] = set()

    def timed(self, value: Any, place: Place, fold: int = 0) -> Any:
        try:
            return times.with_times(value, fold)
        except WallTimeError as error:
            raise self.document.error(place, str(error)) from error

    def event(self, index: int, raw: Mapping[str, Any]) -> Event:
        place: Place = ("events", index)
        fold = raw.get("fold", 0)
        at: WallTime = self.timed(raw["at"], (*place, "at"), fold)
        try:
            at.check(self.facility.zone, fold_given="fold" in raw)
        except WallTimeError as error:
            raise self.document.error((*place, "at"), str(error)) from error
        action, given = raw.get("do", ""), raw.get("with", {})
        if action:
            self.check_action(raw, action, given, place)
        expect = tuple(
            self.expectation(item, (*place, "expect", i), fold, has_action=bool(action))
            for i, item in enumerate(raw.get("expect", []))
        )
        return Event(
            at=at,
            line=self.document.line(place),
            action=action,
            by=raw.get("by", ""),
            given=self.timed(given, (*place, "with"), fold),
            expect=expect,
            why=self.reason(raw, action, given),
            note=raw.get("note", ""),
            label=raw.get("label", ""),
        )

    def check_action(
        self, raw: Mapping[str, Any], action: str, given: Mapping[str, Any], place: Place
    ) -> None:
        if action in shape.described("actions"):
            shape.check(self.document, given, (*place, "with"), "actions", action)
        by = raw["by"]
        if by not in self.facility.staff and by not in OUTSIDERS:
            message = f"nobody at {self.facility.name} is called {by!r}. "
            known = [*self.facility.staff, *OUTSIDERS]
            raise self.document.error((*place, "by"), message + shape.choose(by, known))
        if support.unsupported(action, given):
            if not self.reason(raw, action, given):
                message = (
                    f"Stepdown cannot do {action!r}. {shape.choose(action, support.ACTIONS)} "
                    "If it is something still to be built, say what is missing in `why:`."
                )
                raise self.document.error((*place, "do"), message)
        elif by in OUTSIDERS:
            raise self.document.error((*place, "by"), f"{action} is done by staff, not by {by}.")
        elif "why" in raw:
            message = f"Stepdown can do {action!r}: remove `why:`, and lower the pending count."
            raise self.document.error((*place, "why"), message)
        if "bed" in given and given["bed"] not in self.beds:
            message = f"{self.facility.name} has no bed {given['bed']!r}."
            raise self.document.error((*place, "with", "bed"), message)
        if "of" in given and action.startswith("observations.") and given["of"] not in self.labels:
            message = f"no earlier event has `label: {given['of']}`."
            raise self.document.error((*place, "with", "of"), message)
        if label := raw.get("label"):
            if label in self.labels:
                raise self.document.error((*place, "label"), f"the label {label!r} is used twice.")
            self.labels.add(label)

    def reason(self, raw: Mapping[str, Any], action: str, given: Mapping[str, Any]) -> str:
        """Why ``action`` is pending: from the event, from ``missing:``, or a known limit."""
        limit = support.unsupported(action, given) if action else ""
        if not limit:
            return ""
        for told in (raw.get("why"), self.missing.get(action), self.missing.get(_domain(action))):
            if told:
                return str(told)
        return limit if action in support.ACTIONS else ""

    def expectation(
        self, raw: Mapping[str, Any], place: Place, fold: int, *, has_action: bool
    ) -> Expectation:
        kinds = [key for key in raw if key not in _BESIDE_A_KIND]
        if len(kinds) != 1:
            message = f"an expectation says one thing; this says {len(kinds)}: {', '.join(kinds)}."
            raise self.document.error(place, shape.say(place) + message)
        kind = kinds[0]
        if kind not in shape.described("expectations"):
            message = f"{kind!r} cannot be expected. "
            message += shape.choose(kind, shape.described("expectations"))
            raise self.document.error((*place, kind), message)
        shape.check(self.document, raw, place, "note_on_expectation")
        shape.check(self.document, raw[kind], (*place, kind), "expectations", kind)
        if kind == "refused" and not has_action:
            raise self.document.error((*place, kind), "`refused` belongs to an event that acts.")
        if kind == "board":
            self.check_board(raw[kind], (*place, kind))
        return Expectation(
            kind=kind,
            value=self.timed(raw[kind], (*place, kind), fold),
            line=self.document.line(place),
            id=raw.get("id", ""),
            note=raw.get("note", ""),
        )

    def check_board(self, value: Mapping[str, Any], place: Place) -> None:
        if value["as"] not in self.facility.staff:
            message = f"nobody at {self.facility.name} is called {value['as']!r}. "
            message += shape.choose(value["as"], self.facility.staff)
            raise self.document.error((*place, "as"), message)
        if value["bed"] not in self.beds:
            message = f"{self.facility.name} has no bed {value['bed']!r}."
            raise self.document.error((*place, "bed"), message)

    def check_order(self, events: tuple[Event, ...]) -> None:
        zone = self.facility.zone
        for index in range(1, len(events)):
            before, event = events[index - 1], events[index]
            if event.at.instant(zone) < before.at.instant(zone):
                message = f"{event.at} comes after {before.at} in the file; put events in order."
                raise self.document.error(("events", index, "at"), message)
