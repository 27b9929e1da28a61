"""A ward full of journeys, moved to the present and kept moving: the demonstration unit.

Each journey is shifted by whole local days so that its ``day_today`` is today. What
lies in the past is told at once, the rest as it comes due. A visitor may have acted
in the meantime: an event that is then refused is counted and left, and the ward
moves on.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stepdown.operate.journeys.format import Journey
from stepdown.operate.journeys.house import opened_at
from stepdown.operate.journeys.pending import PINS
from stepdown.operate.journeys.playing import Due, Player, in_order
from stepdown.operate.journeys.replaying import load_all, open_houses, opening

log = logging.getLogger(__name__)


def ward_of(folder: Path) -> list[Journey]:
    """The journeys of a demonstration: those in ``folder`` and its ``demo/`` that name a day.

    Raises:
        ContentError: a file cannot be used; names file and line.
    """
    files = sorted(folder.glob("*.yaml")) + sorted((folder / "demo").glob("*.yaml"))
    loaded = load_all([file for file in files if file.name != PINS])
    return [journey for journey in loaded if journey.day_today is not None]


@dataclass
class Tally:
    """What a mover has done so far, in events."""

    played: int = 0
    pending: int = 0
    refused: int = 0

    def __str__(self) -> str:
        return f"{self.played} events played, {self.pending} pending, {self.refused} refused"


class Mover:
    """Journeys shifted to a day, and how far they have been told.

    Telling is idempotent: a mover started again on the same database, today or
    days later, finds what was told and goes on from there.
    """

    def __init__(self, journeys: Sequence[Journey], *, now: datetime) -> None:
        """Shift ``journeys`` to the local day of ``now`` and open their houses.

        In a database where they have been opened before, they stay on the day of then.

        Raises:
            Refused: the database was made for real people (N22).
            ValueError: a journey has no ``demo:`` day.
        """
        self.journeys = _as_begun(
            [each.shifted_to(now.astimezone(each.facility.zone).date()) for each in journeys]
        )
        houses = open_houses(self.journeys)
        self._ahead: deque[Due] = deque(
            in_order([Player(each, houses[each.facility.key]) for each in self.journeys])
        )
        self.tally = Tally()

    @property
    def next_at(self) -> datetime | None:
        """When the next event comes due; None when every journey has been told."""
        return self._ahead[0].at if self._ahead else None

    @property
    def ahead(self) -> int:
        """How many events are still to come."""
        return len(self._ahead)

    def catch_up(self, now: datetime, *, told: Callable[[Tally], None] | None = None) -> Tally:
        """Tell everything that is due by ``now``; ``told`` is called after each event."""
        while self._ahead and self._ahead[0].at <= now:
            self._tell(self._ahead.popleft())
            if told is not None:
                told(self.tally)
        return self.tally

    def _tell(self, due: Due) -> None:
        played = due.play()
        if played.status == "pending":
            self.tally.pending += 1
        elif played.status == "failed":
            self.tally.refused += 1
            log.info(
                "%s at %s was refused and left: %s %s",
                played.event.action,
                played.event.at,
                played.journey.key,
                played.refusal,
            )
        else:
            self.tally.played += 1


def _as_begun(shifted: list[Journey]) -> list[Journey]:
    """The journeys, moved back to the day on which this demonstration was opened, if it was."""
    began = opened_at(shifted[0].facility) if shifted else None
    if began is None:
        return shifted
    zone = shifted[0].facility.zone
    same = [each for each in shifted if each.facility.key == shifted[0].facility.key]
    days = (began.astimezone(zone).date() - opening(same).astimezone(zone).date()).days
    return [journey.later(days) for journey in shifted]
