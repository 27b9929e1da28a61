"""Windows and stages by the clock: the widest range that the sources leave open.

Everything is elapsed time since a last use. Five edges part the six stages. Each edge is
itself a range, because sources disagree and people differ; so what a clock gives is a set
of stages that are possible, and the hour of a boundary belongs to the earlier stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from stepdown.clinical.courses import (
    PARTS,
    STAGES,
    Of,
    Opioid,
    StageKey,
    Statement,
    WithdrawalCourses,
)

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Edge:
    """When one stage turns into the next, since the last use. ``latest`` None: no end named."""

    earliest: timedelta
    latest: timedelta | None


@dataclass(frozen=True, slots=True)
class Range:
    """One part of a course since the last use, as wide as all that speak of it.

    ``latest`` is the latest time named, None where none is; ``is_open``: it may be later
    than that.
    """

    of: Of
    earliest: timedelta
    latest: timedelta | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Window:
    """One part of a course on the calendar. ``latest`` as in :class:`Range`."""

    of: Of
    earliest: datetime
    latest: datetime | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Timetable:
    """What one file of courses comes to, worked out once: by the key of each kind of opioid."""

    courses: WithdrawalCourses
    ranges: Mapping[str, tuple[Range, ...]]
    edges: Mapping[str, tuple[Edge, ...]]

    @classmethod
    def of(cls, courses: WithdrawalCourses) -> Timetable:
        """Work out every kind of a file."""
        return cls(
            courses,
            {each.key: ranges(courses, each) for each in courses.opioids},
            {each.key: edges(courses, each) for each in courses.opioids},
        )


def ranges(courses: WithdrawalCourses, opioid: Opioid) -> tuple[Range, ...]:
    """Onset, peak and end of one kind, as far as a source gives numbers; empty where none does.

    Of a kind that may be any of several, the range that holds them all.
    """
    return tuple(
        found
        for part in PARTS
        if (found := _range(part, _spoken(courses, opioid, part))) is not None
    )


def _spoken(courses: WithdrawalCourses, opioid: Opioid, part: Of) -> list[Statement]:
    return [said for _kind, said in courses.speaking_of(opioid) if said.of == part]


def _range(part: Of, said: Iterable[Statement]) -> Range | None:
    numbers = [each for each in said if each.earliest is not None or each.latest is not None]
    if not numbers:
        return None
    begins = [each.earliest for each in numbers if each.earliest is not None]
    ends = [each.latest for each in numbers if each.latest is not None]
    return Range(
        part,
        min(begins, default=ZERO),
        max(ends, default=None),
        any(each.or_longer for each in numbers),
    )


def edges(courses: WithdrawalCourses, opioid: Opioid) -> tuple[Edge, ...]:
    """The five edges between the six stages; empty where no source gives this kind a course.

    The window table of the stages is one more source for the kinds it speaks of. Where no
    source says when one stage turns into the next, the edge lies anywhere between its
    neighbours. An onset of which no latest time is named may come as late as the peak ends.
    A late edge never lies before an earlier one: a delayed onset delays what follows.
    """
    if opioid.members:
        return union([edges(courses, courses.opioid(key)) for key in opioid.members])
    by_part = {found.of: found for found in ranges(courses, opioid)}
    if not {"onset", "end"} <= by_part.keys():
        return ()
    onset, peak, end = by_part["onset"], by_part.get("peak"), by_part["end"]
    last = None if end.is_open else end.latest
    developed = waning = Edge(onset.earliest, last)
    starts: list[timedelta] = []
    if peak is not None:
        said = _spoken(courses, opioid, "peak")
        starts = _known(each.earliest for each in said)
        ends = _known(each.latest for each in said)
        developed, waning = Edge(onset.earliest, max(starts)), Edge(min(ends), max(ends))
    begun = waning.latest if onset.is_open else onset.latest
    found: tuple[Edge, ...] = (
        Edge(ZERO, begun),
        Edge(onset.earliest, begun),
        developed,
        waning,
        Edge(end.earliest, last),
    )
    if courses.windows_for in (opioid.key, *opioid.also):
        found = _with_table(courses, starts, found)
    return _in_order(found)


def _with_table(
    courses: WithdrawalCourses, peaks: list[timedelta], found: tuple[Edge, ...]
) -> tuple[Edge, ...]:
    """The edges with the stages' own windows as one more source."""
    _before, first, early, developed, waning, _protracted = courses.stages
    starts = [*_known([developed.begins]), *peaks]
    return (
        _wider(None, [first.begins]),
        _wider(found[1], [first.ends, early.begins]),
        _wider(None, [early.ends, *starts]),
        _wider(found[3], [developed.ends, waning.begins]),
        _wider(found[4], [waning.ends]),
    )


def _wider(edge: Edge | None, said: Iterable[timedelta | None]) -> Edge:
    """An edge that holds all that is said of it."""
    times = _known(said)
    if edge is None:
        return Edge(min(times), max(times))
    latest = None if edge.latest is None else max(edge.latest, *times)
    return Edge(min(edge.earliest, *times), latest)


def _known(times: Iterable[timedelta | None]) -> list[timedelta]:
    return [each for each in times if each is not None]


def _in_order(found: Sequence[Edge]) -> tuple[Edge, ...]:
    """Earliest times never after those of a later edge, latest never before those of an earlier."""
    earliest = [min(edge.earliest for edge in found[n:]) for n in range(len(found))]
    latest = [_latest(edge.latest for edge in found[: n + 1]) for n in range(len(found))]
    return tuple(Edge(*pair) for pair in zip(earliest, latest, strict=True))


def _latest(times: Iterable[timedelta | None]) -> timedelta | None:
    """The latest of these; None where one has no end."""
    every = list(times)
    known = _known(every)
    return max(known) if len(known) == len(every) else None


def union(members: Iterable[Sequence[Edge]]) -> tuple[Edge, ...]:
    """Edges that hold those of every member: never narrower than any of them."""
    return tuple(
        Edge(min(edge.earliest for edge in here), _latest(edge.latest for edge in here))
        for here in zip(*members, strict=True)
    )


def possible(found: Sequence[Edge], least: timedelta, most: timedelta) -> tuple[StageKey, ...]:
    """The stages that are possible between ``least`` and ``most`` after the last use, in order.

    A stage is possible once its first edge may lie behind, until its last edge must: at the
    very hour of an edge it is still the earlier stage.
    """
    return tuple(
        stage
        for n, stage in enumerate(STAGES)
        if (n == 0 or most > found[n - 1].earliest)
        and (n == len(found) or _may_still_be(found[n], least))
    )


def _may_still_be(edge: Edge, least: timedelta) -> bool:
    return edge.latest is None or least <= edge.latest
