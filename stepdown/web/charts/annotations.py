"""What stands beside the measurements: events, doses, and the modelled future.

Measured is solid; whatever a model made is dashed and lilac, so that no
prediction can be taken for a reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from stepdown.web.charts.frame import percent
from stepdown.web.charts.points import WIDE, Pair, Upright, line
from stepdown.web.charts.span import Span


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as a numbered marker; the page lists the numbers."""

    at: datetime
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose on the floor of the chart. ``label`` is its amount, without the unit."""

    at: datetime
    label: str
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Expected:
    """What a model expects at one time: the middle, and bounds from widest to narrowest."""

    at: datetime
    middle: float
    bounds: tuple[tuple[float, float], ...] = ()


def events_svg(events: Iterable[Event], span: Span, height_px: int) -> str:
    """Numbered discs on dotted lines; the words are each disc's title."""
    drawn = ""
    for event in events:
        if not span.holds(event.at):
            continue
        x = percent(span.x(event.at))
        title = escape(f"{span.told(event.at)}: {event.words}")
        drawn += (
            f'<g><title>{title}</title><line x1="{x}" x2="{x}" y1="34" y2="{height_px}"/>'
            f'<circle cx="{x}" cy="34" r="10"/><text x="{x}" y="38.5">{event.number}</text></g>'
        )
    return f'<g class="events">{drawn}</g>' if drawn else ""


def doses_svg(doses: Iterable[Dose], span: Span, height_px: int) -> str:
    """Triangles on the floor, filled when given and hollow when planned."""
    drawn = ""
    for dose in doses:
        if not span.holds(dose.at):
            continue
        css = ' class="planned"' if dose.planned else ""
        drawn += (
            f'<svg{css} x="{percent(span.x(dose.at))}" y="{height_px}" overflow="visible">'
            f'<path d="M0-21 7-2H-7z"/><text y="-26">{escape(dose.label)}</text></svg>'
        )
    return f'<g class="doses">{drawn}</g>' if drawn else ""


def forecast_paths(expected: Sequence[Expected], span: Span, axis: Upright) -> str:
    """Path-unit SVG: one ribbon per pair of bounds, and the dashed middle."""
    if not expected:
        return ""
    drawn = ""
    for width in range(len(expected[0].bounds)):
        lows = [_place(e.at, e.bounds[width][0], span, axis) for e in expected]
        highs = [_place(e.at, e.bounds[width][1], span, axis) for e in expected]
        drawn += f'<path class="ribbon" d="{line([highs + lows[::-1]])}z"/>'
    middle = [_place(e.at, e.middle, span, axis) for e in expected]
    return drawn + f'<path class="expected" d="{line([middle])}"/>'


def _place(at: datetime, value: float, span: Span, axis: Upright) -> Pair:
    return round(WIDE * span.x(at)), axis.units(min(max(value, axis.low), axis.high))
