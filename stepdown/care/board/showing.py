"""What all tiles of one page share, and the small words that tiles and queue have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.html import escape
from django.utils.translation import gettext as _

from stepdown.content import library
from stepdown.records.models import VITALS, State
from stepdown.records.reading.board import Board, Occupant
from stepdown.records.reading.drafts import Drafts
from stepdown.records.reading.monitoring import LookDue
from stepdown.records.reading.sight import Sight
from stepdown.web import times

ROLES = {
    "rn": frozenset({"RN", "LVN"}),
    "pres": frozenset({"PRES", "MD"}),
    "bht": frozenset({"BHT", "MT"}),
    "coun": frozenset({"COUN", "FAC", "CM"}),
}
"""The board's filter: its values, and the roles that each stands for."""

COUNSELLED = frozenset(
    {State.HANDOVER, State.COUNSELLING_RES, State.DISCHARGE_PENDING, State.LEAVING_REQUESTED}
)
"""Where a counsellor has the next step (operations.md 3.2)."""

OWNER = "RN"
"""Who is told first of a look that is due (operations.md section 6, rules I1 to I3, W2, W3)."""


@dataclass(frozen=True, slots=True)
class Showing:
    """Everything but the bed itself that decides what a tile looks like. Compared by value."""

    zone: ZoneInfo
    language: str
    content: str
    midnight: datetime
    spark_from: datetime
    spark_to: datetime
    sight: Sight
    drafts: Drafts

    @classmethod
    def of(
        cls, board: Board, zone: ZoneInfo, language: str, content: str, sight: Sight, drafts: Drafts
    ) -> Showing:
        """What this board's tiles share."""
        return cls(
            zone, language, content, board.midnight, board.spark_from, board.spark_to, sight, drafts
        )

    def short(self, moment: datetime) -> str:
        """A time in short form, read on this day: it stays the same until local midnight."""
        return times.short(moment, self.midnight - timedelta(microseconds=1))


class Running:
    """What runs with the clock, as HTML; ``clock.js`` keeps it true while the page stays open.

    The words are translated once for all tiles of a page.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._late = escape(_("%(span)s late") % {"span": "{}"}).partition("{}")
        self._ago = escape(_("%(span)s ago") % {"span": "{}"}).partition("{}")

    def late(self, due: LookDue) -> str:
        """How late a look is: ``47 min late``."""
        before, hole, after = self._late
        behind = times.span((self._now - due.at).total_seconds())
        return (
            f'<span class="late" data-since="{due.at.timestamp():.0f}" '
            f'data-words="{before}{hole}{after}">{before}{behind}{after}</span>'
        )

    def age(self, moment: datetime) -> str:
        """How old a reading is: ``16 min ago``."""
        seconds = (self._now - moment).total_seconds()
        if seconds < times.MINUTE_S:
            return times.age_html(moment, self._now)
        before, _hole, after = self._ago
        told = f"{before}{times.span(seconds)}{after}"
        return f'<span class="age" data-at="{moment.timestamp():.0f}">{told}</span>'


def time_html(moment: datetime, showing: Showing) -> str:
    """The time of a look, with the machine's form beside it."""
    return f'<time datetime="{times.stamp(moment)}">{escape(showing.short(moment))}</time>'


def concerns(occupant: Occupant, due: LookDue | None) -> str:
    """The filter values of those who have something to do here now, for ``data-roles``."""
    mine = set()
    if due is not None:
        mine |= roles_for(due)
    if occupant.flags:
        mine |= {"rn", "pres"}
    if occupant.state == State.INTAKE:
        mine |= {"rn", "pres"}  # the prescriber's order opens the admission (rule I7)
    if occupant.state in COUNSELLED:
        mine.add("coun")
    return " ".join(value for value in ROLES if value in mine)


def roles_for(due: LookDue) -> set[str]:
    """Who may take this look: nurses, and technicians where vital signs are part of it."""
    return {"rn", "bht"} if VITALS in due.kinds else {"rn"}


def band_label(scale: str, key: str) -> str:
    """A band's word; the key itself where the present content no longer knows it."""
    instrument = library.instruments().get(scale)
    band = instrument.band(key) if instrument else None
    return band.label if band else key
