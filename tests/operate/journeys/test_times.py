"""Wall time is what a ward lives by: it survives a move across a clock change."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from stepdown.content.errors import ContentError
from stepdown.operate.journeys import format as journeys
from stepdown.operate.journeys import times
from stepdown.operate.journeys.times import wall, with_times
from tests.operate.journeys.writing import ARRIVAL, HEAD, line_of, reading, write

ZONE = ZoneInfo("America/Los_Angeles")
DEMO = HEAD + "demo: {day_today: 2}\n"

# In 2027 the clocks of California go forward on 14 March at 02:00 and back on 7 November at 02:00.


def test_a_morning_dose_stays_a_morning_dose_across_a_clock_change(tmp_path: Path):
    path = write(tmp_path, ARRIVAL + reading("2027-01-05 06:30"), head=DEMO)

    moved = journeys.load(path).shifted_to(date(2027, 3, 14))

    assert [str(event.at) for event in moved.events] == ["2027-03-13 08:00", "2027-03-14 06:30"]
    assert moved.instant(moved.events[0]).isoformat() == "2027-03-13T16:00:00+00:00"  # UTC-8
    assert moved.instant(moved.events[1]).isoformat() == "2027-03-14T13:30:00+00:00"  # UTC-7


def test_day_today_falls_on_today(tmp_path: Path):
    path = write(tmp_path, ARRIVAL + reading("2027-01-05 06:30"), head=DEMO)

    moved = journeys.load(path).shifted_to(date(2027, 6, 1))

    assert moved.first_day == date(2027, 5, 31)  # day 1 was yesterday, so today is day 2


def test_times_inside_an_event_move_with_it_and_birthdays_stay(tmp_path: Path):
    head = DEMO.replace("{legal_name: Sev Enth}", "{legal_name: Sev Enth, born_on: 1990-01-04}")
    path = write(
        tmp_path,
        ARRIVAL + "  - at: 2027-01-04 08:05\n    do: releases.record\n    by: RN1\n"
        "    why: not built\n"
        "    with: {since: 2027-01-03 21:30, until: 2027-12-31, to: [{at: 2027-01-06 10:00}]}\n"
        "    expect:\n      - {next_due: {instrument: cows, at: 2027-01-04 12:15}}\n",
        head=head,
    )

    moved = journeys.load(path).later(10)

    release = moved.events[1]
    assert str(release.given["since"]) == "2027-01-13 21:30"
    assert release.given["until"] == date(2028, 1, 10)
    assert str(release.given["to"][0]["at"]) == "2027-01-16 10:00"
    assert str(release.expect[0].value["at"]) == "2027-01-14 12:15"
    assert moved.person["born_on"] == date(1990, 1, 4)


def test_the_repeated_hour_must_say_which_of_the_two(tmp_path: Path):
    night = ARRIVAL.replace("2027-01-04 08:00", "2027-11-06 08:00")
    path = write(tmp_path, night + reading("2027-11-07 01:30"))

    with pytest.raises(ContentError, match="comes twice on that night. Add `fold: 0`") as refused:
        journeys.load(path)

    assert refused.value.line == line_of(path, "01:30")


def test_both_passes_of_the_repeated_hour_are_an_hour_apart(tmp_path: Path):
    night = ARRIVAL.replace("2027-01-04 08:00", "2027-11-06 08:00")
    first = reading("2027-11-07 01:30").replace("    do:", "    fold: 0\n    do:")
    second = reading("2027-11-07 01:10").replace("    do:", "    fold: 1\n    do:")
    journey = journeys.load(write(tmp_path, night + first + second))

    _, before, after = (journey.instant(event).isoformat() for event in journey.events)

    assert (before, after) == ("2027-11-07T08:30:00+00:00", "2027-11-07T09:10:00+00:00")


def test_a_time_the_clock_skips_is_refused_when_written(tmp_path: Path):
    night = ARRIVAL.replace("2027-01-04 08:00", "2027-03-13 08:00")
    path = write(tmp_path, night + reading("2027-03-14 02:30"))

    with pytest.raises(ContentError, match="is skipped on that night"):
        journeys.load(path)


def test_a_journey_moved_onto_a_skipped_hour_plays_it_an_hour_later_and_in_order(tmp_path: Path):
    path = write(
        tmp_path,
        ARRIVAL + reading("2027-01-05 02:30") + reading("2027-01-05 03:05"),
        head=DEMO,
    )

    moved = journeys.load(path).shifted_to(date(2027, 3, 14))

    instants = [moved.instant(event) for event in moved.events]
    assert instants == sorted(instants)
    assert instants[-1].isoformat() == "2027-03-14T10:30:00+00:00"  # 02:30 became 03:30


@pytest.mark.parametrize("text", ["2027-02-30", "2027-13-01 10:00", "2027-01-01 25:00"])
def test_a_shape_that_names_no_day_or_time_is_refused(text: str):
    with pytest.raises(times.WallTimeError, match=r"is not a (date|time)"):
        with_times({"deep": [text]})


@pytest.mark.parametrize("text", ["tomorrow", "08:40", "2027-01-04 08:40:00", "12-01-04"])
def test_anything_else_stays_text(text: str):
    assert wall(text) is None
    assert with_times(text) == text
