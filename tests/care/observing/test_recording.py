"""COWS and vital signs in one submission."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.clinical import instruments
from stepdown.content import library
from stepdown.records import verifying
from stepdown.records.models import VITALS, AccessEvent, Observation
from tests import factories
from tests.care.observing.conftest import MILD, NOW, Sheet

pytestmark = pytest.mark.django_db

FIVE_VITALS = {
    "systolic_mmhg": "128",
    "diastolic_mmhg": "82",
    "heart_rate_bpm": "88",
    "respiratory_rate_bpm": "16",
    "temperature_c": "37.1",
}


def test_a_score_and_vital_signs_are_recorded_together_and_the_course_opens(bedside, enter, stay):
    nurse = enter(nurse=True)
    sent = bedside.filled(**FIVE_VITALS)

    response = bedside.send(sent)

    assert (response.status_code, response.url) == (303, f"/people/{stay.pk}/")
    cows = Observation.objects.get(kind="cows")
    vitals = Observation.objects.get(kind=VITALS)
    assert (cows.total, cows.band, cows.severity) == (8, "mild", 1)
    assert vitals.values == FIVE_VITALS
    assert {cows.occurred_at, vitals.occurred_at, cows.recorded_at} == {NOW}
    assert cows.submission_id == vitals.submission_id
    assert cows.actor == nurse.user
    broken = [str(each) for each in verifying.verify(nurse.facility)]
    assert not [each for each in broken if "observation" in each]


def test_what_was_recorded_is_said_with_score_and_band(bedside, enter):
    enter(nurse=True)

    response = bedside.send(bedside.filled(**FIVE_VITALS, spo2_percent="97"))

    said = [str(message) for message in get_messages(response.wsgi_request)]
    assert said == ["Recorded for 06:30: vital signs, COWS 8, mild."]
    assert Observation.objects.get(kind=VITALS).outcome == "complete"


def test_a_set_that_is_no_whole_look_says_what_was_left_out(bedside, enter):
    enter(nurse=True)

    response = bedside.send(bedside.filled(**FIVE_VITALS))

    said = [str(message) for message in get_messages(response.wsgi_request)]
    assert said == [
        "Recorded for 06:30: vital signs, COWS 8, mild.",
        "Not a whole set of vital signs, so that look stays due. Left out: oxygen saturation.",
    ]
    assert Observation.objects.get(kind=VITALS).outcome == "partial"


@pytest.mark.parametrize(
    ("taken", "band"),
    [({}, ""), ({"systolic_mmhg": "100"}, "amber"), ({"temperature_c": "39.1"}, "red")],
)
def test_a_set_keeps_the_gravest_zone_it_was_told_in(bedside, enter, taken, band):
    enter(nurse=True)
    confirmed = {"confirmed": list(taken)} | {f"{key}-asked": value for key, value in taken.items()}

    bedside.send(bedside.filled(**FIVE_VITALS | taken, **confirmed))

    assert Observation.objects.get(kind=VITALS).band == band


def test_htmx_is_told_to_open_the_course_whole(bedside, enter, stay):
    enter(nurse=True)

    response = bedside.send(bedside.filled(**FIVE_VITALS), **{"HX-Request": "true"})

    assert (response.status_code, response["HX-Redirect"]) == (204, f"/people/{stay.pk}/")


def test_the_pulse_item_follows_from_the_heart_rate(bedside, enter):
    enter(nurse=True)

    for heart_rate, points in (("80", 0), ("81", 1), ("100", 1), ("101", 2), ("121", 4)):
        bedside.send(bedside.filled(heart_rate_bpm=heart_rate))
        newest = Observation.objects.of("cows").order_by("id").reverse()[0]
        assert newest.answers["pulse"][1] == points


def test_all_eleven_items_are_on_the_page_and_none_is_chosen(bedside, enter, client, stay):
    enter(nurse=True)
    factories.CowsFactory(episode=stay, occurred_at=NOW - timedelta(hours=2), scored=14)

    page = client.get(bedside.url).text

    assert re.findall(r"<b>(\d+)\. ", page) == [str(n) for n in range(1, 12)]
    assert 'type="radio" name="cows-' in page
    assert not [tag for tag in re.findall(r"<input[^>]*cows-[^>]*>", page) if "checked" in tag]
    assert 'name="cows-pulse"' not in page


def test_the_last_answers_are_ghosted_with_their_time(bedside, enter, client, stay):
    enter(nurse=True)
    last = factories.CowsFactory(
        episode=stay, occurred_at=NOW - timedelta(hours=2), points=(2, 1, 1, 2, 1, 1, 1, 1, 1, 0)
    )

    page = client.get(bedside.url).text

    assert page.count("opt opt--prev") == 11
    assert "04:30" in page
    assert f'name="cows_seen" value="{last.pk}"' in page
    assert f'data-prev="{last.total}"' in page


def test_a_sleeping_look_between_does_not_hide_the_last_answers(bedside, enter, client, stay):
    enter(nurse=True)
    factories.CowsFactory(episode=stay, occurred_at=NOW - timedelta(hours=5), scored=9)
    asleep = factories.CowsFactory(episode=stay, occurred_at=NOW - timedelta(hours=1), asleep=True)

    page = client.get(bedside.url).text

    assert page.count("opt opt--prev") == 11
    assert f'name="cows_seen" value="{asleep.pk}"' in page


def test_opening_the_page_is_logged(bedside, enter, client, stay):
    enter(nurse=True)

    client.get(bedside.url)

    assert AccessEvent.objects.filter(what="observe", episode_id=stay.pk).count() == 1


def test_the_reason_for_looking_is_scheduled_unless_the_link_says_more(bedside, enter, client):
    enter(nurse=True)
    by_link = Sheet(client, f"{bedside.url}?context=pre_dose")
    made_up = Sheet(client, f"{bedside.url}?context=because")

    assert bedside.blank()["context"] == "scheduled"
    assert by_link.blank()["context"] == "pre_dose"
    assert made_up.blank()["context"] == "scheduled"


def test_the_reason_for_looking_is_kept(bedside, enter):
    enter(nurse=True)

    bedside.send(bedside.filled(heart_rate_bpm="72", context="pre_dose"))

    assert Observation.objects.get(kind="cows").context == "pre_dose"


def test_vital_signs_may_be_saved_alone(bedside, enter):
    enter(nurse=True)

    response = bedside.send({**bedside.blank(), "spo2_percent": "97", "do": "vitals"})

    assert response.status_code == 303
    assert Observation.objects.get().values == {"spo2_percent": "97"}


def test_answers_are_not_lost_when_vital_signs_are_saved_alone(bedside, enter):
    enter(nurse=True)

    response = bedside.send(bedside.filled(spo2_percent="97", do="vitals"))

    assert response.status_code == 422
    assert "10 answers to COWS would be lost." in response.text
    assert not Observation.objects.exists()


def test_a_doubled_post_has_one_effect_and_the_same_answer(bedside, enter):
    enter(nurse=True)
    sent = bedside.filled(**FIVE_VITALS)

    first, again = bedside.send(sent), bedside.send(sent)

    assert (first.status_code, first.url) == (again.status_code, again.url)
    assert Observation.objects.count() == 2


def test_the_same_form_with_other_answers_is_not_taken_for_saved(bedside, enter):
    enter(nurse=True)
    sent = bedside.filled(**FIVE_VITALS)
    bedside.send(sent)

    response = bedside.send({**sent, "cows-yawning": "several_a_minute"})

    assert response.status_code == 409
    assert "this form was sent before and says something else now" in response.text
    assert Observation.objects.get(kind="cows").total == 8


def test_each_opened_page_has_a_number_of_its_own(bedside, enter):
    enter(nurse=True)

    assert bedside.blank()["submission"] != bedside.blank()["submission"]


@pytest.mark.django_db(transaction=True)
def test_a_recorded_form_takes_ten_statements_and_draws_nothing(bedside, enter):
    enter(nurse=True)
    bedside.send(bedside.filled(**FIVE_VITALS))
    sent = bedside.filled(**FIVE_VITALS)

    with CaptureQueriesContext(connection) as spent:
        response = bedside.send(sent)

    assert response.status_code == 303
    statements = [each["sql"][:60] for each in spent.captured_queries]
    assert len(statements) <= 10, statements
    assert not [each for each in statements if each.startswith('UPDATE "django_session"')]
    assert not response.templates


def test_answers_are_kept_by_option_and_points_with_the_words_of_their_day(bedside, enter):
    enter(nurse=True)

    bedside.send(bedside.filled(heart_rate_bpm="72"))

    cows = Observation.objects.get(kind="cows")
    assert cows.answers["yawning"] == ["once_or_twice", 1]
    assert set(cows.answers) == {item.key for item in library.instrument("cows").items}
    assert "once or twice" in cows.snapshot.text


def test_a_submission_number_from_another_page_is_fine(bedside, enter):
    enter(nurse=True)
    number = uuid4()

    bedside.send(bedside.filled(heart_rate_bpm="72", submission=str(number)))

    assert Observation.objects.get(kind="cows").submission_id == number


def test_the_form_says_which_content_nobody_has_signed(bedside, enter, client):
    enter(nurse=True)

    assert "(draft)" in client.get(bedside.url).text


def test_the_answers_of_the_fixture_are_the_ones_the_tests_count_on():
    scale = library.instrument("cows")

    assert instruments.lower_bound(scale, MILD) == 7
