"""Vital signs: what can be true, what is asked twice, and what is outside limits.

Three questions, kept apart. *Plausible* limits guard the keyboard: beyond them the
number is a slip and is refused. *Usual* limits ask for a second look before saving.
*Amber* and *red* limits are clinical and judge a value that is already on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from stepdown.clinical.instruments import Evidence
from stepdown.clinical.units import convert


@dataclass(frozen=True, slots=True)
class Limits:
    """Clinical limits, each reached *at* the value named; None where none is given."""

    red_low: Decimal | None = None
    amber_low: Decimal | None = None
    amber_high: Decimal | None = None
    red_high: Decimal | None = None
    evidence: Evidence = "draft"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Vital:
    """One vital sign in its stored unit, with ``decimals`` places kept."""

    key: str
    label: str
    short: str
    unit: str
    ucum: str
    decimals: int
    plausible_low: Decimal
    plausible_high: Decimal
    usual_low: Decimal
    usual_high: Decimal
    limits: Limits
    entry_units: tuple[str, ...] = ()
    below: str | None = None
    loinc: tuple[str, ...] = ()
    loinc_evidence: Evidence = "draft"
    evidence: Evidence = "draft"
    source: str = ""


class Verdict(Enum):
    """What the keyboard check says about a value."""

    OK = "ok"
    UNUSUAL = "unusual"
    IMPOSSIBLE = "impossible"


class Zone(Enum):
    """Where a recorded value stands against the clinical limits."""

    RED_LOW = "red_low"
    AMBER_LOW = "amber_low"
    WITHIN = "within"
    AMBER_HIGH = "amber_high"
    RED_HIGH = "red_high"

    @property
    def is_red(self) -> bool:
        """True beyond a red limit, on either side."""
        return self in (Zone.RED_LOW, Zone.RED_HIGH)

    @property
    def is_amber(self) -> bool:
        """True beyond an amber limit but not a red one, on either side."""
        return self in (Zone.AMBER_LOW, Zone.AMBER_HIGH)


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict on one value, with the range it was held against (in the stored unit)."""

    vital: str
    value: Decimal
    verdict: Verdict
    low: Decimal
    high: Decimal
    message: str


def check(
    vital: Vital,
    value: Decimal,
    *,
    personal_low: Decimal | None = None,
    personal_high: Decimal | None = None,
) -> Check:
    """Hold one value, in the stored unit, against what is plausible and what is usual.

    Personal targets replace the usual limits on the side they are given for. They
    never widen the plausible ones.

    >>> pulse = Vital("heart_rate_bpm", "Heart rate", "HR", "bpm", "/min", 0, Decimal(20),
    ...               Decimal(250), Decimal(41), Decimal(130), Limits())
    >>> check(pulse, Decimal(1000)).verdict
    <Verdict.IMPOSSIBLE: 'impossible'>
    """
    low = vital.usual_low if personal_low is None else personal_low
    high = vital.usual_high if personal_high is None else personal_high
    hard_low, hard_high = vital.plausible_low, vital.plausible_high
    if not value.is_finite() or not hard_low <= value <= hard_high:
        return Check(
            vital.key,
            value,
            Verdict.IMPOSSIBLE,
            hard_low,
            hard_high,
            f"{vital.label} {_shown(value)} {vital.unit} cannot be right. "
            f"Enter {_shown(hard_low)} to {_shown(hard_high)} {vital.unit}, or leave it empty.",
        )
    if value != round_to(vital, value):
        places = f"{vital.decimals} decimal place" + ("" if vital.decimals == 1 else "s")
        return Check(
            vital.key,
            value,
            Verdict.IMPOSSIBLE,
            hard_low,
            hard_high,
            f"{vital.label} is recorded to {places if vital.decimals else 'the whole number'}. "
            f"Enter it again without the rest.",
        )
    if not low <= value <= high:
        return Check(
            vital.key,
            value,
            Verdict.UNUSUAL,
            low,
            high,
            f"{vital.label} {_shown(value)} {vital.unit} is outside "
            f"{_shown(low)} to {_shown(high)}. Measure again or confirm it.",
        )
    return Check(vital.key, value, Verdict.OK, low, high, "")


def check_together(vitals: Mapping[str, Vital], values: Mapping[str, Decimal]) -> tuple[Check, ...]:
    """What no single value shows: a sign that must lie below another and does not.

    Today that is the diastolic pressure, which must be below the systolic.
    """
    found = []
    for key, value in values.items():
        vital = vitals[key]
        if vital.below is None or (ceiling := values.get(vital.below)) is None:
            continue
        if value >= ceiling:
            other = vitals[vital.below]
            found.append(
                Check(
                    key,
                    value,
                    Verdict.IMPOSSIBLE,
                    vital.plausible_low,
                    ceiling,
                    f"{vital.label} {_shown(value)} must be below "
                    f"{other.label.lower()} {_shown(ceiling)}. Were they swapped?",
                )
            )
    return tuple(found)


def zone(vital: Vital, value: Decimal) -> Zone:
    """Where a value stands against the clinical limits; reaching a limit counts.

    Source: the limits' own ``source``. A sign without limits is always within.
    """
    limits = vital.limits
    if limits.red_low is not None and value <= limits.red_low:
        return Zone.RED_LOW
    if limits.red_high is not None and value >= limits.red_high:
        return Zone.RED_HIGH
    if limits.amber_low is not None and value <= limits.amber_low:
        return Zone.AMBER_LOW
    if limits.amber_high is not None and value >= limits.amber_high:
        return Zone.AMBER_HIGH
    return Zone.WITHIN


def round_to(vital: Vital, value: Decimal) -> Decimal:
    """The value with the decimals this sign is recorded to, halves away from zero.

    What is no measurement at all (infinite, or beyond a trillion) is handed back as
    it came, for :func:`check` to refuse.
    """
    if not value.is_finite() or value.adjusted() > 12:
        return value
    return value.quantize(Decimal(1).scaleb(-vital.decimals), rounding=ROUND_HALF_UP)


def from_unit(vital: Vital, value: Decimal, unit: str) -> Decimal:
    """A reading in another unit, as it is stored: converted, then rounded.

    Raises:
        UnknownUnit: the unit cannot be converted to this sign's.
    """
    return round_to(vital, convert(value, unit, vital.unit))


def _shown(value: Decimal) -> str:
    return f"{value.normalize():f}" if value.is_finite() else str(value)
