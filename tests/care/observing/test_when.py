"""When it happened: now, earlier, on paper, and on the two odd nights of a year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from stepdown.records.models import Observation
from tests import factories
from tests.care.observing.conftest import NOW, Sheet, stand_at
from tests.support import fields_of

pytestmark = pytest.mark.django_db


def test_earlier_is_a_time_on_the_wards_wall(bedside, enter):
    enter(nurse=True)

    bedside.send(bedside.filled(heart_rate_bpm="72", occurred_at="2027-01-07T05:10"))

    look = Observation.objects.get(kind="cows")
    assert look.occurred_at == datetime(2027, 1, 7, 13, 10, tzinfo=UTC)
    assert look.recorded_at == NOW


def test_a_time_ahead_is_refused(bedside, enter):
    enter(nurse=True)

    response = bedside.send(bedside.filled(heart_rate_bpm="72", occurred_at="2027-01-07T07:10"))

    assert response.status_code == 422
    assert "is in the future" in response.text
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    ("typed", "downtime", "status"),
    [
        ("2027-01-07T02:30", "", 303),
        ("2027-01-07T02:29", "", 422),
        ("2027-01-07T02:29", "on", 303),
        ("2027-01-05T11:00", "on", 303),
    ],
)
def test_more_than_four_hours_back_needs_the_downtime_mark(bedside, enter, typed, downtime, status):
    enter(nurse=True)
    marked = {"downtime": downtime} if downtime else {}

    response = bedside.send(bedside.filled(heart_rate_bpm="72", occurred_at=typed, **marked))

    assert response.status_code == status
    assert Observation.objects.filter(kind="cows").exists() == (status == 303)


def test_the_downtime_mark_is_kept(bedside, enter):
    enter(nurse=True)
    late = {"occurred_at": "2027-01-06T11:00", "downtime": "on"}

    bedside.send(bedside.filled(heart_rate_bpm="72", **late))

    assert Observation.objects.get(kind="cows").is_downtime


def test_before_the_person_came_nothing_happened(bedside, enter):
    enter(nurse=True)
    early = {"occurred_at": "2027-01-04T06:00", "downtime": "on"}

    response = bedside.send(bedside.filled(heart_rate_bpm="72", **early))

    assert response.status_code == 422
    assert "before the person arrived" in response.text


def a_night(monkeypatch, client, enter, house, moment: datetime) -> Sheet:
    """Somebody in the house on another night, and a nurse at ``moment``."""
    stand_at(monkeypatch, moment)
    stay = factories.EpisodeFactory(
        person__facility=house, arrived_at=moment - timedelta(days=1), admitted=True, in_bed=True
    )
    enter(nurse=True)
    return Sheet(client, f"/people/{stay.pk}/observe/")


def test_an_hour_that_came_twice_is_asked_about(monkeypatch, client, enter, house):
    after = datetime(2027, 11, 7, 10, 30, tzinfo=UTC)  # 02:30, after the clocks went back
    sheet = a_night(monkeypatch, client, enter, house, after)

    asked = sheet.send(sheet.filled(heart_rate_bpm="72", occurred_at="2027-11-07T01:30"))
    again = fields_of(asked.text, "sheet")
    told = sheet.send({**again, "do": "score", "which_hour": "0"})

    assert (asked.status_code, told.status_code) == (422, 303)
    assert "01:30 came twice that night" in asked.text
    assert "01:30 the first time (PDT)" in asked.text
    assert "01:30 the second time (PST)" in asked.text
    first = datetime(2027, 11, 7, 8, 30, tzinfo=UTC)
    assert Observation.objects.get(kind="cows").occurred_at == first


def test_the_second_of_the_two_is_an_hour_later(monkeypatch, client, enter, house):
    after = datetime(2027, 11, 7, 10, 30, tzinfo=UTC)
    sheet = a_night(monkeypatch, client, enter, house, after)

    sheet.send(sheet.filled(heart_rate_bpm="72", occurred_at="2027-11-07T01:30", which_hour="1"))

    second = datetime(2027, 11, 7, 9, 30, tzinfo=UTC)
    assert Observation.objects.get(kind="cows").occurred_at == second


def test_before_the_clocks_went_back_only_one_of_the_two_can_be_meant(
    monkeypatch, client, enter, house
):
    between = datetime(2027, 11, 7, 8, 45, tzinfo=UTC)  # 01:45 for the first time
    sheet = a_night(monkeypatch, client, enter, house, between)

    told = sheet.send(sheet.filled(heart_rate_bpm="72", occurred_at="2027-11-07T01:30"))

    assert told.status_code == 303
    first = datetime(2027, 11, 7, 8, 30, tzinfo=UTC)
    assert Observation.objects.get(kind="cows").occurred_at == first


def test_an_hour_that_never_was_is_refused(monkeypatch, client, enter, house):
    after = datetime(2027, 3, 14, 10, 30, tzinfo=UTC)  # 03:30, an hour after 01:30
    sheet = a_night(monkeypatch, client, enter, house, after)

    response = sheet.send(sheet.filled(heart_rate_bpm="72", occurred_at="2027-03-14T02:30"))

    assert response.status_code == 422
    assert "02:30 did not exist that night: the clocks went forward." in response.text
    assert not Observation.objects.exists()
