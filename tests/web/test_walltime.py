"""Times typed on the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from stepdown.web import walltime

HOUSE = ZoneInfo("America/Los_Angeles")
LATER = datetime(2028, 1, 1, tzinfo=UTC)
BACK = "2027-11-07T01:30"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2027-01-07T06:15", datetime(2027, 1, 7, 14, 15, tzinfo=UTC)),
        ("2027-01-07 06:15", datetime(2027, 1, 7, 14, 15, tzinfo=UTC)),
        ("2027-07-07T06:15:59", datetime(2027, 7, 7, 13, 15, tzinfo=UTC)),
        (" 2027-03-14T03:00 ", datetime(2027, 3, 14, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_typed_time_is_the_wards_own(text, told):
    assert walltime.instant(text, HOUSE, now=LATER) == told


@pytest.mark.parametrize(
    "text",
    ["", "soon", "06:15", "2027-13-01T00:00", "2027-02-30T10:00", "1799-01-01T00:00",
     "9999-12-31T23:59", "2027-01-07T24:00", "٢٠٢٧-01-07T06:15"],
)  # fmt: skip
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValidationError, match="Enter a date and a time"):
        walltime.instant(text, HOUSE, now=LATER)


def test_an_hour_the_clock_skipped_is_refused():
    with pytest.raises(ValidationError, match="02:30 did not exist that night"):
        walltime.instant("2027-03-14T02:30", HOUSE, now=LATER)


def test_an_hour_that_came_twice_is_never_guessed():
    with pytest.raises(ValidationError, match="Say which"):
        walltime.instant(BACK, HOUSE, now=LATER)


@pytest.mark.parametrize(("which", "hour"), [("0", 8), ("1", 9)])
def test_the_answer_decides_between_the_two(which, hour):
    told = walltime.instant(BACK, HOUSE, now=LATER, which=which)

    assert told == datetime(2027, 11, 7, hour, 30, tzinfo=UTC)


def test_a_reading_still_ahead_is_not_meant():
    before = datetime(2027, 11, 7, 8, 40, tzinfo=UTC)

    assert walltime.instant(BACK, HOUSE, now=before) == datetime(2027, 11, 7, 8, 30, tzinfo=UTC)


def test_only_an_hour_that_came_twice_is_asked_about():
    assert [words for _value, words in walltime.which_hour(BACK, HOUSE)] == [
        "01:30 the first time (PDT)",
        "01:30 the second time (PST)",
    ]
    assert walltime.which_hour("2027-11-07T02:30", HOUSE) == []
    assert walltime.which_hour("2027-03-14T02:30", HOUSE) == []
    assert walltime.which_hour("soon", HOUSE) == []


@given(minutes=st.integers(min_value=0, max_value=366 * 24 * 60))
def test_each_minute_of_a_year_is_read_back_as_shown(minutes):
    moment = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    shown = walltime.typed(moment, HOUSE)
    readings = [walltime.instant(shown, HOUSE, now=LATER, which=which) for which in ("0", "1")]

    assert moment in readings


@pytest.mark.parametrize("text", ["21.03.1994", "1994-02-30", "", "1899-12-31", "94-3-21"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValidationError, match="Enter a date"):
        walltime.day(text)


def test_a_date_is_a_date():
    assert walltime.day(" 1994-03-21 ") == date(1994, 3, 21)
