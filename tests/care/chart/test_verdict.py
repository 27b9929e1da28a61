"""The one sentence of a course: measured, with its age, and never a forecast."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from stepdown.records.models import Observation
from tests import factories
from tests.care.chart.conftest import NOW, match, words

pytestmark = pytest.mark.django_db


def said(response) -> str:
    """The headline and its sentences as text."""
    return words(match(r'<div class="verdict">(.*?)</div>', response.text)[1])


def test_a_course_without_a_score_says_so_and_when_one_is_due(chart, enter):
    enter(nurse=True)

    words = said(chart())

    assert "No score yet" in words
    assert "The next was due at" in words


def test_the_latest_score_is_held_against_the_one_before_and_the_highest(chart, enter, scored):
    enter(nurse=True)
    scored(9, 18)
    scored(5, 15)
    scored(1, 12)

    response = chart()

    assert said(response) == (
        "Lower than before COWS 12 at 05:30: 3 points lower than at 01:30. Taken 1 h ago . "
        "Highest so far 18, Wed 21:30. Next at 09:30."
    )
    assert re.search(r'<span class="sev" data-n="1">.*12 Mild</span>', response.text)


def test_a_rise_a_fall_and_no_change_each_have_their_words(chart, enter, scored):
    enter(nurse=True)
    scored(3, 8)
    assert "First score" in said(chart())
    scored(2, 12)
    assert said(chart()).startswith("Higher than before")
    assert "4 points higher than at 03:30" in said(chart())
    assert "That is the highest so far." in said(chart())
    scored(1, 12)
    assert "Same as the score before" in said(chart())


def test_an_old_score_is_called_old_before_anything_else(chart, enter, scored):
    enter(nurse=True)
    scored(30, 15)
    scored(20, 12)

    words = said(chart())

    assert words.startswith("The last score is old")
    assert "20 h ago" in words
    assert "The next was due at" in words


@pytest.mark.parametrize(
    ("how", "words"), [("asleep", "asleep, not scored"), ("refused", "said no, not scored")]
)
def test_a_look_that_gave_no_score_is_told_with_its_reason(chart, enter, scored, how, words):
    enter(nurse=True)
    scored(3, 12)
    scored(0.5, **{how: True})

    told = said(chart())

    assert "The last look gave no score" in told
    assert f"At 06:00: {words}." in told
    assert "COWS 12 at 03:30" in told


def test_an_unfinished_scale_says_its_least_and_never_a_total(chart, enter, stay, scored):
    enter(nurse=True)
    scored(4, 12)
    factories.CowsFactory(
        episode=stay,
        occurred_at=NOW - timedelta(minutes=30),
        outcome=Observation.Outcome.PARTIAL,
        at_least=7,
        reason="called away",
    )

    response = chart()

    assert "at least 7, not finished, not scored" in said(response)
    assert "06:00: at least 7, not finished</title>" in response.text
    assert 'data-n="1"' in response.text  # the chip is still that of the last full score


def test_a_corrected_score_never_speaks(chart, enter, stay, scored):
    enter(nurse=True)
    wrong = scored(1, 30)
    factories.CowsFactory(
        episode=stay, occurred_at=wrong.occurred_at, scored=3, replaces=wrong, why="wrong bed"
    )

    words = said(chart())

    assert "COWS 3 at" in words
    assert "30" not in words.replace("05:30", "").replace("09:30", "")


def test_no_forecast_and_no_dose_is_drawn_from_nothing(chart, enter, scored):
    enter(nurse=True)
    scored(1, 12)

    response = chart()

    assert "ribbon" not in response.text
    assert "expected" not in said(response).lower()
