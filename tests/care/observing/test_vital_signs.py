"""Vital signs as typed: units, decimals, what cannot be, and what is asked twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from stepdown.care.observing import amounts
from stepdown.clinical import units
from stepdown.content import library
from stepdown.records.models import VITALS, Observation
from tests.support import fields_of


def read(key: str, text: str, unit: str = "") -> Decimal:
    return amounts.amount(library.vitals()[key], text, unit).value


@pytest.mark.parametrize(
    ("key", "text", "unit", "kept"),
    [
        ("temperature_c", "37,2", "°C", "37.2"),
        ("temperature_c", " 37.2 ", "°C", "37.2"),
        ("temperature_c", "98.6", "°F", "37.0"),
        ("temperature_c", "101,3", "°F", "38.5"),
        ("weight_kg", "150", "lb", "68.0"),
        ("weight_kg", "68", "kg", "68.0"),
        ("height_cm", "70", "in", "178"),
        ("glucose_mmol_l", "99", "mg/dL", "5.5"),
        ("glucose_mmol_l", "5,5", "mmol/L", "5.5"),
        ("heart_rate_bpm", "088", "", "88"),
        ("pain_0_10", "0", "", "0"),
    ],
)
def test_a_number_is_kept_in_the_records_own_unit(key, text, unit, kept):
    assert format(read(key, text, unit), "f") == kept


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "Infinity",
        "-inf",
        "1e2",
        "0x50",
        "８８",
        "٨٨",
        "8 8",
        "88bpm",
        "--88",
        "1,2,3",
        "9" * 400,
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValidationError, match="Enter a number"):
        read("heart_rate_bpm", text)


def test_a_separator_that_could_mean_thousands_is_refused():
    with pytest.raises(ValidationError, match="could be read in two ways"):
        read("glucose_mmol_l", "1,250", "mg/dL")


def test_a_number_without_its_unit_is_refused_where_there_are_several():
    with pytest.raises(ValidationError, match="Say in which unit: °C or °F"):
        read("temperature_c", "98.6")


def test_a_unit_that_is_not_offered_is_refused():
    with pytest.raises(ValidationError, match="Say in which unit"):
        read("weight_kg", "70", "°F")


@pytest.mark.parametrize(
    ("key", "text", "unit", "said"),
    [
        ("heart_rate_bpm", "1000", "", "Enter 20 to 250 bpm"),
        ("heart_rate_bpm", "-5", "", "Enter 20 to 250 bpm"),
        ("heart_rate_bpm", "80.5", "", "recorded to the whole number"),
        ("temperature_c", "37.25", "°C", "recorded to 1 decimal place"),
        ("temperature_c", "98.6", "°C", "Enter 25 to 45 °C"),
        ("temperature_c", "986", "°F", "986 °F is 530 °C. Temperature cannot be that. Enter 77 to"),
        ("spo2_percent", "101", "", "Enter 40 to 100 %"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_range_in_the_unit_typed(key, text, unit, said):
    with pytest.raises(ValidationError) as refused:
        read(key, text, unit)

    assert said in refused.value.messages[0]


@given(
    key=st.sampled_from(["temperature_c", "weight_kg", "glucose_mmol_l", "height_cm"]),
    typed=st.decimals(min_value=1, max_value=999, places=1),
)
def test_the_line_handed_to_the_script_is_the_conversion(key, typed):
    vital = library.vitals()[key]
    factor, offset = amounts.slope(vital, vital.entry_units[0])
    exact = units.convert(typed, vital.entry_units[0], vital.unit)

    assert abs(factor * typed + offset - exact) < Decimal("1e-12")


@pytest.mark.django_db
def test_an_impossible_value_is_refused_and_nothing_is_saved(bedside, enter):
    enter(nurse=True)

    response = bedside.send(bedside.filled(heart_rate_bpm="1000"))

    assert response.status_code == 422
    assert "Heart rate 1000 bpm cannot be right. Enter 20 to 250 bpm" in response.text
    assert not Observation.objects.exists()


@pytest.mark.django_db
def test_an_unusual_value_is_asked_about_at_the_first_answer_and_taken_at_the_second(
    bedside, enter
):
    enter(nurse=True)

    first = bedside.send(bedside.filled(heart_rate_bpm="88", systolic_mmhg="186"))
    asked = fields_of(first.text, "sheet")
    second = bedside.send({**asked, "do": "score", "confirmed": "systolic_mmhg"})

    assert (first.status_code, second.status_code) == (422, 303)
    assert "Systolic pressure 186 mmHg is outside 91 to 179." in first.text
    assert asked["systolic_mmhg-asked"] == "186"
    vitals = Observation.objects.get(kind=VITALS)
    assert (vitals.values["systolic_mmhg"], vitals.asked_twice) == ("186", ["systolic_mmhg"])


@pytest.mark.django_db
def test_questions_and_mistakes_come_in_one_answer(bedside, enter):
    enter(nurse=True)

    response = bedside.send(bedside.filled({}, heart_rate_bpm="150", spo2_percent="12"))

    assert "Heart rate 150 bpm is outside" in response.text
    assert "Oxygen saturation 12 % cannot be right." in response.text
    assert "Choose a score for Gooseflesh skin." in response.text


@pytest.mark.django_db
def test_a_tick_counts_only_for_the_number_it_was_given_for(bedside, enter):
    enter(nurse=True)
    ticked = {"confirmed": "systolic_mmhg", "systolic_mmhg-asked": "186"}

    response = bedside.send({**bedside.blank(), "do": "vitals", **ticked, "systolic_mmhg": "216"})

    assert response.status_code == 422
    assert "Systolic pressure 216 mmHg is outside" in response.text
    assert not Observation.objects.exists()


@pytest.mark.django_db
def test_a_personal_target_decides_what_is_unusual_for_this_person(bedside, enter, stay):
    enter(nurse=True)
    stay.targets = {"heart_rate_bpm": ["50", "85"]}
    stay.save()

    response = bedside.send({**bedside.blank(), "do": "vitals", "heart_rate_bpm": "88"})

    assert response.status_code == 422
    assert "Heart rate 88 bpm is outside 50 to 85." in response.text


@pytest.mark.django_db
def test_pressures_the_wrong_way_round_are_refused(bedside, enter):
    enter(nurse=True)
    swapped = {"systolic_mmhg": "80", "diastolic_mmhg": "120"}

    response = bedside.send({**bedside.blank(), "do": "vitals", **swapped})

    assert response.status_code == 422
    assert "Were they swapped?" in response.text


@pytest.mark.django_db
def test_what_is_kept_of_another_unit_is_shown(bedside, enter):
    enter(nurse=True)
    sent = bedside.filled({}, temperature_c="98.6", **{"temperature_c-unit": "°F"})

    response = bedside.send(sent)

    assert "= 37 °C" in response.text
    assert fields_of(response.text, "sheet")["temperature_c-unit"] == "°F"


@pytest.mark.django_db
def test_a_vital_sign_outside_the_scale_page_is_not_read(client, enter, stay, bedside):
    enter(nurse=True)
    bedside.url = f"/people/{stay.pk}/observe/cows/"

    sent = bedside.filled(heart_rate_bpm="72", spo2_percent="12")

    assert bedside.send(sent).status_code == 303
    assert Observation.objects.get(kind=VITALS).values == {"heart_rate_bpm": "72"}
