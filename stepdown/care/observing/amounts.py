"""Vital signs as people type them: read, converted, and held against what is possible."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from stepdown.clinical import units, vitals
from stepdown.clinical.vitals import Verdict, Vital

UP_FRONT = (
    "systolic_mmhg",
    "diastolic_mmhg",
    "heart_rate_bpm",
    "respiratory_rate_bpm",
    "temperature_c",
    "spo2_percent",
)
"""Taken at each look, in the order a nurse takes them; the rest is one press away."""

LONGEST = 12
"""Characters; no vital sign is longer, and a very long number would only cost time."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,6}(?:[.,][0-9]{1,4})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}[.,][0-9]{3}")


@dataclass(frozen=True, slots=True)
class Amount:
    """One vital sign as typed and as it is kept: ``98.6 °F`` and 37.0 °C."""

    typed: Decimal
    unit: str
    value: Decimal

    def is_converted(self, vital: Vital) -> bool:
        """True when it was read in another unit than the one we keep."""
        return self.unit != vital.unit


def units_of(vital: Vital) -> tuple[str, ...]:
    """The units this sign may be entered in, the kept one first."""
    return (vital.unit, *vital.entry_units)


def slope(vital: Vital, unit: str) -> tuple[Decimal, Decimal]:
    """``(a, b)`` so that kept value = a x typed + b: every conversion here is a straight line."""
    nought = units.convert(Decimal(0), unit, vital.unit)
    return units.convert(Decimal(1), unit, vital.unit) - nought, nought


def number(text: str) -> Decimal:
    """A typed number; a comma or a point may stand before the decimals.

    Raises:
        ValidationError: not a number, or a comma that could mean thousands.
    """
    clean = text.strip()
    if not _NUMBER.fullmatch(clean):
        raise ValidationError(_("Enter a number, for instance 72 or 37.2."), code="number")
    if _THOUSANDS.fullmatch(clean):
        raise ValidationError(
            _(
                "{number} could be read in two ways. Enter it without a separator for thousands, "
                "with at most two decimals."
            ).format(number=clean),
            code="number",
        )
    return Decimal(clean.replace(",", "."))


def amount(vital: Vital, text: str, unit: str) -> Amount:
    """Read one sign in the unit that was posted with it.

    A number without its unit is refused where the sign has several: a default may
    have changed since the page was shown, and 38 is a temperature in only one of them.

    Raises:
        ValidationError: no number; no such unit; or a value that cannot be (with its range).
    """
    allowed = units_of(vital)
    if len(allowed) == 1:
        unit = vital.unit
    if unit not in allowed:
        raise ValidationError(
            _("Say in which unit: {units}.").format(units=_(" or ").join(allowed)), code="unit"
        )
    typed = number(text)
    read = Amount(
        typed, unit, typed if unit == vital.unit else vitals.from_unit(vital, typed, unit)
    )
    found = vitals.check(vital, read.value)
    if found.verdict is Verdict.IMPOSSIBLE:
        raise ValidationError(_in_both_units(vital, read, found), code="impossible")
    if unit == vital.unit:
        return Amount(typed, unit, vitals.round_to(vital, typed))
    return read


def unusual(
    vital: Vital, read: Amount, targets: tuple[Decimal | None, Decimal | None]
) -> str | None:
    """The sentence that asks for a second look, or None when the value is a usual one."""
    low, high = targets
    found = vitals.check(vital, read.value, personal_low=low, personal_high=high)
    if found.verdict is not Verdict.UNUSUAL:
        return None
    return _told_converted(vital, read) + found.message


def shown(value: Decimal) -> str:
    """A number without needless zeros: 37, 37.2."""
    return f"{value.normalize():f}"


def _in_both_units(vital: Vital, read: Amount, found: vitals.Check) -> str:
    if not read.is_converted(vital):
        return found.message
    low, high = (
        units.convert(limit, vital.unit, read.unit).quantize(Decimal(1))
        for limit in (vital.plausible_low, vital.plausible_high)
    )
    return _told_converted(vital, read) + _(
        "{sign} cannot be that. Enter {low} to {high} {unit}, or leave it empty."
    ).format(sign=vital.label, low=shown(low), high=shown(high), unit=read.unit)


def _told_converted(vital: Vital, read: Amount) -> str:
    if not read.is_converted(vital):
        return ""
    return _("{typed} {unit} is {value} {kept}. ").format(
        typed=shown(read.typed), unit=read.unit, value=shown(read.value), kept=vital.unit
    )
