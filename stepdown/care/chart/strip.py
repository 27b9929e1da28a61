"""The windows of withdrawal as one small strip: onset, peak and end on a line of time.

Early hours matter most and ends lie weeks away, so later days are drawn closer together
(by the square root of the time), and the strip says so. Modelled: lilac and dashed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from html import escape
from math import sqrt

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stepdown.clinical.courses import Of
from stepdown.clinical.windows import Window
from stepdown.clinical.withdrawal import Course
from stepdown.web.times import Teller

ROW_PX, BAR_PX, AXIS_PX = 26, 14, 24
TICKS = (6, 24, 48, 72, 120, 168, 240, 336, 504, 720)
"""Hours since the last use that are marked, where there is room."""
MINOR = (48, 120, 240)
SHORTEST = timedelta(days=7)
BEYOND = 1.08
"""Room after the last end, so that one without an end can be seen to go on."""

PARTS: Mapping[Of, Callable[[], str]] = {
    "onset": lambda: _("Onset"),
    "peak": lambda: _("Peak"),
    "end": lambda: _("End"),
}


def strip(course: Course, teller: Teller) -> SafeString:
    """Draw the envelope of a course; nothing where there is no clock."""
    if not course.envelope:
        return SafeString("")
    start = max(c.last_used_at for c in course.contributions if c.last_used_at is not None)
    lasts = [each.latest for each in course.envelope if each.latest is not None]
    long = max(*(last - start for last in lasts), course.at - start, SHORTEST) * BEYOND
    axis = _Axis(start, long)
    rows = "".join(_bar(n, window, axis) for n, window in enumerate(course.envelope))
    plot_px = ROW_PX * len(course.envelope)
    names = "".join(f"<span>{escape(PARTS[window.of]())}</span>" for window in course.envelope)
    now = axis.percent(course.at)
    said = " ".join(_said(window, teller) for window in course.envelope)
    title = _("Typical windows without medicine, since the last opioid use told")
    return SafeString(
        f'<div class="strip"><div class="strip__names" aria-hidden="true">{names}</div>'
        f'<svg width="100%" height="{plot_px + AXIS_PX}" role="img" '
        f'aria-labelledby="strip-t strip-d"><title id="strip-t">{escape(title)}</title>'
        f'<desc id="strip-d">{escape(said)}</desc>{axis.ticks(plot_px)}{rows}'
        f'<line class="now" x1="{now}" x2="{now}" y2="{plot_px}"/></svg></div>'
    )


class _Axis:
    """From the latest last use told to a little beyond the last end."""

    def __init__(self, start: datetime, long: timedelta) -> None:
        self.start, self.long = start, long

    def percent(self, at: datetime) -> str:
        part = max(at - self.start, timedelta(0)) / self.long
        return f"{round(min(sqrt(part), 1) * 100, 2):g}%"

    def ticks(self, plot_px: int) -> str:
        drawn = ""
        for hours in TICKS:
            since = timedelta(hours=hours)
            if since > self.long:
                break
            x = self.percent(self.start + since)
            label = _("{n} h").format(n=hours) if hours < 24 else _("{n} d").format(n=hours // 24)
            css = ' class="minor"' if hours in MINOR else ""
            drawn += (
                f'<line class="tick" x1="{x}" x2="{x}" y2="{plot_px}"/>'
                f'<text{css} x="{x}" y="{plot_px + 17}">{escape(label)}</text>'
            )
        return drawn


def _bar(row: int, window: Window, axis: _Axis) -> str:
    """One window: a bar as far as times are named, and a dashed line where it may go on."""
    y = row * ROW_PX + (ROW_PX - BAR_PX) // 2
    left = axis.percent(window.earliest)
    right = axis.percent(window.latest) if window.latest is not None else left
    wide = f"{max(float(right[:-1]) - float(left[:-1]), 0.8):g}%"
    drawn = f'<rect class="window" x="{left}" y="{y}" width="{wide}" height="{BAR_PX}" rx="3"/>'
    if window.is_open or window.latest is None:
        middle = y + BAR_PX // 2
        drawn += f'<line class="open" x1="{right}" x2="100%" y1="{middle}" y2="{middle}"/>'
    return drawn


def _said(window: Window, teller: Teller) -> str:
    first = teller.short(window.earliest)
    name = PARTS[window.of]()
    if window.latest is None:
        return _("{part}: {first} or later.").format(part=name, first=first)
    last = teller.short(window.latest)
    pattern = (
        _("{part}: {first} to {last} or later.")
        if window.is_open
        else _("{part}: {first} to {last}.")
    )
    return pattern.format(part=name, first=first, last=last)
