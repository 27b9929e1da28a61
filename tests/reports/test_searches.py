"""What the privacy officer sees of searches: patterns and limits, and no names of those sought."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from stepdown import clock
from stepdown.records import searching
from stepdown.records.actions.access import calls
from stepdown.records.models import AccessEvent, Role
from stepdown.records.reading import finding
from tests.records.world import World
from tests.support import sign_in

pytestmark = pytest.mark.django_db

URL = "/reports/searches/"


@pytest.fixture
def world(db: None, now: datetime) -> World:
    """A house with somebody at work in every role."""
    return World.founded(now)


@pytest.fixture
def searched(world: World, monkeypatch) -> World:
    """A nurse and a coordinator looked for the same person; the nurse reached the limit."""
    monkeypatch.setattr(clock, "now", lambda: world.now)
    world.arrive("Renée Ardent", "1")
    monkeypatch.setattr(searching, "LIMIT", 2)
    for role, typed in (("RN", "renee ardent"), ("ADM", "Ardent Renée"), ("RN", "ardent renee")):
        actor = world.by(role)
        searching.reserve(actor, world.now)
        wanted = finding.asked(typed, None, actor)
        shown = finding.find(wanted, actor, world.now)
        searching.note(wanted, shown, by=actor, at=world.now)
    with pytest.raises(searching.TooMany):
        searching.reserve(world.by("RN"), world.now)
    return world


def test_the_officer_sees_who_searched_what_repeats_and_who_reached_the_limit(client, searched):
    sign_in(client, searched.by("PRIV").assignment)

    page = client.get(URL).text

    assert "Robin RN, RN" in page
    assert "1 time" in page
    assert "Robin ADM, Robin RN" in page
    assert "Ardent" not in page
    assert AccessEvent.objects.filter(what="audit.searches").count() == 1


def test_the_officer_asks_whether_certain_words_were_searched(client, searched):
    sign_in(client, searched.by("PRIV").assignment)

    hit = client.post(URL, {"q": "RENEE ardent"}).text
    miss = client.post(URL, {"q": "bo lund"}).text

    assert hit.count("Robin RN, RN") == 3  # in the list of who searched, and twice by these words
    assert "Nobody searched for exactly these words." in miss
    assert client.post(URL, {"q": "r"}).status_code == 422


def test_older_searches_than_the_page_counts_are_left_out(client, searched, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: searched.now + timedelta(days=31))
    sign_in(client, searched.by("PRIV").assignment)

    assert "Nobody searched." in client.get(URL).text


def test_notes_of_calls_are_listed(client, world, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: world.now)
    calls.note(caller="police_court", done="privacy_officer", **world.told("ADM"))
    sign_in(client, world.by("PRIV").assignment)

    page = client.get(URL).text

    assert "Police, court or lawyer" in page
    assert "Robin ADM, ADM" in page


@pytest.mark.parametrize("role", sorted(set(Role.values) - {"PRIV"}))
def test_nobody_else_opens_it(client, searched, role):
    sign_in(client, searched.by(role).assignment)

    assert client.get(URL).status_code == 403
    assert client.post(URL, {"q": "renee ardent"}).status_code == 403
