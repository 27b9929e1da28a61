"""Files that hold several things of one kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stepdown.clinical.instruments import Evidence
from stepdown.clinical.vitals import Vital


@dataclass(frozen=True, slots=True)
class VitalSigns:
    """Every vital sign the software records, in reading order."""

    key: str
    version: str
    source: str
    vitals: tuple[Vital, ...]
    evidence: Evidence = "draft"

    def by_key(self) -> Mapping[str, Vital]:
        """Vital key -> vital sign, in reading order."""
        return {vital.key: vital for vital in self.vitals}
