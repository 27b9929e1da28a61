"""What is not recorded, and that nothing typed is lost by it."""

from __future__ import annotations

import pytest

from stepdown.records.models import Observation
from tests.care.observing.conftest import MILD
from tests.support import fields_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sent", [{}, {"pulse": "at_most_80"}, {"cows-yawning": "once_or_twice"}])
def test_a_missing_answer_is_named_and_nothing_is_saved(client, bedside, enter, sent):
    enter(nurse=True)

    response = client.post(bedside.url, sent)

    assert response.status_code == 422
    assert "Choose a score for Gooseflesh skin." in response.text
    assert not Observation.objects.exists()


@pytest.mark.parametrize("left_out", sorted(MILD))
def test_one_missing_item_gives_no_total(bedside, enter, left_out):
    enter(nurse=True)
    answers = {item: code for item, code in MILD.items() if item != left_out}

    response = bedside.send(bedside.filled(answers, heart_rate_bpm="72"))

    assert response.status_code == 422
    assert response.text.count("Choose a score for ") == 2  # in the summary, and beside the item
    assert not Observation.objects.exists()


def test_a_score_without_a_heart_rate_asks_for_it(bedside, enter):
    enter(nurse=True)

    response = bedside.send(bedside.filled())

    assert "Enter the heart rate: Resting pulse rate follows from it." in response.text
    assert not Observation.objects.exists()


@pytest.mark.parametrize("field", ["cows-pulse", "pulse"])
@pytest.mark.parametrize("value", ["at_most_80", "above_120", "0", "4"])
def test_the_pulse_item_cannot_be_set_at_any_door(bedside, enter, field, value):
    enter(nurse=True)

    response = bedside.send(bedside.filled(heart_rate_bpm="130", **{field: value}))

    assert response.status_code == 422
    assert "Resting pulse rate follows from the vital sign and cannot be set." in response.text
    assert not Observation.objects.exists()


@pytest.mark.parametrize("value", ["4", "smooth ", "felt_not_seen", "<b>", "smooth\n"])
def test_an_answer_the_item_does_not_offer_is_refused(bedside, enter, value):
    enter(nurse=True)

    response = bedside.send(bedside.filled({**MILD, "gooseflesh": value}, heart_rate_bpm="72"))

    assert response.status_code == 422
    assert "Gooseflesh skin cannot be" in response.text
    assert not Observation.objects.exists()


def test_everything_typed_is_still_there_after_a_refusal(bedside, enter):
    enter(nurse=True)
    sent = bedside.filled(
        {"yawning": "three_or_more", "tremor": "slight_seen"},
        heart_rate_bpm="1000",
        weight_kg="150,5",
        note="asked twice for water\n  and a blanket",
        context="symptom",
        occurred_at="2027-01-07T05:10",
        downtime="on",
        **{"weight_kg-unit": "lb"},
    )

    kept = fields_of(bedside.send(sent).text, "sheet")

    assert {name: kept.get(name) for name in sent if name not in ("csrfmiddlewaretoken",)} == {
        name: value for name, value in sent.items() if name != "csrfmiddlewaretoken"
    }


def test_an_answer_in_pieces_is_sent_to_a_script(bedside, enter):
    enter(nurse=True)

    response = bedside.send({}, **{"HX-Request": "true"})

    assert response.status_code == 422
    assert response.text.lstrip().startswith('<form id="sheet"')
    assert "<html" not in response.text


@pytest.mark.parametrize("number", ["", "not-a-number", "0", "1' OR 1=1", "x" * 5000])
def test_a_page_without_a_number_is_given_a_new_one(bedside, enter, number):
    enter(nurse=True)
    sent = bedside.filled(heart_rate_bpm="72", submission=number)

    first = bedside.send(sent)
    second = bedside.send({**fields_of(first.text, "sheet"), "do": "score"})

    assert (first.status_code, second.status_code) == (422, 303)
    assert Observation.objects.filter(kind="cows").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"context": "because"},
        {"do": "everything"},
        {"cows_seen": "yesterday"},
        {"cows_seen_signs": "glowing"},
        {"confirmed": "the_moon"},
        {"note": "x" * 1001},
        {"occurred_at": "soon"},
        {"occurred_at": "2027-02-30T10:00"},
        {"occurred_at": "0001-01-01T00:00"},
        {"occurred_at": "9999-12-31T23:59"},
        {"which_hour": "seven"},
    ],
)
def test_what_no_page_of_ours_sends_is_refused_and_nothing_is_saved(bedside, enter, wrong):
    enter(nurse=True)

    response = bedside.send(bedside.filled(heart_rate_bpm="72", **wrong))

    assert response.status_code == 422
    assert not Observation.objects.exists()


def test_a_post_too_large_to_be_ours_is_refused(bedside, enter):
    enter(nurse=True)

    response = bedside.send(bedside.filled(heart_rate_bpm="72", note="x" * 300_000))

    assert response.status_code == 413
    assert not Observation.objects.exists()


def test_a_post_with_too_many_fields_is_refused(bedside, enter):
    enter(nurse=True)

    response = bedside.send({f"field{n}": "x" for n in range(500)})

    assert response.status_code == 413


def test_the_same_field_twice_counts_once_and_an_answer_is_never_two(client, bedside, enter):
    enter(nurse=True)
    sent = {**bedside.filled(heart_rate_bpm="72"), "cows-tremor": ["no_tremor", "slight_seen"]}

    client.post(bedside.url, sent)

    assert Observation.objects.get(kind="cows").answers["tremor"] == ["slight_seen", 2]


def test_a_stay_that_has_ended_takes_nothing_more(client, bedside, enter, stay):
    enter(nurse=True)
    sent = bedside.filled(heart_rate_bpm="72")
    stay.closed_at = stay.arrived_at
    stay.save()

    assert client.get(bedside.url).status_code == 404
    assert bedside.send(sent).status_code == 404
    assert not Observation.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_answered(client, bedside, enter, method):
    enter(nurse=True)

    assert getattr(client, method)(bedside.url).status_code == 405
