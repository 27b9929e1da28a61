"""The rules of scoring, on small invented scales."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from stepdown.clinical.instruments import (
    ImpossibleAnswer,
    IncompleteAnswers,
    Raise,
    Subscale,
    answers_from_points,
    asked_items,
    derive,
    lower_bound,
    lowest_band,
    missing_items,
    raised,
    score,
    with_derived,
)
from tests.clinical.scales import PULSE, SUM, TIER, item


def at_least(instrument, answers):
    """The mildest band still possible."""
    return lowest_band(instrument, answers)


def test_a_complete_sum_has_its_total_and_its_band():
    result = score(SUM, {"pulse": "p2", "shiver": "p3"})

    assert (result.total, result.banded.key) == (5, "some")


def test_a_missing_item_is_named_and_gives_no_total():
    with pytest.raises(IncompleteAnswers) as refusal:
        score(SUM, {"pulse": "p2"})

    assert [each.key for each in refusal.value.missing] == ["shiver"]
    assert "Still to answer: Shiver." in str(refusal.value)


def test_an_empty_scale_misses_every_item():
    with pytest.raises(IncompleteAnswers) as refusal:
        score(SUM, {})

    assert [each.key for each in refusal.value.missing] == ["pulse", "shiver"]


def test_an_impossible_option_names_item_value_and_allowed_points():
    with pytest.raises(ImpossibleAnswer) as refusal:
        score(SUM, {"pulse": "p0", "shiver": "p2"})

    assert (refusal.value.item_key, refusal.value.value) == ("shiver", "p2")
    assert refusal.value.allowed == (0, 1, 3)
    assert str(refusal.value) == "SMALL: Shiver cannot be p2. Allowed: 0, 1, 3."


def test_an_impossible_answer_to_a_tier_names_the_allowed_codes():
    with pytest.raises(ImpossibleAnswer) as refusal:
        score(TIER, {"thought": "maybe"})

    assert refusal.value.allowed == ("no", "yes")


def test_an_impossible_answer_is_refused_even_while_others_are_missing():
    with pytest.raises(ImpossibleAnswer):
        score(SUM, {"shiver": "p9"})


def test_an_unknown_item_is_refused():
    with pytest.raises(ImpossibleAnswer, match="SMALL has no item 'mood'"):
        score(SUM, {"pulse": "p0", "shiver": "p0", "mood": "p0"})


def test_points_without_an_option_are_refused():
    with pytest.raises(ImpossibleAnswer) as refusal:
        answers_from_points(SUM, {"shiver": 2})

    assert refusal.value.allowed == (0, 1, 3)


def test_points_become_option_codes():
    assert answers_from_points(SUM, {"pulse": 2, "shiver": 0}) == {"pulse": "p2", "shiver": "p0"}


def test_points_for_an_unknown_item_are_refused():
    with pytest.raises(ImpossibleAnswer, match="no item 'mood'"):
        answers_from_points(SUM, {"mood": 1})


@pytest.mark.parametrize("truth", [True, False])
def test_true_and_false_are_no_points(truth):
    with pytest.raises(ImpossibleAnswer):
        answers_from_points(SUM, {"shiver": truth})


def test_the_lower_bound_counts_what_is_certain():
    assert lower_bound(SUM, {}) == 0
    assert lower_bound(SUM, {"shiver": "p3"}) == 3


def test_an_unanswered_item_that_cannot_be_zero_counts_with_its_least():
    scale = replace(SUM, items=(item("a", 1, 2), item("b", 1, 6)))

    assert lower_bound(scale, {"a": "p2"}) == 3


def test_the_lower_bound_refuses_impossible_answers():
    with pytest.raises(ImpossibleAnswer):
        lower_bound(SUM, {"shiver": "p9"})


def test_a_tier_has_no_lower_bound_in_points():
    assert lower_bound(TIER, {"thought": "yes"}) is None


def test_the_mildest_possible_band_follows_what_is_certain():
    assert at_least(SUM, {}) is None
    assert at_least(SUM, {"shiver": "p1"}).key == "none"
    assert at_least(SUM, {"shiver": "p3"}).key == "some"


def test_an_unfinished_tier_is_already_as_bad_as_its_worst_answer():
    assert at_least(TIER, {"thought": "yes", "plan": "yes"}).key == "high"
    assert at_least(TIER, {"thought": "no"}).key == "none"


def test_where_higher_is_better_nothing_is_certain_before_the_end():
    assert at_least(replace(SUM, higher_is_worse=False), {"shiver": "p3"}) is None


@pytest.mark.parametrize(
    ("answers", "tier"),
    [
        ({"thought": "no", "past": "no"}, "none"),
        ({"thought": "no", "past": "yes"}, "low"),
        ({"thought": "yes", "plan": "no", "past": "no"}, "low"),
        ({"thought": "yes", "plan": "yes", "past": "no"}, "high"),
    ],
)
def test_the_first_tier_that_holds_wins(answers, tier):
    result = score(TIER, answers)

    assert (result.total, result.banded.key) == (None, tier)


def test_an_item_not_asked_is_not_missing():
    assert [each.key for each in asked_items(TIER, {"thought": "no"})] == ["thought", "past"]
    assert [each.key for each in missing_items(TIER, {"thought": "yes"})] == ["plan", "past"]


@pytest.mark.parametrize("answers", [{"thought": "no", "plan": "yes"}, {"plan": "yes"}])
def test_an_answer_to_an_item_not_asked_is_refused(answers):
    with pytest.raises(ImpossibleAnswer, match="Plan is not asked after these answers") as refusal:
        score(TIER, answers)

    assert refusal.value.allowed == ()


@pytest.mark.parametrize(("bpm", "code"), [("0", "p0"), ("80", "p0"), ("80.0", "p0"), ("81", "p2")])
def test_a_derived_item_follows_the_vital_sign(bpm, code):
    assert derive(PULSE, Decimal(bpm)).code == code


@pytest.mark.parametrize("value", ["80.5", "-1", "NaN", "Infinity"])
def test_a_vital_sign_between_or_outside_the_steps_is_refused_not_rounded(value):
    with pytest.raises(ValueError, match="needs a whole number"):
        derive(PULSE, Decimal(value))


def test_an_item_a_person_answers_cannot_be_derived():
    with pytest.raises(ValueError, match="answered by a person"):
        derive(item("shiver", 0, 1), Decimal(1))


def test_derived_items_are_filled_in_from_vital_signs():
    vitals = {"heart_rate_bpm": Decimal(90)}

    assert with_derived(SUM, {"shiver": "p1"}, vitals) == {"shiver": "p1", "pulse": "p2"}


def test_without_the_vital_sign_the_derived_item_stays_unanswered():
    completed = with_derived(SUM, {"shiver": "p1"}, {})

    assert [each.key for each in missing_items(SUM, completed)] == ["pulse"]


@pytest.mark.parametrize("code", ["p0", "p2"])
def test_a_derived_item_cannot_be_set_even_to_the_right_value(code):
    with pytest.raises(ImpossibleAnswer, match="cannot be set"):
        with_derived(SUM, {"pulse": code}, {"heart_rate_bpm": Decimal(90)})


def test_items_bands_and_options_are_found_by_name():
    assert SUM.item("mood") is None
    assert SUM.band("some") is SUM.bands[1]
    assert SUM.band("huge") is None
    assert SUM.items[1].highest_points == 3
    assert SUM.items[1].lowest_points == 0
    assert SUM.items[1].option_worth(2) is None


def test_a_total_outside_every_band_is_an_error_not_a_guess():
    with pytest.raises(ValueError, match="no band for 0"):
        score(replace(SUM, bands=SUM.bands[1:]), {"pulse": "p0", "shiver": "p0"})


def test_answers_outside_every_tier_are_an_error_not_a_guess():
    with pytest.raises(ValueError, match="no tier"):
        score(replace(TIER, bands=TIER.bands[:2]), {"thought": "no", "past": "no"})


def test_an_item_without_points_adds_nothing():
    thought = TIER.items[0]

    assert (thought.allowed_points, thought.lowest_points, thought.highest_points) == ((), 0, 0)


def test_a_result_without_a_band_is_never_read_as_one_that_has_it():
    scale = replace(SUM, bands=(), unbanded="None were published.")
    result = score(scale, {"pulse": "p2", "shiver": "p3"})

    assert (result.total, result.band) == (5, None)
    assert lowest_band(scale, {"shiver": "p3"}) is None
    with pytest.raises(ValueError, match="no published bands"):
        _ = result.banded


def test_parts_and_raises_are_found_by_name():
    part = Subscale("half", "Half", ("shiver",), 3, SUM.bands)
    rule = Raise("cold", "Cold", "Warm them.", "warn", "Invented.", ())
    scale = replace(SUM, subscales=(part,), raises=(rule,))

    assert (scale.subscale("half"), scale.subscale("whole")) == (part, None)
    assert (part.band("some"), part.band("huge")) == (SUM.bands[1], None)
    assert (scale.raise_of("cold"), scale.raise_of("hot")) == (rule, None)


def test_a_rule_without_anything_to_fire_on_never_fires():
    scale = replace(SUM, raises=(Raise("cold", "Cold", "Warm them.", "warn", "Invented.", ()),))

    assert raised(scale, {"shiver": "p3"}) == ()
