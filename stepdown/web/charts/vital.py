"""One vital sign on the same time axis as the course: a small multiple."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from stepdown.web.charts import frame
from stepdown.web.charts.points import HIGH, Point, Upright, traces
from stepdown.web.charts.span import Span

PLOT_PX = 60
HEADROOM = 0.08
"""Part of the shown range kept free above and below, so that no point is cut."""


@dataclass(frozen=True, slots=True)
class Panel:
    """What one small multiple shows.

    Attributes:
        key: makes element ids unique on the page (``pulse``).
        latest: the newest value as people write it (``124/76``); "" when none.
        latest_at: when it was measured: a figure always shows its age.
        usual: the lowest and highest value the axis shows unless a reading lies outside.
        limits: this person's lower and upper limit; None where there is none. What
            lies outside is grey.
    """

    key: str
    label: str
    unit: str
    series: tuple[Sequence[Point], ...]
    latest: str
    latest_at: datetime | None
    usual: tuple[float, float]
    limits: tuple[float | None, float | None] = (None, None)

    def axis(self, span: Span) -> Upright:
        """The usual range, widened to hold every reading in the span and both limits."""
        start, end = span.start, span.end
        values = [
            point.value
            for points in self.series
            for point in points
            if point.value is not None and start <= point.at <= end
        ]
        values += [limit for limit in self.limits if limit is not None]
        low, high = min([self.usual[0], *values]), max([self.usual[1], *values])
        room = (high - low) * HEADROOM
        return Upright(low - room, high + room)


def vital(panel: Panel, span: Span) -> SafeString:
    """Draw one panel as a block of HTML, aligned with :func:`course` above it."""
    axis = panel.axis(span)
    latest = panel.latest or "–"
    told = span.short(panel.latest_at) if panel.latest_at else ""
    title = _("%(vital)s over time, latest %(value)s %(unit)s %(time)s") % {
        "vital": panel.label,
        "value": latest,
        "unit": panel.unit,
        "time": told,
    }
    lines = "".join(traces(points, span, axis) for points in panel.series)
    inside = (
        f'<title id="{panel.key}-t">{escape(title.strip())}</title>'
        + frame.stretched(PLOT_PX, _outside(panel, axis))
        + frame.grid(span, PLOT_PX)
        + frame.stretched(PLOT_PX, lines)
        + frame.now_line(span, PLOT_PX, labelled=False)
    )
    return mark_safe(
        f'<div class="plot plot--vital">{frame.y_axis(_labels(panel, axis), PLOT_PX, PLOT_PX)}'
        f'<svg class="plot__area" width="100%" height="{PLOT_PX}" role="img" '
        f'aria-labelledby="{panel.key}-t">{inside}</svg>'
        f'<div class="plot__k"><b>{escape(panel.label)}</b> '
        f'<span class="plot__v">{escape(latest)}</span> '
        f'<span class="fine">{escape(panel.unit)}</span> '
        f'<span class="fine">{escape(told)}</span></div></div>'
    )


def _outside(panel: Panel, axis: Upright) -> str:
    """Grey above the upper and below the lower personal limit."""
    low, high = panel.limits
    drawn = ""
    if high is not None:
        drawn += f'<path class="outside" d="M0 0H4000V{axis.units(high)}H0z"/>'
    if low is not None:
        drawn += f'<path class="outside" d="M0 {HIGH}H4000V{axis.units(low)}H0z"/>'
    return drawn


def _labels(panel: Panel, axis: Upright) -> list[tuple[float, str]]:
    """Two numbers on the upright axis: the limits, or the usual range without them."""
    low, high = panel.limits
    shown = (
        low if low is not None else panel.usual[0],
        high if high is not None else panel.usual[1],
    )
    return [(axis.part(value), f"{value:g}") for value in shown]
