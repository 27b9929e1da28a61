"""Every page, in both themes, as an accessibility check, a phone and a printer meet it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.browser.house import House
from tests.browser.ward import filled
from tools.chromium import Theme

Step = Callable[[Any], None]
NARROW_PX = (320, 390)

# What sticks out to the side, unless something it lies in scrolls by itself.
STICKS_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const scrolls = one => one && (/auto|scroll|hidden|clip/.test(getComputedStyle(one).overflowX)
    && one !== document.body && one !== document.documentElement || scrolls(one.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter(one => one.getBoundingClientRect().right > wide + 1 && !scrolls(one.parentElement))
    .map(one => `${one.tagName.toLowerCase()}.${one.getAttribute("class") ?? ""}`)
    .slice(0, 5).concat(`${document.documentElement.scrollWidth} > ${wide}`);
}"""


@dataclass(frozen=True)
class Place:
    """One page: whose it is, where, and what is done on it before it is looked at."""

    name: str
    who: str
    path: str
    status: int = 200
    steps: tuple[Step, ...] = ()


def press(selector: str) -> Step:
    return lambda page: page.locator(selector).first.click()


def key(name: str) -> Step:
    return lambda page: page.keyboard.press(name)


def type_in(selector: str, words: str) -> Step:
    return lambda page: page.fill(selector, words)


def send_as_it_is(selector: str) -> Step:
    """Send a form past every script and the browser's own checks: the server answers."""

    def send(page: Any) -> None:
        with page.expect_navigation():
            page.locator(selector).evaluate("form => HTMLFormElement.prototype.submit.call(form)")

    return send


def unfold(page: Any) -> None:
    """Open every fold, one after another: what is inside counts, too."""
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")


STAY = "/people/{stay}/"
PLACES = (
    # the ward
    Place("board", "RN", "/ward/withdrawal/"),
    Place("board of a counsellor", "COUN", "/ward/withdrawal/"),
    Place("board with the list of keys", "RN", "/ward/withdrawal/", 200, (key("?"),)),
    Place("board of an empty unit", "RN", "/ward/quiet/"),
    Place("wall", "RN", "/ward/withdrawal/wall"),
    Place("what waits on the tablet", "RN", "/offline/"),
    Place("locked by hand", "LVN", "/account/", 200, (press("[data-lock-now]"),)),
    # the chart
    Place("course of the stay", "RN", STAY + "?span=stay", 200, (unfold,)),
    Place("course of 12 hours", "RN", STAY + "?span=12h", 200, (unfold,)),
    Place("course of a severe withdrawal", "PRES", "/people/{severe}/", 200, (unfold,)),
    Place("course of somebody asleep", "RN", "/people/{asleep}/"),
    Place("course of somebody just arrived", "RN", "/people/{coming}/"),
    Place("course of a stay that ended", "RN", "/people/{left}/"),
    Place("chart by invitation only", "PRES", "/people/{restricted}/", 403),
    Place("observations", "RN", STAY + "observations", 200, (unfold,)),
    # the bedside
    Place("bedside", "RN", STAY + "observe/"),
    Place("bedside with open folds", "RN", STAY + "observe/", 200, (unfold,)),
    Place("bedside, not scored", "RN", STAY + "observe/", 200, (press("[data-open=cannot]"),)),
    Place("bedside, full wording", "RN", STAY + "observe/", 200, (press("[data-open=wording]"),)),
    Place("bedside after a refusal", "RN", STAY + "observe/", 200, (
        type_in("#id_heart_rate_bpm", "1000"), send_as_it_is("#sheet"))),
    Place("bedside, an unusual value", "RN", STAY + "observe/", 200, (
        type_in("#id_heart_rate_bpm", "150"), press("h1"))),
    Place("bedside without script", "RN", STAY + "observe/?not_scored"),
    Place("bedside of a technician", "BHT", STAY + "observe/"),
    Place("C-SSRS screener", "RN", STAY + "observe/cssrs_screener/"),
    Place("scales", "RN", STAY + "scales/"),
    Place("PHQ-9", "RN", STAY + "observe/phq9/"),
    Place("PHQ-9, refused", "RN", STAY + "observe/phq9/", 200, (send_as_it_is("#reading"),)),
    Place("BAM", "RN", STAY + "observe/bam/", 200, (
        type_in("#id_bam-drug_days_number", "4"), type_in("#id_bam-alcohol_days_number", "40"))),
    Place("CIWA-Ar", "RN", STAY + "observe/ciwa_ar/"),
    Place("craving", "RN", STAY + "observe/craving_vas/", 200, (
        type_in("#id_craving_vas-urge_now_number", "40"),)),
    Place("hand over", "RN", STAY + "hand-over/"),
    Place("hand over, refused", "RN", STAY + "hand-over/", 200, (send_as_it_is("main form"),)),
    Place("correct a score", "RN", "/observations/{cows}/correct"),
    Place("correct vital signs", "RN", "/observations/{vitals}/correct"),
    Place("correct a screen", "RN", "/observations/{screen}/correct"),
    Place("correct, refused", "RN", "/observations/{cows}/correct", 200, (
        send_as_it_is("main form"),)),
    Place("strike out", "RN", "/observations/{cows}/strike"),
    # admission
    Place("arrive", "RN", "/admissions/new"),
    Place("arrive, refused", "RN", "/admissions/new", 200, (send_as_it_is("main form"),)),
    Place("intake", "RN", "/people/{coming}/intake/"),
    *(Place(f"intake, {part}", "RN", f"/people/{{coming}}/intake/{part}", 200, (unfold,))
      for part in ("identity", "consents", "allergies", "use", "pregnancy", "goal")),
    Place("intake, use, refused", "RN", "/people/{coming}/intake/use", 200, (
        send_as_it_is("main form"),)),
    Place("intake, order", "PRES", "/people/{coming}/intake/order"),
    Place("arrive, looked", "RN", "/admissions/new", 200, (
        type_in("#id_legal_name", "ren"), press("button[name=look]"),
        lambda page: page.locator("#id_person").wait_for())),
    Place("correct a use", "RN", "/people/{coming}/intake/use/{use}/correct"),
    Place("correct a use, refused", "RN", "/people/{coming}/intake/use/{use}/correct", 200, (
        send_as_it_is("main form"),)),
    Place("correct a consent", "RN", STAY + "intake/consents/{told}/correct"),
    Place("strike a consent", "RN", STAY + "intake/consents/{told}/strike"),
    Place("consents after admission", "RN", STAY + "intake/consents"),
    Place("strike an allergy", "RN", "/people/{coming}/intake/allergies/{allergy}/strike"),
    Place("move", "RN", STAY + "move"),
    Place("targets", "PRES", STAY + "targets", 200, (unfold,)),
    # finding
    Place("find somebody", "RN", "/find/"),
    Place("find somebody, found", "RN", "/find/", 200, (
        type_in("#q", "ren"), press("#find button"),
        lambda page: page.locator("#find-page section").wait_for())),
    Place("find somebody, too little", "RN", "/find/", 200, (
        press("#find button"), lambda page: page.locator(".alert--stop").wait_for())),
    Place("find somebody, no birth dates", "MT", "/find/"),
    Place("somebody calls", "ADM", "/calls/", 200, (
        press("button[name=look]"), lambda page: page.locator("[role=status] b").wait_for())),
    Place("a call, refused", "ADM", "/calls/", 200, (send_as_it_is("#sheet"),)),
    # the facility
    Place("settings", "DIR", "/facility/settings/"),
    Place("one setting", "DIR", "/facility/settings/idle_lock_minutes/"),
    Place("staff", "SYS", "/facility/staff/"),
    Place("open an account", "SYS", "/facility/staff/new/"),
    Place("open an account, refused", "SYS", "/facility/staff/new/", 200, (
        send_as_it_is("main form"),)),
    Place("an account", "SYS", "/facility/staff/{user}/"),
    Place("content", "MD", "/facility/content/"),
    Place("content of a scale", "MD", "/facility/content/instruments/cows/", 200, (unfold,)),
    Place("content of a screener", "MD", "/facility/content/instruments/cssrs_screener/"),
    Place("content of a scale of parts", "MD", "/facility/content/instruments/bam/", 200, (unfold,)),
    Place("content of a scale that raises", "MD", "/facility/content/instruments/phq9/"),
    Place("content of vital signs", "MD", "/facility/content/vitals/vitals/", 200, (unfold,)),
    Place("content of permissions", "MD", "/facility/content/access/permissions/", 200, (unfold,)),
    Place("beds", "RN", "/facility/beds/"),
    Place("a bed", "RN", "/facility/beds/{bed}/"),
    # reports
    Place("who looked and wrote", "PRIV", "/reports/access/"),
    Place("who looked at one stay", "PRIV", "/reports/access/{stay}/"),
    Place("searches and calls", "PRIV", "/reports/searches/"),
    Place("emergency openings", "PRIV", "/reports/emergencies/"),
    Place("review of an opening", "PRIV", "/reports/emergencies/{opening}/"),
    Place("exports", "PRIV", "/reports/exports/"),
    Place("accounts that end", "SYS", "/reports/accounts/"),
    Place("break the glass", "PRES", "/people/{restricted}/emergency/"),
    # the door
    Place("sign in", "nobody", "/account/login/"),
    Place("sign in, refused", "nobody", "/account/login/", 200, (send_as_it_is("main form:not(#passkey)"),)),
    Place("choose a role in the demonstration", "nobody", "/demo/sign-in/"),
    Place("choose a role", "two roles", "/role/"),
    Place("second factor needed", "RN", "/account/2fa/needed/"),
    Place("set up the second factor", "password", "/account/2fa/totp/activate/"),
    Place("recovery codes", "proven", "/account/2fa/codes/"),
    Place("new recovery codes", "proven", "/account/2fa/codes/new/"),
    Place("password again", "proven", "/account/reauthenticate/"),
    Place("account", "RN", "/account/"),
    Place("PIN", "RN", "/account/pin/"),
    Place("PIN, refused", "RN", "/account/pin/", 200, (send_as_it_is("main form"),)),
    Place("password", "proven", "/account/password/"),
    Place("sign out", "RN", "/account/logout/"),
    Place("locked", "locked", "/ward/withdrawal/", 423),
    # what cannot be
    Place("nothing there", "RN", "/people/00000000-0000-7000-8000-000000000000/", 404),
    Place("nothing there, not signed in", "nobody", "/nowhere/", 404),
    Place("not open to this role", "RN", "/facility/staff/", 403),
)  # fmt: skip


@pytest.fixture(scope="module")
def ward(house: House) -> dict[str, Any]:
    """The ids of the small unit's people and records."""
    return filled(house)


@pytest.fixture
def shown(house: House, ward: dict[str, Any]) -> Callable[[Place, Theme], Any]:
    """Open a place as whoever it is for, and do its steps."""

    def shown(place: Place, theme: Theme) -> Any:
        house.watch.faults.clear()
        page = house.at_work(place.who, theme)
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1440, "height": 900})
        answer = page.goto(place.path.format(**ward))
        assert answer.status == place.status, place.path
        for step in place.steps:
            step(page)
        return page

    return shown


@pytest.mark.parametrize("theme", ["light", "night"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_no_page_has_a_serious_fault(house, shown, serious_faults, place, theme):
    page = shown(place, theme)
    assert serious_faults(page) == []
    if theme == "light":
        assert stick_out(page) == {}
        page.emulate_media(media="print")
        assert page.pdf(format="A4").startswith(b"%PDF")
    assert house.watch.faults == []


def stick_out(page: Any) -> dict[int, list[str]]:
    """What makes the page scroll sideways on narrow screens, by width."""
    found = {}
    for width in NARROW_PX:
        page.set_viewport_size({"width": width, "height": 844})
        if out := page.evaluate(STICKS_OUT):
            found[width] = out
    return found
