"""Symptoms: shown only as far as a score went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.clinical.instruments import answers_from_points
from stepdown.clinical.symptoms import Presence, Reading, findings
from stepdown.content import library

CATALOGUE = library.symptoms()
COWS = library.instrument("cows")
KEYS = [item.key for item in COWS.items]
START = datetime(2027, 1, 4, 16, 55, tzinfo=UTC)

BY_KEY = {symptom.key: symptom for symptom in CATALOGUE.symptoms}


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def reading(hours, points=None, **vitals):
    """A reading: COWS points by item key, and vital signs."""
    answers = {"cows": answers_from_points(COWS, points)} if points is not None else {}
    return Reading(at(hours), answers, {key: Decimal(value) for key, value in vitals.items()})


def found(key, *readings):
    return next(each for each in findings(CATALOGUE, readings) if each.symptom.key == key)


def test_the_early_and_the_late_symptoms_are_all_there():
    early = {each.key for each in CATALOGUE.of_stage("early")}
    late = {each.key for each in CATALOGUE.of_stage("late")}

    assert {"runny_nose_or_tearing", "sweating", "yawning", "restlessness"} == early
    assert {
        "aches", "sleeplessness", "cramps", "vomiting_or_diarrhoea", "nausea_or_loose_stool",
        "fast_heart", "high_blood_pressure", "shakes", "anxiety_or_irritability",
        "larger_pupils", "gooseflesh",
    } == late  # fmt: skip


@pytest.mark.parametrize(
    ("key", "joins"),
    [
        ("runny_nose_or_tearing", ("runny nose", "watery eyes")),
        ("nausea_or_loose_stool", ("nausea", "loose stool")),
        ("vomiting_or_diarrhoea", ("vomiting", "diarrhoea")),
        ("anxiety_or_irritability", ("anxiety", "irritability")),
    ],
)
def test_what_a_score_joins_stays_joined(key, joins):
    assert BY_KEY[key].joins == joins
    assert " or " in BY_KEY[key].label
    alone = {part.replace(" ", "_") for part in joins}
    assert not alone & set(BY_KEY)


def test_every_cows_item_is_seen_by_some_symptom_but_the_derived_pulse():
    seen = {symptom.item.item for symptom in CATALOGUE.symptoms if symptom.item is not None}

    assert seen == set(KEYS) - {"pulse"}


def test_every_answer_of_an_item_speaks_of_at_least_one_symptom():
    for item in COWS.items[1:]:
        fields = [each.item for each in CATALOGUE.symptoms if each.item is not None]
        told = {
            code
            for field in fields
            if field.item == item.key
            for code in (*field.present, *field.absent)
        }
        assert told == {option.code for option in item.options}


def test_before_any_look_a_symptom_is_not_observed_and_never_absent():
    states = {each.symptom.key: each.presence for each in findings(CATALOGUE, [])}

    assert states.pop("sleeplessness") is Presence.NOT_ASKED
    assert set(states.values()) == {Presence.NOT_OBSERVED}
    assert all((each.strength, each.strengths) == (0, 0) for each in findings(CATALOGUE, []))


def test_sleeplessness_stays_not_asked_whatever_is_recorded():
    finding = found("sleeplessness", reading(0, {"yawning": 0}, heart_rate_bpm="80"))

    assert finding.presence is Presence.NOT_ASKED
    assert finding.field is None


def test_a_present_symptom_says_since_when_how_strong_and_from_which_field():
    finding = found(
        "yawning",
        reading(0, {"yawning": 0}),
        reading(1, {"yawning": 1}),
        reading(5, {"yawning": 4}),
    )

    assert finding.presence is Presence.PRESENT
    assert (finding.since, finding.last_seen, finding.observed_at) == (at(1), at(5), at(5))
    assert (finding.field, finding.answer) == (("cows", "yawning"), "several_a_minute")
    assert (finding.strength, finding.strengths) == (3, 3)


def test_an_observed_absence_ends_the_run_and_keeps_when_it_was_last_seen():
    finding = found("shakes", reading(0, {"tremor": 2}), reading(4, {"tremor": 0}))

    assert finding.presence is Presence.ABSENT
    assert (finding.since, finding.last_seen, finding.observed_at) == (None, at(0), at(4))
    assert finding.strength == 0


def test_a_new_run_starts_after_an_observed_absence():
    finding = found(
        "shakes",
        reading(0, {"tremor": 2}),
        reading(4, {"tremor": 0}),
        reading(8, {"tremor": 1}),
    )

    assert (finding.presence, finding.since) == (Presence.PRESENT, at(8))


def test_a_look_that_did_not_touch_on_it_neither_ends_nor_refreshes_it():
    finding = found(
        "shakes", reading(0, {"tremor": 2}), reading(4, heart_rate_bpm="80"), reading(5, {})
    )

    assert (finding.presence, finding.observed_at) == (Presence.PRESENT, at(0))


def test_under_a_worse_answer_cramps_are_not_told_rather_than_absent():
    finding = found("cramps", reading(0, {"gi_upset": 1}), reading(4, {"gi_upset": 3}))

    assert finding.presence is Presence.NOT_TOLD
    assert (finding.since, finding.last_seen, finding.observed_at) == (None, at(0), at(4))


def test_a_run_goes_on_over_a_look_that_could_not_tell():
    finding = found(
        "cramps",
        reading(0, {"gi_upset": 1}),
        reading(4, {"gi_upset": 3}),
        reading(8, {"gi_upset": 1}),
    )

    assert (finding.presence, finding.since, finding.last_seen) == (
        Presence.PRESENT,
        at(0),
        at(8),
    )


@pytest.mark.parametrize(
    ("points", "cramps", "nausea", "vomiting"),
    [
        (0, "absent", "absent", "absent"),
        (1, "present", "absent", "absent"),
        (2, "not_told", "present", "absent"),
        (3, "not_told", "not_told", "present"),
        (5, "not_told", "not_told", "present"),
    ],
)
def test_gi_upset_says_no_more_than_its_worst_symptom(points, cramps, nausea, vomiting):
    look = reading(0, {"gi_upset": points})

    assert found("cramps", look).presence.value == cramps
    assert found("nausea_or_loose_stool", look).presence.value == nausea
    assert found("vomiting_or_diarrhoea", look).presence.value == vomiting


@pytest.mark.parametrize(
    ("key", "vital", "value", "presence", "strength"),
    [
        ("fast_heart", "heart_rate_bpm", "110", Presence.ABSENT, 0),
        ("fast_heart", "heart_rate_bpm", "111", Presence.PRESENT, 1),
        ("fast_heart", "heart_rate_bpm", "131", Presence.PRESENT, 2),
        ("high_blood_pressure", "systolic_mmhg", "159", Presence.ABSENT, 0),
        ("high_blood_pressure", "systolic_mmhg", "160", Presence.PRESENT, 1),
        ("high_blood_pressure", "systolic_mmhg", "180", Presence.PRESENT, 2),
    ],
)
def test_heart_and_pressure_count_from_the_amber_limit(key, vital, value, presence, strength):
    finding = found(key, reading(0, **{vital: value}))

    assert (finding.presence, finding.strength, finding.value) == (
        presence,
        strength,
        Decimal(value),
    )
    assert finding.field == ("vitals", vital)


def test_a_reading_without_the_sign_leaves_the_pressure_not_observed():
    finding = found("high_blood_pressure", reading(0, heart_rate_bpm="120"))

    assert finding.presence is Presence.NOT_OBSERVED


def test_readings_out_of_order_are_refused():
    with pytest.raises(ValueError, match="ordered by time"):
        findings(CATALOGUE, [reading(4, {"tremor": 0}), reading(0, {"tremor": 1})])


def test_two_readings_of_the_same_moment_are_in_order():
    finding = found("shakes", reading(4, {"tremor": 0}), reading(4, {"tremor": 1}))

    assert finding.presence is Presence.PRESENT


ALLOWED = {item.key: item.allowed_points for item in COWS.items}

some_points = st.dictionaries(st.sampled_from(KEYS[1:]), st.integers(0, 3), max_size=10).map(
    lambda chosen: {
        key: ALLOWED[key][position % len(ALLOWED[key])] for key, position in chosen.items()
    }
)


@given(st.lists(some_points, max_size=8))
def test_no_symptom_is_called_absent_unless_a_field_said_so(scores):
    readings = [reading(hour, points) for hour, points in enumerate(scores)]

    for finding in findings(CATALOGUE, readings):
        if finding.presence is Presence.ABSENT:
            assert finding.symptom.item is not None
            assert finding.answer in finding.symptom.item.absent
        if finding.presence is Presence.PRESENT:
            assert finding.since is not None
            assert finding.last_seen is not None
            assert finding.since <= finding.last_seen == finding.observed_at
        assert (finding.since is not None) == (finding.presence is Presence.PRESENT)
