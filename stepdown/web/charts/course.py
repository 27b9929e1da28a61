"""The course of one rating scale over time, above its severity bands."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stepdown.web import marks
from stepdown.web.charts import frame
from stepdown.web.charts.annotations import (
    Dose,
    Event,
    Expected,
    doses_svg,
    events_svg,
    forecast_paths,
)
from stepdown.web.charts.points import Point, Upright, traces
from stepdown.web.charts.scale import Scale
from stepdown.web.charts.span import Span

PLOT_PX = 264


def course(
    points: Sequence[Point],
    span: Span,
    scale: Scale,
    *,
    key: str = "course",
    events: Sequence[Event] = (),
    doses: Sequence[Dose] = (),
    forecast: Sequence[Expected] = (),
    dose_name: str = "",
) -> SafeString:
    """Draw the course as one block of HTML: axis, plot, newest value and key.

    Args:
        points: every entry oldest first, gaps among them. Entries outside the
            span may be there; they give the line its way in and out.
        key: makes element ids unique on the page.
        forecast: what a model expects, oldest first; empty draws nothing.
        dose_name: names the triangles in the key, with its unit ("Buprenorphine, mg").

    The picture carries a title and a description; the page puts a table beside it.
    """
    shown = [point for point in points if span.holds(point.at)]
    totals = [point.value for point in shown if point.value is not None]
    axis = Upright(0, scale.top_for(totals))
    lane = frame.lane(shown, span, PLOT_PX)
    hours_px = PLOT_PX + (frame.LANE_PX if lane else 0)
    height = hours_px + frame.AXIS_PX
    title = _("%(scale)s over time") % {"scale": scale.name}
    inside = (
        f'<title id="{key}-t">{escape(title)}</title>'
        f'<desc id="{key}-d">{escape(describe(shown, span, scale))}</desc>'
        f"{_bands(scale, axis)}{frame.grid(span, PLOT_PX)}"
        + frame.stretched(
            PLOT_PX, forecast_paths(forecast, span, axis) + traces(points, span, axis)
        )
        + lane
        + doses_svg(doses, span, PLOT_PX)
        + events_svg(events, span, PLOT_PX)
        + frame.now_line(span, PLOT_PX, labelled=True)
        + frame.time_labels(span, hours_px + 18)
    )
    edges = [0, *(zone.at_least for zone in scale.zones if 0 < zone.at_least <= axis.high)]
    ticks = [(axis.part(edge), str(edge)) for edge in edges]
    return mark_safe(
        f'<div class="plot plot--course" data-from="{span.start.timestamp():.0f}" '
        f'data-to="{span.end.timestamp():.0f}">'
        f"{frame.y_axis(ticks, height, PLOT_PX)}"
        f'<svg class="plot__area" width="100%" height="{height}" role="img" '
        f'aria-labelledby="{key}-t {key}-d">{inside}</svg>'
        f'<div class="plot__k">{_newest(points, span, scale)}</div></div>'
        f"{_key(shown, span, scale, doses, forecast, dose_name)}"
    )


def _bands(scale: Scale, axis: Upright) -> str:
    """Severity zones from the floor up, each with its word."""
    drawn = ""
    for zone, above in zip(scale.zones, (*scale.zones[1:], None), strict=True):
        if zone.at_least >= axis.high:
            break
        ceiling = axis.high if above is None else min(above.at_least, axis.high)
        top = round(PLOT_PX * (1 - axis.part(ceiling)), 1)
        tall = round(PLOT_PX * (axis.part(ceiling) - axis.part(zone.at_least)), 1)
        drawn += (
            f'<rect class="band" data-n="{zone.severity}" y="{top:g}" width="100%" '
            f'height="{tall:g}"/><text class="band__n" x="8" y="{top + 16:g}">'
            f"{escape(zone.label)}</text>"
        )
    return drawn


def describe(shown: Sequence[Point], span: Span, scale: Scale) -> str:
    """The chart in one or two sentences: first, highest and latest total, and the gaps."""
    measured = [point for point in shown if point.value is not None]
    if not measured:
        return _("No %(scale)s total in this time.") % {"scale": scale.name}
    highest = max(measured, key=lambda point: point.value or 0)
    said = _(
        "%(first)s at %(first_at)s, highest %(high)s at %(high_at)s, latest %(last)s at "
        "%(last_at)s."
    ) % {
        "first": _number(measured[0].value),
        "first_at": span.told(measured[0].at),
        "high": _number(highest.value),
        "high_at": span.told(highest.at),
        "last": _number(measured[-1].value),
        "last_at": span.told(measured[-1].at),
    }
    missed = len(shown) - len(measured)
    if missed:
        said += " " + ngettext("%(n)d time not scored.", "%(n)d times not scored.", missed) % {
            "n": missed
        }
    return said


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _newest(points: Sequence[Point], span: Span, scale: Scale) -> str:
    """The latest entry as a chip with its time; a gap says its reason."""
    past = [point for point in points if point.at <= span.now]
    if not past:
        return ""
    last = past[-1]
    at = f'<span class="fine">{escape(span.short(last.at))}</span>'
    if last.value is None:
        words = frame.GAPS.get(last.outcome, ("", _("not measured")))[1]
        return f"<b>{escape(str(words))}</b>{at}"
    zone = scale.zone(last.value)
    chip = marks.severity(
        zone.severity if zone else None,
        f"{last.value:g} {zone.label}" if zone else f"{last.value:g}",
    )
    return f"{chip}{at}"


def _key(
    shown: Sequence[Point],
    span: Span,
    scale: Scale,
    doses: Sequence[Dose],
    forecast: Sequence[Expected],
    dose_name: str,
) -> str:
    """The key, naming only what is on the picture."""
    measured = _("%(scale)s, measured") % {"scale": scale.name}
    rows = [f'<span><i class="line" data-c="ink"></i>{escape(measured)}</span>']
    if any(point.amended for point in shown):
        rows.append(f'<span><i class="square"></i>{escape(_("corrected"))}</span>')
    rows += [
        f'<span><b class="gapletter">{escape(letter)}</b>{escape(words)}</span>'
        for letter, words in frame.gap_words(shown, span)
    ]
    if forecast:
        rows.append(f'<span><i class="dash" data-c="model"></i>{escape(_("Forecast"))}</span>')
    if doses:
        words = _("%(dose)s (hollow: planned)") % {"dose": dose_name}
        rows.append(f'<span><i data-c="tide"></i>{escape(words)}</span>')
    return f'<div class="key plot__key">{"".join(rows)}</div>'
