"""The C-SSRS screener: the whole truth table, and what branching may not hide."""

from __future__ import annotations

from itertools import product

import pytest

from stepdown.clinical.instruments import (
    ImpossibleAnswer,
    IncompleteAnswers,
    lowest_band,
    missing_items,
    score,
)
from stepdown.content import library

SCREENER = library.instrument("cssrs_screener")
KEYS = [item.key for item in SCREENER.items]


def combinations():
    """Every complete way through the questions."""
    for q1, q2, ever in product(("no", "yes"), repeat=3):
        ideation = product(("no", "yes"), repeat=3) if q2 == "yes" else [()]
        for follow_up in ideation:
            for recent in [("no",), ("yes",)] if ever == "yes" else [()]:
                answers = {"q1": q1, "q2": q2, "q6_lifetime": ever}
                answers.update(zip(("q3", "q4", "q5"), follow_up, strict=False))
                answers.update(zip(("q6_past_3_months",), recent, strict=False))
                yield answers


TABLE = list(combinations())


def at_least(answers):
    """The mildest tier still possible."""
    return lowest_band(SCREENER, answers)


def published_tier(answers):
    """The tier table, written out a second time."""
    said = {key for key, answer in answers.items() if answer == "yes"}
    if said & {"q4", "q5", "q6_past_3_months"}:
        return "high"
    if "q3" in said or "q6_lifetime" in said:
        return "moderate"
    return "low" if said & {"q1", "q2"} else "none"


def test_the_truth_table_has_every_way_through():
    assert len(TABLE) == 2 * (1 + 8) * (1 + 2)
    assert len({tuple(sorted(each.items())) for each in TABLE}) == len(TABLE)


@pytest.mark.parametrize("answers", TABLE)
def test_every_way_through_gives_the_published_tier_and_no_number(answers):
    result = score(SCREENER, answers)

    assert (result.total, result.banded.key) == (None, published_tier(answers))


@pytest.mark.parametrize("answers", TABLE)
def test_turning_one_no_into_yes_never_lowers_the_tier(answers):
    before = score(SCREENER, answers).banded.severity
    for key in [each for each, answer in answers.items() if answer == "no"]:
        worse = {**answers, key: "yes"}
        for item in missing_items(SCREENER, worse):
            worse[item.key] = "no"
        assert score(SCREENER, worse).banded.severity >= before


@pytest.mark.parametrize("answers", TABLE)
def test_no_partial_answer_yields_a_tier(answers):
    for key in answers:
        children = [
            item.key
            for item in SCREENER.items
            if any(condition.item == key for condition in item.asked_when)
        ]
        partial = {k: code for k, code in answers.items() if k != key and k not in children}
        with pytest.raises(IncompleteAnswers):
            score(SCREENER, partial)
        if partial:
            assert at_least(partial).severity <= score(SCREENER, answers).banded.severity


@pytest.mark.parametrize("skipped", ["q3", "q4", "q5"])
def test_no_to_question_2_leads_past_questions_3_to_5(skipped):
    answers = {"q1": "yes", "q2": "no", "q6_lifetime": "no"}

    assert score(SCREENER, answers).banded.key == "low"
    with pytest.raises(ImpossibleAnswer, match="not asked"):
        score(SCREENER, {**answers, skipped: "no"})


def test_the_past_three_months_are_asked_only_after_behaviour_ever():
    answers = {"q1": "no", "q2": "no", "q6_lifetime": "yes"}

    assert [item.key for item in missing_items(SCREENER, answers)] == ["q6_past_3_months"]
    with pytest.raises(ImpossibleAnswer, match="not asked"):
        score(SCREENER, {**answers, "q6_lifetime": "no", "q6_past_3_months": "yes"})


def test_an_unfinished_screen_with_intent_is_already_high():
    unfinished = {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "yes"}

    assert at_least(unfinished).key == "high"


def test_questions_whose_wording_was_not_checked_are_draft_and_the_notice_is_kept():
    assert {item.evidence for item in SCREENER.items} == {"draft"}
    assert SCREENER.evidence == "draft"
    assert "Copyright" in SCREENER.notice


def test_the_questions_carry_their_codes_in_order():
    assert [item.loinc for item in SCREENER.items] == [
        "93246-7", "93247-5", "93248-3", "93249-1", "93250-9", "93267-3", "93269-9"
    ]  # fmt: skip
