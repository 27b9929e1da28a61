"""The frame round every page: who works here, where, since when; and nothing a policy blocks."""

import json
import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

HOSTILE = '"><script>alert(1)</script>&\'<b a="'


class User:
    """As much of a user as the frame shows."""

    pk = "0192f000-0000-7000-8000-000000000001"

    def __str__(self):
        return "Marta Lindqvist"

    def get_username(self):
        return "marta"


@pytest.fixture
def request_of_a_nurse(now):
    request: Any = RequestFactory().get("/ward/")
    request.now = now
    request.actor = SimpleNamespace(user=User(), role="RN")
    return request


def draw(template, context):
    engine: Any = engines["django"]
    return engine.from_string(template).render(context)


def found(pattern, text):
    """The first group of a pattern that must be there."""
    match = re.search(pattern, text)
    assert match, pattern
    return match[1]


def frame(request, **context):
    given = {
        "nav": [
            SimpleNamespace(label="Ward", url="/", current=True),
            SimpleNamespace(label="Admit", url="/admit/", current=False),
        ],
        "deployment": {"demo": False},
        "idle_seconds": 180,
        "facility_zone": "America/Los_Angeles",
        "request": request,
    }
    return render_to_string("base.html", given | context)


def test_the_frame_names_person_and_role(request_of_a_nurse):
    plain = " ".join(re.sub(r"<[^>]+>", "", frame(request_of_a_nurse)).split())
    assert "Working as Marta Lindqvist, RN" in plain


def test_the_open_place_is_marked_and_g_w_finds_the_ward(request_of_a_nurse):
    page = frame(request_of_a_nurse)
    assert '<a href="/" aria-current="page" data-go="w">Ward</a>' in page
    assert '<a href="/admit/">Admit</a>' in page


def test_the_clock_shows_the_request_s_time_in_the_facility_s_zone(request_of_a_nurse, now):
    with timezone.override("America/Los_Angeles"):
        page = frame(request_of_a_nurse)
    assert "Thu 7 Jan" in page
    assert f'data-clock="{int(now.timestamp())}" data-zone="America/Los_Angeles">06:30<' in page


@pytest.mark.parametrize(("demo", "shown"), [(True, True), (False, False)])
def test_a_demonstration_says_so_on_every_page_and_nothing_else_does(
    request_of_a_nurse, demo, shown
):
    page = frame(request_of_a_nurse, deployment={"demo": demo})
    assert ("Every person here is invented." in page) is shown


def test_a_page_without_a_person_signed_in_has_no_lock_and_no_menu():
    page = frame(None, nav=[], idle_seconds=None)
    for absent in ("data-idle-seconds", 'id="again"', "js/lock.js", "bar__nav", "Working as"):
        assert absent not in page


def test_paper_says_when_it_was_printed_and_by_whom(request_of_a_nurse):
    line = found(r'<p class="printed">([^<]*)</p>', frame(request_of_a_nurse))
    assert line.startswith("Printed 7 Jan 2027 14:30, Marta Lindqvist, RN.")


def test_htmx_is_told_to_run_no_code_and_add_no_style(request_of_a_nurse):
    config = json.loads(found(r"name=\"htmx-config\" content='([^']+)'", frame(request_of_a_nurse)))
    assert (config["allowEval"], config["includeIndicatorStyles"]) == (False, False)
    assert config["selfRequestsOnly"] is True
    answers = {one["code"]: one["swap"] for one in config["responseHandling"]}
    assert (answers["422"], answers["409"], answers["[45].."]) == (True, True, False)


def test_the_theme_is_read_before_the_first_style_sheet(request_of_a_nurse):
    page = frame(request_of_a_nurse)
    assert page.index("js/theme.js") < page.index('rel="stylesheet"')
    assert re.search(r'<script src="[^"]*theme\.js"></script>', page), "defer would paint too early"


def test_the_first_thing_to_reach_is_the_content(request_of_a_nurse):
    page = frame(request_of_a_nurse)
    assert found(r"(<a [^>]*>)", page) == '<a class="skip" href="#main">'
    assert '<main id="main"' in page


@pytest.mark.parametrize("template", ["400", "403", "404", "409", "422"])
def test_an_error_says_what_was_refused_and_the_way_on(request_of_a_nurse, template):
    page = render_to_string(
        f"{template}.html", {"request": request_of_a_nurse, "message": HOSTILE, "again": "/x"}
    )
    assert "<script>alert" not in page
    assert 'href="/"' in page


def test_the_last_resort_needs_nothing_at_all():
    page = render_to_string("500.html")
    assert "Something went wrong on our side" in page
    for needs in ("<script", "stylesheet", "{{"):
        assert needs not in page


def test_the_banner_shows_what_must_be_known_and_keeps_words_words():
    page = render_to_string(
        "components/patient.html",
        {
            "patient": {
                "bed": "07",
                "name": f"Dani {HOSTILE}",
                "pronouns": "they/them",
                "age": 34,
                "day": 3,
                "state_label": "Stabilising",
                "allergies": ["Allergy: penicillin (rash)"],
                "flags": ["Detox rounds, 30 min"],
                "words": HOSTILE,
            }
        },
    )
    plain = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "they/them, 34, day 3 of stay" in plain
    assert "Allergy: penicillin (rash)" in plain
    assert "<script>" not in page


def test_unknown_facts_leave_no_gaps_behind():
    page = render_to_string("components/patient.html", {"patient": {"name": "Dani"}})
    assert ", ," not in page
    assert "None" not in page


class Reading(forms.Form):
    """One field with a hint."""

    pulse = forms.IntegerField(label="Pulse", help_text="Resting one minute", min_value=20)
    note = forms.CharField(label="Note", required=False)


def test_an_error_is_tied_to_its_field_and_named_in_the_summary():
    form = Reading({"pulse": "7"}, prefix="a")
    page = render_to_string("components/form.html", {"form": form})
    described = found(r'(<input[^>]*name="a-pulse"[^>]*>)', page)
    ids = found(r'aria-describedby="([^"]+)"', described).split()
    assert 'aria-invalid="true"' in described
    for name in ids:
        assert f'id="{name}"' in page
    assert len(ids) == 2, "the hint and the error"
    assert '<a href="#id_a-pulse">Pulse</a>' in page


def test_a_field_that_may_stay_empty_says_so_and_the_others_do_not():
    page = render_to_string("components/form.html", {"form": Reading()})
    assert page.count("optional") == 1
    assert page.index("Note") < page.index("optional")


def test_the_due_list_says_late_in_words_also_without_colour(now):
    items = [{"at": now, "state": "late", "bed": "2", "what": "COWS", "owner": "RN"}]
    page = render_to_string("components/due.html", {"items": items})
    assert "14:30" in page
    assert 'class="tag tag--late">RN' in page


def test_a_tag_without_a_time_on_the_page_is_an_error(now):
    template = "{% load ui %}{% when at %}"
    with pytest.raises(TypeError, match="own time"):
        draw(template, {"at": now, "now": "noon"})
    assert "just now" in draw(template, {"at": now, "now": now})
    assert draw(template, {"at": None, "now": now}) == "–"


@pytest.mark.parametrize(
    ("state", "text"), [("late", ">47 min late<"), ("due", ">Due<"), ("later", "")]
)
def test_lateness_is_told_in_minutes(now, state, text):
    drawn = draw(
        "{% load ui %}{% due_tag at state %}",
        {"at": now - timedelta(minutes=47), "now": now, "state": state},
    )
    assert text in drawn
    assert bool(drawn) is bool(text)
