"""Files that hold several things of one kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from stepdown.clinical.instruments import Evidence
from stepdown.clinical.vitals import Vital


@dataclass(frozen=True, slots=True)
class VitalSigns:
    """Every vital sign the software records, in reading order.

    ``look`` names the signs that make a look on the schedule; a set without one of them
    is kept, and the look stays due.
    """

    key: str
    version: str
    source: str
    vitals: tuple[Vital, ...]
    look: tuple[str, ...]
    look_source: str
    evidence: Evidence = "draft"

    def by_key(self) -> Mapping[str, Vital]:
        """Vital key -> vital sign, in reading order."""
        return {vital.key: vital for vital in self.vitals}

    def left_out(self, taken: Collection[str]) -> tuple[Vital, ...]:
        """The signs that a look on the schedule needs beside those taken; none if it is one."""
        return tuple(
            each for each in self.vitals if each.key in self.look and each.key not in taken
        )
