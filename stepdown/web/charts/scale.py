"""The upright axis of a rating scale: its severity bands and how high it is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stepdown.clinical.instruments import Instrument


@dataclass(frozen=True, slots=True)
class Zone:
    """A severity band from ``at_least`` points upwards; ``severity`` 0 to 4."""

    at_least: int
    label: str
    severity: int


@dataclass(frozen=True, slots=True)
class Scale:
    """What the axis needs to know. ``zones`` run from the lowest upwards.

    ``usual_top`` is how high the axis goes unless a total lies above it: a fixed
    axis lets two charts be compared (30 for a COWS, whose totals seldom pass 25).
    """

    name: str
    maximum: int
    usual_top: int
    zones: tuple[Zone, ...]

    def top_for(self, totals: Iterable[float]) -> int:
        """The axis's end for these totals: the usual one, or the scale's maximum."""
        return self.maximum if max(totals, default=0) > self.usual_top else self.usual_top

    def zone(self, total: float) -> Zone | None:
        """The band a total falls in, or None below the lowest."""
        return next((zone for zone in reversed(self.zones) if total >= zone.at_least), None)

    @classmethod
    def of(cls, instrument: Instrument) -> Scale:
        """The axis of an instrument whose answers add up; any such scale gets its chart.

        Raises:
            ValueError: the instrument has no total (its result is a tier).
        """
        if instrument.maximum is None:
            raise ValueError(f"{instrument.short_name} has no total to draw.")
        zones = tuple(
            Zone(band.at_least, band.label, band.severity)
            for band in sorted(instrument.bands, key=lambda band: band.at_least or 0)
            if band.at_least is not None
        )
        usual_top = instrument.chart_maximum or instrument.maximum
        return cls(instrument.short_name, instrument.maximum, usual_top, zones)
