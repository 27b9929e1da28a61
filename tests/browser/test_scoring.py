"""Scoring at the bedside: what the script adds to plain radios, and what it holds back."""

from datetime import UTC, datetime

import pytest

from stepdown.content import library
from tests.browser.stage import HOME, draw

pytestmark = pytest.mark.urls("tests.browser.stage")
NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)

SCALE = """
{% block scripts %}<script src="{% static 'js/observe.js' %}" type="module"></script>{% endblock %}
{% block main %}<form id="score" method="post" action="/save" data-observe>
<div class="field"><label for="t">Temperature</label>
<input id="t" name="temperature_c"{% vital_attrs temperature %}>
<span data-converted data-factor="1.8" data-offset="32" data-decimals="1" data-unit="F"></span>
<span data-error hidden data-say="{value} is outside {low} to {high}."></span>
<div data-ask hidden><label><input type="checkbox" name="sure_t">
<span data-ask-words data-say="{value} is unusual."></span></label></div></div>
<div data-scale="cows">{% for item in cows.items %}
<fieldset{% item_attrs item %} data-field><legend>{{ item.label }}</legend>
{% if item.derived_from %}<input id="pulse" name="rate"{% vital_attrs pulse %}>
<span data-error hidden data-say="no"></span>{% endif %}
{% for option in item.options %}<label><input type="radio" name="{{ item.key }}"
value="{{ option.code }}" data-points="{{ option.points }}"
{% if item.derived_from %}disabled{% endif %}>{{ option.short }}</label>{% endfor %}</fieldset>
{% endfor %}</div>
<div id="total"{% total_attrs cows 12 "14:36" %} data-say-left="{left} of {all} open"
data-say-at-least="at least {total}" data-say-up="up {n}" data-say-down="down {n} since {at}"
data-say-same="same">{% steps 0 %}<b data-num>-</b><b data-band></b><b data-delta></b></div>
<button data-sign><span data-sign-label data-say-left="{left} left" data-say-sign="Sign {total}">
Sign</span></button><button name="as" value="partial">Partial</button></form>{% endblock %}
"""


@pytest.fixture
def sheet(show, stage):
    stage.pages["/save"] = lambda _asked: {"body": draw("", NOW)}
    vitals = library.vitals()
    return show(
        SCALE,
        cows=library.instrument("cows"),
        temperature=vitals["temperature_c"],
        pulse=vitals["heart_rate_bpm"],
    )


def total(page):
    """The number and its words, as somebody sees them."""
    return page.locator("[data-num]").inner_text(), page.locator("[data-band]").inner_text()


def test_ten_digits_score_a_whole_scale_and_the_last_one_leads_to_signing(sheet, stage):
    sheet.fill("#pulse", "88")
    sheet.locator("h1, legend").first.click()
    for digit in "1010101010":
        sheet.keyboard.press(digit)
    assert total(sheet) == ("6", "Mild")
    assert sheet.evaluate("document.activeElement.dataset.sign") == ""
    sheet.keyboard.press("Enter")
    sheet.wait_for_url(f"{HOME}/save")
    (sent,) = stage.to("/save")
    assert sent.form["rate"] == ["88"]
    derived = next(item for item in library.instrument("cows").items if item.derived_from)
    assert derived.key not in sent.form, "the server derives it; no form sends it"


def test_there_is_no_total_while_one_item_is_open(sheet):
    sheet.fill("#pulse", "88")
    sheet.locator("legend").first.click()
    for digit in "111111111":
        sheet.keyboard.press(digit)
    assert total(sheet) == ("–", "1 of 11 open")
    assert sheet.locator("[data-delta]").inner_text() == "at least 10"


@pytest.mark.parametrize(("rate", "points"), [("80", "0"), ("81", "1"), ("120", "2"), ("121", "4")])
def test_the_pulse_item_follows_the_heart_rate(sheet, rate, points):
    sheet.fill("#pulse", rate)
    assert sheet.locator("[data-derived-from] :checked").get_attribute("data-points") == points


def test_a_digit_the_item_does_not_have_answers_nothing(sheet):
    sheet.locator("legend").first.click()
    sheet.keyboard.press("9")
    assert sheet.locator("#score input:checked").count() == 0


def test_digits_in_a_field_are_just_digits(sheet):
    sheet.locator("#t").press_sequentially("37")
    assert sheet.locator("#score input:checked").count() == 0
    assert sheet.input_value("#t") == "37"


def test_backspace_clears_the_answer_under_the_focus(sheet):
    sheet.locator("legend").first.click()
    sheet.keyboard.press("1")
    sheet.locator("#score input:checked").focus()
    sheet.keyboard.press("Backspace")
    assert sheet.locator("#score input:checked").count() == 0


def test_signing_too_early_sends_nothing_and_goes_to_the_first_open_item(sheet, stage):
    sheet.fill("#pulse", "88")
    sheet.click("[data-sign]")
    first = sheet.evaluate("document.activeElement.closest('fieldset').dataset.item")
    items = library.instrument("cows").items
    assert first == next(item.key for item in items if not item.derived_from)
    assert stage.to("/save") == []
    assert sheet.locator("[data-sending]").count() == 0


def test_what_is_unfinished_can_still_be_saved_as_unfinished(sheet, stage):
    sheet.fill("#pulse", "88")
    sheet.click("button[value=partial]")
    sheet.wait_for_url(f"{HOME}/save")
    assert stage.to("/save")[0].form["as"] == ["partial"]


def test_an_unusual_value_is_asked_again_and_a_new_value_again(sheet, stage):
    sheet.fill("#t", "40.1")
    sheet.press("#t", "Tab")
    sheet.click("button[value=partial]")
    assert stage.to("/save") == []
    assert sheet.evaluate("document.activeElement.name") == "sure_t"
    sheet.check("[name=sure_t]")
    sheet.fill("#t", "40.2")
    assert not sheet.is_checked("[name=sure_t]"), "a yes was for the old value"
    sheet.check("[name=sure_t]")
    sheet.click("button[value=partial]")
    sheet.wait_for_url(f"{HOME}/save")


def test_an_impossible_value_is_named_and_not_sent(sheet, stage):
    sheet.fill("#t", "366")
    sheet.press("#t", "Tab")
    assert "366 is outside" in sheet.locator("[data-error]").first.inner_text()
    sheet.click("button[value=partial]")
    assert stage.to("/save") == []
    assert sheet.evaluate("document.activeElement.id") == "t"


def test_the_other_unit_stands_beside(sheet):
    sheet.fill("#t", "36.8")
    assert sheet.locator("[data-converted]").inner_text() == "= 98.2 F"


def test_keys_can_be_turned_off(sheet):
    sheet.keyboard.press("?")
    sheet.locator("[data-keys-toggle]").uncheck()
    sheet.click("#keys [data-close]")
    sheet.keyboard.press("1")
    sheet.keyboard.press("?")
    assert sheet.locator("input[type=radio]:checked").count() == 0
    assert not sheet.locator("#keys").is_visible()
