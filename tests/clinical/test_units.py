"""Units: there and back again."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.clinical.units import UnknownUnit, convert

PAIRS = [("°F", "°C"), ("lb", "kg"), ("in", "cm"), ("mg/dL", "mmol/L")]


@given(st.sampled_from(PAIRS), st.decimals(-500, 5000, places=2))
def test_there_and_back_is_the_same_reading(pair, value):
    one, other = pair

    back = convert(convert(value, one, other), other, one)

    assert back.quantize(Decimal("0.01")) == value


@pytest.mark.parametrize(
    ("value", "unit", "into", "expected"),
    [
        ("32", "°F", "°C", "0"),
        ("100.4", "°F", "°C", "38"),
        ("1", "lb", "kg", "0.45359237"),
        ("18.0156", "mg/dL", "mmol/L", "1"),
    ],
)
def test_fixed_points(value, unit, into, expected):
    assert convert(Decimal(value), unit, into) == Decimal(expected)


def test_the_same_unit_changes_nothing():
    assert convert(Decimal("36.85"), "°C", "°C") == Decimal("36.85")


def test_units_of_different_quantities_do_not_convert():
    with pytest.raises(UnknownUnit):
        convert(Decimal(1), "kg", "cm")
