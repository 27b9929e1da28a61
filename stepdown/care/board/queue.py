"""The list beside the board: what comes next, in time order. Beds hold still, this moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stepdown.care.board import showing as words
from stepdown.care.board.showing import Running, Showing
from stepdown.records.models import VITALS
from stepdown.records.reading.board import Occupant, Place
from stepdown.records.reading.monitoring import LookDue
from stepdown.records.reading.readings import SCALE
from stepdown.web import marks
from stepdown.web.addresses import address

SHOWN = 12
"""So many are listed; whatever is late or due now is listed beyond that, too."""

TAGS = {"late": "late", "due": "due", "later": "line"}


AT_THE_BEDSIDE = frozenset({SCALE, VITALS})
"""What one sheet takes in one go; every other scale has a page of its own."""


@dataclass(frozen=True, slots=True)
class Item:
    """One look that is or will be due, at one bed."""

    due: LookDue
    state: str
    bed: str
    who: Occupant


def items(places: tuple[Place, ...], now: datetime) -> list[Item]:
    """Every look that is or will be due in the unit, soonest first."""
    found = [
        Item(due, due.state(now), place.label, place.occupant)
        for place in places
        if place.occupant is not None
        for due in place.occupant.dues
    ]
    return sorted(found, key=lambda item: item.due.at)


def queue(found: list[Item], now: datetime, showing: Showing) -> str:
    """The panel as HTML, with the version ``live.js`` compares: minutes late do not count."""
    waiting = sum(item.state != "later" for item in found)
    listed = found[: max(SHOWN, waiting)]
    rows = [
        _row(item.due, item.state, item.bed, item.who.name, item.who.episode_id, showing)
        for item in listed
    ]
    running = Running(now)
    rest = len(found) - len(listed)
    later = ngettext("%(n)d later", "%(n)d later", rest) % {"n": rest} if rest else ""
    title = _("Next, in time order")
    nothing = f'<p class="empty">{_("Nothing is due. The next look appears here.")}</p>'
    told = "".join(part for row in rows for part in row) + later
    version = blake2b(told.encode(), digest_size=8).hexdigest()
    drawn = "".join(
        running.late(item.due).join(row) if item.state == "late" else row[0]
        for item, row in zip(listed, rows, strict=True)
    )
    nobody = f'<p class="note board__none">{_("Nothing in this list for the role chosen.")}</p>'
    listing = f'<ol class="due" data-jk>{drawn}</ol>{nobody}' if rows else nothing
    return (
        f'<section class="panel board__queue" id="queue" data-v="{version}" '
        f'aria-labelledby="queue-title"><div class="panel__head"><h2 id="queue-title">{title}</h2>'
        f'<span class="note push">{later}</span></div>'
        f"{listing}</section>"
    )


@lru_cache(maxsize=4096)
def _row(
    due: LookDue, state: str, bed: str, name: str, episode_id: UUID | None, showing: Showing
) -> tuple[str, ...]:
    """One entry; where it is late, in two halves with the lateness between them."""
    css = "" if state == "later" else f' class="{state}"'
    roles = " ".join(sorted(words.roles_for(due)))
    if not showing.sight.records:
        url = address("chart:course", episode_id)
    elif AT_THE_BEDSIDE & set(due.kinds):
        url = address("observing:bedside", episode_id)
    else:
        url = address("observing:scale", episode_id, due.kinds[0])
    what = f"<b>{_('Bed')} {escape(bed)}</b> {escape(due.words())}"
    linked = f'<a href="{url}">{what}</a>'
    before = (
        f'<li{css} data-roles="{roles}">{words.time_html(due.at, showing)}<div>{linked}'
        f"<small>{escape(name)}"
    )
    after = f"</small></div>{marks.tag(words.OWNER, TAGS[state])}</li>"
    return (f"{before}, ", after) if state == "late" else (before + after,)
