"""What a person tells on a handed-over tablet, question by question, and what the record says."""

from __future__ import annotations

import pytest

from stepdown.content import library
from stepdown.records.models import (
    AuditEvent,
    HandoverDraft,
    HandoverEnd,
    Observation,
)
from tests.factories import PIN

pytestmark = pytest.mark.django_db

ITEMS = [item.key for item in library.instrument("ucla3").items]
OFTEN = library.instrument("ucla3").items[0].options[-1].code
NEVER = library.instrument("ucla3").items[0].options[0].code


def told() -> Observation:
    return Observation.objects.get()


def test_the_form_asks_whether_it_is_theirs_and_names_nobody_else(handed):
    page = handed.page()

    assert "Is this form for you, Alan" in page
    assert "Test" not in page
    assert handed.stay.code not in page


def test_only_scales_the_person_rates_alone_are_offered(tablet, enter, client):
    enter(nurse=True)
    page = client.get(f"/people/{tablet.stay.pk}/hand-over/").text

    for key in ("sows16", "sows_gossop", "craving_vas", "phq9"):
        assert f'value="{key}"' in page
    for key in ("cows", "cssrs_screener", "sedation_level", "ciwa_ar"):
        assert f'value="{key}"' not in page


def test_one_question_at_a_time_then_thank_you(begun):
    seen = []
    for key in ITEMS:
        page = begun.page()
        seen.append([item for item in ITEMS if f'name="item" value="{item}"' in page])
        begun.answer(key, OFTEN)
    assert seen == [[key] for key in ITEMS]
    assert "That was the last question" in begun.page()

    begun.press("send")

    page = begun.page()
    assert "Thank you" in page
    assert not [option for option in ("Often", "Hardly") if option in page]
    assert told().total == 9


def test_the_record_says_who_told_it_and_who_handed_the_tablet_over(begun, watch, stay):
    watch.passes(minutes=2)
    for key in ITEMS:
        begun.answer(key, NEVER)
    watch.passes(minutes=1)
    begun.press("send")

    end = HandoverEnd.objects.get()
    handover, row = end.handover, told()
    assert row.self_report == end
    assert (handover.actor, handover.role, handover.kind) == (row.actor, "RN", "ucla3")
    assert (end.how, end.answered, end.asked) == ("finished", 3, 3)
    assert handover.occurred_at < row.occurred_at < end.occurred_at
    assert (row.episode, row.outcome, row.total) == (stay, "complete", 3)
    assert row.snapshot_id == handover.snapshot_id
    assert not HandoverDraft.objects.exists()
    assert list(AuditEvent.objects.order_by("seq").values_list("action", flat=True)) == [
        "handovers.begin",
        "handovers.end",
    ]


def test_a_question_left_out_is_never_a_zero(begun):
    begun.answer(ITEMS[0], NEVER)
    begun.press("skip", item=ITEMS[1])
    begun.answer(ITEMS[2], OFTEN)
    assert "You have skipped 1" in begun.page()
    begun.press("send")

    row = told()
    assert (row.outcome, row.total) == ("partial", None)
    assert ITEMS[1] not in row.answers
    assert "2 of 3 answered" in row.reason


def test_skipping_takes_an_answer_out_again(begun):
    begun.answer(ITEMS[0], OFTEN)
    begun.press("back", item=ITEMS[1])
    begun.press("skip", item=ITEMS[0])

    assert HandoverDraft.objects.get().answers == {}


def test_going_back_shows_the_answer_and_lets_it_change(begun):
    begun.answer(ITEMS[0], OFTEN)
    begun.press("back", item=ITEMS[1])
    assert "your answer" in begun.page()

    begun.answer(ITEMS[0], NEVER)

    assert HandoverDraft.objects.get().answers == {ITEMS[0]: NEVER}
    assert f'value="{ITEMS[1]}"' in begun.page()


def test_skipped_questions_can_be_asked_again(begun):
    for key in ITEMS:
        begun.press("skip", item=key)
    begun.press("again")

    assert f'name="item" value="{ITEMS[0]}"' in begun.page()


def test_an_answer_that_nobody_offers_is_refused_and_the_question_stays(begun):
    response = begun.answer(ITEMS[0], "twice_on_sundays")

    assert response.status_code == 422
    assert "Choose one answer" in response.text
    assert HandoverDraft.objects.get().answers == {}


def test_stopping_gives_what_was_answered(begun):
    begun.answer(ITEMS[0], OFTEN)
    begun.press("stop")

    assert "Thank you" in begun.page()
    assert (told().outcome, HandoverEnd.objects.get().how) == ("partial", "stopped")


def test_nothing_answered_leaves_no_reading(begun):
    begun.press("stop")

    assert not Observation.objects.exists()
    assert (HandoverEnd.objects.get().how, HandoverEnd.objects.get().answered) == ("stopped", 0)


def test_not_me_ends_the_form_before_a_question_is_seen(handed):
    handed.press("not_me")

    assert "Please hand the tablet back" in handed.page()
    assert HandoverEnd.objects.get().how == "not_me"
    assert not Observation.objects.exists()


def test_no_answer_counts_before_the_person_said_who_they_are(handed):
    handed.answer(ITEMS[0], OFTEN)

    assert HandoverDraft.objects.get().answers == {}
    assert "Is this form for you" in handed.page()


def test_sending_twice_records_once(begun):
    for key in ITEMS:
        begun.answer(key, NEVER)

    first, second = begun.press("send"), begun.press("send")

    assert (first.status_code, second.status_code) == (303, 200)
    assert "Thank you" in second.text
    assert Observation.objects.count() == HandoverEnd.objects.count() == 1


def test_an_answer_after_the_end_changes_nothing(begun):
    begun.answer(ITEMS[0], NEVER)
    begun.press("stop")
    begun.answer(ITEMS[1], OFTEN)

    assert told().chosen() == {ITEMS[0]: NEVER}


def test_the_tablet_stays_locked_after_the_thank_you(begun, stay):
    begun.press("stop")

    assert begun.client.get(f"/people/{stay.pk}/").url == "/handed/"


def test_nothing_of_the_form_is_kept_by_the_browser(begun):
    response = begun.client.get("/handed/")

    assert response["Cache-Control"] == "private, no-store"
    assert 'autocomplete="off"' in response.text


# --- every kind of scale a person can be handed ---------------------------------------------


@pytest.mark.parametrize("kind", ["sows16", "sows_gossop", "craving_vas", "gad7", "barc10"])
def test_any_scale_of_the_library_can_be_handed_over(tablet, enter, kind):
    enter(nurse=True)
    tablet.hand_over(kind)
    tablet.press("yes")
    scale = library.instrument(kind)
    for item in scale.items:
        code = str(item.number.highest) if item.number else item.options[-1].code
        assert tablet.answer(item.key, code).status_code == 303
    tablet.press("send")

    row = told()
    assert (row.kind, row.outcome, row.total) == (kind, "complete", scale.maximum)


def test_a_number_out_of_range_says_the_range_and_keeps_what_was_typed(tablet, enter):
    enter(nurse=True)
    tablet.hand_over("craving_vas")
    tablet.press("yes")

    response = tablet.press("answer", item="urge_now", answer="101")

    assert response.status_code == 422
    assert "Enter a whole number from 0 to 100" in response.text
    assert 'value="101"' in response.text


# --- an answer that somebody must look at ---------------------------------------------------


def self_harm(tablet, enter) -> None:
    enter(nurse=True)
    tablet.hand_over("phq9")
    tablet.press("yes")
    tablet.answer("better_off_dead", "several_days")


def test_an_answer_that_raises_tells_the_person_that_somebody_comes_and_whom_to_call(tablet, enter):
    self_harm(tablet, enter)
    tablet.press("stop")

    page = tablet.page()
    words = library.handover_pages()
    assert words.coming in page
    assert "tel:988" in page
    assert "tel:911" in page


def test_an_answer_that_raises_is_the_first_thing_the_nurse_sees(tablet, enter):
    self_harm(tablet, enter)
    tablet.press("stop")
    opened = tablet.take_back(PIN)

    page = tablet.client.get(opened.url).text
    raised = library.instrument("phq9").raises[0]
    assert "Somebody must look at this now" in page
    assert raised.act in page
    assert f"/observe/{raised.leads_to}/" in page


def test_a_calm_form_says_nothing_of_emergencies(begun):
    begun.answer(ITEMS[0], NEVER)
    begun.press("stop")

    assert "tel:" not in begun.page()


def test_the_list_of_observations_says_who_told_it_and_who_handed_the_tablet_over(begun, stay):
    begun.answer(ITEMS[0], OFTEN)
    begun.press("stop")
    begun.take_back(PIN)
    page = begun.client.get(f"/people/{stay.pk}/observations").text

    who = HandoverEnd.objects.get().handover.actor.name
    assert f"Told by the person on a tablet, handed over by {who}, RN, at 06:30" in page


def test_the_way_to_hand_over_stands_on_the_persons_page(tablet, enter, stay):
    enter(nurse=True)

    assert f"/people/{stay.pk}/hand-over/" in tablet.client.get(f"/people/{stay.pk}/").text


def test_who_hands_nothing_over_is_shown_no_way_to_it(tablet, enter, stay):
    enter(counsellor=True)

    assert "/hand-over/" not in tablet.client.get(f"/people/{stay.pk}/").text


def test_a_scale_of_parts_without_a_total_says_that_it_is_complete(tablet, enter, stay):
    enter(nurse=True)
    tablet.hand_over("bam")
    tablet.press("yes")
    scale = library.instrument("bam")
    while 'name="item"' in (page := tablet.page()):
        item = next(i for i in scale.items if f'name="item" value="{i.key}"' in page)
        code = str(item.number.highest) if item.number else item.options[-1].code
        tablet.answer(item.key, code)
    tablet.press("send")
    page = tablet.client.get(tablet.take_back().url).text

    assert (told().outcome, told().total) == ("complete", None)
    assert "answered in full" in page
    assert "not finished" not in page
