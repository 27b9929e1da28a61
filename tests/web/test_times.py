"""Times read as people say them, in the facility's zone, each with its age."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from stepdown.web import times

HERE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)  # Thursday 06:30 there


@pytest.fixture(autouse=True)
def in_the_facility():
    with timezone.override(HERE):
        yield


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(minutes=16), "06:14"),
        (timedelta(hours=6, minutes=30), "00:00"),
        (timedelta(hours=6, minutes=31), "Wed 23:59"),
        (timedelta(days=6), "Fri 06:30"),
        (timedelta(days=7), "31 Dec 2026 06:30"),
        (timedelta(days=-2), "Sat 06:30"),
        (timedelta(days=-30), "6 Feb 06:30"),
    ],
)
def test_a_time_names_its_day_only_when_it_is_not_today(before, text):
    assert times.short(NOW - before, NOW) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 min"),
        (59, "0 min"),
        (47 * 60, "47 min"),
        (3600, "1 h"),
        (3 * 3600 + 5 * 60, "3 h 5 min"),
        (86400, "1 d"),
        (2 * 86400 + 4 * 3600 + 59 * 60, "2 d 4 h"),
        (-720, "12 min"),
    ],
)
def test_a_length_of_time_is_told_in_its_two_largest_units(seconds, text):
    assert times.span(seconds) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(16, "16 min ago"), (-12, "in 12 min"), (0, "just now"), (0.9, "just now")],
)
def test_an_age_says_whether_it_is_behind_or_ahead(minutes, text):
    assert times.age(NOW - timedelta(minutes=minutes), NOW) == text


def test_an_age_counts_hours_that_passed_and_not_what_clocks_show():
    before = datetime(2027, 3, 14, 1, 30, tzinfo=HERE)  # clocks go forward at 02:00
    after = datetime(2027, 3, 14, 3, 30, tzinfo=HERE)
    assert times.age(before.astimezone(UTC), after.astimezone(UTC)) == "1 h ago"


def test_the_machine_reads_the_offset_so_that_a_repeated_hour_is_not_ambiguous():
    first = datetime(2027, 11, 7, 8, 30, tzinfo=UTC)
    second = first + timedelta(hours=1)
    assert times.stamp(first) == "2027-11-07T01:30-07:00"
    assert times.stamp(second) == "2027-11-07T01:30-08:00"
    assert times.short(first, second) == times.short(second, second) == "01:30"


def test_the_page_gets_both_the_time_and_its_age():
    assert times.time_html(NOW - timedelta(minutes=16), NOW) == (
        '<time datetime="2027-01-07T06:14-08:00">06:14</time> '
        '<span class="age" data-at="1799331240">16 min ago</span>'
    )


def test_the_frame_tells_the_day_and_the_hour_where_the_facility_is():
    evening = datetime(2027, 1, 8, 7, 5, 30, tzinfo=UTC)
    assert times.day(evening) == "Thu 7 Jan"
    assert times.full(evening) == "7 Jan 2027 23:05"
    assert times.clock_html(evening, 'Here"') == (
        '<time class="bar__clock" datetime="2027-01-07T23:05:30-08:00" data-clock="1799391930" '
        'data-zone="Here&quot;">23:05</time>'
    )


def test_a_time_that_does_not_say_its_zone_is_not_told():
    with pytest.raises(ValueError, match="does not say its zone"):
        times.short(NOW.replace(tzinfo=None), NOW)
