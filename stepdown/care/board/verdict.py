"""The sentence at the top: is anything late, how many people are here, what stands out."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stepdown.care.board.queue import Item
from stepdown.care.board.showing import Showing
from stepdown.records.models import Bed, State
from stepdown.records.reading.board import Place
from stepdown.records.reading.flags import STOP


def verdict(places: tuple[Place, ...], found: list[Item], showing: Showing) -> str:
    """The verdict as HTML, with the version ``live.js`` compares."""
    strong, text = answer(found, showing), evidence(places)
    version = blake2b(f"{strong}\n{text}".encode(), digest_size=8).hexdigest()
    return (
        f'<div class="verdict" id="verdict" data-v="{version}" aria-live="polite">'
        f"<h1><strong>{escape(strong)}</strong></h1><p>{escape(text)}</p></div>"
    )


def answer(found: list[Item], showing: Showing) -> str:
    """``2 late, 2 due now``; when nothing waits, what comes next."""
    if not showing.sight.dues:
        return _("Beds")
    states = Counter(item.state for item in found)
    late, due = states["late"], states["due"]
    said = []
    if late:
        said.append(ngettext("%(n)d late", "%(n)d late", late) % {"n": late})
    if due:
        said.append(ngettext("%(n)d due now", "%(n)d due now", due) % {"n": due})
    if said:
        return ", ".join(said)
    if not found:
        return _("Nothing is due")
    return _("Nothing is late, next %(time)s") % {"time": showing.short(found[0].due.at)}


def evidence(places: tuple[Place, ...]) -> str:
    """How many people are in beds, which beds are free, and how much stands out."""
    taken = [place.occupant for place in places if place.occupant is not None]
    empty = Counter(place.status for place in places if place.occupant is None)
    away = sum(each.state in (State.HOSPITAL_LEAVE, State.MISSING) for each in taken)
    flags = [flag for each in taken for flag in each.flags]
    red = sum(flag.level == STOP for flag in flags)
    here = len(taken) - away
    said = [ngettext("%(n)d person in bed", "%(n)d people in beds", here) % {"n": here}]
    if away:
        said.append(ngettext("%(n)d away", "%(n)d away", away) % {"n": away})
    for status, pattern in (
        (Bed.Status.READY, _("%(n)d free")),
        (Bed.Status.CLEANING, _("%(n)d being cleaned")),
        (Bed.Status.BLOCKED, _("%(n)d not in use")),
    ):
        if empty[status]:
            said.append(pattern % {"n": empty[status]})
    sentence = f"{', '.join(said)}."
    if red:
        sentence += " " + ngettext("%(n)d red flag.", "%(n)d red flags.", red) % {"n": red}
    if other := len(flags) - red:
        sentence += " " + ngettext("%(n)d amber flag.", "%(n)d amber flags.", other) % {"n": other}
    return sentence
