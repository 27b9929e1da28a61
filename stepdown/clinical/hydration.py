"""What went in and what was lost, added up over some hours.

Only what was measured adds up in millilitres. What was seen and not measured is counted
beside it and never turned into a volume: a sum with something missing is "at least".
Nothing here says whether it is enough; limits belong to rules, which are reviewed content.

Source: Stepdown programme reference 4.4 (fluids and losses, running 8 h and 24 h totals).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Kind = Literal["drunk", "vomited", "stool", "urine"]

WINDOWS_HOURS = (8, 24)


@dataclass(frozen=True, slots=True)
class Fluid:
    """One thing drunk or lost. ``volume_ml`` is None where it was not measured."""

    at: datetime
    kind: Kind
    volume_ml: int | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One kind of fluid in a window: how often, how much was measured, how often it was not."""

    times: int = 0
    measured_ml: int = 0
    not_measured: int = 0

    @property
    def is_whole(self) -> bool:
        """True when every one of them was measured, so that the sum is the sum."""
        return self.not_measured == 0


@dataclass(frozen=True, slots=True)
class Balance:
    """What was told of the last ``hours`` before ``until``; nothing told is not nothing drunk."""

    hours: int
    until: datetime
    drunk: Side
    vomited: Side
    stool: Side
    urine: Side

    @property
    def is_silent(self) -> bool:
        """True when nothing at all was told of these hours."""
        return not any(each.times for each in (self.drunk, self.vomited, self.stool, self.urine))

    @property
    def lost_ml(self) -> int:
        """Losses as far as they were measured: vomit, stool and urine."""
        return self.vomited.measured_ml + self.stool.measured_ml + self.urine.measured_ml

    @property
    def difference_ml(self) -> int | None:
        """Drunk less lost, as far as it was told.

        None unless a drink and a loss were told and all of it was measured: a loss nobody
        told of is not a loss of nothing.
        """
        losses = (self.vomited, self.stool, self.urine)
        if not self.drunk.times or not any(side.times for side in losses):
            return None
        if not all(side.is_whole for side in (self.drunk, *losses)):
            return None
        return self.drunk.measured_ml - self.lost_ml


def balance(fluids: Iterable[Fluid], *, until: datetime, hours: int) -> Balance:
    """Add up what happened in the ``hours`` before ``until``.

    The window is open at its far end and closed at ``until``: what happened exactly so
    many hours ago belongs to the window before. Elapsed time, whatever the zones.

    Raises:
        ValueError: a volume below zero, or a window that is not longer than nothing.
    """
    if hours <= 0:
        raise ValueError(f"A window of {hours} hours holds nothing.")
    end = until.astimezone(UTC)
    start = end - timedelta(hours=hours)
    sides = {"drunk": [0, 0, 0], "vomited": [0, 0, 0], "stool": [0, 0, 0], "urine": [0, 0, 0]}
    for fluid in fluids:
        if fluid.volume_ml is not None and fluid.volume_ml < 0:
            raise ValueError(f"A volume of {fluid.volume_ml} mL cannot be.")
        if not start < fluid.at.astimezone(UTC) <= end:
            continue
        side = sides[fluid.kind]
        side[0] += 1
        side[1] += fluid.volume_ml or 0
        side[2] += fluid.volume_ml is None
    return Balance(hours, until, **{kind: Side(*side) for kind, side in sides.items()})
