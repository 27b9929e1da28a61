"""Any scale of the library gets a page, scoring and a history: nothing knows it by name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages

from stepdown.content import library
from stepdown.records.models import Observation
from tests import factories
from tests.care.observing.conftest import NOW, Sheet
from tests.support import fields_of

pytestmark = pytest.mark.django_db

NO_TO_ALL = {"q1": "no", "q2": "no", "q6_lifetime": "no"}
WITH_METHOD = {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "no", "q5": "no", "q6_lifetime": "no"}


@pytest.fixture
def screen(client, stay) -> Sheet:
    """The page of the suicide screen."""
    return Sheet(client, f"/people/{stay.pk}/observe/cssrs_screener/", key="cssrs_screener")


def test_a_screen_is_recorded_as_a_tier_without_points(screen, enter):
    enter(nurse=True)

    response = screen.send(screen.filled(NO_TO_ALL))

    assert response.status_code == 303
    found = Observation.objects.get()
    assert (found.kind, found.total, found.band) == ("cssrs_screener", None, "none")


def test_what_a_tier_asks_of_people_is_said_at_once(screen, enter):
    enter(nurse=True)

    response = screen.send(screen.filled(WITH_METHOD))

    said = [(each.level_tag, str(each)) for each in get_messages(response.wsgi_request)]
    assert said == [
        ("success", "Recorded for 06:30: C-SSRS: Moderate."),
        (
            "warning",
            "C-SSRS moderate: Mental-health evaluation the same day, safety plan.",
        ),
    ]


def test_a_question_is_asked_when_the_answer_before_leads_to_it(screen, enter):
    enter(nurse=True)
    cut_short = {"q1": "yes", "q2": "yes", "q6_lifetime": "no"}

    response = screen.send(screen.filled(cut_short))

    assert response.status_code == 422
    for question in ("Thoughts with a method", "Thoughts with some intent"):
        assert f"Choose an answer for {question}." in response.text
    assert not Observation.objects.exists()


def test_an_answer_to_a_question_not_asked_is_refused(screen, enter):
    enter(nurse=True)

    response = screen.send(screen.filled({**NO_TO_ALL, "q4": "yes"}))

    assert response.status_code == 422
    assert "Thoughts with some intent is not asked after these answers." in response.text
    assert not Observation.objects.exists()


def test_without_a_script_each_branch_is_told_in_words(screen, enter, client):
    enter(nurse=True)

    page = client.get(screen.url).text

    assert "Only after &quot;Yes&quot; to: Suicidal thoughts." in page
    assert 'data-asked-when="q2=yes"' in page
    assert page.count("<fieldset id=") == 7 + 1  # the questions, and the dialog's reasons


def test_an_unfinished_screen_is_already_as_grave_as_its_gravest_answer(screen, enter):
    enter(nurse=True)
    left = {
        "do": "not_scored",
        "cssrs_screener_outcome": "partial",
        "cssrs_screener_reason": "left the room",
    }

    screen.send(screen.filled({"q1": "yes", "q2": "yes", "q4": "yes"}, **left))

    found = Observation.objects.get()
    assert (found.outcome, found.band, found.severity) == ("partial", "high", 4)


def test_a_screen_that_nobody_signed_says_so(screen, enter, client):
    enter(nurse=True)

    assert "Unsigned draft" in client.get(screen.url).text


def test_the_publishers_notice_is_kept(screen, enter, client):
    enter(nurse=True)

    assert library.instrument("cssrs_screener").notice in client.get(screen.url).text


def test_the_scores_so_far_stand_below_with_what_was_corrected(client, enter, stay, bedside):
    enter(nurse=True)
    old = factories.CowsFactory(episode=stay, occurred_at=NOW - timedelta(hours=4), scored=9)
    factories.CowsFactory(
        episode=stay, occurred_at=old.occurred_at, scored=11, replaces=old, why="miscounted"
    )
    factories.CowsFactory(episode=stay, occurred_at=NOW - timedelta(hours=1), asleep=True)

    page = client.get(f"{bedside.url}cows/").text

    for words in ("COWS 9, mild", "COWS 11, mild", "COWS: asleep", "miscounted", "Corrected"):
        assert words in page
    assert page.count(">Strike out</a>") == 2


PAIN_AT_REST = """
key: {key}
name: Pain at rest
short_name: PAR
version: "1"
method: sum
purpose: How much it hurts.
rater: [RN]
record: observations
when: [Once a shift.]
contexts: [scheduled]
higher_is_worse: true
maximum: 5
source: Made up for a test.
licence: Free.
evidence: draft
items:
  - key: rest
    label: Pain lying down
    short_label: Lying down
    text: How much it hurts lying down.
    look_back: now
    evidence: draft
    options:
      - {{code: none, points: 0, text: "None", short: "None"}}
      - {{code: some, points: 2, text: Some, short: Some}}
  - key: note
    label: Pain moving
    short_label: Moving
    text: How much it hurts moving.
    look_back: now
    evidence: draft
    options:
      - {{code: none, points: 0, text: "None", short: "None"}}
      - {{code: much, points: 3, text: Much, short: Much}}
bands:
  - {{key: none, label: None, severity: 0, at_least: 0, at_most: 1}}
  - {{key: some, label: Some, severity: 2, at_least: 2, at_most: 5}}
examples:
  - {{name: none, points: [0, 0], total: 0, band: none}}
"""


@pytest.fixture
def dropped_in(tmp_path):
    """A scale that a facility dropped into a folder of its own; an item is called like a field."""
    folder = tmp_path / "instruments"
    folder.mkdir()
    text = PAIN_AT_REST.format(key="pain_at_rest").replace("label: None,", 'label: "None",')
    (folder / "pain_at_rest.yaml").write_text(text)
    with library.using(tmp_path):
        yield library.instrument("pain_at_rest")


def test_a_scale_in_one_new_file_has_form_scoring_and_history(client, enter, stay, dropped_in):
    enter(nurse=True)
    page = Sheet(client, f"/people/{stay.pk}/observe/pain_at_rest/", key="pain_at_rest")

    missing = page.send(page.filled({"rest": "some"}))
    response = page.send(page.filled({"rest": "some", "note": "much"}, note="after walking"))
    history = client.get(page.url).text

    assert missing.status_code == 422
    assert "Choose a score for Pain moving." in missing.text
    assert response.status_code == 303
    found = Observation.objects.get()
    assert (found.kind, found.total, found.band, found.note) == (
        "pain_at_rest",
        5,
        "some",
        "after walking",
    )
    assert found.answers == {"rest": ["some", 2], "note": ["much", 3]}
    assert "PAR 5, some" in history
    assert history.count("opt opt--prev") == 2


def test_a_score_outlives_the_file_that_asked_for_it(client, enter, stay, dropped_in):
    enter(nurse=True)
    page = Sheet(client, f"/people/{stay.pk}/observe/pain_at_rest/", key="pain_at_rest")
    page.send(page.filled({"rest": "some", "note": "none"}))
    found = Observation.objects.get()

    assert found.snapshot.digest == library.digest(dropped_in)
    assert library.restore(type(dropped_in), found.snapshot.text) == dropped_in


def test_a_scale_that_asks_without_vital_signs_shows_none(client, enter, stay, dropped_in):
    enter(nurse=True)
    page = Sheet(client, f"/people/{stay.pk}/observe/pain_at_rest/", key="pain_at_rest")

    assert not [name for name in page.blank() if name in library.vitals()]


def test_cows_on_its_own_page_asks_for_the_heart_rate_it_follows(client, enter, stay):
    enter(nurse=True)
    page = Sheet(client, f"/people/{stay.pk}/observe/cows/")

    fields = fields_of(client.get(page.url).text, "reading")

    assert [name for name in fields if name in library.vitals()] == ["heart_rate_bpm"]
