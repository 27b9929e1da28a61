"""The scripts of the frame: what they add, and that they never lose what was typed."""

import json
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stepdown.content import library
from stepdown.web.charts.course import course
from stepdown.web.charts.points import Point
from stepdown.web.charts.scale import Scale
from stepdown.web.charts.span import Span
from stepdown.web.charts.table import table
from tests.browser.stage import HOME, draw

pytestmark = pytest.mark.urls("tests.browser.stage")
NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)

BOARD = """
{% block scripts %}<script src="{% static 'js/live.js' %}" type="module"></script>{% endblock %}
{% block main %}<p data-live-news data-one="{} new" data-many="{} new"></p>
<p data-live-offline hidden data-since="Lost since {}"></p>
<ul data-live="/tiles" data-every="0.1" data-etag="one" data-jk>
<li id="bed-1" data-tile data-v="a"><a href="#1">Ruth</a></li>
<li id="bed-2" data-tile data-v="a"><a href="#2">Tomasz</a></li></ul>{% endblock %}
"""

NOTE = """{% block main %}<form id="note" method="post" action="/save" hx-post="/save"
hx-target="#note" hx-swap="outerHTML"><input name="csrfmiddlewaretoken" value="old">
<label>Note<textarea name="note"></textarea></label><button>Save</button></form>{% endblock %}"""


def until(page, condition, milliseconds=5000):
    """Wait for something the browser does by itself; it can only do it while we wait on it."""
    for _turn in range(0, milliseconds, 20):
        if condition():
            return True
        page.wait_for_timeout(20)
    return bool(condition())


# --- one effect


def test_an_impatient_second_press_sends_nothing(show, stage):
    def slowly(_asked):
        time.sleep(0.3)
        return {"body": draw("", NOW)}

    stage.pages["/save"] = slowly
    page = show(
        '{% block main %}<form method="post" action="/save"><button>Save</button></form>'
        "{% endblock %}"
    )
    page.evaluate(
        "() => { const b = document.querySelector('main button');"
        " b.click(); setTimeout(() => b.click(), 20); setTimeout(() => b.click(), 60); }"
    )
    page.wait_for_url(f"{HOME}/save")
    assert len(stage.to("/save")) == 1


# --- live pages


def tiles(first="a", second="a"):
    return (
        f'<li id="bed-1" data-tile data-v="{first}"><a href="#1">Ruth {first}</a></li>'
        f'<li id="bed-2" data-tile data-v="{second}"><a href="#2">Tomasz {second}</a></li>'
    )


def test_an_unchanged_board_is_left_alone(show, stage):
    stage.pages["/tiles"] = lambda _asked: {"status": 304}
    page = show(BOARD)
    assert until(page, lambda: len(stage.to("/tiles")) > 3)
    asked = stage.to("/tiles")[0]
    assert asked.headers["if-none-match"] == "one"
    assert asked.headers["x-stepdown-poll"] == "1"
    assert page.locator("#sync").get_attribute("data-state") == "ok"
    assert page.locator("#bed-1").inner_text() == "Ruth"


def test_only_what_changed_is_replaced_and_the_focus_stays(show, stage):
    stage.pages["/tiles"] = lambda _asked: {"status": 304}
    page = show(BOARD)
    page.evaluate("document.getElementById('bed-1').mine = true")
    page.locator("#bed-2 a").focus()
    stage.pages["/tiles"] = lambda _asked: {"body": tiles("a", "b"), "headers": {"ETag": "two"}}
    page.wait_for_selector("#bed-2[data-v=b]")
    assert page.evaluate("document.getElementById('bed-1').mine") is True
    assert page.evaluate("document.activeElement.textContent") == "Tomasz b"
    assert page.locator("[data-live-news]").inner_text() == "1 new"
    assert until(page, lambda: stage.to("/tiles")[-1].headers.get("if-none-match") == "two")


def test_a_lost_connection_is_said_with_its_time_and_unsaid_when_it_is_back(show, stage):
    stage.pages["/tiles"] = lambda _asked: None
    page = show(BOARD)
    page.wait_for_selector("#sync[data-state=offline]")
    assert page.locator("#sync").inner_text() == "No connection since 14:30"
    assert page.locator("[data-live-offline]").inner_text() == "Lost since 14:30"
    stage.pages["/tiles"] = lambda _asked: {"status": 304}
    page.wait_for_selector("#sync[data-state=ok]")
    assert not page.locator("[data-live-offline]").is_visible()


def test_j_and_k_walk_the_beds(show, stage):
    stage.pages["/tiles"] = lambda _asked: {"status": 304}
    page = show(BOARD)
    for key in "jjjk":
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.textContent") == "Ruth"


# --- the lock


def test_an_idle_page_is_covered_and_given_back_with_what_was_typed(show, stage):
    stage.pages["/lock/lock"] = stage.pages["/lock/touch"] = lambda _asked: {"status": 204}
    right = "correct horse battery"

    def unlock(asked):
        good = right in json.dumps(asked.form) or right.replace(" ", "+") in json.dumps(asked.form)
        return (
            {"status": 204}
            if good
            else {
                "status": 403,
                "body": "That is not your password.",
                "content_type": "text/plain",
            }
        )

    page = show(NOTE, idle_seconds=2)
    page.fill("textarea", "Slept four hours, woke twice")
    page.wait_for_selector("#lock[open]")
    assert until(page, lambda: stage.to("/lock/lock"))
    assert not page.locator("textarea").is_visible()
    assert page.title() == "Locked"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_selector("#lock[open]")
    assert not page.locator("textarea").is_visible()

    stage.pages["/lock/unlock"] = unlock
    page.fill("#lock-password", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("#lock-error:not(:empty)")
    assert page.locator("#lock-error").inner_text() == "That is not your password."
    stage.pages["/lock/unlock"] = lambda _asked: {"status": 204}
    page.fill("#lock-password", right)
    page.keyboard.press("Enter")
    page.wait_for_selector("#lock", state="hidden")
    assert page.input_value("textarea") == "Slept four hours, woke twice"
    assert page.title() == "Stepdown"


def test_a_lock_in_one_tab_covers_the_others_and_opens_them_again(show, stage):
    stage.pages["/lock/lock"] = stage.pages["/lock/unlock"] = lambda _asked: {"status": 204}
    here = '{% block main %}<button type="button" data-lock-now>x</button>{% endblock %}'
    one, two = show(here, "/one", idle_seconds=600), show(NOTE, "/two", idle_seconds=600)
    one.click("[data-lock-now]")
    two.wait_for_selector("#lock[open]")
    assert not two.locator("textarea").is_visible()
    one.fill("#lock-password", "right")
    one.keyboard.press("Enter")
    two.wait_for_selector("#lock", state="hidden")


def test_a_locked_board_asks_nothing(show, stage):
    stage.pages["/lock/lock"] = lambda _asked: {"status": 204}
    stage.pages["/tiles"] = lambda _asked: {"status": 423}
    page = show(BOARD, idle_seconds=600)
    page.wait_for_selector("#lock[open]")
    count = len(stage.to("/tiles"))
    page.wait_for_timeout(500)
    assert len(stage.to("/tiles")) <= count + 1


# --- a sign-in that ended


def test_a_sign_in_that_ended_loses_nothing_and_the_form_is_sent_again(show, stage):
    stage.pages["/save"] = lambda _asked: {"status": 401, "headers": {"X-Stepdown-Sign-In": "/in"}}
    page = show(NOTE)
    page.fill("textarea", "Ate breakfast")
    page.click("main button")
    page.wait_for_selector("#again[open]")
    assert page.input_value("textarea") == "Ate breakfast"
    page.evaluate("document.cookie = 'csrftoken=fresh'")
    stage.pages["/save"] = lambda _asked: {"body": '<p id="note">Saved</p>'}
    page.click("[data-again]")
    page.wait_for_selector("p#note")
    last = stage.to("/save")[-1].form
    assert (last["note"], last["csrfmiddlewaretoken"]) == (["Ate breakfast"], ["fresh"])


def test_a_form_with_errors_comes_back_and_its_summary_has_the_focus(show, stage):
    stage.pages["/save"] = lambda _asked: {
        "status": 422,
        "body": '<form id="note"><div role="alert" tabindex="-1" data-focus>Not saved yet</div></form>',
    }
    page = show(NOTE)
    page.click("main button")
    page.wait_for_selector("[data-focus]")
    assert page.evaluate("document.activeElement.textContent") == "Not saved yet"


# --- charts


def test_a_chart_is_read_entry_by_entry_with_the_arrow_keys(show):
    span = Span(NOW - timedelta(hours=10), NOW, NOW, ZoneInfo("UTC"))
    moments = [NOW - timedelta(hours=hours) for hours in (9, 5, 1)]
    points = [Point(at, value) for at, value in zip(moments, (9.0, None, 12.0), strict=True)]
    rows = [(at, [text]) for at, text in zip(moments, ("9 Mild", "asleep", "12 Mild"), strict=True)]
    page = show(
        '{% block scripts %}<script src="{% static \'js/scrub.js\' %}" type="module"></script>'
        '{% endblock %}{% block main %}<div class="plots" data-scrub="numbers" tabindex="0"'
        ' role="group" aria-label="Course">{{ course }}<p data-readout></p></div>{{ table }}'
        "{% endblock %}",
        course=course(points, span, Scale.of(library.instrument("cows"))),
        table=table(["COWS"], rows[::-1], span, label="Readings"),
    )
    page.locator(".plots").focus()
    read = []
    for key in ("ArrowLeft", "ArrowLeft", "Home", "End"):
        page.keyboard.press(key)
        read.append(page.locator("[data-readout]").inner_text())
    assert read == [
        "Thu 7 Jan 13:30, COWS 12 Mild",
        "Thu 7 Jan 09:30, COWS asleep",
        "Thu 7 Jan 05:30, COWS 9 Mild",
        "Thu 7 Jan 13:30, COWS 12 Mild",
    ]
    assert page.locator(".scrubline").get_attribute("x1") == "90%"
    page.keyboard.press("Escape")
    assert page.locator("[data-readout]").inner_text() == ""


# --- the theme


def test_night_is_chosen_on_the_device_and_is_there_before_the_first_paint(show, stage):
    page = show(NOTE)
    page.click("[data-theme-toggle]")
    assert page.evaluate("document.documentElement.dataset.theme") == "night"
    assert page.locator("[data-theme-toggle]").get_attribute("aria-pressed") == "true"
    assert page.evaluate("localStorage.getItem('theme')") == "night"
