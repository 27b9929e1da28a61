"""The time axis: an hour is an hour, and labels speak local time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stepdown.web.charts.span import CHOICES, Span, choices, span_for
from tests.web.charts.parts import HERE, HOUR, START, ten_hours


def day(year, month, date, zone=HERE):
    """A local day from midnight to midnight."""
    start = datetime(year, month, date, tzinfo=zone)
    end = datetime(year, month, date + 1, tzinfo=zone)
    return Span(start, end, end, zone)


def labels(span):
    return [tick.label for tick in span.ticks()]


def test_places_are_parts_of_the_time_shown():
    span = ten_hours()
    assert [span.x(START + n * HOUR) for n in (0, 5, 10, 12)] == [0, 0.5, 1, 1.2]
    assert span.ahead == pytest.approx(0.2)


def test_a_day_of_clock_change_has_23_or_25_hours_also_in_local_times():
    assert day(2027, 3, 14).seconds == 23 * 3600
    assert day(2027, 11, 7).seconds == 25 * 3600


def test_an_hour_takes_the_same_room_before_and_after_the_clocks_change():
    span = day(2027, 3, 14)
    two_hours_in = datetime(2027, 3, 14, 3, 0, tzinfo=HERE)  # 02:00 does not exist
    assert span.x(two_hours_in) == pytest.approx(2 / 23)


def test_an_hour_that_is_jumped_over_has_no_line():
    start = datetime(2027, 3, 14, 0, 0, tzinfo=HERE)
    span = Span(start, start.astimezone(UTC) + 6 * HOUR, start, HERE)
    assert labels(span) == ["Sun 14", "01:00", "03:00", "04:00", "05:00", "06:00", "07:00"]
    assert [round(tick.x * 6) for tick in span.ticks()] == [0, 1, 2, 3, 4, 5, 6]


def test_an_hour_that_comes_twice_has_one_line_and_the_next_is_two_hours_on():
    start = datetime(2027, 11, 7, 0, 0, tzinfo=HERE)
    span = Span(start, start.astimezone(UTC) + 5 * HOUR, start, HERE)
    assert labels(span) == ["Sun 7", "01:00", "02:00", "03:00", "04:00"]
    assert [round(tick.x * 5) for tick in span.ticks()] == [0, 1, 3, 4, 5]


def test_a_day_without_a_midnight_begins_where_its_clocks_begin():
    beirut = ZoneInfo("Asia/Beirut")
    start = datetime(2027, 3, 27, 12, tzinfo=beirut)
    span = Span(start, start.astimezone(UTC) + 24 * HOUR, start, beirut)
    assert "Sun 28" in labels(span)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (12, ["18:00", "Thu 7", "02:00"]),
        (72, ["Thu 7", "12:00", "Fri 8", "Sat 9"]),
        (24 * 14, ["Fri 8", "Sun 10", "Tue 12", "Thu 14", "Sat 16", "Mon 18"]),
    ],
)
def test_lines_lie_at_round_local_hours_and_midnight_names_the_day(hours, expected):
    span = Span(START, START + hours * HOUR, START, HERE)
    assert set(expected) <= set(labels(span))
    assert len(labels(span)) <= 9


def test_lines_hold_still_while_time_moves_on():
    later = timedelta(hours=7)
    now = Span(START, START + 72 * HOUR, START, HERE)
    then = Span(START + later, START + 72 * HOUR + later, START, HERE)
    shared = {tick.label for tick in now.ticks()} & {tick.label for tick in then.ticks()}
    assert {"Thu 7", "Fri 8", "Sat 9"} <= shared


def test_a_chart_without_time_is_refused():
    with pytest.raises(ValueError, match="end after its start"):
        Span(START, START, START, HERE)


def test_zooming_in_never_shows_a_time_before_the_stay():
    now = START + 30 * HOUR
    assert span_for("12h", first=START, now=now, zone=HERE).start == now - 12 * HOUR
    assert span_for("7d", first=START, now=now, zone=HERE).start == START
    assert span_for("stay", first=START, now=now, zone=HERE).start == START


def test_someone_who_just_arrived_has_a_chart_of_an_hour():
    assert span_for("stay", first=START, now=START, zone=HERE).start == START - HOUR


def test_an_unknown_zoom_shows_the_whole_stay():
    now = START + 30 * HOUR
    assert span_for("<b>", first=START, now=now, zone=HERE).start == START
    assert [key for key, _words, chosen in choices("<b>") if chosen] == ["stay"]
    assert [key for key, _words, chosen in choices("12h") if chosen] == ["12h"]
    assert len(choices("12h")) == len(CHOICES)


def test_there_is_room_after_now_and_more_when_a_forecast_asks_for_it():
    now = START + 100 * HOUR
    assert span_for("stay", first=START, now=now, zone=HERE).end == now + 4 * HOUR
    ahead = span_for("stay", first=START, now=now, zone=HERE, ahead_hours=44)
    assert ahead.end == now + 44 * HOUR
