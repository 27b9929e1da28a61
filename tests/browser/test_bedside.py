"""The bedside sheet in a real browser: what the script may do, and what it must not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from stepdown import clock
from stepdown.records.models import VITALS, Observation
from tests import factories
from tests.support import sign_in

NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)


@pytest.fixture
def stay(monkeypatch, transactional_db):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return factories.EpisodeFactory(arrived_at=NOW - timedelta(days=2), admitted=True, in_bed=True)


@pytest.fixture
def nurse(client, stay):
    sign_in(client, factories.AssignmentFactory(facility=stay.facility, nurse=True))
    return client


@pytest.fixture
def bedside(open_page, nurse, stay):
    """The sheet, opened on a device: ``bedside("tablet")``."""
    return lambda device="tablet": open_page(
        f"/people/{stay.pk}/observe/", device=device, client=nurse
    )


def score(page, digits: str = "1111111110") -> None:
    """A whole COWS by its keys: the heart rate, then one digit for each item."""
    page.fill("#id_heart_rate_bpm", "88")
    page.press("#id_heart_rate_bpm", "Enter")
    for digit in digits:
        page.keyboard.press(digit)


def test_a_whole_score_takes_ten_digits_and_enter(bedside, stay):
    page = bedside()
    score(page)

    assert page.locator("[data-sign-label]").inner_text() == "Save 10"
    with page.expect_navigation(url=f"**/people/{stay.pk}/"):
        page.keyboard.press("Enter")

    assert Observation.objects.get(kind="cows").total == 10


def test_a_whole_score_takes_ten_taps_and_save(bedside, stay):
    page = bedside("phone")
    page.fill("#id_heart_rate_bpm", "88")
    items = page.locator("fieldset[data-item]:not([data-derived-from])").all()

    for item in items:
        item.locator("label").first.tap()
    with page.expect_navigation(url=f"**/people/{stay.pk}/"):
        page.locator("[data-sign]").tap()

    assert (len(items), Observation.objects.get(kind="cows").total) == (10, 1)


def test_all_eleven_items_fit_a_tablet_on_its_side_without_scrolling(bedside):
    page = bedside()
    page.set_viewport_size({"width": 1024, "height": 768})

    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.locator("fieldset[data-item]").count() == 11
    for place in range(11):
        box = page.locator("fieldset[data-item]").nth(place).bounding_box()
        assert box["y"] + box["height"] <= page.locator(".cows__foot").bounding_box()["y"] + 1


@pytest.mark.parametrize("width", [320, 390, 600, 820, 1024, 1440])
def test_nothing_hangs_over_the_side(bedside, width):
    page = bedside()
    page.set_viewport_size({"width": width, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_page_one_goes_back_to_has_a_number_of_its_own(bedside, stay):
    page = bedside()
    first = page.input_value("[data-submission]")
    score(page)
    with page.expect_navigation(url=f"**/people/{stay.pk}/"):
        page.keyboard.press("Enter")

    page.go_back()
    page.wait_for_selector("form[data-observe]")

    assert str(Observation.objects.get(kind="cows").submission_id) == first
    assert page.input_value("[data-submission]") not in ("", first)


def test_the_unit_is_a_habit_of_the_device_and_what_is_sent_names_its_own(bedside, stay):
    page = bedside()
    page.select_option("#id_temperature_c_unit", "°F")
    page.reload()

    assert page.input_value("#id_temperature_c_unit") == "°F"
    page.fill("#id_temperature_c", "98,6")
    assert page.locator("[data-field=temperature_c] [data-converted]").inner_text() == "= 37.0 °C"
    with page.expect_navigation(url=f"**/people/{stay.pk}/"):
        page.get_by_role("button", name="Vitals alone").click()

    assert Observation.objects.get(kind=VITALS).values == {"temperature_c": "37.0"}


def test_half_a_number_is_no_mistake_and_a_whole_one_is(bedside):
    page = bedside()
    field = page.locator("[data-field=systolic_mmhg]")

    page.locator("#id_systolic_mmhg").press_sequentially("1")
    quiet = field.locator("[data-error]").is_visible()
    page.locator("#id_systolic_mmhg").press_sequentially("000")
    page.keyboard.press("Tab")

    assert not quiet
    assert (
        "1000 cannot be right. Enter 40 to 300 mmHg" in field.locator("[data-error]").inner_text()
    )


def test_a_tick_given_in_the_browser_counts_for_the_number_it_stood_beside(bedside, stay):
    page = bedside()
    page.fill("#id_systolic_mmhg", "186")
    page.keyboard.press("Tab")
    page.locator("[data-field=systolic_mmhg] [name=confirmed]").check()
    with page.expect_navigation(url=f"**/people/{stay.pk}/"):
        page.get_by_role("button", name="Vitals alone").click()

    assert Observation.objects.get(kind=VITALS).asked_twice == ["systolic_mmhg"]


def test_a_tick_goes_when_the_number_changes(bedside):
    page = bedside()
    tick = page.locator("[data-field=systolic_mmhg] [name=confirmed]")
    page.fill("#id_systolic_mmhg", "186")
    page.keyboard.press("Tab")
    tick.check()

    page.fill("#id_systolic_mmhg", "216")
    page.keyboard.press("Tab")

    assert not tick.is_checked()


def test_a_mistake_in_the_dialog_leaves_it_open(bedside):
    page = bedside()
    page.get_by_role("button", name="Asleep or refused").click()
    page.get_by_label("Off the unit").check()
    page.get_by_role("button", name="Save reason").click()

    dialog = page.locator("#cannot")
    dialog.get_by_text("Say where, and with whom.").wait_for()
    assert page.evaluate("document.querySelector('#cannot').matches(':modal')")
    assert not Observation.objects.exists()


def test_a_question_appears_with_the_answer_that_leads_to_it(open_page, nurse, stay):
    page = open_page(f"/people/{stay.pk}/observe/cssrs_screener/", device="phone", client=nurse)
    sign = page.locator("[data-sign-label]")
    before = page.locator("fieldset[data-item]:visible").count()

    page.locator("[name=cssrs_screener-q2][value=yes]").check(force=True)

    assert (before, page.locator("fieldset[data-item]:visible").count()) == (3, 6)
    assert sign.inner_text() == "5 left"
    page.locator("[name=cssrs_screener-q4][value=yes]").check(force=True)
    page.locator("[name=cssrs_screener-q2][value=no]").check(force=True)
    for item in ("q1", "q6_lifetime"):
        page.locator(f"[name=cssrs_screener-{item}][value=no]").check(force=True)
    with page.expect_navigation(url=f"**/people/{stay.pk}/"):
        page.locator("[data-sign]").click()

    assert set(Observation.objects.get().answers) == {"q1", "q2", "q6_lifetime"}


@pytest.mark.parametrize("theme", ["light", "night"])
@pytest.mark.parametrize("page", ["", "cows/", "cssrs_screener/"])
def test_axe_finds_nothing_serious(open_page, nurse, stay, serious_faults, theme, page):
    factories.CowsFactory(episode=stay, occurred_at=NOW - timedelta(hours=2), scored=14)
    shown = open_page(f"/people/{stay.pk}/observe/{page}", theme=theme, client=nurse)

    assert serious_faults(shown) == []
