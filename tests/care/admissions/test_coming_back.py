"""Somebody at the door may have been here before: staff see who may be meant, and say which."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from stepdown.records.models import AccessEvent, Episode, Person
from tests import factories
from tests.care.admissions.conftest import NOW
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db

URL = "/admissions/new"
TYPED = {"legal_name": "ardent", "born_on": "1980-02-29", "goal": "sleep"}
REST = {"needs_interpreter": "unknown", "bed": "none"}


@pytest.fixture
def left(house) -> Episode:
    """Renée Ardent, who left two months ago."""
    return factories.EpisodeFactory(
        person__facility=house, person__legal_name="Renée Ardent", person__preferred_name="Ren",
        person__born_on=date(1980, 2, 29), arrived_at=NOW - timedelta(days=60), left=True,
    )  # fmt: skip


@pytest.fixture
def look(client):
    """Press the button that only looks."""

    def look(**typed: Any) -> Any:
        sent = fields_of(client.get(URL).text, "sheet")
        return client.post(URL, {**sent, **TYPED, **typed, "look": "1"})

    return look


def test_looking_shows_who_may_be_meant_and_records_nobody(enter, look, left):
    enter(coordinator=True)

    response = look()

    assert response.status_code == 200
    for words in ("Renée Ardent", "(Ren)", "born 29 Feb 1980", "last came 8 Nov 2026"):
        assert words in response.text
    assert f'value="{left.person_id}"' in response.text
    kept = fields_of(response.text, "sheet")
    assert {name: kept.get(name) for name in TYPED} == TYPED
    assert "person" not in kept
    assert (Episode.objects.count(), Person.objects.count()) == (1, 1)


def test_the_same_person_comes_back_in_a_new_stay(client, enter, look, left):
    enter(coordinator=True)
    sent = {**fields_of(look().text, "sheet"), **REST, "person": str(left.person_id)}

    response = client.post(URL, sent)

    stay = Episode.objects.get(closed_at=None)
    assert (response.status_code, response.url) == (303, f"/people/{stay.pk}/intake/")
    assert (stay.person_id, stay.person.legal_name) == (left.person_id, "Renée Ardent")
    assert Person.objects.count() == 1
    again = client.post(URL, sent)
    assert (again.status_code, again.url) == (303, response.url)


def test_somebody_new_may_have_the_same_name(client, enter, look, left):
    enter(coordinator=True)
    sent = {**fields_of(look().text, "sheet"), **REST, "person": "new"}

    answers = [client.post(URL, sent) for _time in range(2)]

    assert [each.status_code for each in answers] == [303, 303]
    assert answers[0].url == answers[1].url
    assert (Person.objects.count(), Episode.objects.count()) == (2, 2)


def test_whoever_forgets_to_look_is_asked_before_anything_is_recorded(enter, tell, left):
    enter(nurse=True)

    response = tell(URL, **TYPED, **REST)

    assert response.status_code == 422
    assert "Say whether it is one of these people, or somebody new." in response.text
    assert "Renée Ardent" in response.text
    assert fields_of(response.text, "sheet")["goal"] == "sleep"
    assert Episode.objects.count() == 1


def test_nobody_known_is_said_so_and_one_goes_on(enter, look, left):
    enter(coordinator=True)

    page = look(legal_name="Bo Lund", born_on="").text

    assert "Nobody you may see is known here by this name or birth date." in page
    assert "Renée Ardent" not in page


def test_looking_for_nothing_asks_for_something(enter, look, left):
    enter(coordinator=True)

    assert "Type a name or a birth date to look for." in look(legal_name=" ", born_on="").text


def test_nothing_of_an_earlier_stay_is_filled_in(enter, look, left):
    Person.objects.filter(pk=left.person_id).update(
        needs_interpreter=False, language="Polish", pronouns="she/her"
    )
    enter(coordinator=True)

    page = look()

    kept = fields_of(page.text, "sheet")
    assert "needs_interpreter" not in kept
    assert (kept["language"], kept["pronouns"], kept["preferred_name"]) == ("", "", "")
    for words in ("Polish", "she/her"):
        assert words not in page.text.partition('id="id_person"')[2].partition("</fieldset>")[0]


def test_somebody_who_is_here_already_does_not_arrive_again(client, enter, look, left):
    stay = factories.EpisodeFactory(person=left.person, arrived_at=NOW)
    enter(coordinator=True)
    page = look().text
    assert "here now, since 7 Jan 2027" in page

    response = client.post(URL, {**fields_of(page, "sheet"), **REST, "person": str(left.person_id)})

    assert response.status_code == 409
    assert "has an open stay already" in response.text
    assert Episode.objects.get(closed_at=None) == stay


def test_another_birth_date_than_on_record_is_looked_at_again(client, enter, look, left):
    enter(coordinator=True)
    sent = {**fields_of(look().text, "sheet"), **REST, "person": str(left.person_id)}

    response = client.post(URL, {**sent, "born_on": "1981-02-28"})

    assert response.status_code == 422
    assert "on record with another birth date" in response.text
    assert Episode.objects.count() == 1


def test_a_birth_date_on_record_need_not_be_told_again(client, enter, look, left):
    enter(coordinator=True)
    page = look(born_on="").text
    sent = {**fields_of(page, "sheet"), **REST}

    new = client.post(URL, {**sent, "person": "new"})
    same = client.post(URL, {**sent, "person": str(left.person_id)})

    assert (new.status_code, same.status_code) == (422, 303)
    assert Person.objects.get().born_on == date(1980, 2, 29)


def test_only_who_was_shown_can_be_chosen(client, enter, look, left, house):
    other = factories.PersonFactory(facility=house, legal_name="Bo Lund", preferred_name="")
    enter(coordinator=True)
    sent = {**fields_of(look().text, "sheet"), **REST, "person": str(other.pk)}

    response = client.post(URL, sent)

    assert response.status_code == 422
    assert "Choose one of these people, or somebody new." in response.text


def test_a_stay_by_invitation_only_leaks_neither_the_person_nor_itself(enter, look, left):
    Episode.objects.filter(pk=left.pk).update(is_restricted=True)
    invited = enter(nurse=True)
    left.invited.add(invited.user)
    assert "Renée Ardent" in look().text

    enter(coordinator=True)

    page = look().text
    assert "Renée Ardent" not in page
    assert str(left.person_id) not in page


def test_a_restricted_later_stay_is_not_told_of(enter, look, left):
    factories.EpisodeFactory(
        person=left.person, arrived_at=NOW - timedelta(days=3), is_restricted=True, left=True
    )
    enter(coordinator=True)

    page = look().text

    assert "last came 8 Nov 2026" in page
    assert "4 Jan 2027" not in page


def test_whoever_is_shown_stands_in_the_trail_of_their_stay_and_no_name_does(enter, look, left):
    actor = enter(coordinator=True)

    look()

    event = AccessEvent.objects.get(what="arrival.search")
    assert (event.episode_id, event.actor_id, event.detail) == (left.pk, actor.user.pk, "1 shown")
    look(legal_name="Bo Lund", born_on="")
    empty = AccessEvent.objects.filter(what="arrival.search").latest("seq")
    assert (empty.episode_id, empty.detail) == (None, "0 shown")


def test_a_name_is_never_looked_for_by_an_address(client, enter, left):
    enter(coordinator=True)

    assert "Ren" not in client.get(f"{URL}?legal_name=ardent&look=1").text


@pytest.mark.parametrize("who", ["prescriber", "technician", "counsellor", "patient"])
def test_who_takes_nobody_in_looks_for_nobody(client, enter, left, who):
    enter(**{who: True})

    response = client.post(URL, {**TYPED, "look": "1"})

    assert response.status_code == 403
    assert "Ardent" not in response.text


def test_a_nurse_of_another_house_finds_nobody(client, look, left):
    sign_in(client, factories.AssignmentFactory(nurse=True))

    assert "Renée" not in look().text


def test_looking_costs_the_same_however_many_are_known(
    client, enter, look, left, house, django_assert_max_num_queries
):
    enter(coordinator=True)
    sent = {**fields_of(client.get(URL).text, "sheet"), "legal_name": "zz", "look": "1"}
    client.post(URL, sent)
    with django_assert_max_num_queries(40) as few:
        client.post(URL, sent)
    for n in range(20):
        factories.PersonFactory(facility=house, legal_name=f"Somebody {n}")

    with django_assert_max_num_queries(len(few)):
        client.post(URL, sent)
