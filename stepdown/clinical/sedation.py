"""What a sedation level means before a sedating drug: acceptable, or stop and call.

A level is a word, never a number. "Asleep, wakes easily" is no zero: it stands with the
acceptable levels, and nothing here adds, averages or compares levels by their place.
Which level of a scale means what is reviewed content (``content/sedation``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from stepdown.clinical.instruments import Evidence

Verdict = Literal["acceptable", "stop_and_call"]
Zone = Literal["within", "amber", "red"]
Tag = Literal["C", "S", "U", "D", "K"]
"""Confirmed in the source, secondary source, unverified, derived here, general knowledge."""

UNKNOWN = "unknown"
"""What is said where nobody looked, or where the last look gave no level. Never "no"."""


@dataclass(frozen=True, slots=True)
class Published:
    """The level of a published scale that a level here corresponds to, by its bare code."""

    scale: str
    level: str
    tag: Tag


@dataclass(frozen=True, slots=True)
class Level:
    """One level: the band of the scale it is, what it means, and where that comes from.

    ``tag`` speaks of the verdict, ``zone_tag`` of the zone in which boards show it.
    """

    band: str
    verdict: Verdict
    tag: Tag
    zone: Zone
    zone_tag: Tag
    source: str
    published: tuple[Published, ...] = ()


@dataclass(frozen=True, slots=True)
class SedationMapping:
    """What each level of one scale means. ``instead_of`` names the mapping it takes over from.

    A facility that has the permission for a published scale adds that scale and a mapping
    which says ``instead_of: sedation_level``; readings told in the other words keep their
    meaning.
    """

    key: str
    name: str
    version: str
    instrument: str
    levels: tuple[Level, ...]
    source: str
    evidence: Evidence = "draft"
    instead_of: str | None = None

    def level(self, band: str) -> Level | None:
        """What a band of the scale means, or None where this mapping does not know it."""
        return next((each for each in self.levels if each.band == band), None)


def in_use(mappings: Iterable[SedationMapping]) -> tuple[SedationMapping, ...]:
    """The mappings that no other one takes over from: sound content has exactly one."""
    known = tuple(mappings)
    replaced = {each.instead_of for each in known}
    return tuple(each for each in known if each.key not in replaced)
