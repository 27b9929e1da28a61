"""Vital signs at the keyboard and against their limits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.clinical.units import UnknownUnit
from stepdown.clinical.vitals import Verdict, Zone, check, check_together, from_unit, round_to, zone
from stepdown.content import library

VITALS = library.vitals()
KEYS = list(VITALS)


def test_the_signs_are_the_ones_the_record_knows():
    assert KEYS == [
        "systolic_mmhg",
        "diastolic_mmhg",
        "heart_rate_bpm",
        "respiratory_rate_bpm",
        "temperature_c",
        "spo2_percent",
        "weight_kg",
        "height_cm",
        "pain_0_10",
        "glucose_mmol_l",
    ]


@pytest.mark.parametrize("key", KEYS)
def test_1000_of_anything_is_refused_with_the_range_and_the_way_on(key):
    found = check(VITALS[key], Decimal(1000))

    assert found.verdict is Verdict.IMPOSSIBLE
    assert "cannot be right" in found.message
    assert f"{VITALS[key].plausible_high.normalize():f}" in found.message


@pytest.mark.parametrize("key", KEYS)
def test_the_plausible_limits_themselves_are_accepted_and_one_step_beyond_is_not(key):
    vital = VITALS[key]
    step = Decimal(1).scaleb(-vital.decimals)
    for limit, beyond in (
        (vital.plausible_low, vital.plausible_low - step),
        (vital.plausible_high, vital.plausible_high + step),
    ):
        assert check(vital, limit).verdict is not Verdict.IMPOSSIBLE
        assert check(vital, beyond).verdict is Verdict.IMPOSSIBLE


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1E+40", "-5"])
def test_what_is_no_measurement_is_refused(value):
    assert check(VITALS["heart_rate_bpm"], Decimal(value)).verdict is Verdict.IMPOSSIBLE


@pytest.mark.parametrize(
    ("key", "usual", "unusual"),
    [
        ("systolic_mmhg", "91", "90"),
        ("systolic_mmhg", "179", "180"),
        ("heart_rate_bpm", "130", "131"),
        ("heart_rate_bpm", "41", "40"),
        ("respiratory_rate_bpm", "9", "8"),
        ("temperature_c", "39.0", "39.1"),
        ("spo2_percent", "92", "91"),
        ("glucose_mmol_l", "3.0", "2.9"),
    ],
)
def test_every_red_value_is_asked_twice(key, usual, unusual):
    assert check(VITALS[key], Decimal(usual)).verdict is Verdict.OK
    found = check(VITALS[key], Decimal(unusual))
    assert found.verdict is Verdict.UNUSUAL
    assert "confirm" in found.message


def test_an_ordinary_value_says_nothing():
    found = check(VITALS["heart_rate_bpm"], Decimal(72))

    assert (found.verdict, found.message) == (Verdict.OK, "")


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("heart_rate_bpm", "88.5", "the whole number"),
        ("temperature_c", "36.85", "1 decimal place."),
    ],
)
def test_more_decimals_than_are_recorded_are_refused_not_rounded(key, value, told):
    found = check(VITALS[key], Decimal(value))

    assert found.verdict is Verdict.IMPOSSIBLE
    assert told in found.message


def test_trailing_zeros_are_no_extra_decimals():
    assert check(VITALS["heart_rate_bpm"], Decimal("88.00")).verdict is Verdict.OK


def test_personal_targets_replace_the_usual_limits_on_their_side_only():
    pulse = VITALS["heart_rate_bpm"]

    assert check(pulse, Decimal(125), personal_high=Decimal(110)).verdict is Verdict.UNUSUAL
    assert check(pulse, Decimal(140), personal_high=Decimal(150)).verdict is Verdict.OK
    assert check(pulse, Decimal(40), personal_high=Decimal(150)).verdict is Verdict.UNUSUAL
    assert check(pulse, Decimal(38), personal_low=Decimal(35)).verdict is Verdict.OK


def test_personal_targets_never_widen_what_is_plausible():
    found = check(VITALS["heart_rate_bpm"], Decimal(400), personal_high=Decimal(500))

    assert found.verdict is Verdict.IMPOSSIBLE


@pytest.mark.parametrize("diastolic", ["118", "140"])
def test_a_diastolic_pressure_not_below_the_systolic_is_refused(diastolic):
    found = check_together(
        VITALS, {"systolic_mmhg": Decimal(118), "diastolic_mmhg": Decimal(diastolic)}
    )

    assert [each.vital for each in found] == ["diastolic_mmhg"]
    assert "must be below systolic pressure 118" in found[0].message


@pytest.mark.parametrize(
    "values",
    [
        {"systolic_mmhg": Decimal(118), "diastolic_mmhg": Decimal(76)},
        {"diastolic_mmhg": Decimal(76)},
        {"systolic_mmhg": Decimal(118), "heart_rate_bpm": Decimal(150)},
        {},
    ],
)
def test_pressures_in_order_or_alone_raise_no_question(values):
    assert check_together(VITALS, values) == ()


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("systolic_mmhg", "90", Zone.RED_LOW),
        ("systolic_mmhg", "91", Zone.AMBER_LOW),
        ("systolic_mmhg", "100", Zone.AMBER_LOW),
        ("systolic_mmhg", "101", Zone.WITHIN),
        ("systolic_mmhg", "159", Zone.WITHIN),
        ("systolic_mmhg", "160", Zone.AMBER_HIGH),
        ("systolic_mmhg", "180", Zone.RED_HIGH),
        ("heart_rate_bpm", "40", Zone.RED_LOW),
        ("heart_rate_bpm", "50", Zone.AMBER_LOW),
        ("heart_rate_bpm", "111", Zone.AMBER_HIGH),
        ("heart_rate_bpm", "131", Zone.RED_HIGH),
        ("respiratory_rate_bpm", "8", Zone.RED_LOW),
        ("respiratory_rate_bpm", "9", Zone.AMBER_LOW),
        ("respiratory_rate_bpm", "21", Zone.AMBER_HIGH),
        ("respiratory_rate_bpm", "25", Zone.RED_HIGH),
        ("temperature_c", "35.0", Zone.RED_LOW),
        ("temperature_c", "35.1", Zone.WITHIN),
        ("temperature_c", "38.1", Zone.AMBER_HIGH),
        ("temperature_c", "39.1", Zone.RED_HIGH),
        ("spo2_percent", "91", Zone.RED_LOW),
        ("spo2_percent", "95", Zone.AMBER_LOW),
        ("spo2_percent", "96", Zone.WITHIN),
        ("glucose_mmol_l", "2.9", Zone.RED_LOW),
        ("glucose_mmol_l", "3.9", Zone.AMBER_LOW),
        ("glucose_mmol_l", "4.0", Zone.WITHIN),
        ("weight_kg", "300", Zone.WITHIN),
    ],
)
def test_the_limits_of_the_red_flag_table_are_reached_at_the_value_named(key, value, expected):
    assert zone(VITALS[key], Decimal(value)) is expected


def test_red_and_amber_have_two_sides():
    assert {each for each in Zone if each.is_red} == {Zone.RED_LOW, Zone.RED_HIGH}
    assert {each for each in Zone if each.is_amber} == {Zone.AMBER_LOW, Zone.AMBER_HIGH}


def test_limits_that_nobody_signed_are_draft():
    assert {vital.limits.evidence for vital in VITALS.values()} == {"draft"}
    assert {vital.evidence for vital in VITALS.values()} == {"draft"}


@pytest.mark.parametrize(
    ("key", "value", "unit", "stored"),
    [
        ("temperature_c", "98.6", "°F", "37.0"),
        ("temperature_c", "37.0", "°C", "37.0"),
        ("weight_kg", "150", "lb", "68.0"),
        ("glucose_mmol_l", "100", "mg/dL", "5.6"),
        ("height_cm", "70", "in", "178"),
    ],
)
def test_a_reading_in_another_unit_is_stored_converted_and_rounded(key, value, unit, stored):
    assert from_unit(VITALS[key], Decimal(value), unit) == Decimal(stored)


def test_a_unit_nobody_knows_is_refused():
    with pytest.raises(UnknownUnit, match="No conversion from stone to kg"):
        from_unit(VITALS["weight_kg"], Decimal(11), "stone")


@pytest.mark.parametrize("value", ["1E+40", "Infinity"])
def test_an_absurd_reading_in_another_unit_is_refused_like_any_other(value):
    stored = from_unit(VITALS["temperature_c"], Decimal(value), "°F")

    assert check(VITALS["temperature_c"], stored).verdict is Verdict.IMPOSSIBLE


def test_what_no_instrument_can_read_is_handed_back_as_it_came():
    weight = VITALS["weight_kg"]

    assert round_to(weight, Decimal("1234567890123.25")) == Decimal("1234567890123.3")
    assert round_to(weight, Decimal("12345678901234.25")) == Decimal("12345678901234.25")


def test_halves_round_away_from_zero():
    assert round_to(VITALS["temperature_c"], Decimal("36.85")) == Decimal("36.9")


@given(
    st.sampled_from(KEYS),
    st.decimals(allow_nan=True, allow_infinity=True),
)
def test_any_number_gets_one_verdict_and_a_refusal_always_says_why(key, value):
    found = check(VITALS[key], value)

    assert (found.message == "") == (found.verdict is Verdict.OK)
