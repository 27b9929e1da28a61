"""A tablet in the hands of the person in care, in a real browser: the walk, and ways out of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stepdown import clock
from stepdown.content import library
from stepdown.records.models import HandoverEnd, Observation
from tests import factories
from tests.support import sign_in

NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)
SCALE = library.instrument("ucla3")


class Present:
    now = NOW


@pytest.fixture
def present(monkeypatch):
    present = Present()
    monkeypatch.setattr(clock, "now", lambda: present.now)
    return present


@pytest.fixture
def stay(present, transactional_db):
    return factories.EpisodeFactory(
        person__legal_name="Alan Test",
        person__preferred_name="",
        arrived_at=NOW - timedelta(days=2),
        admitted=True,
        in_bed=True,
    )


@pytest.fixture
def nurse(client, stay):
    sign_in(client, factories.AssignmentFactory(facility=stay.facility, nurse=True))
    return client


@pytest.fixture
def hand_over(open_page, nurse, stay):
    """Open the chart, walk to the hand-over page and give the tablet away."""

    def hand_over(kind: str = "ucla3", device: str = "tablet", theme: str = "light") -> Any:
        page = open_page(f"/people/{stay.pk}/", device=device, theme=theme, client=nurse)
        page.get_by_role("link", name="Hand over").click()
        page.get_by_label(library.instrument(kind).name, exact=True).check()
        page.get_by_label("Alan", exact=True).check()
        with page.expect_navigation(url="**/handed/"):
            page.get_by_role("button", name="Hand over now").click()
        return page

    return hand_over


def start(page: Any) -> None:
    page.get_by_role("button", name="Yes, this is me").click()
    page.get_by_text("Question 1 of").wait_for()


def take_back(page: Any, pin: str = factories.PIN) -> None:
    page.get_by_role("link", name="For the nurse").click()
    page.get_by_label("PIN or password").fill(pin)
    page.get_by_role("button", name="Take the tablet back").click()


def heading(page: Any) -> str:
    return str(page.locator("h1").inner_text())


@pytest.mark.parametrize("device", ["phone", "tablet"])
def test_the_whole_walk_by_touch(hand_over, device):
    page = hand_over(device=device)
    assert heading(page) == "Is this form for you, Alan"
    page.get_by_role("button", name="Yes, this is me").tap()
    for number, item in enumerate(SCALE.items, start=1):
        page.get_by_text(f"Question {number} of 3").wait_for()
        assert heading(page) == item.text
        page.locator(".handed__answer").last.tap()
    page.get_by_role("button", name="Give my answers to my nurse").tap()
    page.get_by_role("heading", name="Thank you").wait_for()

    assert Observation.objects.get().total == 9
    take_back(page)
    page.get_by_text("Told by the person on a tablet").wait_for()
    assert "UCLA" in heading(page) or "9" in page.locator(".verdict").inner_text()


def test_the_whole_walk_by_keyboard(hand_over):
    page = hand_over(device="desktop")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for number in (1, 2, 3):
        page.get_by_text(f"Question {number} of 3").wait_for()
        assert page.evaluate("document.activeElement.id") == "asked"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    page.get_by_role("heading", name="That was the last question").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Thank you").wait_for()

    assert Observation.objects.get().total == 3


def test_back_forward_and_reload_never_leave_the_form(hand_over):
    page = hand_over()
    start(page)
    for _each in range(4):
        page.go_back()
        assert page.url.endswith("/handed/") or page.url == "about:blank"
        assert "Test" not in page.content()
    for _each in range(4):
        page.go_forward()
        assert page.url.endswith("/handed/") or page.url == "about:blank"
    page.goto("/handed/")
    page.reload()
    page.get_by_text("Question 1 of 3").wait_for()


@pytest.mark.parametrize(
    "path", ["/", "/people/{}/", "/people/{}/observations", "/account/", "/account/logout/",
             "/demo/sign-in/", "/nowhere", "/reports/access/", "/people/{}/observe/"]
)  # fmt: skip
def test_every_address_typed_into_the_bar_comes_out_at_the_form(hand_over, stay, path):
    page = hand_over()
    page.goto(path.format(stay.pk))

    assert page.url.endswith("/handed/")
    assert "Test" not in page.content()


def test_keys_of_the_staffs_pages_do_nothing(hand_over):
    page = hand_over()
    start(page)
    for key in ("?", "/", "g", "w", "j", "k", "Escape", "1", "Backspace"):
        page.keyboard.press(key)

    assert page.url.endswith("/handed/")
    assert page.locator("dialog[open]").count() == 0
    assert not page.evaluate(
        "Boolean(window.localStorage.length && localStorage.getItem('answers'))"
    )


def test_a_script_in_the_page_reaches_nothing_of_the_chart(hand_over, stay):
    page = hand_over()
    start(page)
    for headers in ({"HX-Request": "true"}, {"X-Stepdown-Poll": "1"}, {}):
        found = page.evaluate(
            """async ([url, headers]) => {
              const answer = await fetch(url, { headers, redirect: "follow" });
              return [answer.status, answer.url, await answer.text()];
            }""",
            [f"/people/{stay.pk}/", headers],
        )
        assert found[0] == 423 or found[1].endswith("/handed/")
        assert "Test" not in found[2]


def test_another_tab_covers_itself_and_a_new_one_shows_the_form(hand_over, nurse, stay, open_page):
    board = open_page("/ward/x/", device="desktop", client=nurse)
    chart = board.context.new_page()
    chart.goto(f"/people/{stay.pk}/")
    page = board.context.new_page()
    page.goto(f"/people/{stay.pk}/hand-over/")
    page.get_by_label(SCALE.name, exact=True).check()
    page.get_by_label("Alan", exact=True).check()
    with page.expect_navigation(url="**/handed/"):
        page.get_by_role("button", name="Hand over now").click()

    chart.locator("#lock[open]").wait_for()
    assert chart.title() == "Locked"
    chart.locator("#lock-password").fill(factories.PIN)
    chart.get_by_role("button", name="Unlock").click()
    chart.get_by_text("This tablet is handed over").wait_for()
    assert chart.locator("#lock[open]").count() == 1

    new = board.context.new_page()
    new.goto("/")
    assert new.url.endswith("/handed/")

    take_back(page)
    page.get_by_text("Told by the person on a tablet").wait_for()
    chart.locator("#lock[open]").wait_for(state="hidden")


def test_left_alone_it_asks_then_closes_and_shows_nothing(hand_over, present):
    page = hand_over("phq9")
    page.clock.install(time=NOW)
    page.reload()
    page.get_by_role("button", name="Yes, this is me").click()
    page.get_by_text("Question 1 of").wait_for()
    page.locator(".handed__answer").last.click()
    page.get_by_text("Question 2 of").wait_for()

    page.clock.run_for(130_000)
    page.get_by_role("button", name="I need more time").wait_for()
    present.now = NOW + timedelta(minutes=3, seconds=5)
    page.clock.run_for(60_000)
    page.get_by_role("heading", name="Please hand the tablet back").wait_for()

    assert "your answer" not in page.content()
    page.wait_for_function("() => !document.querySelector('[data-ends]')")
    page.wait_for_load_state("networkidle")  # the server writes in the memory that is read here
    end = HandoverEnd.objects.get()
    assert (end.how, end.answered) == ("left", 1)


def test_more_time_is_one_press(hand_over, present):
    page = hand_over()
    page.clock.install(time=NOW)
    page.reload()
    start(page)
    page.clock.run_for(130_000)
    present.now = NOW + timedelta(seconds=130)
    page.get_by_role("button", name="I need more time").click()
    page.wait_for_load_state()

    assert page.locator("[data-soon]").is_hidden()
    assert not HandoverEnd.objects.exists()


def test_without_a_connection_it_says_so_and_keeps_the_answers(hand_over, watch):
    page = hand_over()
    start(page)
    page.locator(".handed__answer").first.click()
    page.get_by_text("Question 2 of 3").wait_for()
    page.context.set_offline(True)
    page.locator(".handed__answer").first.click()
    page.get_by_text("No connection. Your last answer was not sent.").wait_for()
    assert "Question 2 of 3" in page.content()

    page.context.set_offline(False)
    page.locator(".handed__answer").first.click()
    page.get_by_text("Question 3 of 3").wait_for()
    assert page.locator("#offline").is_hidden()
    watch.faults = [fault for fault in watch.faults if "console: htmx:" not in fault]


def test_wrong_pins_are_counted_and_the_fifth_signs_out(hand_over):
    page = hand_over()
    start(page)
    page.locator(".handed__answer").first.click()
    page.get_by_text("Question 2 of 3").wait_for()
    page.get_by_role("link", name="For the nurse").click()
    for left in (4, 3, 2, 1):
        page.get_by_label("PIN or password").fill("0000")
        page.get_by_role("button", name="Take the tablet back").click()
        page.get_by_text(f"{left} {'try' if left == 1 else 'tries'} left").wait_for()
    page.get_by_label("PIN or password").fill("0000")
    page.get_by_role("button", name="Take the tablet back").click()
    page.wait_for_url("**/account/login/")

    assert Observation.objects.get().outcome == "partial"


def test_two_presses_send_once(hand_over):
    page = hand_over()
    start(page)
    for number in (1, 2, 3):
        page.get_by_text(f"Question {number} of 3").wait_for()
        page.locator(".handed__answer").first.dblclick()
    page.get_by_role("heading", name="That was the last question").wait_for()
    page.get_by_role("button", name="Give my answers to my nurse").dblclick()
    page.get_by_role("heading", name="Thank you").wait_for()

    assert Observation.objects.get().total == 3


def test_it_works_without_script(nurse, stay, browser, live_server):
    nurse.post(
        f"/people/{stay.pk}/hand-over/",
        {"submission": "019b5a3a-0000-7000-8000-000000000001", "kind": "ucla3", "called": "Alan"},
    )
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies(
        [{"name": n, "value": m.value, "url": live_server.url} for n, m in nurse.cookies.items()]
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="Yes, this is me").click()
    for _each in range(3):
        page.locator(".handed__answer").first.click()
    page.get_by_role("button", name="Give my answers to my nurse").click()
    assert heading(page) == "Thank you"
    context.close()

    assert Observation.objects.get().total == 3


@pytest.mark.parametrize("theme", ["light", "night"])
def test_no_page_of_it_has_a_serious_fault(hand_over, serious_faults, theme):
    page = hand_over("phq9", theme=theme)
    assert serious_faults(page) == []
    start(page)
    assert serious_faults(page) == []
    page.locator(".handed__answer").last.click()
    page.get_by_text("Question 2 of").wait_for()
    page.get_by_role("button", name="Back").click()
    page.get_by_text("your answer").wait_for()
    assert serious_faults(page) == []
    page.get_by_role("button", name="Stop here").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert serious_faults(page) == []
    page.get_by_role("link", name="For the nurse").click()
    assert serious_faults(page) == []


@pytest.mark.parametrize("width", [320, 390, 820])
def test_nothing_hangs_over_the_side(hand_over, width):
    page = hand_over("sows16", device="phone")
    page.set_viewport_size({"width": width, "height": 800})
    start(page)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_bedside_still_takes_twelve_taps_and_sedation_is_one_more(open_page, nurse, stay):
    page = open_page(f"/people/{stay.pk}/observe/", device="tablet", client=nurse)
    page.fill("#id_heart_rate_bpm", "88")
    page.locator(".beside label").first.tap()
    items = page.locator("fieldset[data-item]:not([data-derived-from])").all()
    for item in items:
        item.locator("label").first.tap()
    with page.expect_navigation(url=f"**/people/{stay.pk}/"):
        page.locator("[data-sign]").tap()

    assert len(items) == 10
    assert Observation.objects.get(kind="sedation_level").band == "asleep"
