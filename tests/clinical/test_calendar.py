"""Looks that an answer demanded, daily looks, and looks so many days after an anchor."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.clinical.schedules import (
    After,
    Daily,
    FirstLook,
    Look,
    OnDay,
    Rule,
    Stay,
    WhenRaised,
    next_due,
)
from stepdown.content import library

PACIFIC = ZoneInfo("America/Los_Angeles")
SCHEDULE = library.schedule()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def local(text: str) -> datetime:
    """A Pacific wall time, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=PACIFIC).astimezone(UTC)


ARRIVED = local("2027-01-04 08:40")
ASKED = local("2027-01-06 11:00")


def only(**shape):
    """A schedule of one rule, about one kind."""
    rule = Rule("X", "A look", ("phq9",), "Invented.", **shape)
    return replace(SCHEDULE, rules=(rule,))


def due(schedule, state="WITHDRAWAL", done=None, raised=(), anchors=(), tried=None):
    stay = Stay(state, ARRIVED, ARRIVED + HOUR, anchors)
    return next_due(schedule, "phq9", stay, done=done, tried=tried, raised=raised, zone=PACIFIC)


def wall(moment: datetime) -> str:
    return moment.astimezone(PACIFIC).strftime("%Y-%m-%d %H:%M")


# --- demanded by an answer

RAISED = only(when_raised=WhenRaised(15))


def test_what_was_raised_is_due_at_once_and_red_after_its_grace():
    found = due(RAISED, raised=[ASKED])

    assert (found.at, found.grace_until) == (ASKED, ASKED + 15 * MINUTE)


def test_where_nothing_was_raised_nothing_is_due():
    assert due(RAISED) is None


@pytest.mark.parametrize(
    ("done", "stands"),
    [(ASKED - MINUTE, True), (ASKED, False), (ASKED + MINUTE, False)],
)
def test_a_demand_ends_with_a_look_at_that_moment_or_later(done, stands):
    assert (due(RAISED, done=Look(done), raised=[ASKED]) is not None) == stands


def test_of_several_demands_the_oldest_open_one_is_due():
    later = [ASKED + 2 * HOUR, ASKED, ASKED - 2 * HOUR]

    assert due(RAISED, raised=later).at == ASKED - 2 * HOUR
    assert due(RAISED, raised=later, done=Look(ASKED - HOUR)).at == ASKED


def test_a_look_that_was_refused_does_not_end_a_demand():
    tried = Look(ASKED + MINUTE, "refused")

    assert due(RAISED, raised=[ASKED], tried=tried).at == ASKED


@pytest.mark.parametrize("state", [*SCHEDULE.running, *SCHEDULE.paused])
def test_no_state_pauses_what_an_answer_raised(state):
    assert due(RAISED, state=state, raised=[ASKED]).at == ASKED


def test_a_state_nobody_thought_of_is_an_error_even_then():
    with pytest.raises(ValueError, match="does not say whether it runs in LIMBO"):
        due(RAISED, state="LIMBO", raised=[ASKED])


def test_the_shipped_schedule_asks_for_the_suicide_screen_at_once():
    stay = Stay("COUNSELLING_OP", ARRIVED, ARRIVED)
    done = Look(ASKED - HOUR, band="none")
    found = next_due(SCHEDULE, "cssrs_screener", stay, done=done, raised=[ASKED], zone=PACIFIC)

    assert found is not None
    assert (found.rule_id, found.at) == ("RAISED", ASKED)


# --- every day

DAILY = only(daily=Daily(time(6, 30), 60))


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, "2027-01-05 06:30"),  # arrived after the first morning
        ("2027-01-05 06:31", "2027-01-06 06:30"),
        ("2027-01-05 00:10", "2027-01-06 06:30"),  # that day's look, taken early
        ("2027-01-05 23:59", "2027-01-06 06:30"),
        ("2027-03-13 12:00", "2027-03-14 06:30"),  # the night of spring
    ],
)
def test_a_daily_look_is_due_at_its_time_on_the_day_after_the_last(last, expected):
    found = due(DAILY, done=Look(local(last)) if last else None)

    assert wall(found.at) == expected
    assert found.grace_until - found.at == HOUR


def test_a_daily_look_pauses_with_the_stay():
    assert due(DAILY, state="HOSPITAL_LEAVE") is None


# --- so many days after

LEFT = local("2027-02-01 15:00")
AFTER = only(after=After("discharge", (90, 30), 5), states=("AFTERCARE",))
ANCHORS = (("discharge", LEFT),)


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (None, "2027-03-03 00:00"),
        ("2027-03-02 23:59", "2027-03-03 00:00"),  # a day early is not that day's look
        ("2027-03-03 00:00", "2027-05-02 00:00"),
        ("2027-04-20 10:00", "2027-05-02 00:00"),
        ("2027-05-02 00:00", None),
    ],
)
def test_each_day_after_the_anchor_asks_once(done, expected):
    look = Look(local(done)) if done else None
    found = due(AFTER, state="AFTERCARE", done=look, anchors=ANCHORS)

    assert (wall(found.at) if found else None) == expected
    if found:
        assert wall(found.grace_until)[:10] == wall(found.at + 5 * DAY + HOUR)[:10]


def test_while_the_anchor_is_not_known_nothing_is_due():
    assert due(AFTER, state="AFTERCARE") is None
    assert due(AFTER, state="AFTERCARE", anchors=(("admission", LEFT),)) is None


def test_a_rule_with_states_runs_in_them_also_where_the_schedule_pauses_and_nowhere_else():
    assert "AFTERCARE" in SCHEDULE.paused
    assert due(AFTER, state="AFTERCARE", anchors=ANCHORS) is not None
    assert due(AFTER, state="WITHDRAWAL", anchors=ANCHORS) is None


# --- on a day, without a look before

ON_DAY = only(on_day=OnDay(5, time(9), 8))


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (None, "2027-01-08 09:00"),
        ("2027-01-07 23:00", "2027-01-08 09:00"),
        ("2027-01-08 00:00", None),
    ],
)
def test_a_look_of_a_day_is_due_even_if_there_was_none_before(done, expected):
    found = due(ON_DAY, done=Look(local(done)) if done else None)

    assert (wall(found.at) if found else None) == expected


def test_a_first_look_is_not_asked_again():
    first = only(first=FirstLook(30, 60))

    assert due(first).at == ARRIVED + 30 * MINUTE
    assert due(first, done=Look(ASKED)) is None


minutes = st.integers(0, 500_000)


@given(minutes, minutes)
def test_a_later_look_never_makes_the_next_one_earlier(one, other):
    first, second = (ARRIVED + each * MINUTE for each in sorted((one, other)))
    shapes = (DAILY, only(after=After("discharge", (30, 90, 180), 5)))
    for schedule in shapes:
        before = due(schedule, done=Look(first), anchors=ANCHORS)
        after = due(schedule, done=Look(second), anchors=ANCHORS)
        if after is not None:
            assert before is not None
            assert before.at <= after.at <= after.grace_until
