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

POINTS = {
    item.key: {option.code: option.points or 0 for option in item.options} for item in COWS.items
}


def total(answers):
    """The total of a complete score, which is never None here."""
    return score(COWS, answers).total


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
    assert (result.total, result.banded.key) == (example.total, example.band)


def test_every_reading_of_the_six_journeys_is_a_worked_example():
    readings = [each.name.split()[1] for each in COWS.examples if "journey" in each.name]

    assert {who: readings.count(who) for who in "ABCDEF"} == {
        "A": 22, "B": 18, "C": 11, "D": 12, "E": 7, "F": 4
    }  # fmt: skip


def test_the_total_of_c_at_10_30_is_14_whatever_was_typed_beside_it():
    points = dict(zip(KEYS, [1, 2, 1, 1, 2, 1, 2, 1, 1, 2, 0], strict=True))

    result = score(COWS, answers_from_points(COWS, points))

    assert (result.total, result.banded.key) == (14, "moderate")


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
    found = {band.key: (band.severity, band.at_least, band.at_most) for band in COWS.bands}

    assert found[key] == (severity, at_least, at_most)
    edges = {each.total for each in COWS.examples if each.band == key}
    assert {at_least, at_most} <= edges


@given(complete)
def test_any_complete_score_is_the_sum_of_its_points_and_lies_in_its_band(answers):
    band = score(COWS, answers).banded

    assert total(answers) == sum(POINTS[key][code] for key, code in answers.items())
    assert total(answers) in range(band.at_least or 0, (band.at_most or 0) + 1)


@given(complete, st.sets(st.sampled_from(KEYS), min_size=1))
def test_no_partial_answer_yields_a_total_and_the_lower_bound_never_exceeds_it(answers, gaps):
    partial = {key: code for key, code in answers.items() if key not in gaps}

    with pytest.raises(IncompleteAnswers) as refusal:
        score(COWS, partial)

    assert {item.key for item in refusal.value.missing} == gaps
    bound = sum(POINTS[key][code] for key, code in partial.items())
    assert lower_bound(COWS, partial) == bound <= total(answers)


@given(complete, st.sampled_from(KEYS), st.data())
def test_a_worse_answer_never_lowers_the_total_or_the_severity(answers, key, data):
    now = POINTS[key][answers[key]]
    worse = [code for code, points in POINTS[key].items() if points >= now]
    after = {**answers, key: data.draw(st.sampled_from(worse))}

    assert total(after) >= total(answers)
    assert score(COWS, after).banded.severity >= score(COWS, answers).banded.severity


@pytest.mark.parametrize(
    ("position", "points", "anchor"),
    [
        (0, 4, "Pulse rate greater than 120"),
        (1, 1, "Subjective report of chills or flushing"),
        (3, 5, "Pupils so dilated that only the rim of the iris is visible"),
        (6, 5, "Multiple episodes of diarrhea or vomiting"),
        (10, 3, "Piloerection of skin can be felt or hairs standing up on arms"),
    ],
)
def test_the_full_published_anchor_is_kept_beside_the_button_label(position, points, anchor):
    (option,) = [each for each in COWS.items[position].options if each.points == points]

    assert option.text == anchor
    assert len(option.short) < len(option.text)


def test_no_loinc_code_is_claimed_for_cows():
    assert COWS.loinc is None
    assert all(item.loinc is None for item in COWS.items)
