"""Units people read on thermometers, scales and meters, to the units we store.

Exact Decimal arithmetic; rounding to what a record keeps is the caller's choice.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

KG_PER_LB = Decimal("0.45359237")
"""Exact: the international avoirdupois pound of 1959."""

CM_PER_INCH = Decimal("2.54")
"""Exact: the international inch of 1959."""

GLUCOSE_MG_DL_PER_MMOL_L = Decimal("18.0156")
"""From the molar mass of glucose, C6H12O6, 180.156 g/mol (6 x 12.011 + 12 x 1.008 +
6 x 15.999, standard atomic weights): 1 mmol/L is 180.156 mg/L, or 18.0156 mg/dL."""


class UnknownUnit(ValueError):
    """No conversion between these two units is known here."""


def celsius_from_fahrenheit(fahrenheit: Decimal) -> Decimal:
    """Degrees Celsius from degrees Fahrenheit.

    >>> celsius_from_fahrenheit(Decimal("98.6"))
    Decimal('37.0')
    """
    return (fahrenheit - 32) * 5 / 9


def fahrenheit_from_celsius(celsius: Decimal) -> Decimal:
    """Degrees Fahrenheit from degrees Celsius.

    >>> fahrenheit_from_celsius(Decimal("37.0"))
    Decimal('98.6')
    """
    return celsius * 9 / 5 + 32


def kg_from_lb(lb: Decimal) -> Decimal:
    """Kilograms from pounds.

    >>> kg_from_lb(Decimal(150)).quantize(Decimal("0.1"))
    Decimal('68.0')
    """
    return lb * KG_PER_LB


def lb_from_kg(kg: Decimal) -> Decimal:
    """Pounds from kilograms.

    >>> lb_from_kg(Decimal(68)).quantize(Decimal("0.1"))
    Decimal('149.9')
    """
    return kg / KG_PER_LB


def cm_from_inches(inches: Decimal) -> Decimal:
    """Centimetres from inches.

    >>> cm_from_inches(Decimal(70))
    Decimal('177.80')
    """
    return inches * CM_PER_INCH


def inches_from_cm(cm: Decimal) -> Decimal:
    """Inches from centimetres.

    >>> inches_from_cm(Decimal("182.88"))
    Decimal('72')
    """
    return cm / CM_PER_INCH


def mmol_l_from_mg_dl(glucose_mg_dl: Decimal) -> Decimal:
    """Glucose in mmol/L from mg/dL.

    >>> mmol_l_from_mg_dl(Decimal(100)).quantize(Decimal("0.1"))
    Decimal('5.6')
    """
    return glucose_mg_dl / GLUCOSE_MG_DL_PER_MMOL_L


def mg_dl_from_mmol_l(glucose_mmol_l: Decimal) -> Decimal:
    """Glucose in mg/dL from mmol/L.

    >>> mg_dl_from_mmol_l(Decimal("5.5")).quantize(Decimal("1"))
    Decimal('99')
    """
    return glucose_mmol_l * GLUCOSE_MG_DL_PER_MMOL_L


_CONVERSIONS: dict[tuple[str, str], Callable[[Decimal], Decimal]] = {
    ("°F", "°C"): celsius_from_fahrenheit,
    ("°C", "°F"): fahrenheit_from_celsius,
    ("lb", "kg"): kg_from_lb,
    ("kg", "lb"): lb_from_kg,
    ("in", "cm"): cm_from_inches,
    ("cm", "in"): inches_from_cm,
    ("mg/dL", "mmol/L"): mmol_l_from_mg_dl,
    ("mmol/L", "mg/dL"): mg_dl_from_mmol_l,
}


def convert(value: Decimal, from_unit: str, to_unit: str) -> Decimal:
    """The same quantity in another unit; mg/dL and mmol/L mean glucose.

    >>> convert(Decimal(212), "°F", "°C")
    Decimal('100')

    Raises:
        UnknownUnit: there is no such conversion; nothing is guessed.
    """
    if from_unit == to_unit:
        return value
    if (conversion := _CONVERSIONS.get((from_unit, to_unit))) is None:
        raise UnknownUnit(f"No conversion from {from_unit} to {to_unit}.")
    return conversion(value)
