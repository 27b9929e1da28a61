"""A walk to somebody's chart by one key, on a desktop and on a phone; and a call that is told nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stepdown import clock
from stepdown.records.models import AccessEvent, CallNote, Episode
from tests import factories
from tests.support import sign_in

NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)


@pytest.fixture
def stay(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Episode:
    """Somebody two days here."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made: Episode = factories.EpisodeFactory(
        person__legal_name="Renée Ardent", person__preferred_name="", in_bed=True,
        arrived_at=NOW - timedelta(days=2), admitted=True,
    )  # fmt: skip
    return made


@pytest.fixture
def nurse(client: Any, stay: Episode) -> Any:
    """Signed in as a nurse of the house."""
    sign_in(client, factories.AssignmentFactory(facility=stay.facility, nurse=True))
    return client


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_one_key_or_one_tap_leads_to_the_search_and_on_to_the_chart(
    open_page, nurse, stay, serious_faults, device
):
    page = open_page("/account/", client=nurse, device=device)
    if device == "desktop":
        page.keyboard.press("/")
    else:
        page.get_by_role("link", name="Find somebody").click()
    page.wait_for_url("**/find/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("ardant rene")
    page.keyboard.press("Enter")
    found = page.locator(".found__one")
    found.wait_for()

    assert "Renée Ardent" in found.inner_text()
    assert "one letter from Ardent" in found.inner_text()
    assert page.url.endswith("/find/")
    assert page.title() == "Find somebody"
    assert page.evaluate("history.length") <= 3
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    found.get_by_role("link", name="Renée Ardent").click()
    page.wait_for_url(f"**/people/{stay.pk}/")
    assert AccessEvent.objects.filter(what="chart", episode_id=stay.pk).count() == 1
    page.go_back()
    page.wait_for_url("**/find/")
    assert "Ardent" not in page.content()


def test_a_call_is_answered_with_the_script_and_noted(open_page, nurse, stay, serious_faults):
    page = open_page("/calls/", client=nurse, device="phone")
    page.fill("#asked", "Renée Ardent")
    page.get_by_role("button", name="What may I say?").click()
    page.get_by_text("The script above, and no more.").wait_for()

    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Family or friend").check()
    page.get_by_label("Said the script, nothing else").check()
    page.get_by_role("button", name="Put it on record").click()
    page.get_by_text("The call is on record.").wait_for()
    assert CallNote.objects.get().caller == "family"
