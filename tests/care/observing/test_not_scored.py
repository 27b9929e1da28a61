"""A gap is a reason, never a zero."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stepdown.records.models import VITALS, Observation
from tests import factories
from tests.care.observing.conftest import NOW

pytestmark = pytest.mark.django_db

NOT_SCORED = {"do": "not_scored"}


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("asleep", {"cows_seen_signs": "chest_rising"}),
        ("refused", {}),
        ("refused", {"cows_reason": "'let me sleep'"}),
        ("unable", {"cows_reason": "vomiting"}),
        ("off_unit", {"cows_reason": "in the garden with Ben"}),
    ],
)
def test_why_there_is_no_score_is_recorded_without_a_total(bedside, enter, outcome, told):
    enter(nurse=True)

    response = bedside.send({**bedside.blank(), **NOT_SCORED, "cows_outcome": outcome, **told})

    assert response.status_code == 303
    look = Observation.objects.get()
    assert (look.kind, look.outcome, look.total, look.at_least) == ("cows", outcome, None, None)
    assert (look.answers, look.band, look.severity) == ({}, "", None)
    assert look.reason == told.get("cows_reason", "")


def test_breaths_counted_beside_somebody_asleep_are_a_vital_sign(bedside, enter):
    enter(nurse=True)
    seen = {"cows_seen_signs": ["chest_rising", "rousable"], "cows_breaths": "14"}

    bedside.send({**bedside.blank(), **NOT_SCORED, "cows_outcome": "asleep", **seen})

    assert Observation.objects.get(kind=VITALS).values == {"respiratory_rate_bpm": "14"}
    look = Observation.objects.get(kind="cows")
    assert look.note == "Chest rising and falling. Rousable to voice"
    assert look.submission_id == Observation.objects.get(kind=VITALS).submission_id


def test_two_different_breathing_rates_are_refused(bedside, enter):
    enter(nurse=True)
    two = {"cows_breaths": "14", "respiratory_rate_bpm": "18", "cows_outcome": "asleep"}

    response = bedside.send({**bedside.blank(), **NOT_SCORED, **two})

    assert response.status_code == 422
    assert "Two breathing rates were entered: 18 and 14. Keep one." in response.text


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("asleep", "Say what you saw: chest rising, or breaths a minute."),
        ("unable", "Say what makes it impossible now."),
        ("off_unit", "Say where, and with whom."),
        ("", "Choose what happened."),
        ("dancing", "Choose what happened."),
        ("complete", "Choose what happened."),
    ],
)
def test_a_reason_that_says_nothing_is_refused(bedside, enter, outcome, said):
    enter(nurse=True)

    response = bedside.send({**bedside.blank(), **NOT_SCORED, "cows_outcome": outcome})

    assert response.status_code == 422
    assert said in response.text
    assert '<dialog id="cannot" class="cannot" aria-labelledby="cannot-title" open>' in (
        response.text
    )
    assert not Observation.objects.exists()


def test_a_scale_left_unfinished_keeps_its_answers_and_has_no_total(bedside, enter):
    enter(nurse=True)
    some = {"sweating": "sweat_streaming", "tremor": "slight_seen"}
    left = {"cows_outcome": "partial", "cows_reason": "fell asleep", **NOT_SCORED}

    response = bedside.send(bedside.filled(some, heart_rate_bpm="104", **left))

    assert response.status_code == 303
    look = Observation.objects.get(kind="cows")
    assert (look.outcome, look.total, look.at_least) == ("partial", None, 8)
    assert look.reason == "fell asleep"


def test_a_scale_is_not_left_unfinished_without_a_reason(bedside, enter):
    enter(nurse=True)
    left = {"cows_outcome": "partial", **NOT_SCORED}

    response = bedside.send(bedside.filled({"tremor": "no_tremor"}, **left))

    assert response.status_code == 422
    assert "Say why it was left unfinished." in response.text


def test_nothing_is_left_unfinished_when_nothing_was_answered(bedside, enter):
    enter(nurse=True)
    left = {"cows_outcome": "partial", "cows_reason": "called away", **NOT_SCORED}

    response = bedside.send({**bedside.blank(), **left})

    assert "Nothing was answered. Choose another reason." in response.text


def test_somebody_asleep_has_no_answers(bedside, enter):
    enter(nurse=True)
    asleep = {"cows_outcome": "asleep", "cows_seen_signs": "chest_rising", **NOT_SCORED}

    response = bedside.send(bedside.filled({"tremor": "no_tremor"}, **asleep))

    assert response.status_code == 422
    assert "1 item is answered." in response.text
    assert "checked" in response.text
    assert not Observation.objects.exists()


def test_a_pulse_taken_from_a_sleeping_person_is_no_answer(bedside, enter):
    enter(nurse=True)
    asleep = {"cows_outcome": "asleep", "cows_seen_signs": "chest_rising", **NOT_SCORED}

    response = bedside.send({**bedside.blank(), "heart_rate_bpm": "64", **asleep})

    assert response.status_code == 303
    assert Observation.objects.get(kind="cows").answers == {}
    assert Observation.objects.get(kind=VITALS).values == {"heart_rate_bpm": "64"}


def test_the_units_rule_about_waking_is_shown_where_the_last_score_was_high(
    bedside, enter, client, stay
):
    enter(nurse=True)
    factories.CowsFactory(episode=stay, occurred_at=NOW - timedelta(hours=4), scored=12)

    assert "The last score was 12." in client.get(bedside.url).text


def test_the_rule_about_waking_is_silent_where_the_last_score_was_low(bedside, enter, client, stay):
    enter(nurse=True)
    factories.CowsFactory(episode=stay, occurred_at=NOW - timedelta(hours=4), scored=4)

    assert "The last score was" not in client.get(bedside.url).text


def test_without_a_script_the_dialog_opens_by_its_address(bedside, enter, client):
    enter(nurse=True)

    assert "open><div" in client.get(f"{bedside.url}?not_scored").text
    assert "open><div" not in client.get(bedside.url).text
