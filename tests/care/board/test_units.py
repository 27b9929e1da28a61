"""A facility of several units: each board and each wall leads to the others."""

from __future__ import annotations

import re

import pytest

from tests.care.board.test_cost import PAGE, POLL, statements
from tests.factories import FacilityFactory, UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiet(house, ward):
    """A second unit, and one of another house that nobody here is led to."""
    ward.name = "Withdrawal unit"
    ward.save()
    UnitFactory(facility=FacilityFactory(), code="elsewhere", name="Elsewhere")
    return UnitFactory(facility=house, code="quiet", name="Quiet <side>", with_beds=2)


def switch(page: str) -> list[tuple[str, bool, str]]:
    """(address, whether it is marked as the present one, words) of each unit to go to."""
    found = re.search(r'<nav class="seg units[^>]*aria-label="Units">(.*?)</nav>', page)
    links = re.findall(
        r'<a href="([^"]+)"( aria-current="page")?>(.*?)</a>', found[1] if found else ""
    )
    return [(url, bool(current), words) for url, current, words in links]


@pytest.mark.parametrize(("page", "end"), [("", ""), ("wall", "wall")])
def test_each_unit_is_one_link_away_and_the_present_one_is_marked(nurse, quiet, page, end):
    shown = nurse.get(page).text

    assert switch(shown) == [
        (f"/ward/quiet/{end}", False, "Quiet &lt;side&gt;"),
        (f"/ward/main/{end}", True, "Withdrawal unit"),
    ]
    there = nurse.client.get(f"/ward/quiet/{end}")
    assert there.status_code == 200
    assert there.text.count("data-tile") == 2
    assert [current for _url, current, _words in switch(there.text)] == [True, False]


@pytest.mark.parametrize("page", ["", "wall"])
def test_where_there_is_one_unit_there_is_nothing_to_switch(nurse, page):
    assert 'aria-label="Units"' not in nurse.get(page).text


def test_the_switch_costs_no_statement(nurse, quiet):
    page, asked = statements(nurse.get)
    assert len(switch(page.text)) == 2
    assert len(asked) == PAGE

    _answer, polled = statements(lambda: nurse.poll(page["ETag"]))
    assert len(polled) == POLL


def test_a_unit_of_another_house_is_not_there(nurse, quiet):
    assert nurse.client.get("/ward/elsewhere/").status_code == 404
    assert nurse.client.get("/ward/nowhere/").status_code == 404
    assert "Elsewhere" not in nurse.get().text


def test_a_wall_that_is_locked_still_leads_to_the_other_walls(nurse, quiet):
    session = nurse.client.session
    session["locked"] = True
    session.save()
    urls = [url for url, _current, _words in switch(nurse.get("wall").text)]

    assert [nurse.client.get(url).status_code for url in urls] == [200, 200]
