"""The page that looks for somebody: what it shows, to whom, how often, and what is on record."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown import clock
from stepdown.records import searching
from stepdown.records.models import AccessEvent, Role, SearchTally
from tests import factories
from tests.care.finding.conftest import NOW, stay_of
from tests.support import sign_in

pytestmark = pytest.mark.django_db

URL = "/find/"
FINDERS = {"MD", "PRES", "RN", "LVN", "BHT", "MT", "COUN", "CM", "ADM", "UR", "DIR", "PRIV"}
NOBODY = "Nobody you may see fits."


@pytest.fixture
def look(client):
    """Send the form."""
    return lambda q="", **more: client.post(URL, {"q": q, **more})


def events(what: str) -> list[AccessEvent]:
    return list(AccessEvent.objects.filter(what=what).order_by("pk"))


def bare(html: str) -> str:
    """A page without what differs each time it is drawn: its token and its nonce."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)
    return re.sub(r'data-actor="[^"]+"', "", html)


@pytest.mark.parametrize("role", Role.values)
def test_each_role_sees_what_it_may(client, enter, look, here, gone, closed, role):
    enter(role=role)

    page = look("ardent")

    if role not in FINDERS:
        assert page.status_code == 403
        assert "Ardent" not in page.text
        return
    assert f'href="/people/{here.pk}/"' in page.text
    assert ("born 29 Feb 1980" in page.text) == (role != "MT")
    assert (f"/people/{gone.pk}/" in look("bo lund").text) == (role != "MT")
    assert NOBODY in look("ines vidal").text


@pytest.mark.parametrize("role", Role.values)
def test_the_way_there_is_in_the_frame_for_whoever_may_look(client, enter, role):
    enter(role=role)

    page = client.get("/account/").text

    assert ("data-search" in page) == (role in FINDERS)


def test_a_search_stands_in_no_address_no_title_and_no_store(look, enter, here):
    enter(nurse=True)

    page = look("ardent")

    assert "no-store" in page["Cache-Control"]
    assert "<title>Find somebody</title>" in page.text
    assert "HX-Push-Url" not in page.headers
    assert not re.search(r'(href|action|hx-[a-z]+)="[^"]*ardent', page.text)


def test_what_is_in_an_address_is_not_looked_for(client, enter, here):
    enter(nurse=True)

    page = client.get(f"{URL}?q=ardent&born=1980-02-29").text

    assert "Ardent" not in page
    assert events("find.people") == []


def test_htmx_gets_the_piece_and_says_why(client, enter, here):
    enter(nurse=True)

    page = client.post(URL, {"q": "ardant"}, headers={"HX-Request": "true"}).text

    assert page.lstrip().startswith('<div id="find-page"')
    assert "one letter from Ardent" in page


@pytest.mark.parametrize("typed", ["", "a", "%", "_", "**"])
def test_too_little_is_refused_with_what_was_typed_and_costs_no_search(look, enter, here, typed):
    enter(nurse=True)

    page = look(typed)

    assert page.status_code == 422
    assert "Nobody was looked for" in page.text
    assert "Ardent" not in page.text
    assert not SearchTally.objects.exists()


def test_a_birth_date_that_is_none_is_refused(look, enter, here):
    enter(nurse=True)

    page = look("ardent", born="1980-02-30")

    assert page.status_code == 422
    assert "Enter a date, for instance 1994-03-21." in page.text
    assert "Renée" not in page.text


def test_nobody_and_not_yours_are_the_same_page_at_the_same_cost(client, enter, look, here, closed):
    enter(nurse=True)
    look("warm up")
    told, asked = [], []
    for typed in ("Ines Vidal", "Ines Vodka", "Nemo Nobody"):
        with CaptureQueriesContext(connection) as queries:
            page = look(typed)
        told.append((page.status_code, bare(page.text).replace(typed, "TYPED")))
        asked.append(len(queries))

    assert told[0] == told[1] == told[2]
    assert NOBODY in told[0][1]
    assert asked[0] == asked[1] == asked[2]


def test_an_invited_colleague_sees_them_with_a_lock(look, enter, closed):
    closed.invited.add(enter(nurse=True).user)

    assert "by invitation only" in look("ines").text


# --- how often --------------------------------------------------------------------------------


@pytest.fixture
def spent(enter, look, monkeypatch):
    """Somebody who has searched as often as is open to them."""
    monkeypatch.setattr(searching, "LIMIT", 3)
    actor = enter(nurse=True)
    for _each in range(3):
        assert look("ardent").status_code == 200
    return actor


def test_one_search_too_many_is_refused_in_a_sentence_and_told(spent, look, here):
    page = look("ardent")

    assert page.status_code == 429
    assert "you have searched 3 times within an hour" in page.text
    assert "Search again from 07:31 on." in page.text
    assert "Renée" not in page.text
    (told,) = events("find.limited")
    assert (told.actor_id, told.detail) == (spent.user.pk, "4 within an hour")
    assert len(events("find.people")) == 3


def test_the_limit_follows_the_person_into_another_session(spent, client, look, house, here):
    client.logout()
    sign_in(client, spent.assignment)
    assert look("ardent").status_code == 429

    sign_in(client, factories.AssignmentFactory(facility=house, nurse=True))
    assert look("ardent").status_code == 200


@pytest.mark.parametrize("passed", [timedelta(hours=1), timedelta(days=-1)])
def test_after_the_hour_and_after_a_clock_set_back_one_searches_again(
    spent, client, look, here, monkeypatch, passed
):
    monkeypatch.setattr(clock, "now", lambda: NOW + passed)
    client.logout()
    sign_in(client, spent.assignment)

    assert look("ardent").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_searches_at_once_are_counted_each(house):
    actor = factories.actor(facility=house, nurse=True)

    def reserve(_number: int) -> int:
        try:
            searching.reserve(actor, NOW)
        except searching.TooMany:
            return 1
        finally:
            connection.close()
        return 0

    if connection.vendor == "sqlite":
        refused = sum(reserve(number) for number in range(searching.LIMIT + 5))
    else:
        with ThreadPoolExecutor(8) as pool:
            refused = sum(pool.map(reserve, range(searching.LIMIT + 5)))

    assert refused == 5


# --- on record --------------------------------------------------------------------------------


def test_a_search_is_on_record_without_its_words(look, enter, here, gone):
    actor = enter(coordinator=True)

    look("Renée Ardent", born="1980-02-29")

    (event,) = events("find.people")
    assert (event.actor_id, event.role, event.at, event.episode_id) == (
        actor.user.pk, "ADM", NOW, None,
    )  # fmt: skip
    assert re.fullmatch(r"[0-9a-f]{12} name, birth date: 2 shown", event.detail)
    assert {each.episode_id for each in events("find.shown")} == {here.pk, gone.pk}
    for each in AccessEvent.objects.all():
        assert not re.search("ardent|ren|1980", each.detail, re.IGNORECASE)


def test_the_same_words_have_the_same_mark_in_one_house_and_others_another(
    client, look, enter, here
):
    enter(nurse=True)
    for typed in ("Renée Ardent", "ardent, RENEE", "ardent rene"):
        look(typed)
    sign_in(client, factories.AssignmentFactory(nurse=True))
    look("Renée Ardent")

    one, same, other, elsewhere = (each.detail[:12] for each in events("find.people"))

    assert one == same
    assert len({one, other, elsewhere}) == 3


def test_opening_what_was_found_is_on_record_as_ever(client, look, enter, here):
    enter(nurse=True)
    page = look("ardent").text

    client.get(re.search(r'href="(/people/[^"]+/)"', page)[1])  # type: ignore[index]

    assert [each.episode_id for each in events("chart")] == [here.pk]


# --- what it costs ----------------------------------------------------------------------------


def test_a_search_costs_the_same_however_many_are_shown(
    client, look, enter, house, here, django_assert_num_queries
):
    enter(nurse=True)
    look("ardent")
    with CaptureQueriesContext(connection) as one:
        look("ardent")
    for _each in range(5):
        stay_of(house, "Renée Ardent", left=True)

    with django_assert_num_queries(len(one)) as six:
        assert look("ardent").text.count("found__one") == 6
    assert len(six) <= COST


COST = 26
"""Session, role, tally, the search's two, and the log of looks twice, with their savepoints."""


def test_a_name_of_somebody_is_drawn_as_text(look, enter, house):
    stay_of(house, '<script>alert("x")</script> Hostile')
    enter(nurse=True)

    page: Any = look("hostile").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
