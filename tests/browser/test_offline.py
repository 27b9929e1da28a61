"""The bedside without a network: kept sealed, said as it is, sent once, and nobody else's.

A real server behind a real browser; the network is cut between them, or the server ends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from stepdown.records import verifying
from stepdown.records.actions.people import accounts
from stepdown.records.models import (
    VITALS,
    AccessEvent,
    Assignment,
    Episode,
    FluidEntry,
    Observation,
    SafetyRound,
)
from tests.browser.house import PIN, House
from tests.browser.sheet import RATE, Sheet
from tests.faults.server import House as Server
from tools import chromium

expect = pytest.importorskip("playwright.sync_api").expect

NAMES = (
    "Ada Quill", "Ben Mora", "Cleo Hart", "Dov Lind", "Esme Roe", "Finn Abara", "Gil Soto",
    "Hana Price", "Ivo Marsh", "Jude Okafor", "Kim Valdez", "Lou Brandt", "Mae Odom", "Nia Pell", "Oli Tran", "Pia Voss",
)  # fmt: skip
KEPT = "[data-kept-note]"

ON_THE_DEVICE = """async () => {
  const found = await new Promise((done, fail) => {
    const asked = indexedDB.open("stepdown");
    asked.onsuccess = () => done(asked.result); asked.onerror = fail;
  });
  const rows = {};
  for (const store of found.objectStoreNames) rows[store] = await new Promise(done => {
    const asked = found.transaction(store).objectStore(store).getAll();
    asked.onsuccess = () => done(asked.result);
  });
  found.close();
  const text = one => one instanceof ArrayBuffer || ArrayBuffer.isView(one)
    ? new TextDecoder("latin1").decode(one) : one && typeof one === "object"
    ? Object.entries(one).map(([key, value]) => `${key}=${text(value)}`).join("\\n") : String(one);
  return { counts: Object.fromEntries(Object.entries(rows).map(([k, v]) => [k, v.length])),
           text: text(rows), cached: (await Promise.all((await caches.keys()).map(async name =>
             Promise.all((await (await caches.open(name)).matchAll())
               .filter(one => /html/.test(one.headers.get("content-type"))).map(one => one.text()))))).flat().join() };
}"""


@pytest.fixture(scope="module")
def second(house: House) -> Assignment:
    return house.second_nurse()


@pytest.fixture(scope="module")
def free_beds() -> Iterator[tuple[str, str]]:
    return iter((str(place), name) for place, name in enumerate(NAMES, start=1))


@pytest.fixture
def stay(house: House, free_beds: Iterator[tuple[str, str]]) -> Episode:
    """Somebody two days in care."""
    bed, name = next(free_beds)
    return house.admitted(name, bed)


@pytest.fixture(scope="module")
def left_alone(house: House, free_beds: Iterator[tuple[str, str]]) -> Episode:
    """Somebody of whom nothing is recorded here, shared by the tests in which nothing is."""
    bed, name = next(free_beds)
    return house.admitted(name, bed)


@pytest.fixture(autouse=True)
def _quiet_and_sealed(house: House) -> Iterator[None]:
    house.watch.faults.clear()
    yield
    # htmx says aloud that a request did not arrive, which is what these tests are about.
    faults = [one for one in house.watch.faults if not one.startswith("console: htmx:")]
    assert faults == []
    assert [str(broken) for broken in verifying.verify(house.world.facility)] == []


@pytest.fixture
def tablet(house: House) -> Callable[..., Any]:
    """A tablet of its own, with whoever works on it signed in."""

    def tablet(who: str | Assignment = "RN", **options: Any) -> Any:
        return house.context(house.client(who), device="tablet", **options).new_page()

    return tablet


def at_the_bedside(page: Any, stay: Episode, path: str = "") -> Sheet:
    """The sheet, open, with a tablet that is ready to go on by itself."""
    page.goto(f"/people/{stay.pk}/observe/{path}")
    ready(page)
    return Sheet(page)


def ready(page: Any) -> None:
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    eventually(page, lambda: page.evaluate(ON_THE_DEVICE)["counts"]["sheets"] >= 2)


def cut(page: Any) -> None:
    page.context.set_offline(True)


def back(page: Any) -> None:
    page.context.set_offline(False)


def vitals_alone(sheet: Sheet, **values: str) -> None:
    for key, value in (values or {RATE: "91"}).items():
        sheet.page.fill(f"#id_{key}", value)
    sheet.page.get_by_role("button", name="Vitals alone").click()


def before_arrival(sheet: Sheet) -> None:
    """What no server takes: somebody's pulse of a week before they came."""
    sheet.page.evaluate("document.querySelector('#id_occurred_at').value = '2026-12-31T08:00'")
    vitals_alone(sheet, heart_rate_bpm="97")


def told(stay: Episode, kind: str = VITALS) -> list[Observation]:
    since = timedelta(hours=40)
    rows = Observation.objects.filter(episode=stay, kind=kind).order_by("occurred_at")
    return [row for row in rows if row.occurred_at - stay.arrived_at > since]


def switch(page: Any, house: House, who: str | Assignment) -> None:
    """Somebody else signs in on the same tablet."""
    page.context.clear_cookies()
    page.goto("/account/login/")
    client = house.client(who)
    page.context.add_cookies(
        [{"name": n, "value": m.value, "url": house.url} for n, m in client.cookies.items()]
    )


def eventually(page: Any, holds: Callable[[], bool]) -> None:
    for _turn in range(200):
        if holds():
            return
        page.wait_for_timeout(50)
    assert holds()


def test_a_score_typed_while_the_network_goes_is_kept_and_sent_once_it_is_back(house, stay, tablet):
    page = tablet()
    sheet = at_the_bedside(page, stay)
    sheet.type_signs()
    cut(page)
    sheet.tap_every_item()
    sheet.tap_save()

    kept = page.locator(KEPT)
    expect(kept).to_contain_text("Kept on this tablet at")
    expect(kept).to_contain_text("not yet sent. Nobody else can see it yet.")
    expect(page.locator("#waits")).to_contain_text("1 entry waits on this tablet, not yet sent.")
    expect(page.locator("#waits")).to_contain_text("No connection.")
    expect(page.locator(".alert--ok")).to_have_count(0)
    assert told(stay) == []

    typed = house.present.now()
    house.present.passes(seconds=50)
    back(page)

    expect(kept).to_contain_text("and recorded")
    expect(page.locator("#waits")).to_be_hidden()
    (vitals,), (score,) = told(stay), told(stay, "cows")
    assert (score.total, score.values, score.is_downtime) == (9, {}, False)
    assert abs(vitals.occurred_at - typed) < timedelta(seconds=20)
    assert vitals.recorded_at - vitals.occurred_at > timedelta(seconds=40)


def test_nothing_of_anybody_can_be_read_on_the_device(house, stay, tablet):
    page = tablet()
    sheet = at_the_bedside(page, stay)
    cut(page)
    page.locator("details.remark summary").click()
    page.fill("#id_note", "Zephyrine is afraid of the dark")
    vitals_alone(sheet, systolic_mmhg="147", heart_rate_bpm="93")
    expect(page.locator(KEPT)).to_be_visible()

    found = page.evaluate(ON_THE_DEVICE)

    assert found["counts"]["entries"] == 1
    open_words = found["text"] + found["cached"]
    for word in (
        stay.person.legal_name, stay.person.called, stay.person.called.split()[0], str(stay.pk),
        stay.code, "Zephyrine", "147", "systolic", "cows", "/people/", "Marta",
        str(house.world.by("RN").user.pk),
    ):  # fmt: skip
        assert word not in open_words, word
    back(page)
    eventually(page, lambda: len(told(stay)) == 1)


def test_an_answer_that_was_lost_is_asked_for_again_and_recorded_once(stay, tablet):
    page = tablet()
    sheet = at_the_bedside(page, stay)
    asked = []

    def lose(route: Any) -> None:
        asked.append(route.fetch().status)  # the server records, and nobody hears of it
        route.abort("connectionfailed")

    page.route(
        "**/observe/", lambda r: lose(r) if r.request.method == "POST" else r.fallback(), times=1
    )
    vitals_alone(sheet)
    expect(page.locator(KEPT)).to_contain_text("and recorded", timeout=30_000)

    assert asked == [204]
    assert len(told(stay)) == 1


def test_two_entries_are_sent_in_their_order_and_the_second_knows_the_first(house, stay, tablet):
    page = tablet()
    sheet = at_the_bedside(page, stay)
    cut(page)
    sheet.type_signs()
    sheet.tap_every_item()
    sheet.tap_save()
    expect(page.locator(KEPT)).to_be_visible()
    page.get_by_role("link", name="Another entry for the same person").click()

    expect(page.locator("#waits")).to_contain_text("It is not live: look at the person.")
    expect(page.locator("h1")).to_contain_text(stay.person.called)
    page.wait_for_timeout(1100)
    again = Sheet(page)
    again.type_signs()
    again.tap_every_item(but="sweating")
    again.tap_item("sweating", 4)
    again.tap_save()
    expect(page.locator("#waits")).to_contain_text("2 entries wait on this tablet")

    page.get_by_role("link", name="What waits").first.click()
    entries = page.locator(".waiting")
    expect(entries).to_have_count(2)
    expect(entries.first).to_contain_text(f"{stay.person.called}: COWS, vital signs")
    back(page)
    page.get_by_role("button", name="Send now").click()

    expect(page.get_by_text("Nothing of yours waits here.")).to_be_visible()
    assert [row.total for row in told(stay, "cows")] == [9, 12]
    first, second = told(stay, "cows")
    assert first.recorded_at <= second.recorded_at
    assert first.occurred_at < second.occurred_at


def test_a_score_somebody_else_made_meanwhile_is_shown_beside_and_never_merged(
    house, stay, second, tablet
):
    page = tablet()
    sheet = at_the_bedside(page, stay)
    cut(page)
    sheet.type_signs()
    sheet.tap_every_item()
    sheet.tap_save()
    expect(page.locator(KEPT)).to_be_visible()
    house.scored(stay, (2, 1, 2, 2, 1, 2, 1, 1, 2, 3), 0.01, "96")
    back(page)

    expect(page.locator(KEPT)).to_contain_text("Not recorded, it needs you: Not recorded yet:")
    expect(page.locator("#waits")).to_contain_text("1 of them needs you.")
    assert len(told(stay, "cows")) == 1
    page.locator("#waits").get_by_role("link", name="What waits").click()
    page.get_by_role("button", name="Open it").click()

    expect(page.locator(".conflict table")).to_be_visible()
    expect(page.locator("[data-why-now]")).to_contain_text("earlier")
    page.locator(".conflict").get_by_role("button", name="Record mine as well").click()
    page.wait_for_url(f"**/people/{stay.pk}/")
    eventually(page, lambda: page.evaluate(ON_THE_DEVICE)["counts"]["entries"] == 0)
    assert {row.total for row in told(stay, "cows")} == {9, 18}


def test_the_next_person_sees_a_number_and_nothing_else_and_cannot_send_it(
    house, stay, second, tablet
):
    page = tablet()
    sheet = at_the_bedside(page, stay)
    cut(page)
    vitals_alone(sheet)
    expect(page.locator(KEPT)).to_be_visible()
    page.goto("about:blank")
    page.context.clear_cookies()  # before the network: nothing of the first one's page may send
    back(page)
    switch(page, house, second)
    page.goto("/offline/")

    strip = page.locator("#waits")
    expect(strip).to_contain_text(
        "1 entry of another person waits on this device, sealed. It is sent when that person"
    )
    expect(page.get_by_text("Nothing of yours waits here.")).to_be_visible()
    assert stay.person.called not in page.content()
    assert page.locator(".waiting").count() == 0
    page.evaluate("document.dispatchEvent(new CustomEvent('stepdown:send'))")
    page.wait_for_timeout(500)
    assert told(stay) == []
    cut(page)
    page.goto(f"/people/{stay.pk}/observe/")  # a sheet of the last person's is gone
    expect(page.locator("h1")).to_have_text("No connection")
    assert stay.person.called not in page.content()
    back(page)

    switch(page, house, "RN")
    page.goto("/account/")
    eventually(page, lambda: len(told(stay)) == 1)
    (row,) = told(stay)
    assert (row.actor_id, row.role) == (house.world.by("RN").user.pk, "RN")


def test_signing_out_takes_the_sheets_away_and_leaves_the_entry_sealed(house, left_alone, tablet):
    page = tablet()
    sheet = at_the_bedside(page, left_alone)
    page.goto("/account/")
    before = page.evaluate(ON_THE_DEVICE)["counts"]["sheets"]
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_selector("body:not([data-actor])")
    eventually(page, lambda: page.evaluate(ON_THE_DEVICE)["counts"]["sheets"] == 0)
    cut(page)
    page.goto(f"/people/{left_alone.pk}/observe/")

    assert before >= 2
    expect(page.locator("h1")).to_have_text("No connection")
    assert sheet.page is page


def test_a_tablet_handed_to_the_person_in_care_opens_nothing_from_memory(stay, tablet):
    page = tablet()
    at_the_bedside(page, stay)
    page.goto(f"/people/{stay.pk}/hand-over/")
    page.locator("input[name=kind]").first.check(force=True)
    page.locator("input[name=called]").first.check(force=True)
    page.get_by_role("button", name="Hand over now").click()
    page.wait_for_url("**/handed/**")
    eventually(page, lambda: page.evaluate(ON_THE_DEVICE)["counts"]["sheets"] == 0)
    cut(page)
    for path in (f"/people/{stay.pk}/observe/", "/offline/", "/"):
        page.goto(path)
        expect(page.locator("h1")).to_have_text("No connection")
        assert stay.person.called not in page.content()


def test_a_page_reloaded_without_a_network_is_the_sheet_with_its_age_and_no_board_is(stay, tablet):
    page = tablet()
    at_the_bedside(page, stay)
    page.goto("/ward/withdrawal/")
    page.goto(f"/people/{stay.pk}/observe/")
    page.wait_for_timeout(300)
    cut(page)
    page.reload()

    expect(page.locator("h1")).to_contain_text(stay.person.called)
    expect(page.locator("#waits")).to_contain_text("This page was kept at")
    vitals_alone(Sheet(page))
    expect(page.locator(KEPT)).to_contain_text("Kept on this tablet")
    page.goto("/ward/withdrawal/")
    expect(page.locator("h1")).to_have_text("No connection")
    back(page)
    page.goto("/account/")
    eventually(page, lambda: len(told(stay)) == 1)


def test_a_server_killed_in_the_night_is_sent_what_waits_once_it_is_back(
    browser, tmp_path_factory, monkeypatch
):
    served = Server.set_up(tmp_path_factory.mktemp("killed"))
    served.start()
    home, stay = f"http://127.0.0.1:{served.port}", served.stays[0]
    context = chromium.context(browser, "tablet", "light", base_url=home)
    context.set_default_timeout(20_000)
    try:
        cookies: list[Any] = [
            {"name": n, "value": v, "url": home} for n, v in served.cookies.items()
        ]
        context.add_cookies(cookies)
        page = context.new_page()
        page.goto(f"/people/{stay}/observe/")
        ready(page)
        served.kill()
        page.fill("#id_temperature_c", "36.8")
        vitals_alone(Sheet(page))
        expect(page.locator(KEPT)).to_contain_text("Kept on this tablet")
        page.reload()
        expect(page.locator("#waits")).to_contain_text("This page was kept at")
        expect(page.locator("#waits")).to_contain_text("1 entry waits on this tablet")
        expect(page.locator("h1")).to_contain_text("Person 1")

        served.start()
        page.reload()
        found = 'SELECT "values" FROM records_observation WHERE kind = ?'
        eventually(page, lambda: bool(served.rows(found, VITALS)))
        assert [json.loads(str(row[0])) for row in served.rows(found, VITALS)] == [
            {"heart_rate_bpm": "91", "temperature_c": "36.8"}
        ]
        expect(page.locator("#waits")).to_be_hidden()
    finally:
        context.close()
        served.stop()


def test_a_locked_tablet_opens_nothing_without_a_network_and_sends_after_unlocking(
    house, stay, tablet
):
    page = tablet()
    page.clock.install(time=house.present.now())
    sheet = at_the_bedside(page, stay)
    cut(page)
    vitals_alone(sheet)
    expect(page.locator(KEPT)).to_be_visible()
    page.evaluate("""() => { const one = document.createElement("button"); one.dataset.lockNow = "";
      document.body.append(one); one.click(); }""")
    expect(page.locator("#lock")).to_be_visible()
    expect(page.locator("[data-lock-waits]")).to_contain_text("1 entry waits on this tablet")
    page.fill("#lock-password", PIN)
    page.get_by_role("button", name="Unlock").click()
    expect(page.locator("#lock-error")).to_contain_text("unlocking needs the server")

    page.reload()
    expect(page.locator("h1")).to_have_text("No connection")
    assert stay.person.called not in page.content()

    house.present.passes(minutes=20)  # the server locks by itself: nobody was there
    page.clock.set_system_time(house.present.now())
    back(page)
    page.goto("/account/")
    page.fill("#secret", PIN)
    page.get_by_role("button", name="Unlock").click()
    eventually(page, lambda: len(told(stay)) == 1)


def test_an_ended_sign_in_sends_nothing_until_its_owner_is_back(house, stay, tablet):
    page = tablet()
    sheet = at_the_bedside(page, stay)
    cut(page)
    vitals_alone(sheet)
    expect(page.locator(KEPT)).to_be_visible()
    cookies = [one for one in page.context.cookies() if one["name"] != "sessionid"]
    page.context.clear_cookies()
    page.context.add_cookies(cookies)
    back(page)

    expect(page.locator("#waits")).to_contain_text("Sign in again and it is sent.", timeout=30_000)
    assert told(stay) == []
    assert page.evaluate(ON_THE_DEVICE)["counts"]["entries"] == 1
    switch(page, house, "RN")
    page.goto("/account/")
    eventually(page, lambda: len(told(stay)) == 1)


def test_a_refused_entry_stays_with_the_servers_words_and_is_thrown_away_with_a_reason(
    house, left_alone, tablet
):
    page = tablet()
    sheet = at_the_bedside(page, left_alone)
    cut(page)
    before_arrival(sheet)
    expect(page.locator(KEPT)).to_be_visible()
    back(page)

    expect(page.locator(KEPT)).to_contain_text("Not recorded, it needs you:")
    page.goto("/offline/")
    expect(page.locator(".waiting [data-state]")).not_to_contain_text("would not take it")
    page.get_by_role("button", name="Throw away").click()
    page.get_by_role("button", name="Throw it away").click()
    expect(page.locator("#discard-error")).to_contain_text("not thrown away without a reason")
    page.fill("#discard-reason", "Wrote it for bed 2")
    page.get_by_role("button", name="Throw it away").click()

    expect(page.get_by_text("Nothing of yours waits here.")).to_be_visible()
    event = AccessEvent.objects.get(what="typed.discarded", episode_id=left_alone.pk)
    assert event.detail.endswith(": Wrote it for bed 2")
    assert "97" not in event.detail
    assert told(left_alone) == []


def test_what_was_typed_in_time_is_believed_nine_hours_later_and_marked(house, stay, tablet):
    page = tablet()
    page.clock.install(time=house.present.now())
    sheet = at_the_bedside(page, stay)
    cut(page)
    typed = house.present.now()
    vitals_alone(sheet)
    expect(page.locator(KEPT)).to_be_visible()
    house.present.passes(hours=9)
    page.clock.set_system_time(house.present.now())
    expect(page.locator("#lock")).to_be_visible()  # nobody touched it for nine hours
    back(page)
    page.fill("#lock-password", PIN)
    page.get_by_role("button", name="Unlock").click()

    eventually(page, lambda: len(told(stay)) == 1)
    (row,) = told(stay)
    assert abs(row.occurred_at - typed) < timedelta(seconds=30)
    assert row.recorded_at - row.occurred_at > timedelta(hours=8)
    assert row.is_downtime
    sent = AccessEvent.objects.get(what="typed.sent", episode_id=stay.pk)
    assert f"typed {row.occurred_at:%Y-%m-%d %H:%M}" in sent.detail


def test_a_tablet_whose_clock_was_changed_is_not_believed(house, left_alone, tablet):
    page = tablet()
    page.clock.install(time=house.present.now())
    sheet = at_the_bedside(page, left_alone)
    cut(page)
    vitals_alone(sheet)
    expect(page.locator(KEPT)).to_be_visible()
    page.clock.set_system_time(house.present.now() + timedelta(minutes=-30))
    back(page)

    expect(page.locator(KEPT)).to_contain_text("the clock of this tablet was changed")
    assert told(left_alone) == []


def test_typed_as_a_nurse_is_not_sent_in_another_role_and_stays_the_authors(house, stay, tablet):
    page = tablet()
    sheet = at_the_bedside(page, stay)
    cut(page)
    vitals_alone(sheet)
    expect(page.locator(KEPT)).to_be_visible()
    nurse = house.world.by("RN")
    other = accounts.assign(nurse.user, "LVN", **house.world.told("SYS"))
    page.goto("about:blank")
    page.context.clear_cookies()
    back(page)
    switch(page, house, other)
    page.goto("/offline/")

    expect(page.locator(".waiting")).to_contain_text("you typed this as RN and work as LVN now")
    assert not page.get_by_role("button", name="Open it").is_visible()
    assert told(stay) == []
    switch(page, house, "RN")
    page.goto("/account/")
    eventually(page, lambda: len(told(stay)) == 1)
    assert told(stay)[0].role == "RN"


def test_without_https_the_screen_says_that_nothing_is_kept(house, left_alone, tablet):
    page = tablet()
    page.add_init_script("Object.defineProperty(self, 'isSecureContext', { value: false })")
    page.goto(f"/people/{left_alone.pk}/observe/")
    expect(page.locator("#waits")).to_contain_text("This device keeps nothing without a connection")
    cut(page)
    vitals_alone(Sheet(page))

    expect(page.locator(KEPT)).to_contain_text("Not saved, and not kept.")
    assert page.input_value(f"#id_{RATE}") == "91"


def test_without_htmx_a_form_is_kept_too_and_sent_as_ever_when_it_can_be(house, stay, tablet):
    page = tablet()
    page.route(
        "**/htmx.min.js", lambda route: route.fulfill(body="", content_type="text/javascript")
    )
    sheet = at_the_bedside(page, stay)
    vitals_alone(sheet, temperature_c="37.1")
    page.wait_for_url(f"**/people/{stay.pk}/")
    assert len(told(stay)) == 1
    sheet = at_the_bedside(page, stay)
    cut(page)
    vitals_alone(sheet)
    expect(page.locator(KEPT)).to_contain_text("Kept on this tablet")
    back(page)
    eventually(page, lambda: len(told(stay)) == 2)


@pytest.mark.parametrize("theme", ["light", "night"])
def test_axe_finds_nothing_serious_in_what_waits(house, left_alone, serious_faults, theme):
    page = house.context(house.client("RN"), device="phone", theme=theme).new_page()
    sheet = at_the_bedside(page, left_alone)
    cut(page)
    before_arrival(sheet)
    expect(page.locator(KEPT)).to_be_visible()
    assert serious_faults(page) == []
    page.locator("#waits").get_by_role("link", name="What waits").click()
    expect(page.locator(".waiting")).to_have_count(1)
    assert serious_faults(page) == []
    page.get_by_role("button", name="Throw away").click()
    assert serious_faults(page) == []
    page.goto("/ward/withdrawal/")
    expect(page.locator("h1")).to_have_text("No connection")
    assert serious_faults(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide


def test_rounds_and_fluids_join_by_their_markup(house, stay, tablet):
    page = tablet()
    at_the_bedside(page, stay)
    for path in (f"/people/{stay.pk}/fluids/", f"/people/{stay.pk}/rounds/"):
        page.goto(path)
        before = page.locator("form[data-offline]").count()
        assert before
    eventually(page, lambda: page.evaluate(ON_THE_DEVICE)["counts"]["sheets"] >= 4)
    cut(page)
    page.get_by_role("button", name="In bed, awake").click()
    expect(page.locator(KEPT)).to_contain_text("Kept on this tablet")
    page.goto(f"/people/{stay.pk}/fluids/")
    for volume in ("250", "150"):
        form = page.locator("form[data-offline]").first
        form.get_by_text("Water", exact=True).click()
        form.locator("[name=volume_ml]").fill(volume)
        form.get_by_role("button").last.click()
        expect(page.locator(KEPT)).to_contain_text("Kept on this tablet")
        page.reload()
    expect(page.locator("#waits")).to_contain_text("3 entries wait on this tablet")
    back(page)
    page.goto("/account/")
    eventually(page, lambda: FluidEntry.objects.filter(episode=stay).count() == 2)
    eventually(page, lambda: SafetyRound.objects.filter(episode=stay).count() == 1)
    page.wait_for_timeout(300)
    expect(page.locator("#waits")).to_be_hidden()
