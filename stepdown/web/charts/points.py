"""Measured points, and the short SVG paths they become.

Paths live in a box of 4000 by 1000 whole units that the page stretches to its
width. Strokes do not stretch with it, so a point is a stroke of no length with a
round cap: one path draws five hundred of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import NamedTuple

from stepdown.web.charts.span import Span

WIDE, HIGH = 4000, 1000
MOST_DOTS = 160
"""Beyond so many points dots would touch; the line's corners stay, and the table."""

Pair = tuple[int, int]
Place = tuple[float, float] | None


@dataclass(slots=True)  # not frozen: a chart makes thousands, and freezing doubles the time
class Point:
    """One entry of a course.

    ``value`` is None where nothing was measured; ``outcome`` then says why
    (``asleep``, ``refused``, ``unable``, ``off_unit``, ``partial``). A gap breaks
    the line and is never drawn as zero. ``amended`` marks a corrected entry. ``note``
    is what a gap says of itself instead of its usual words ("at least 7, not finished").

    Raises:
        ValueError: the value is not a finite number.
    """

    at: datetime
    value: float | None
    outcome: str = "complete"
    amended: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if self.value is not None and not isfinite(self.value):
            raise ValueError(f"{self.value} cannot be drawn.")


@dataclass(frozen=True, slots=True)
class Upright:
    """The vertical axis: ``low`` at the floor, ``high`` at the ceiling."""

    low: float
    high: float

    def part(self, value: float) -> float:
        """Where ``value`` lies: 0 at the floor, 1 at the ceiling."""
        return (value - self.low) / (self.high - self.low)

    def units(self, value: float) -> int:
        """Path units from the top, 0 to 1000 inside the plot."""
        return round(HIGH * (1 - self.part(value)))


class Corners(NamedTuple):
    """Where the entries lie in the box: unbroken lines, and each point for itself."""

    runs: list[list[Pair]]
    plain: list[Pair]
    corrected: list[Pair]


def corners(points: Iterable[Point], span: Span, axis: Upright) -> Corners:
    """Every entry, oldest first, cut straight at the box's edges. A gap ends a run."""
    start, per_second = span.start, WIDE / span.seconds
    low, per_unit = axis.low, HIGH / (axis.high - axis.low)
    found = Corners([], [], [])
    run: list[Pair] = []
    before: Place = None
    for point in points:
        if point.value is None:
            if run:
                found.runs.append(run)
                run = []
            before = None
            continue
        x = (point.at - start).total_seconds() * per_second
        y = HIGH - (point.value - low) * per_unit
        if before is not None and before[0] < 0 < x:
            run.append(_at_edge(before, (x, y), 0))
        if 0 <= x <= WIDE:
            pair = (round(x), round(y))
            run.append(pair)
            (found.corrected if point.amended else found.plain).append(pair)
        elif x > WIDE and before is not None and before[0] < WIDE:
            run.append(_at_edge(before, (x, y), WIDE))
        before = (x, y)
    if run:
        found.runs.append(run)
    return found


def _at_edge(before: tuple[float, float], after: tuple[float, float], edge: int) -> Pair:
    share = (edge - before[0]) / (after[0] - before[0])
    return edge, round(before[1] + share * (after[1] - before[1]))


def line(found: Sequence[Sequence[Pair]]) -> str:
    """Path data through each run, relative after its first corner. Lone points are left out."""
    return "".join(_run(run) for run in found if len(run) > 1)


def _run(run: Sequence[Pair]) -> str:
    x, y = run[0]
    steps: list[str] = []
    for next_x, next_y in run[1:]:
        down = next_y - y
        steps.append(f"{next_x - x}{down}" if down < 0 else f"{next_x - x} {down}")
        x, y = next_x, next_y
    return f"M{_pair(*run[0])}l{' '.join(steps).replace(' -', '-')}"


def dots(found: Iterable[Pair]) -> str:
    """Path data of strokes without length, one per place."""
    steps: list[str] = []
    x = y = 0
    for next_x, next_y in found:
        steps.append(f"m{_pair(next_x - x, next_y - y)}h0")
        x, y = next_x, next_y
    return "".join(steps)


def _pair(x: int, y: int) -> str:
    return f"{x}{y}" if y < 0 else f"{x} {y}"


def traces(points: Sequence[Point], span: Span, axis: Upright) -> str:
    """SVG of one measured series: its line, its points, its corrected points as squares.

    With more than ``MOST_DOTS`` points in the span only lone and corrected points
    get a mark of their own.
    """
    found, plain, corrected = corners(points, span, axis)
    if len(plain) > MOST_DOTS:
        alone = {run[0] for run in found if len(run) == 1}
        plain = [place for place in plain if place in alone]
    round_ones, squares = dots(plain), dots(corrected)
    return (
        _path("measured", line(found))
        + _path("dots", round_ones)
        + _path("dots__in", round_ones)
        + _path("squares", squares)
        + _path("squares__in", squares)
    )


def _path(css: str, data: str) -> str:
    return f'<path class="{css}" d="{data}"/>' if data else ""
