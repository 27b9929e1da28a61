"""Vital signs as the page shows them: typed, converted, wrong, or worth a second look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from stepdown.care.observing import amounts
from stepdown.care.observing.forms import ReadingForm
from stepdown.clinical import units
from stepdown.clinical.vitals import Vital


@dataclass(frozen=True, slots=True)
class UnitShown:
    """One unit on offer; kept value = factor x typed + offset."""

    unit: str
    is_chosen: bool
    factor: str
    offset: str


@dataclass(frozen=True, slots=True)
class VitalShown:
    """One vital sign's field, with its limits in the kept unit."""

    vital: Vital
    typed: str
    errors: tuple[str, ...]
    question: str
    is_ticked: bool
    asked: str
    kept: str
    low: Decimal | None
    high: Decimal | None
    units: tuple[UnitShown, ...] = ()
    other: UnitShown | None = None
    other_decimals: int = 0
    hint: str = ""


def vital_shown(
    form: ReadingForm,
    vital: Vital,
    values: Mapping[str, Any],
    question: str,
    target: tuple[Decimal | None, Decimal | None],
) -> VitalShown:
    read = form.amounts.get(vital.key)
    chosen = str(values.get(f"{vital.key}-unit", "")) or vital.unit
    ticked = vital.key in (values.get("confirmed") or [])
    other = vital.entry_units[0] if vital.entry_units else ""
    return VitalShown(
        vital=vital,
        typed=str(values.get(vital.key, "")),
        errors=tuple(str(each) for each in form.errors.get(vital.key, [])),
        question=question,
        is_ticked=ticked and not question,
        asked=amounts.shown(read.value) if read and (question or ticked) else "",
        kept=_kept(vital, read),
        low=target[0],
        high=target[1],
        units=tuple(_unit(vital, unit, chosen) for unit in amounts.units_of(vital))
        if vital.entry_units
        else (),
        other=_other(vital, other) if other else None,
        other_decimals=1 if other == "°F" else 0,
        hint=_("1 min seated") if vital.key == "heart_rate_bpm" else "",
    )


def _kept(vital: Vital, read: amounts.Amount | None) -> str:
    if read is None or not read.is_converted(vital):
        return ""
    return f"= {amounts.shown(read.value)} {vital.unit}"


def _unit(vital: Vital, unit: str, chosen: str) -> UnitShown:
    factor, offset = amounts.slope(vital, unit)
    return UnitShown(unit, unit == chosen, _exact(factor), _exact(offset))


def _other(vital: Vital, unit: str) -> UnitShown:
    """The straight line the other way: what a kept value is in the other unit."""
    nought = units.convert(Decimal(0), vital.unit, unit)
    factor = units.convert(Decimal(1), vital.unit, unit) - nought
    return UnitShown(unit, False, _exact(factor), _exact(nought))


def _exact(number: Decimal) -> str:
    return f"{number:.12g}"
