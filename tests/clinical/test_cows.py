"""COWS as published: every allowed value, every band edge, every reading of the journeys."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.clinical.instruments import (
    ImpossibleAnswer,
    IncompleteAnswers,
    answers_from_points,
    derive,
    lower_bound,
    score,
)
from stepdown.content import library
from stepdown.content.review import example_answers

COWS = library.instrument("cows")
KEYS = [item.key for item in COWS.items]

PUBLISHED_POINTS = {
    "pulse": {0, 1, 2, 4},
    "sweating": {0, 1, 2, 3, 4},
    "restlessness": {0, 1, 3, 5},
    "pupils": {0, 1, 2, 5},
    "aches": {0, 1, 2, 4},
    "nose_or_tears": {0, 1, 2, 4},
    "gi_upset": {0, 1, 2, 3, 5},
    "tremor": {0, 1, 2, 4},
    "yawning": {0, 1, 2, 4},
    "anxiety_or_irritability": {0, 1, 2, 4},
    "gooseflesh": {0, 3, 5},
}

complete = st.fixed_dictionaries(
    {item.key: st.sampled_from([option.code for option in item.options]) for item in COWS.items}
)


def test_there_are_eleven_items_in_the_published_order():
    assert list(PUBLISHED_POINTS) == KEYS


@pytest.mark.parametrize("item", COWS.items, ids=KEYS)
@pytest.mark.parametrize("points", range(-1, 7))
def test_exactly_the_published_points_are_accepted(item, points):
    if points in PUBLISHED_POINTS[item.key]:
        assert answers_from_points(COWS, {item.key: points})
    else:
        with pytest.raises(ImpossibleAnswer):
            answers_from_points(COWS, {item.key: points})


def test_the_highest_total_is_48():
    assert COWS.maximum == sum(max(points) for points in PUBLISHED_POINTS.values()) == 48


@pytest.mark.parametrize(
    ("bpm", "points"), [(80, 0), (81, 1), (100, 1), (101, 2), (120, 2), (121, 4)]
)
def test_the_pulse_item_changes_at_the_published_rates(bpm, points):
    assert derive(COWS.items[0], Decimal(bpm)).points == points


@pytest.mark.parametrize("example", COWS.examples, ids=[each.name for each in COWS.examples])
def test_a_worked_example_scores_as_written_with_its_pulse_from_the_heart_rate(example):
    answers = example_answers(COWS, example)
    result = score(COWS, answers)

    assert derive(COWS.items[0], example.vitals["heart_rate_bpm"]).code == answers["pulse"]
    assert (result.total, result.band.key) == (example.total, example.band)


def test_every_reading_of_the_six_journeys_is_a_worked_example():
    readings = [each.name.split()[1] for each in COWS.examples if "journey" in each.name]

    assert {who: readings.count(who) for who in "ABCDEF"} == {
        "A": 22, "B": 18, "C": 11, "D": 12, "E": 7, "F": 4
    }  # fmt: skip


def test_the_total_of_c_at_10_30_is_14_whatever_was_typed_beside_it():
    points = dict(zip(KEYS, [1, 2, 1, 1, 2, 1, 2, 1, 1, 2, 0], strict=True))

    result = score(COWS, answers_from_points(COWS, points))

    assert (result.total, result.band.key) == (14, "moderate")


@pytest.mark.parametrize(
    ("key", "severity", "at_least", "at_most"),
    [
        ("none", 0, 0, 4),
        ("mild", 1, 5, 12),
        ("moderate", 2, 13, 24),
        ("moderately_severe", 3, 25, 36),
        ("severe", 4, 37, 48),
    ],
)
def test_the_published_bands_are_complete_with_25_to_36(key, severity, at_least, at_most):
    band = COWS.band(key)

    assert (band.severity, band.at_least, band.at_most) == (severity, at_least, at_most)
    edges = {each.total for each in COWS.examples if each.band == key}
    assert {at_least, at_most} <= edges


@given(complete)
def test_any_complete_score_is_the_sum_of_its_points_and_lies_in_its_band(answers):
    result = score(COWS, answers)

    points = [COWS.item(key).option(code).points for key, code in answers.items()]
    assert result.total == sum(points)
    assert result.band.at_least <= result.total <= result.band.at_most


@given(complete, st.sets(st.sampled_from(KEYS), min_size=1))
def test_no_partial_answer_yields_a_total_and_the_lower_bound_never_exceeds_it(answers, gaps):
    partial = {key: code for key, code in answers.items() if key not in gaps}

    with pytest.raises(IncompleteAnswers) as refusal:
        score(COWS, partial)

    assert {item.key for item in refusal.value.missing} == gaps
    assert lower_bound(COWS, partial) <= score(COWS, answers).total


@given(complete, st.sampled_from(KEYS), st.data())
def test_a_worse_answer_never_lowers_the_total_or_the_severity(answers, key, data):
    before = score(COWS, answers)
    points = COWS.item(key).option(answers[key]).points
    worse = [option.code for option in COWS.item(key).options if option.points >= points]

    after = score(COWS, {**answers, key: data.draw(st.sampled_from(worse))})

    assert after.total >= before.total
    assert after.band.severity >= before.band.severity


@pytest.mark.parametrize(
    ("item", "points", "anchor"),
    [
        ("pulse", 4, "Pulse rate greater than 120"),
        ("sweating", 1, "Subjective report of chills or flushing"),
        ("pupils", 5, "Pupils so dilated that only the rim of the iris is visible"),
        ("gi_upset", 5, "Multiple episodes of diarrhea or vomiting"),
        ("gooseflesh", 3, "Piloerection of skin can be felt or hairs standing up on arms"),
    ],
)
def test_the_full_published_anchor_is_kept_beside_the_button_label(item, points, anchor):
    option = COWS.item(item).option_worth(points)

    assert option.text == anchor
    assert len(option.short) < len(option.text)


def test_no_loinc_code_is_claimed_for_cows():
    assert COWS.loinc is None
    assert all(item.loinc is None for item in COWS.items)
