"""The board on a shared screen: bed, code, score and what is due, to be read across a room.

Whoever passes can read it, so it says no name, no stage, no flag in words, and not
which look is due. A bed with something to act on carries a bare mark: the words are
on the board.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from stepdown.care.board import showing as words
from stepdown.care.board.queue import items
from stepdown.care.board.showing import Running, Showing
from stepdown.care.board.tiles import Tile, first_due
from stepdown.care.board.verdict import answer
from stepdown.records.models import Bed
from stepdown.records.reading.board import Occupant, Place
from stepdown.records.reading.readings import SCALE
from stepdown.web import marks
from stepdown.web.icons import icon


def verdict(places: tuple[Place, ...], now: datetime, showing: Showing) -> SafeString:
    """How much is late and due, and nothing about whom."""
    taken = Counter(place.occupant is not None for place in places)
    strong = answer(items(places, now), showing)
    text = _("%(taken)d of %(beds)d beds taken") % {"taken": taken[True], "beds": len(places)}
    version = blake2b(f"{strong}\n{text}".encode(), digest_size=8).hexdigest()
    return mark_safe(
        f'<div class="wall__verdict" id="verdict" data-v="{version}" aria-live="polite">'
        f"<h1><strong>{escape(strong)}</strong></h1><p>{escape(text)}</p></div>"
    )


def tiles(places: tuple[Place, ...], now: datetime, showing: Showing) -> SafeString:
    """Every bed in its order, as list items."""
    running, drawn = Running(now), []
    for place in places:
        due = first_due(place.occupant)
        state = due.state(now) if due else ""
        late = running.late(due) if due and state == "late" else ""
        drawn.append(_tile(place, state, showing).html("", late))
    return mark_safe("".join(drawn))


@lru_cache(maxsize=4096)
def _tile(place: Place, state: str, showing: Showing) -> Tile:
    who = place.occupant
    number = f'<span class="walltile__no"><span class="sr">{_("Bed")} </span>{escape(place.label)}</span>'
    css, inside, after = "", "", ""
    if who is None:
        css = " walltile--empty"
        inside = f'<span class="walltile__code">{_vacant(place)}</span>'
    elif not who.is_visible:
        inside = f'<span class="walltile__code">{_("Occupied")}</span>'
    else:
        inside, after = _occupied(who, state, showing)
    version = blake2b(f"{css}{state}{number}{inside}\n{after}".encode(), digest_size=8).hexdigest()
    opening = (
        f'<li class="walltile{css}" id="bed-{place.key}" data-tile data-v="{version}" '
        f'data-state="{state or "later"}">'
    )
    return Tile((opening, number + inside, after + "</li>"))


def _occupied(who: Occupant, state: str, showing: Showing) -> tuple[str, str]:
    """Code, mark and score; then when the next look is due, split where the lateness goes.

    What kind of look it is stays on the board: "suicide screen" is nobody's business
    who passes by.
    """
    mark = icon("octagon-alert", _("Look at the board")) if who.flags else ""
    code = f'<span class="walltile__code">{escape(who.code)}{mark}</span>'
    due = first_due(who)
    if due is None:
        return code + _score(who, showing), ""
    row = f'<p class="walltile__due">{words.time_html(due.at, showing)}'
    if state == "late":
        return f'{code}{_score(who, showing)}{row}<span class="tag tag--late">', "</span></p>"
    tag = marks.tag(_("Due"), "due") if state == "due" else ""
    return f"{code}{_score(who, showing)}{row}{tag}", "</p>"


def _score(who: Occupant, showing: Showing) -> str:
    if not showing.sight.scores or who.score is None:
        return ""
    score = who.score
    label = words.band_label(SCALE, score.band)
    return (
        f'<span class="sev" data-n="{"none" if score.severity is None else score.severity}">'
        f"{marks.steps(score.severity)}{score.total}"
        f'<span class="sr"> {escape(label)}</span></span>'
    )


def _vacant(place: Place) -> str:
    return {
        Bed.Status.READY: _("Free"),
        Bed.Status.CLEANING: _("Being cleaned"),
    }.get(Bed.Status(place.status), _("Not in use"))
