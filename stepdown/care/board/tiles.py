"""One tile a bed: who, which day, the score and its course, what is due, what stands out.

A tile is put together as a string and remembered by everything it shows, so that a
board of forty draws only the beds where something changed. How late a look is runs
with the clock and is set in afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from stepdown.care.board import showing as words
from stepdown.care.board.showing import Running, Showing
from stepdown.content import library
from stepdown.records.models import Bed
from stepdown.records.reading import sql
from stepdown.records.reading.board import Occupant, Place
from stepdown.records.reading.flags import STOP, Flag
from stepdown.records.reading.monitoring import LookDue
from stepdown.records.reading.readings import SCALE
from stepdown.web import marks
from stepdown.web.addresses import address
from stepdown.web.charts import frame, spark
from stepdown.web.icons import icon

MOST_REDS = 5
"""More than so many red bars on one screen and none of them is seen (operations.md section 6)."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One drawn tile: three pieces, with the age of its score and its lateness between them."""

    pieces: tuple[str, str, str]

    def html(self, age: str, late: str) -> str:
        """The tile with what runs with the clock; either may be nothing."""
        first, second, third = self.pieces
        return f"{first}{age}{second}{late}{third}"


class _Parts(NamedTuple):
    css: str
    head: str
    body: tuple[str, str]
    due: tuple[str, str] = ("", "")
    foot: str = ""
    roles: str = ""


def tiles(places: tuple[Place, ...], now: datetime, showing: Showing) -> str:
    """Every bed in its order, as list items."""
    loud, running, drawn = _loudest(places), Running(now), []
    for place in places:
        who = place.occupant
        due = first_due(who)
        state = due.state(now) if due else ""
        age = running.age(who.score.at) if who and who.score else ""
        late = running.late(due) if due and state == "late" else ""
        drawn.append(_tile(place, state, place.key in loud, showing).html(age, late))
    return "".join(drawn)


def first_due(occupant: Occupant | None) -> LookDue | None:
    """The look that comes first here, or None."""
    return occupant.dues[0] if occupant and occupant.dues else None


def _loudest(places: tuple[Place, ...]) -> frozenset[str]:
    """The beds whose red stands out: the five gravest, the first of equals by bed."""
    reds = [
        (place.occupant.flags[0].rank, order, place.key)
        for order, place in enumerate(places)
        if place.occupant and place.occupant.flags and place.occupant.flags[0].level == STOP
    ]
    return frozenset(key for _rank, _order, key in sorted(reds)[:MOST_REDS])


@lru_cache(maxsize=4096)
def _tile(place: Place, state: str, loud: bool, showing: Showing) -> Tile:
    if place.occupant is None:
        parts = _vacant(place)
    elif place.occupant.is_visible:
        parts = _occupied(place.occupant, state, loud, showing)
    else:
        parts = _hidden(place.occupant)
    number = f'<span class="sr">{_("Bed")} </span>{escape(place.label)}'
    roles = f' data-roles="{parts.roles}"' if place.occupant else ""
    head = (
        f'<div class="bed__head"><span class="bed__no">{number}</span>'
        f"<div>{parts.head}</div></div>{parts.body[0]}"
    )
    middle, foot = parts.body[1] + parts.due[0], f"{parts.due[1]}{parts.foot}</li>"
    told = f"{parts.css}\n{roles}\n{head}\n{middle}\n{foot}"
    version = blake2b(told.encode(), digest_size=8).hexdigest()
    opening = (
        f'<li class="bed{parts.css}" id="bed-{place.key}" data-tile data-v="{version}"{roles}>'
    )
    return Tile((opening + head, middle, foot))


def _occupied(who: Occupant, state: str, loud: bool, showing: Showing) -> _Parts:
    url = address("chart:course", who.episode_id)
    name = f'<a href="{url}">{escape(who.name)}</a>'
    lock = icon("lock", _("By invitation only")) if who.is_restricted else ""
    day = _("Day %(n)d") % {"n": who.day}
    head = f"<h2>{name}{lock}</h2><p>{day}<span> {escape(who.stage)}</span></p>"
    due = first_due(who)
    before_age, after_age = _scores(who, showing)
    red = who.flags and who.flags[0].level == STOP and loud
    return _Parts(
        " bed--alert" if red else "",
        head,
        (before_age, after_age + _missed(who, showing)),
        _due(due, state, showing) if showing.sight.dues else ("", ""),
        _flag(who.flags, loud, showing),
        words.concerns(who, due if state in ("late", "due") else None),
    )


def _scores(who: Occupant, showing: Showing) -> tuple[str, str]:
    """The score with its trend and its course over two days; its age stands between the two."""
    if not showing.sight.scores:
        return "", ""
    score, scale = who.score, library.instrument(SCALE)
    if score is None:
        chip = marks.score_chip(None, name=scale.short_name)
        return f'<div class="bed__body">{chip}<p class="note">{_("No score yet")}</p></div>', ""
    chip = marks.score_chip(
        score.total,
        score.severity,
        words.band_label(SCALE, score.band),
        score.change,
        scale.short_name,
    )
    line = spark.spark(
        sql.points(who.points),
        start=showing.spark_from,
        end=showing.spark_to,
        level=score.severity,
        label=_("%(scale)s, last 48 hours") % {"scale": scale.short_name},
        top=scale.chart_maximum or scale.maximum or score.total,
        edge=next((band.at_least for band in scale.bands if band.severity == 2), None),
    )
    at = words.time_html(score.at, showing)
    return (
        f'<div class="bed__body">{chip}<div class="bed__course">{line}<p class="bed__at">{at}',
        "</p></div></div>",
    )


def _missed(who: Occupant, showing: Showing) -> str:
    """Why the newest look gave no score: a gap is a reason, never a zero."""
    if who.missed is None:
        return ""
    told = _("%(why)s at %(time)s, no score") % {
        "why": capfirst(frame.GAPS[who.missed.outcome][1]),
        "time": showing.short(who.missed.at),
    }
    return f'<p class="bed__missed">{icon("minus")}<span>{escape(told)}</span></p>'


def _due(due: LookDue | None, state: str, showing: Showing) -> tuple[str, str]:
    """The row of what is due, in two halves: how late it is stands between them."""
    if due is None:
        return f'<p class="bed__due"><span>–</span><span>{_("Observations paused")}</span></p>', ""
    row = (
        f'<p class="bed__due">{words.time_html(due.at, showing)}<span>{escape(due.words())}</span>'
    )
    if state == "late":
        return f'{row}<span class="tag tag--late">', "</span></p>"
    return (row + marks.tag(_("Due"), "due") if state == "due" else row), "</p>"


def _flag(flags: tuple[Flag, ...], loud: bool, showing: Showing) -> str:
    """The gravest thing to act on, and how many more there are."""
    if not flags:
        return ""
    worst = flags[0]
    css = " bed__alert--stop" if worst.level == STOP and loud else ""
    mark = "octagon-alert" if worst.level == STOP else "triangle-alert"
    small = []
    if worst.draft in showing.drafts:
        small.append(_("draft limit") if worst.limit else _("draft scale"))
    if worst.at is not None:
        small.append(showing.short(worst.at))
    if len(flags) > 1:
        small.append(_("and %(n)d more") % {"n": len(flags) - 1})
    return (
        f'<p class="bed__alert{css}">{icon(mark)}<span><b>{escape(worst.words(is_short=True))}</b>'
        f"{escape(', '.join(small))}</span></p>"
    )


def _vacant(place: Place) -> _Parts:
    """An empty bed: free, being cleaned, or not in use and why."""
    title, about = {
        Bed.Status.READY: (_("Free"), place.about),
        Bed.Status.CLEANING: (_("Being cleaned"), place.note or place.about),
    }.get(Bed.Status(place.status), (_("Not in use"), place.note))
    body = f'<div class="bed__body"><p class="note bed__vac">{escape(about)}</p></div>'
    return _Parts(" bed--empty", f"<h2>{title}</h2>", (body, ""))


def _hidden(who: Occupant) -> _Parts:
    """A bed with somebody in it whose stay is open to invited people only."""
    url = address("reports:break_glass", who.episode_id) if who.episode_id else ""
    way = f'<a href="{url}">{_("Emergency access")}</a>' if url else ""
    return _Parts(
        " bed--closed",
        f"<h2>{_('Occupied')}</h2><p>{_('By invitation only')}</p>",
        (
            (
                f'<div class="bed__body"><div class="score score--none">{icon("lock")}</div>'
                f'<p class="note">{way}</p></div>'
            ),
            "",
        ),
    )
