"""The sparkline of a board tile: one shared scale, so that tiles compare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

WIDTH, HEIGHT = 116, 44
LEFT, RIGHT = 4, 108
FLOOR, CEILING = 41.0, 3.0


def spark(
    points: Sequence[tuple[datetime, int | None]],
    *,
    start: datetime,
    end: datetime,
    level: int | None = None,
    label: str = "",
    top: int = 30,
    edge: int | None = 13,
) -> SafeString:
    """Draw the course of one score over time, 116 by 44 units.

    Args:
        points: (when, total) oldest first; a total of None is a gap and breaks
            the line, never a zero. Points before ``start`` are left out.
        level: severity 0 to 4 of the last point, which colours its dot.
        label: the scale's short name; the values follow it in the accessible name.
        top: points at the upper edge; 30 serves a COWS. Higher totals are drawn
            at the edge.
        edge: where the dotted line runs (13 is where a COWS becomes moderate), or None.

    Returns "" when there is nothing to draw.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    inside = [(at, total) for at, total in points if start <= at <= end]
    values = [total for _at, total in inside if total is not None]
    if not values:
        return mark_safe("")
    seconds = max((end - start).total_seconds(), 1.0)

    def x(at: datetime) -> float:
        return round(LEFT + (RIGHT - LEFT) * (at - start).total_seconds() / seconds, 1)

    def y(total: int) -> float:
        return round(FLOOR - (FLOOR - CEILING) * min(max(total, 0), top) / top, 1)

    runs: list[list[str]] = [[]]
    last = ""
    for at, total in inside:
        if total is None:
            runs.append([])
            continue
        runs[-1].append(f"{x(at):g},{y(total):g}")
        last = f'cx="{x(at):g}" cy="{y(total):g}"'
    lines = "".join(f'<polyline points="{" ".join(run)}"/>' for run in runs if len(run) > 1)
    dots = "".join(
        f'<circle class="spark__alone" cx="{cx}" cy="{cy}" r="1.5"/>'
        for run in runs
        if len(run) == 1
        for cx, cy in [run[0].split(",")]
    )
    dotted = f'<path class="spark__mid" d="M0 {y(edge):g}H{WIDTH}"/>' if edge is not None else ""
    spoken = _("%(scale)s: %(values)s") % {
        "scale": label,
        "values": ", ".join("–" if total is None else str(total) for _at, total in inside),
    }
    shade = "" if level is None else f' data-n="{level}"'
    return mark_safe(
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(spoken)}">{dotted}'
        f'<path class="spark__base" d="M0 {FLOOR:g}H{WIDTH}"/>'
        f'{lines}{dots}<circle {last} r="4"{shade}/></svg>'
    )
