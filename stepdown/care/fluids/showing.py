"""Drinks and losses in words: what was told, and what it adds up to as far as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stepdown.care.fluids.forms import TITLES
from stepdown.clinical.hydration import Balance, Side
from stepdown.content import library
from stepdown.records import access
from stepdown.records.access import Actor
from stepdown.records.actions.monitoring.fluids import CODES, Kind
from stepdown.records.models import FluidEntry


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the list."""

    pk: UUID
    at: datetime
    words: str
    who: str
    is_struck: bool
    may_strike: bool


@dataclass(frozen=True, slots=True)
class Total:
    """One window: its hours, and each side in words. ``rest`` is empty while it is unknown."""

    hours: int
    drunk: str
    lost: tuple[str, ...]
    rest: str


def line(row: FluidEntry, *, gone: bool = False, actor: Actor | None = None) -> Line:
    """One entry in words: ``Vomited, 100 to 300 mL, bile``."""
    parts = [str(TITLES[row.kind])]
    name = CODES.get(Kind(row.kind))
    code = library.codes(name).code(row.what) if name and row.what else None
    if code or row.what:
        parts.append(code.label if code else row.what)
    parts.append(_("not measured") if row.volume_ml is None else f"{row.volume_ml} mL")
    for seen, words in ((row.blood, _("blood")), (row.bile, _("bile")), (row.is_dark, _("dark"))):
        if seen == FluidEntry.Seen.YES:
            parts.append(words)
    if row.note:
        parts.append(row.note)
    own = actor is not None and (row.actor_id, row.role) == (actor.user.pk, actor.role)
    may = actor is not None and (own or access.may(actor, "fluids", "U"))
    return Line(row.pk, row.occurred_at, ", ".join(parts), row.actor.name, gone, may and not gone)


def total(balance: Balance) -> Total:
    """A window in words. Nothing told is said as that, never as 0 mL."""
    sides = (
        (_("vomited"), balance.vomited),
        (_("stool"), balance.stool),
        (_("urine"), balance.urine),
    )
    rest = balance.difference_ml
    return Total(
        balance.hours,
        side(balance.drunk),
        tuple(f"{name}: {side(each)}" for name, each in sides),
        "" if rest is None else _("{ml} mL, as far as told").format(ml=f"{rest:+d}"),
    )


def side(told: Side) -> str:
    """``1,240 mL``; ``at least 350 mL, 1 time not measured``; ``nothing told``."""
    if not told.times:
        return _("nothing told")
    if told.is_whole:
        words = _("{ml} mL, {times}")
    elif told.measured_ml:
        words = _("at least {ml} mL, {times}, {missing} not measured")
    else:
        words = _("{times}, not measured")
    times = ngettext("{n} time", "{n} times", told.times).format(n=told.times)
    return words.format(ml=f"{told.measured_ml:,}", times=times, missing=told.not_measured)
