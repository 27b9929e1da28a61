"""When the next look is due: the rules of the unit, clock-change nights, and what never happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stepdown.clinical.schedules import Look, LookAgain, Night, Stay, next_due
from stepdown.content import library

PACIFIC = ZoneInfo("America/Los_Angeles")
SCHEDULE = library.schedule()
HOUR = timedelta(hours=1)


def local(text: str, fold: int = 0) -> datetime:
    """A Pacific wall time, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=PACIFIC, fold=fold).astimezone(UTC)


ARRIVED = local("2027-01-04 08:40")
STAY = Stay("WITHDRAWAL", ARRIVED, local("2027-01-04 10:00"))


def due(kind="cows", done=None, tried=None, stay=STAY, schedule=SCHEDULE):
    return next_due(schedule, kind, stay, done=done, tried=tried, zone=PACIFIC)


def wall(moment: datetime) -> str:
    return moment.astimezone(PACIFIC).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("kind", "rule", "due_minutes", "overdue_minutes"),
    [("vitals", "I1", 15, 20), ("cows", "I2", 30, 45), ("cssrs_screener", "I3", 60, 75)],
)
@pytest.mark.parametrize("state", ["INTAKE", "WITHDRAWAL"])
def test_the_first_look_is_due_after_arrival(kind, rule, due_minutes, overdue_minutes, state):
    found = due(kind, stay=Stay(state, ARRIVED))

    assert found.rule_id == rule
    assert found.at == ARRIVED + timedelta(minutes=due_minutes)
    assert found.grace_until == ARRIVED + timedelta(minutes=overdue_minutes)


def test_due_turns_to_overdue_at_the_end_of_the_grace_time():
    found = due("vitals", stay=Stay("INTAKE", ARRIVED))
    minute = timedelta(minutes=1)

    assert not found.is_due(found.at - minute)
    assert found.is_due(found.at)
    assert not found.is_overdue(found.grace_until - minute)
    assert found.is_overdue(found.grace_until)


@pytest.mark.parametrize("kind", ["cows", "vitals"])
@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("2027-01-04 08:55", "01-04 12:55"),  # by day, 4 h
        ("2027-01-04 18:30", "01-04 22:30"),  # the evening look is not skipped
        ("2027-01-04 21:59", "01-05 01:59"),  # the last minute of the day still gives 4 h
        ("2027-01-04 22:00", "01-05 04:00"),  # by night, 6 h
        ("2027-01-04 22:30", "01-05 04:30"),
        ("2027-01-05 02:00", "01-05 06:30"),  # 4 h passed in the night: due when morning comes
        ("2027-01-05 02:30", "01-05 06:30"),
        ("2027-01-05 03:00", "01-05 07:00"),  # 4 h end by day
        ("2027-01-05 06:29", "01-05 10:29"),
        ("2027-01-05 06:30", "01-05 10:30"),
    ],
)
def test_in_the_first_days_the_next_look_is_4_h_awake_and_6_h_at_night(kind, last, expected):
    found = due(kind, Look(local(last)))

    assert (found.rule_id, wall(found.at)) == ("W2", expected)
    assert found.grace_until - found.at == timedelta(minutes=30)


@pytest.mark.parametrize("last", ["2027-01-07 10:00", "2027-01-07 23:00", "2027-01-09 03:00"])
def test_after_72_hours_the_next_look_is_8_h_later_by_day_and_night(last):
    found = due("cows", Look(local(last)))

    assert (found.rule_id, found.at - local(last)) == ("W3", 8 * HOUR)
    assert found.grace_until - found.at == HOUR


def test_the_last_look_decides_which_interval_comes_next():
    assert due("cows", Look(local("2027-01-07 09:59"))).rule_id == "W2"
    assert due("cows", Look(local("2027-01-07 10:00"))).rule_id == "W3"


def test_before_admission_the_72_hours_count_from_arrival():
    waiting = Stay("INTAKE", ARRIVED)

    assert due("cows", Look(ARRIVED + 71 * HOUR), stay=waiting).rule_id == "W2"
    assert due("cows", Look(ARRIVED + 72 * HOUR), stay=waiting).rule_id == "W3"


def test_a_look_before_admission_is_followed_by_the_close_interval():
    found = due("cows", Look(local("2027-01-04 08:55")))

    assert (found.rule_id, wall(found.at)) == ("W2", "01-04 12:55")


@pytest.mark.parametrize(
    ("last", "expected", "elapsed"),
    [
        ("2027-03-13 22:30", "03-14 05:30", 6 * HOUR),  # spring: the night is an hour short
        ("2027-03-13 20:00", "03-14 00:00", 4 * HOUR),
        ("2027-03-14 01:30", "03-14 06:30", 4 * HOUR),
        ("2027-03-13 23:45", "03-14 06:30", 5.75 * HOUR),
        ("2027-11-06 22:30", "11-07 03:30", 6 * HOUR),  # autumn: the night is an hour long
        ("2027-11-06 20:00", "11-07 00:00", 4 * HOUR),
        ("2027-11-06 21:30", "11-07 01:30", 4 * HOUR),
        ("2027-11-07 00:30", "11-07 05:30", 6 * HOUR),
    ],
)
def test_a_clock_change_night_neither_loses_nor_doubles_a_look(last, expected, elapsed):
    stay = Stay("WITHDRAWAL", local(last) - 20 * HOUR, local(last) - 19 * HOUR)

    found = due("cows", Look(local(last)), stay=stay)

    assert found.at - local(last) == elapsed
    assert wall(found.at) == expected


def test_the_two_half_past_ones_of_autumn_are_an_hour_apart():
    stay = Stay("WITHDRAWAL", local("2027-11-06 08:00"))
    first, second = local("2027-11-07 01:30"), local("2027-11-07 01:30", fold=1)

    assert second - first == HOUR
    assert due("cows", Look(first), stay=stay).at == first + 6 * HOUR
    assert wall(due("cows", Look(second), stay=stay).at) == "11-07 06:30"


@pytest.mark.parametrize("band", ["moderate", "high"])
@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("2027-01-04 09:05", "01-04 19:00"),
        ("2027-01-04 19:00", "01-05 07:00"),
        ("2027-01-05 03:00", "01-05 07:00"),
    ],
)
def test_a_suicide_screen_that_is_not_low_is_repeated_each_shift(band, last, expected):
    found = due("cssrs_screener", Look(local(last), band=band))

    assert (found.rule_id, wall(found.at)) == ("CSSRS_SHIFT", expected)
    assert found.grace_until - found.at == timedelta(minutes=15)


@pytest.mark.parametrize("band", ["none", "low"])
def test_a_low_suicide_screen_is_asked_again_on_day_3(band):
    found = due("cssrs_screener", Look(local("2027-01-04 09:05"), band=band))

    assert (found.rule_id, wall(found.at)) == ("CSSRS_DAY_3", "01-06 06:30")
    assert wall(found.grace_until) == "01-07 00:00"


@pytest.mark.parametrize("last", ["2027-01-06 00:00", "2027-01-06 18:00", "2027-01-09 12:00"])
def test_asked_on_day_3_or_later_a_low_screen_is_not_due_by_itself(last):
    assert due("cssrs_screener", Look(local(last), band="low")) is None


def test_day_3_counts_local_days_from_arrival_not_from_utc():
    late = Stay("WITHDRAWAL", local("2027-01-04 23:50"))

    found = due("cssrs_screener", Look(local("2027-01-05 00:40"), band="none"), stay=late)

    assert wall(found.at) == "01-06 06:30"


@pytest.mark.parametrize("outcome", ["partial", "asleep", "refused", "unable", "off_unit"])
def test_a_look_that_did_not_happen_stays_due(outcome):
    done = Look(local("2027-01-04 12:00"))
    tried = Look(local("2027-01-04 15:50"), outcome)

    assert due("cows", done, tried) == due("cows", done)


def test_a_first_look_that_did_not_happen_stays_due_from_arrival():
    tried = Look(ARRIVED + timedelta(minutes=20), "asleep")

    assert due("cows", None, tried) == due("cows")


OFFERING = replace(SCHEDULE, look_again=(LookAgain("asleep", 60),))


def test_where_the_data_gives_a_time_the_look_is_offered_again_then():
    done, tried = Look(local("2027-01-04 12:00")), Look(local("2027-01-04 15:50"), "asleep")

    found = due("cows", done, tried, schedule=OFFERING)

    assert wall(found.at) == "01-04 16:50"
    assert found.grace_until - found.at == timedelta(minutes=30)


@pytest.mark.parametrize(
    "tried",
    [
        Look(local("2027-01-04 12:30"), "asleep"),  # the offer would come before it is due
        Look(local("2027-01-04 15:50"), "refused"),  # no time is given for this answer
        Look(local("2027-01-04 11:00"), "asleep"),  # older than the completed look
    ],
)
def test_an_offer_never_brings_a_look_forward_and_never_replaces_one(tried):
    done = Look(local("2027-01-04 12:00"))

    assert due("cows", done, tried, schedule=OFFERING) == due("cows", done)


@pytest.mark.parametrize("before", [0, 30])
def test_an_offer_no_later_than_a_completed_look_moves_nothing_however_long_it_waits(before):
    done = Look(local("2027-01-04 12:00"))
    tried = Look(done.at - timedelta(minutes=before), "asleep")
    late = replace(SCHEDULE, look_again=(LookAgain("asleep", 300),))

    assert due("cows", done, tried, schedule=late) == due("cows", done)


@pytest.mark.parametrize("state", SCHEDULE.paused)
def test_nothing_is_due_while_a_person_is_away_or_gone(state):
    assert due("cows", Look(ARRIVED), stay=replace(STAY, state=state)) is None
    assert due("cows", None, stay=replace(STAY, state=state)) is None


def test_a_state_nobody_thought_of_does_not_switch_monitoring_off_in_silence():
    with pytest.raises(ValueError, match="does not say whether it runs in ON_THE_MOON"):
        due("cows", stay=replace(STAY, state="ON_THE_MOON"))


def test_every_state_of_an_episode_either_runs_or_pauses():
    states = {state.key for state in library.episode_states().states}

    assert states == {*SCHEDULE.running, *SCHEDULE.paused}


def test_what_no_rule_speaks_of_is_never_due():
    assert due("phq_9") is None


@pytest.mark.parametrize(
    ("begins", "ends", "inside", "outside"),
    [("22:00", "06:30", ["22:00", "03:00", "06:29"], ["06:30", "21:59"]),
     ("00:00", "06:00", ["00:00", "05:59"], ["06:00", "23:59"])],
)  # fmt: skip
def test_the_night_includes_its_first_minute_and_not_its_last(begins, ends, inside, outside):
    night = Night(time.fromisoformat(begins), time.fromisoformat(ends))

    assert all(night.covers(time.fromisoformat(each)) for each in inside)
    assert not any(night.covers(time.fromisoformat(each)) for each in outside)


def test_a_night_that_ends_as_it_begins_is_no_night():
    night = Night(time(22), time(22))

    assert not any(night.covers(time(hour)) for hour in range(24))


def test_the_intervals_that_no_source_confirms_are_draft():
    assert SCHEDULE.evidence == "draft"
    assert {rule.evidence for rule in SCHEDULE.rules} == {"draft"}


# Stays that begin anywhere in the year, clock changes included, and looks within 10 days.
arrivals = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
minutes_after = st.integers(0, 10 * 24 * 60)
kinds = st.sampled_from(["cows", "vitals", "cssrs_screener"])
bands = st.sampled_from([None, "none", "low", "moderate", "high"])


@given(arrivals, minutes_after, kinds, bands)
def test_a_look_is_never_due_before_the_last_one_nor_red_before_it_is_due(
    arrived, minutes, kind, band
):
    stay = Stay("WITHDRAWAL", arrived)
    last = arrived + timedelta(minutes=minutes)
    found = due(kind, Look(last, band=band), stay=stay)

    assert found is None or last < found.at < found.grace_until


@given(arrivals, minutes_after, minutes_after, kinds, bands)
def test_a_later_look_never_makes_the_next_one_earlier(arrived, one, other, kind, band):
    stay = Stay("WITHDRAWAL", arrived)
    earlier, later = sorted([one, other])
    first = due(kind, Look(arrived + timedelta(minutes=earlier), band=band), stay=stay)
    second = due(kind, Look(arrived + timedelta(minutes=later), band=band), stay=stay)

    if first is not None and second is not None:
        assert first.at <= second.at


@given(arrivals, minutes_after)
def test_between_two_looks_lie_4_to_6_hours_and_later_8_on_every_night_of_the_year(
    arrived, minutes
):
    last = arrived + timedelta(minutes=minutes)
    found = due("cows", Look(last), stay=Stay("WITHDRAWAL", arrived))

    elapsed = found.at - last
    assert 4 * HOUR <= elapsed <= 6 * HOUR if minutes < 72 * 60 else elapsed == 8 * HOUR


@example(datetime(2027, 3, 11, 10, 1, tzinfo=UTC), 72 * 60 - 1, "cows", None)
@example(datetime(2027, 11, 5, 10, 1, tzinfo=UTC), 72 * 60 - 1, "cows", None)
@given(arrivals, minutes_after, kinds, bands)
def test_the_zone_of_the_times_given_does_not_matter(arrived, minutes, kind, band):
    last = arrived + timedelta(minutes=minutes)
    in_utc = due(kind, Look(last, band=band), stay=Stay("WITHDRAWAL", arrived))
    in_pacific = due(
        kind,
        Look(last.astimezone(PACIFIC), band=band),
        stay=Stay("WITHDRAWAL", arrived.astimezone(PACIFIC)),
    )

    assert in_utc == in_pacific


def test_a_look_tried_in_the_second_hour_of_a_clock_change_came_after_one_done_in_the_first():
    """Both read 01:40 and 01:10 on the wall; forty minutes lie between, not minus thirty."""
    first = datetime(2027, 11, 7, 8, 40, tzinfo=UTC).astimezone(PACIFIC)
    second = datetime(2027, 11, 7, 9, 10, tzinfo=UTC).astimezone(PACIFIC)
    stay = Stay("WITHDRAWAL", first - timedelta(hours=20))
    offered = replace(SCHEDULE, look_again=(LookAgain("asleep", 600),))

    due = next_due(
        offered, "cows", stay, done=Look(first), tried=Look(second, "asleep"), zone=PACIFIC
    )

    assert due is not None
    assert due.at == second.astimezone(UTC) + timedelta(hours=10)
