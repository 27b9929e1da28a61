"""The state machine as data, and what an admission still lacks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.clinical.episodes import missing_for
from stepdown.content import library

TABLE = library.episode_states()


def line(leave, enter):
    """The line of the table for this pair of states."""
    return TABLE.transition(leave, enter)


ADMIT = line("INTAKE", "WITHDRAWAL")

COMPLETE = {
    "identity": "two_identifiers",
    "consent_to_treat": "given",
    "part2_notice": "given",
    "allergies": "none_known",
    "vitals": "complete",
    "cows": "complete",
    "suicide_screen": "complete",
    "last_use": "each_with_certainty",
    "pregnancy": "negative",
    "admission_order": "ordered",
}


def missing(**changes):
    facts = {**COMPLETE, **changes}
    return [each.key for each in missing_for(TABLE, ADMIT, facts)]


def test_with_every_document_an_admission_lacks_nothing():
    assert missing() == []


def test_without_any_fact_every_document_is_missing_in_the_order_of_the_table():
    lacking = missing_for(TABLE, ADMIT, {})

    assert [each.key for each in lacking] == list(COMPLETE)
    assert all(each.message and each.supplied_by for each in lacking)


@pytest.mark.parametrize("document", COMPLETE)
@pytest.mark.parametrize("fact", ["", "unknown", "declined", "asleep", "refused", "yes", "true"])
def test_an_unknown_or_a_no_never_satisfies(document, fact):
    assert missing(**{document: fact}) == [document]


@pytest.mark.parametrize("fact", ["listed", "none_known", "unable"])
def test_allergies_none_known_and_unable_are_answers(fact):
    assert missing(allergies=fact) == []


@pytest.mark.parametrize(
    "fact", ["negative", "positive", "not_applicable_with_reason", "not_done_with_reason"]
)
def test_a_pregnancy_result_or_a_reason_is_an_answer(fact):
    assert missing(pregnancy=fact) == []


@pytest.mark.parametrize("fact", ["invalid", "not_done", "not_applicable"])
def test_an_invalid_test_or_a_gap_without_reason_is_not(fact):
    assert missing(pregnancy=fact) == ["pregnancy"]


def test_a_consent_the_person_was_unable_to_give_is_no_consent():
    assert missing(consent_to_treat="unable") == ["consent_to_treat"]


def test_only_a_prescriber_can_supply_the_admission_order():
    (lacking,) = missing_for(TABLE, ADMIT, {**COMPLETE, "admission_order": "unknown"})

    assert lacking.supplied_by == ("PRES", "MD")


def test_admissions_never_executes_an_admission():
    assert ADMIT.executed_by == ("RN",)
    assert ADMIT.ordered_by == ("PRES", "MD")


@given(st.dictionaries(st.sampled_from(list(COMPLETE)), st.text(max_size=12)))
def test_what_is_missing_is_exactly_what_no_accepted_fact_covers(facts):
    lacking = {each.key for each in missing_for(TABLE, ADMIT, facts)}

    satisfied = {key for key, fact in facts.items() if fact in TABLE.document(key).accepts}
    assert lacking == set(COMPLETE) - satisfied


def test_only_admission_is_built_and_every_other_line_says_why_not():
    assert [each.key for each in TABLE.transitions if each.built] == ["admit"]
    assert all(each.why_not for each in TABLE.transitions if not each.built)


def test_a_line_that_is_not_in_the_table_is_none():
    assert line("DISCHARGED", "WITHDRAWAL") is None
    assert line("WITHDRAWAL", "HANDOVER").key == "hand_over"


def test_a_pair_of_states_never_has_two_lines():
    pairs = [(leave, each.enter) for each in TABLE.transitions for leave in each.leave]

    assert len(pairs) == len(set(pairs))


def test_unknown_names_are_key_errors():
    assert TABLE.state("INTAKE").in_house
    assert {each.key for each in TABLE.states if each.closed} == {"DISCHARGED", "AFTERCARE_CLOSED"}
    with pytest.raises(KeyError):
        TABLE.state("NOWHERE")
    with pytest.raises(KeyError):
        TABLE.document("horoscope")
