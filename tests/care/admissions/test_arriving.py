"""Somebody comes: a stay in intake, a bed, and nothing made up."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from stepdown.records.models import Episode, GoalEntry, Person, State
from tests import factories
from tests.care.admissions.conftest import NOW
from tests.support import fields_of

pytestmark = pytest.mark.django_db

URL = "/admissions/new"
DANI = {
    "legal_name": "Daniela Okafor",
    "preferred_name": "Dani",
    "pronouns": "they/them",
    "born_on": "1994-03-21",
    "language": "English",
    "needs_interpreter": "no",
    "goal": "sleep one night through",
}


@pytest.fixture
def bed(ward):
    return ward.beds.get(label="2")


def test_a_stay_opens_in_intake_with_the_bed_and_the_goal_as_said(enter, tell, bed):
    enter(coordinator=True)

    response = tell(URL, **DANI, bed=str(bed.pk))

    stay = Episode.objects.get()
    assert (response.status_code, response.url) == (303, f"/people/{stay.pk}/intake/")
    assert (stay.state, stay.admitted_at, stay.arrived_at) == (State.INTAKE, None, NOW)
    assert stay.bed_stays.get().bed == bed
    person = stay.person
    assert (person.legal_name, person.preferred_name) == ("Daniela Okafor", "Dani")
    assert (person.born_on, person.needs_interpreter) == (date(1994, 3, 21), False)
    assert GoalEntry.objects.get().words == "sleep one night through"


def test_only_a_name_may_be_known_and_the_rest_is_said_to_be_unknown(enter, tell):
    enter(nurse=True)

    response = tell(
        URL, legal_name="Unknown, grey coat", born_unknown="on", needs_interpreter="unknown",
        bed="none",
    )  # fmt: skip

    assert response.status_code == 303
    person = Person.objects.get()
    assert (person.born_on, person.needs_interpreter, person.pronouns) == (None, None, "")
    assert not Episode.objects.get().bed_stays.exists()


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("legal_name", "Enter the name the person gives."),
        ("born_on", "Enter the birth date, or say that it is not known."),
        ("needs_interpreter", "Say yes, no, or not known."),
        ("bed", "Choose a bed."),
    ],
)
def test_what_was_not_said_is_asked_for_and_the_rest_is_kept(enter, tell, bed, left_out, said):
    enter(coordinator=True)
    told = {**DANI, "bed": str(bed.pk)}
    del told[left_out]

    response = tell(URL, **told)

    assert response.status_code == 422
    assert said in response.text
    kept = fields_of(response.text, "sheet")
    assert {name: kept.get(name) for name in told} == told
    assert not Episode.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"born_on": "1994-03-21", "born_unknown": "on"}, "called unknown. Keep one."),
        ({"born_on": "2031-01-01"}, "This date is in the future."),
        ({"born_on": "21 March"}, "Enter a date"),
        ({"legal_name": "x" * 121}, "at most 120 characters"),
        ({"occurred_at": "2027-01-07T09:00"}, "is in the future"),
        ({"occurred_at": "2027-01-06T09:00"}, "more than 4 hours ago"),
        ({"submission": "17"}, "Enter a valid UUID."),
    ],
)
def test_what_cannot_be_is_refused_and_nobody_is_recorded(enter, tell, bed, wrong, said):
    enter(coordinator=True)

    response = tell(URL, **{**DANI, "bed": str(bed.pk), **wrong})

    assert response.status_code == 422
    assert said in response.text
    assert not Person.objects.exists()


def test_somebody_who_came_earlier_arrived_then(enter, tell, bed):
    enter(coordinator=True)

    tell(URL, **DANI, bed=str(bed.pk), occurred_at="2027-01-07T05:00")

    assert Episode.objects.get().arrived_at == datetime(2027, 1, 7, 13, 0, tzinfo=UTC)


def test_only_free_and_ready_beds_of_this_house_are_offered(client, enter, ward, stay):
    enter(coordinator=True)
    factories.BedFactory(unit=ward, label="9", blocked=True)
    factories.BedFactory(label="annex")

    page = client.get(URL).text

    for label, offered in (
        ("1", False),
        ("2", True),
        ("3", True),
        ("9", False),
        ("annex", False),
    ):
        assert (f'<b class="num">{label}</b>' in page) is offered


def test_a_bed_somebody_else_took_meanwhile_is_not_given_twice(client, enter, tell, bed, house):
    enter(coordinator=True)
    sent = {**fields_of(client.get(URL).text), **DANI, "bed": str(bed.pk)}
    factories.EpisodeFactory(
        person__facility=house, person__legal_name="Bo Lund", arrived_at=NOW, in_bed=bed
    )

    response = client.post(URL, sent)

    assert response.status_code == 409
    assert "bed 2 is taken. One bed holds one person; choose another." in response.text
    assert f'value="{bed.pk}"' not in response.text
    assert fields_of(response.text, "sheet")["goal"] == DANI["goal"]
    assert Episode.objects.count() == 1


def test_a_bed_of_another_house_cannot_be_had(enter, tell, ward):
    enter(coordinator=True)
    elsewhere = factories.BedFactory()

    assert tell(URL, **DANI, bed=str(elsewhere.pk)).status_code == 422
    assert not Episode.objects.exists()


def test_a_doubled_arrival_is_one_stay(client, enter, bed):
    enter(coordinator=True)
    sent = {**fields_of(client.get(URL).text), **DANI, "bed": str(bed.pk)}

    first = client.post(URL, sent)
    again = client.post(URL, sent)

    assert first.status_code == again.status_code == 303
    assert first.url == again.url
    assert Episode.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("coordinator", 200), ("nurse", 200), ("prescriber", 403), ("technician", 403),
        ("counsellor", 403), ("administrator", 403), ("patient", 403), ("relative", 403),
    ],
)  # fmt: skip
def test_those_who_may_offer_a_bed_open_the_page(client, enter, who, status):
    enter(**{who: True})

    assert client.get(URL).status_code == status


def test_hostile_words_are_kept_and_never_run(client, enter, tell, bed):
    enter(coordinator=True)
    words = '<script>alert(1)</script> "it\'s" {{ 7 }}'

    tell(
        URL, **{**DANI, "goal": words, "legal_name": words, "pronouns": words[:40]}, bed=str(bed.pk)
    )

    stay = Episode.objects.get()
    assert (GoalEntry.objects.get().words, stay.person.legal_name) == (words, words)
    for page in ("", "goal"):
        shown = client.get(f"/people/{stay.pk}/intake/{page}").text
        assert "<script>alert(1)" not in shown
