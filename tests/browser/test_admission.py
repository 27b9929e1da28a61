"""Two walks through the intake: an entry put right and struck out, and somebody who comes back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from stepdown import clock
from stepdown.records.models import Episode, Person, PregnancyEntry, SubstanceUse
from tests import factories
from tests.support import sign_in

NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)
PHONE_PX = 390


@pytest.fixture
def stay(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Episode:
    """Somebody who came an hour ago."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made: Episode = factories.EpisodeFactory(arrived_at=NOW - timedelta(hours=1), in_bed=True)
    return made


@pytest.fixture
def nurse(client: Any, stay: Episode) -> Any:
    """Signed in as a nurse of the house."""
    sign_in(client, factories.AssignmentFactory(facility=stay.facility, nurse=True))
    return client


def saved(page: Any, button: str, url: str) -> None:
    """Press a button and arrive where it leads."""
    with page.expect_navigation(url=url):
        page.get_by_role("button", name=button).click()


def fits(page: Any) -> bool:
    """Nothing hangs over the side of a phone."""
    page.set_viewport_size({"width": PHONE_PX, "height": 844})
    found: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def test_a_last_use_is_put_right_and_a_test_struck_out(open_page, nurse, stay, serious_faults):
    uses = f"/people/{stay.pk}/intake/use"
    page = open_page(uses, client=nurse)
    page.select_option("#id_substance", "opioid:heroin")
    page.fill("#id_last_used_at", "2027-01-06T22:30")
    page.get_by_label("A guess").check()
    saved(page, "Save", f"**{uses}")
    assert page.locator("dl.facts dd").inner_text() == "8 h"

    page.get_by_role("link", name="Correct Heroin").click()
    assert page.input_value("#id_last_used_at") == "2027-01-06T22:30"
    assert serious_faults(page) == []
    assert fits(page)
    page.fill("#id_last_used_at", "")
    page.get_by_role("group", name="How sure").get_by_label("Not known").check()
    page.get_by_role("button", name="Save the correction").click()
    page.get_by_text("Say why.").first.wait_for()
    page.fill("#id_why", "Had guessed for us")
    saved(page, "Save the correction", f"**{uses}")

    assert page.locator("dl.facts dd").inner_text() == "not known"
    assert "Had guessed for us" in page.locator(".entry.struck").inner_text()
    assert serious_faults(page) == []
    assert fits(page)
    assert SubstanceUse.objects.standing().get().certainty == "unknown"

    tests = f"/people/{stay.pk}/intake/pregnancy"
    page.goto(tests)
    page.get_by_role("group", name="Could the person be pregnant").get_by_label("Yes").check()
    page.get_by_label("Positive").check()
    page.get_by_role("group", name="Control line seen").get_by_label("Yes").check()
    saved(page, "Save", f"**/people/{stay.pk}/intake/")
    page.goto(f"/people/{stay.pk}/")
    assert page.get_by_text("Pregnancy test positive").count() >= 1
    page.goto(tests)
    page.get_by_role("link", name="Strike out Positive").click()
    assert serious_faults(page) == []
    page.fill("#id_why", "Another person's cup")
    saved(page, "Strike out", f"**{tests}")

    assert "Another person's cup" in page.locator(".entry.struck").inner_text()
    page.goto(f"/people/{stay.pk}/")
    assert page.get_by_text("Pregnancy test positive").count() == 0
    assert not PregnancyEntry.objects.standing().exists()


def test_somebody_who_comes_back_is_found_and_arrives_as_themself(
    open_page, nurse, stay, serious_faults
):
    left = factories.EpisodeFactory(
        person__facility=stay.facility, person__legal_name="Renée Ardent",
        person__preferred_name="Ren", person__born_on=date(1980, 2, 29), left=True,
        arrived_at=NOW - timedelta(days=60),
    )  # fmt: skip
    page = open_page("/admissions/new", client=nurse)
    page.fill("#id_legal_name", "renee")
    page.get_by_role("button", name="Look whether they have been here").click()
    shown = page.locator("#id_person")
    shown.wait_for()

    assert "Renée Ardent (Ren)" in shown.inner_text()
    assert "born 29 Feb 1980" in shown.inner_text()
    assert page.input_value("#id_legal_name") == "renee"
    assert "renee" not in page.url
    assert shown.locator("input:checked").count() == 0
    assert serious_faults(page) == []
    assert fits(page)

    shown.get_by_label("Renée Ardent").check()
    page.get_by_role("group", name="Needs an interpreter").get_by_label("Not known").check()
    page.get_by_label("No bed yet").check()
    saved(page, "Open the intake", "**/intake/")

    back = Episode.objects.exclude(pk__in=[stay.pk, left.pk]).get()
    assert back.person_id == left.person_id
    assert Person.objects.filter(legal_name="Renée Ardent").count() == 1
