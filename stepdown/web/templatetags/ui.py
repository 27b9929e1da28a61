"""The tags that templates draw with: ``{% load ui %}``. All are plain string builders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stepdown.web import icons, marks, times
from stepdown.web.charts import spark

register = template.Library()


def _now(context: Context) -> datetime:
    """The request's own time: pages never ask the clock."""
    moment = context.get("now") or context["request"].now
    if not isinstance(moment, datetime):
        raise TypeError("A page's context needs its own time, under the name now.")
    return moment


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """``{% icon "moon" %}``: silent beside words; give it a ``label`` when it stands alone."""
    return icons.icon(name, str(label))


@register.simple_tag
def steps(level: int | None) -> SafeString:
    """``{% steps 2 %}``: the bare step glyph, 0 to 4."""
    return marks.steps(level)


@register.simple_tag
def severity(level: int | None, words: Any = "") -> SafeString:
    """``{% severity 1 "12 Mild" %}``: glyph, colour and words in a chip."""
    return marks.severity(level, str(words))


@register.simple_tag
def score_chip(
    total: int | None,
    level: int | None = None,
    band: Any = "",
    change: int | None = None,
    name: str = "COWS",
) -> SafeString:
    """``{% score_chip total level band change name %}``: the tile's big score."""
    return marks.score_chip(total, level, str(band or ""), change, name)


@register.simple_tag
def tag(words: Any, kind: str = "line", icon_name: str = "") -> SafeString:
    """``{% tag "Due" "due" %}``: a state in words."""
    return marks.tag(str(words), kind, icon_name)


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime | None, with_age: bool = True) -> SafeString | str:
    """``{% when dt %}``: the time and its age; ``{% when dt False %}`` without the age."""
    if moment is None:
        return "–"
    return times.time_html(moment, _now(context), with_age=with_age)


@register.simple_tag(takes_context=True)
def age(context: Context, moment: datetime | None) -> SafeString | str:
    """``{% age dt %}``: only how long ago, or how far ahead."""
    return "–" if moment is None else times.age_html(moment, _now(context))


@register.simple_tag
def clock(moment: datetime, zone: str = "") -> SafeString:
    """``{% clock request.now facility_zone %}``: the running clock of the page."""
    return times.clock_html(moment, zone or "UTC")


register.filter("day", times.day)
register.filter("full", times.full)


@register.simple_tag(takes_context=True)
def due_tag(context: Context, due_at: datetime, state: str) -> SafeString | str:
    """``{% due_tag dt "late" %}``: ``47 min late``, ``Due``, or nothing when ``later``."""
    if state == "late":
        behind = times.span((_now(context) - due_at).total_seconds())
        return marks.tag(_("%(span)s late") % {"span": behind}, "late")
    return marks.tag(_("Due"), "due") if state == "due" else ""


@register.simple_tag
def sparkline(
    points: Sequence[tuple[datetime, int | None]],
    start: datetime,
    end: datetime,
    level: int | None = None,
    label: Any = "",
    top: int = 30,
    edge: int | None = 13,
) -> SafeString:
    """``{% sparkline points start end level label %}``: see ``charts.spark.spark``."""
    return spark.spark(
        points, start=start, end=end, level=level, label=str(label), top=top, edge=edge
    )
