"""Which symptoms are present, since when, and which field says so.

A symptom is shown only as far as a score went. An item that joins two symptoms
(runny nose or tearing) stays joined. An answer that does not speak of a symptom
(vomiting chosen: were there cramps as well?) makes it *not told*, which is neither
present nor absent. What no field asks for is *not asked*, never absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from typing import Literal

from stepdown.clinical.instruments import Answers, Evidence

Stage = Literal["early", "late"]


@dataclass(frozen=True, slots=True)
class ItemField:
    """A scale's item: codes that mean present (mildest first), and codes that mean absent.

    A code in neither list says nothing about this symptom.
    """

    instrument: str
    item: str
    present: tuple[str, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VitalField:
    """A vital sign: values that mean present, rising; below the first it is absent."""

    vital: str
    at_least: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Symptom:
    """One symptom, or several that a field joins. ``joins`` names what cannot be told apart."""

    key: str
    label: str
    stage: Stage
    source: str
    item: ItemField | None = None
    vital: VitalField | None = None
    joins: tuple[str, ...] = ()
    evidence: Evidence = "draft"


@dataclass(frozen=True, slots=True)
class SymptomCatalogue:
    """Every symptom the course shows, in reading order."""

    key: str
    name: str
    version: str
    symptoms: tuple[Symptom, ...]
    source: str
    evidence: Evidence = "draft"

    def of_stage(self, stage: Stage) -> tuple[Symptom, ...]:
        """The early or the late ones, in reading order."""
        return tuple(symptom for symptom in self.symptoms if symptom.stage == stage)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one moment recorded: answers by instrument key, vital signs by key."""

    at: datetime
    answers: Mapping[str, Answers]
    vitals: Mapping[str, Decimal]


class Presence(Enum):
    """What the latest look that touched on a symptom says about it."""

    PRESENT = "present"
    ABSENT = "absent"
    NOT_TOLD = "not_told"
    NOT_OBSERVED = "not_observed"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One symptom as the record knows it.

    ``observed_at`` is the look that decided ``presence``; ``since`` starts the present
    unbroken run of observed presence (None unless present); ``last_seen`` is the latest
    presence, even if it has gone since. ``answer`` or ``value`` is what was recorded at
    ``observed_at``, from ``field`` (instrument and item, or "vitals" and the sign).
    ``strength`` counts up from 1 to ``strengths``; 0 unless present.
    """

    symptom: Symptom
    presence: Presence
    observed_at: datetime | None = None
    since: datetime | None = None
    last_seen: datetime | None = None
    answer: str | None = None
    value: Decimal | None = None
    strength: int = 0
    strengths: int = 0

    @property
    def field(self) -> tuple[str, str] | None:
        """Where it was read: (instrument key, item key), ("vitals", key), or None."""
        if self.symptom.item is not None:
            return self.symptom.item.instrument, self.symptom.item.item
        if self.symptom.vital is not None:
            return "vitals", self.symptom.vital.vital
        return None


def findings(catalogue: SymptomCatalogue, readings: Iterable[Reading]) -> tuple[Finding, ...]:
    """Every symptom of the catalogue, as these readings know it.

    Args:
        readings: oldest first.

    Raises:
        ValueError: the readings are not in order of time.
    """
    ordered = tuple(readings)
    if any(later.at < earlier.at for earlier, later in pairwise(ordered)):
        raise ValueError("Readings must be ordered by time, oldest first.")
    newest_first = ordered[::-1]
    return tuple(_finding(symptom, newest_first) for symptom in catalogue.symptoms)


def _finding(symptom: Symptom, newest_first: tuple[Reading, ...]) -> Finding:
    """Read backwards, and only as far as the present run or the latest presence reaches."""
    if symptom.item is None and symptom.vital is None:
        return Finding(symptom, Presence.NOT_ASKED)
    decided: tuple[datetime, _Seen] | None = None
    since = last_seen = None
    for reading in newest_first:
        seen = _observed(symptom, reading)
        if seen is None:
            continue
        decided = decided or (reading.at, seen)
        if seen[0] is Presence.PRESENT:
            last_seen = last_seen or reading.at
            if decided[1][0] is not Presence.PRESENT:
                break
            since = reading.at
        elif seen[0] is Presence.ABSENT and last_seen is not None:
            break
    if decided is None:
        return Finding(symptom, Presence.NOT_OBSERVED)
    observed_at, (presence, strength, strengths, answer, value) = decided
    return Finding(
        symptom,
        presence,
        observed_at=observed_at,
        since=since,
        last_seen=last_seen,
        answer=answer,
        value=value,
        strength=strength,
        strengths=strengths,
    )


_Seen = tuple[Presence, int, int, str | None, Decimal | None]


def _observed(symptom: Symptom, reading: Reading) -> _Seen | None:
    """What one reading says, or None when it did not look."""
    if (field := symptom.item) is not None:
        code = reading.answers.get(field.instrument, {}).get(field.item)
        if code is None:
            return None
        strengths = len(field.present)
        if code in field.present:
            return Presence.PRESENT, field.present.index(code) + 1, strengths, code, None
        told = Presence.ABSENT if code in field.absent else Presence.NOT_TOLD
        return told, 0, strengths, code, None
    assert symptom.vital is not None, "a symptom without a field was answered before"
    value = reading.vitals.get(symptom.vital.vital)
    if value is None:
        return None
    strength = sum(value >= limit for limit in symptom.vital.at_least)
    presence = Presence.PRESENT if strength else Presence.ABSENT
    return presence, strength, len(symptom.vital.at_least), None, value
