"""What happened beside the measurements: numbered on the chart, told in the list under it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from stepdown.care.chart import wording
from stepdown.content import library
from stepdown.records.models import Phase, State
from stepdown.records.reading.course import Course, Entry
from stepdown.records.reading.heading import Moved, Stay, TargetSet
from stepdown.web.charts.annotations import Event
from stepdown.web.charts.span import Span

CLOSE = 0.025
"""Marks nearer than this part of the width would cover each other: they share a number."""

MOST = 24
"""So many marks still fit a chart; the oldest beyond that are only told in the lists."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One number of the list: its events, the earliest first, each with its time."""

    number: int
    lines: tuple[tuple[datetime, str], ...]


def all_of(stay: Stay, course: Course) -> list[tuple[datetime, str]]:
    """Everything that happened, oldest first: arrival, moves, limits, corrections, downtime."""
    told = [(stay.episode.arrived_at, _("Arrived"))]
    told += [(moved.at, _moved(moved)) for moved in stay.moves if moved.from_state]
    told += [
        (
            taken.at,
            _("Bed {bed}").format(bed=taken.label)
            if n == 0
            else _("Moved to bed {bed}").format(bed=taken.label),
        )
        for n, taken in enumerate(stay.beds)
    ]
    told += [(target.at, _target(target)) for target in stay.targets]
    told += [(entry.recorded_at, _corrected(entry)) for entry in course.corrections]
    told += _downtime(course.entries)
    return sorted(told, key=lambda each: each[0])


def _moved(moved: Moved) -> str:
    if moved.from_state == State.INTAKE and moved.to_state == State.WITHDRAWAL:
        return _("Admitted")
    if moved.to_phase and moved.from_state == moved.to_state:
        words = str(Phase(moved.to_phase).label)
    else:
        words = str(State(moved.to_state).label)
    return f"{words} ({moved.reason})" if moved.reason else words


def _target(target: TargetSet) -> str:
    vital = library.vitals().get(target.vital)
    label, unit = (vital.label, f" {vital.unit}") if vital else (target.vital, "")
    if target.low and target.high:
        words = _("{sign} limits {low} to {high}{unit}")
    elif target.low:
        words = _("{sign} limit at least {low}{unit}")
    elif target.high:
        words = _("{sign} limit at most {high}{unit}")
    else:
        words = _("{sign} limits taken away")
    return words.format(
        sign=label, low=wording.number(target.low), high=wording.number(target.high), unit=unit
    )


def _corrected(entry: Entry) -> str:
    words = _("{what} struck out: {why}") if entry.is_void else _("{what} corrected: {why}")
    return words.format(what=wording.name_of(entry.kind), why=entry.why)


def _downtime(entries: Iterable[Entry]) -> list[tuple[datetime, str]]:
    told: dict[datetime, list[str]] = {}
    for entry in entries:
        if entry.is_downtime:
            told.setdefault(entry.occurred_at, []).append(wording.name_of(entry.kind))
    return [
        (at, _("{what} written up after a downtime").format(what=", ".join(what)))
        for at, what in told.items()
    ]


def numbered(told: Iterable[tuple[datetime, str]], span: Span) -> tuple[list[Event], list[Listed]]:
    """The marks of the shown time, and the list that tells them; what is close is one mark."""
    groups: list[list[tuple[datetime, str]]] = []
    for at, words in told:
        if not span.holds(at):
            continue
        if groups and span.x(at) - span.x(groups[-1][0][0]) < CLOSE:
            groups[-1].append((at, words))
        else:
            groups.append([(at, words)])
    shown = groups[-MOST:]
    events = [
        Event(group[0][0], number, ", ".join(words for _at, words in group))
        for number, group in enumerate(shown, start=1)
    ]
    listed = [Listed(number, tuple(group)) for number, group in enumerate(shown, start=1)]
    return events, listed
