"""What all panels of a course share: the time grid, the now line, the gap lane, the key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stepdown.web.charts.points import HIGH, WIDE, Point
from stepdown.web.charts.span import Span

Y_WIDE_PX = 44
AXIS_PX = 28
LANE_PX = 22
NOW_PX = 20

GAPS = {
    "partial": ("P", gettext_lazy("not finished")),
    "asleep": ("A", gettext_lazy("asleep")),
    "refused": ("N", gettext_lazy("said no")),
    "unable": ("U", gettext_lazy("not able")),
    "off_unit": ("O", gettext_lazy("off the unit")),
}
"""Why nothing was measured: a letter for the lane under the plot, and its words."""


def percent(part: float) -> str:
    """A horizontal place as SVG wants it, to a hundredth of a percent: ``37.25%``."""
    return f"{round(part * 100, 2):g}%"


@lru_cache(maxsize=32)
def grid(span: Span, height_px: int) -> str:
    """The upright lines at round hours, the same in every small panel of a page."""
    lines = "".join(
        f'<line x1="{x}" x2="{x}" y2="{height_px}"/>'
        for x in (percent(tick.x) for tick in span.ticks())
    )
    return f'<g class="grid">{lines}</g>'


def time_labels(span: Span, baseline_px: int) -> str:
    """The words under the time axis; those near an edge lean inwards."""
    drawn = ""
    for tick in span.ticks():
        lean = ' text-anchor="start"' if tick.x < 0.02 else ""
        lean = ' text-anchor="end"' if tick.x > 0.97 else lean
        css = ' class="minor"' if tick.minor else ""
        drawn += f'<text x="{percent(tick.x)}"{lean}{css}>{escape(tick.label)}</text>'
    return f'<g class="hours" transform="translate(0 {baseline_px})">{drawn}</g>'


def now_line(span: Span, height_px: int, *, labelled: bool) -> str:
    """One black line through every panel at the present; "" when now is not shown."""
    if not span.holds(span.now):
        return ""
    x = percent(span.x(span.now))
    drawn = f'<line class="now" x1="{x}" x2="{x}" y2="{height_px}"/>'
    if labelled:
        clock = f"{span.now.astimezone(span.zone):%H:%M}"
        words = escape(_("Now %(time)s") % {"time": clock})
        left = -66 if span.ahead < 0.08 else -36
        # Above the plot, where it can hide no score.
        drawn += (
            f'<svg class="nowtag" x="{x}" y="-{NOW_PX}" overflow="visible"><rect x="{left}" width="72" '
            f'height="{NOW_PX}"/><text x="{left + 36}" y="14.5">{words}</text></svg>'
        )
    return drawn


def stretched(height_px: int, inside: str) -> str:
    """The box of path units that stretches with the page; strokes keep their width."""
    return (
        f'<svg class="box" width="100%" height="{height_px}" viewBox="0 0 {WIDE} {HIGH}" '
        f'preserveAspectRatio="none" overflow="visible">{inside}</svg>'
    )


def lane(points: Iterable[Point], span: Span, top_px: int) -> str:
    """The lane under a plot where each gap stands with the letter of its reason."""
    drawn = ""
    for point in points:
        if point.value is not None or not span.holds(point.at):
            continue
        letter, words = GAPS.get(point.outcome, ("?", _("not measured")))
        title = escape(f"{span.told(point.at)}: {point.note or words}")
        drawn += (
            f'<svg x="{percent(span.x(point.at))}" y="{top_px}" overflow="visible">'
            f'<title>{title}</title><rect x="-8" y="3" width="16" height="16" rx="3"/>'
            f'<text y="15">{escape(letter)}</text></svg>'
        )
    return f'<g class="gaps">{drawn}</g>' if drawn else ""


def gap_words(points: Iterable[Point], span: Span) -> list[tuple[str, str]]:
    """(letter, words) of each reason that occurs in the span, for the key."""
    seen = {point.outcome for point in points if point.value is None and span.holds(point.at)}
    return [(letter, str(words)) for key, (letter, words) in GAPS.items() if key in seen]


def y_axis(labels: Sequence[tuple[float, str]], height_px: int, plot_px: int) -> str:
    """The fixed column of numbers left of a plot: (part of the height from below, text)."""
    drawn = "".join(
        f'<text x="{Y_WIDE_PX - 6}" '
        f'y="{round(min(max(plot_px * (1 - part) + 4, 10), plot_px + 2), 1):g}">'
        f"{escape(text)}</text>"
        for part, text in labels
    )
    return (
        f'<svg class="plot__y" width="{Y_WIDE_PX}" height="{height_px}" aria-hidden="true">'
        f"{drawn}</svg>"
    )
