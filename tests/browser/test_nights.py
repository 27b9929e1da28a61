"""What people do through a night: score, be interrupted, come back, lose nothing.

Each test has a bed and a person of its own; they share the house, as people do. At the
end the sealed chain of everything that was done here must hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from stepdown.records import verifying
from stepdown.records.models import Assignment, AuditEvent, Episode, Observation
from tests.browser.house import PASSWORD, PIN, House
from tests.browser.sheet import COWS_POINTS, COWS_TOTAL, MOST_TAPS, RATE, SIGNS, Sheet

# Deselected, not absent, where only `make test` was set up; there is no browser driver there.
expect = pytest.importorskip("playwright.sync_api").expect

BEFORE = (2, 1, 2, 2, 1, 2, 1, 1, 2, 3)
"""COWS items 2 to 11 four hours ago; with a pulse of 96 they make 18."""

NAMES = (
    "Ada Quill", "Ben Mora", "Cleo Hart", "Dov Lind", "Esme Roe", "Finn Abara", "Gil Soto",
    "Hana Price", "Ivo Marsh", "Jude Okafor", "Kim Valdez", "Lou Brandt", "Mae Odom",
)  # fmt: skip


@pytest.fixture(scope="module")
def second(house: House) -> Assignment:
    return house.second_nurse()


@pytest.fixture(scope="module")
def free_beds() -> Iterator[tuple[str, str]]:
    """Bed by bed, and who comes to lie there."""
    return iter((str(place), name) for place, name in enumerate(NAMES, start=1))


@pytest.fixture
def stay(house: House, free_beds: Iterator[tuple[str, str]]) -> Episode:
    """Somebody in withdrawal, scored 18 four hours ago."""
    bed, name = next(free_beds)
    stay = house.admitted(name, bed)
    house.scored(stay, BEFORE, 4, "96")
    return stay


@pytest.fixture(autouse=True)
def _quiet_and_sealed(house: House) -> Iterator[None]:
    house.watch.faults.clear()
    yield
    assert house.watch.faults == []
    assert [str(broken) for broken in verifying.verify(house.world.facility)] == []


@pytest.fixture
def open_sheet(house: House) -> Iterator[Any]:
    """Stand beside somebody's bed: ``open_sheet(stay, "RN", device="tablet")``."""
    opened = []

    def open_sheet(stay: Episode, who: str | Assignment = "RN", **options: Any) -> Sheet:
        clocked = options.pop("clocked", False)
        context = house.context(house.client(who), **options)
        opened.append(context)
        page = context.new_page()
        if clocked:
            page.clock.install()
        page.goto(f"/people/{stay.pk}/observe/")
        return Sheet(page)

    yield open_sheet
    for context in opened:
        context.close()


def cows_of(stay: Episode) -> list[Observation]:
    """The scores told since the test began, newest first."""
    return list(Observation.objects.filter(episode=stay, kind="cows").newest())[:-2]


def tile_of(page: Any, bed: str) -> Any:
    """The tile of one bed."""
    number = page.locator(".bed__no", has_text=re.compile(rf"\b{bed}$"))
    return page.locator("li.bed").filter(has=number)


def bed_of(stay: Episode) -> str:
    return str(stay.bed_stays.get(ended_at=None).bed.label)


def test_from_signing_in_to_a_new_score_on_the_board_by_taps(house, stay):
    page = house.context(device="tablet").new_page()
    page.goto("/demo/sign-in/")
    page.locator("form[action$='/demo/sign-in/RN/'] button").tap()
    tile = tile_of(page, bed_of(stay))
    expect(tile).to_contain_text("COWS 18")
    tile.locator("h2 a").tap()
    page.locator("a[href$='/observe/']").first.tap()

    sheet = Sheet(page)
    sheet.type_signs(without=RATE)
    sheet.taps = 0
    sheet.type_sign(RATE, "88")
    sheet.tap_every_item()
    expect(page.locator("[data-num]")).to_have_text(str(COWS_TOTAL))
    sheet.tap_save()

    page.wait_for_url(f"**/people/{stay.pk}/")
    assert sheet.taps <= MOST_TAPS
    expect(page.locator(".verdict")).to_contain_text(str(COWS_TOTAL))
    expect(page.locator("#main")).to_contain_text(f"COWS {COWS_TOTAL}, mild")
    page.goto("/")
    expect(tile_of(page, bed_of(stay))).to_contain_text(f"COWS {COWS_TOTAL}")
    assert [row.total for row in cows_of(stay)] == [COWS_TOTAL]


def test_the_same_by_keys_alone(stay, open_sheet):
    sheet = open_sheet(stay)
    page = sheet.page
    page.locator("#id_systolic_mmhg").focus()
    sheet.type_signs_by_tab()
    page.locator("fieldset[data-item] input:not(:disabled)").first.focus()
    for points in COWS_POINTS.values():
        page.keyboard.press(str(points))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/people/{stay.pk}/")
    assert [row.total for row in cows_of(stay)] == [COWS_TOTAL]
    vitals = Observation.objects.filter(episode=stay, kind="vitals").newest()[0]
    assert {key: vitals.values[key] for key in SIGNS} == SIGNS


def test_asleep_leaves_a_reason_and_no_total(stay, open_sheet):
    sheet = open_sheet(stay, device="tablet")
    page = sheet.page
    sheet.tap("[data-open=cannot]")
    sheet.tap("#cannot label:has(input[value=asleep])")
    sheet.tap("#cannot label:has(input[value=chest_rising])")
    page.fill("#cannot input[name=cows_breaths]", "14")
    sheet.tap("#cannot button[value=not_scored]")
    page.wait_for_url(f"**/people/{stay.pk}/")
    expect(page.locator("#main")).to_contain_text("asleep")
    (told,) = cows_of(stay)
    assert (told.outcome, told.total, told.band, told.answers) == ("asleep", None, "", {})
    page.goto("/")
    expect(tile_of(page, bed_of(stay))).not_to_contain_text("COWS 0")


@pytest.mark.parametrize("by", ["mouse", "finger"])
def test_1000_is_refused_150_is_asked_twice_and_nothing_typed_or_pressed_is_lost(
    stay, open_sheet, by
):
    sheet = open_sheet(stay, device="desktop" if by == "mouse" else "tablet")
    page = sheet.page
    sheet.type_signs(without=RATE)
    page.fill("#id_heart_rate_bpm", "1000")
    sheet.tap_every_item(click=by == "mouse")  # the first press brings up the warning
    kept = sheet.standing()
    page.click("[data-sign]")
    expect(page.locator("#id_heart_rate_bpm_error")).to_contain_text("1000 cannot be right")
    expect(page.locator("#id_heart_rate_bpm")).to_be_focused()
    assert cows_of(stay) == []

    page.fill("#id_heart_rate_bpm", "150")
    page.click("[data-sign]")
    question = page.locator("[data-field=heart_rate_bpm] [data-ask]")
    expect(question).to_contain_text("150")
    assert cows_of(stay) == []
    assert sheet.standing() == kept | {"heart_rate_bpm": "150", "pulse": "above_120"}

    question.locator("input[type=checkbox]").check()
    page.click("[data-sign]")
    page.wait_for_url(f"**/people/{stay.pk}/")
    assert [row.total for row in cows_of(stay)] == [COWS_TOTAL - 1 + 4]


def test_without_script_the_server_refuses_asks_twice_and_records(stay, open_sheet):
    sheet = open_sheet(stay, java_script_enabled=False)
    page = sheet.page
    sheet.type_signs(without=RATE)
    page.fill("#id_heart_rate_bpm", "1000")
    sheet.tap_every_item(click=True)
    page.locator("#id_note").evaluate("note => { note.value = 'Slept in the chair' }")
    page.click("[data-sign]")
    expect(page.locator("[role=alert]").first).to_contain_text("Not saved yet")
    expect(page.locator("#id_heart_rate_bpm")).to_have_value("1000")
    assert cows_of(stay) == []

    page.fill("#id_heart_rate_bpm", "150")
    page.click("[data-sign]")
    question = page.locator("[data-field=heart_rate_bpm] [data-ask]")
    expect(question).to_contain_text("150")
    question.locator("input[type=checkbox]").check()
    page.click("[data-sign]")
    page.wait_for_url(f"**/people/{stay.pk}/")
    (told,) = cows_of(stay)
    assert told.total == COWS_TOTAL - 1 + 4
    assert told.note == "Slept in the chair"


def test_a_colleagues_board_shows_the_score_without_reload_focus_or_scroll_lost(
    house, stay, second, open_sheet
):
    board = house.context(house.client(second), device="phone").new_page()
    board.clock.install()
    board.goto("/")
    tile = tile_of(board, bed_of(stay))
    link = tile.locator("h2 a")
    link.focus()
    board.evaluate("window.still = true; scrollTo(0, 300)")
    before = board.evaluate("scrollY")
    assert before > 0

    sheet = open_sheet(stay, device="tablet")
    sheet.fill_and_save()
    sheet.page.wait_for_url(f"**/people/{stay.pk}/")

    board.clock.fast_forward(15_000)
    expect(tile).to_contain_text(f"COWS {COWS_TOTAL}")
    expect(link).to_be_focused()
    assert board.evaluate("[window.still, scrollY]") == [True, before]


def test_an_idle_screen_locks_and_the_pin_brings_the_half_typed_form_back(house, stay, open_sheet):
    sheet = open_sheet(stay, device="tablet", clocked=True)
    page = sheet.page
    sheet.type_signs()
    sheet.tap_every_item(but="gooseflesh")
    typed = sheet.standing()

    house.present.passes(minutes=4)
    page.clock.fast_forward(4 * 60_000)
    lock = page.locator("#lock")
    expect(lock).to_be_visible()
    expect(page.locator("#sheet")).not_to_be_visible()
    lock.locator("input[type=password]").fill("0000")
    lock.locator("button.btn--main").tap()
    expect(page.locator("#lock-error")).to_contain_text("not your PIN")
    lock.locator("input[type=password]").fill(PIN)
    lock.locator("button.btn--main").tap()

    expect(lock).to_be_hidden()
    assert sheet.standing() == typed
    sheet.tap_item("gooseflesh")
    sheet.tap_save()
    page.wait_for_url(f"**/people/{stay.pk}/")
    assert [row.total for row in cows_of(stay)] == [COWS_TOTAL]


def end_sign_in(page: Any) -> None:
    """The session is gone, as after a night's sleep."""
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "sessionid"]
    Session.objects.filter(pk=cookie["value"]).delete()


def test_a_sign_in_that_ended_mid_form_costs_nothing_and_records_once(stay, open_sheet):
    sheet = open_sheet(stay)
    page = sheet.page
    sheet.type_signs()
    sheet.tap_every_item(click=True)
    typed = sheet.standing()
    end_sign_in(page)
    page.click("[data-sign]")
    again = page.locator("#again")
    expect(again).to_be_visible()
    assert cows_of(stay) == []

    with page.context.expect_page() as opened:
        again.locator("a[target=_blank]").click()
    other = opened.value
    other.click("a[href$='/demo/sign-in/']")
    other.click("form[action$='/demo/sign-in/RN/'] button")
    expect(other.locator("li.bed").first).to_be_visible()
    other.close()

    assert sheet.standing() == typed
    again.locator("[data-again]").click()
    page.wait_for_url(f"**/people/{stay.pk}/")
    assert [row.total for row in cows_of(stay)] == [COWS_TOTAL]


def test_without_script_too_what_was_typed_survives_a_new_sign_in(stay, second, open_sheet):
    sheet = open_sheet(stay, second, java_script_enabled=False)
    page = sheet.page
    sheet.type_signs()
    sheet.tap_every_item(click=True)
    end_sign_in(page)
    page.click("[data-sign]")
    expect(page.locator("h1")).to_have_text("Sign in")
    assert cows_of(stay) == []
    page.fill("input[name=login]", second.user.username)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button.btn--main").first.click()
    expect(page.locator("h1")).to_have_text("What you typed is still here")
    page.click("button[name=kept_send]")
    page.wait_for_url(f"**/people/{stay.pk}/")
    assert [row.total for row in cows_of(stay)] == [COWS_TOTAL]


def test_the_second_of_two_nurses_sees_the_first_score_beside_theirs_and_records_too(
    stay, second, open_sheet
):
    mine, theirs = open_sheet(stay, device="tablet"), open_sheet(stay, second, device="tablet")
    theirs.fill_and_save()
    theirs.page.wait_for_url(f"**/people/{stay.pk}/")

    mine.type_signs()
    mine.tap_every_item(but="yawning")
    mine.tap_item("yawning", points=2)
    mine.tap_save()
    conflict = mine.page.locator(".conflict")
    expect(conflict).to_contain_text("Noor Haddad")
    expect(conflict.locator("tr.differs")).to_have_count(1)
    expect(conflict.locator("tr").last).to_contain_text(str(COWS_TOTAL))
    assert len(cows_of(stay)) == 1

    conflict.locator("button", has_text="Record mine as well").tap()
    mine.page.wait_for_url(f"**/people/{stay.pk}/")
    assert [row.total for row in cows_of(stay)] == [COWS_TOTAL + 1, COWS_TOTAL]


def test_pressing_save_twice_records_once(stay, open_sheet):
    sheet = open_sheet(stay)
    sheet.type_signs()
    sheet.tap_every_item(click=True)
    sheet.page.dblclick("[data-sign]")
    sheet.page.wait_for_url(f"**/people/{stay.pk}/")
    sheet.page.wait_for_load_state("networkidle")
    assert len(cows_of(stay)) == 1
    events = AuditEvent.objects.filter(action="observations.record", episode_id=stay.pk)
    assert events.filter(at__gte=cows_of(stay)[0].recorded_at).count() == 1


def test_a_phone_is_enough_for_the_whole_entry(stay, open_sheet):
    sheet = open_sheet(stay, device="phone")
    sheet.fill_and_save()
    sheet.page.wait_for_url(f"**/people/{stay.pk}/")
    assert sheet.taps <= MOST_TAPS + len(SIGNS) - 1
    assert [row.total for row in cows_of(stay)] == [COWS_TOTAL]
