"""The board as data: clock-change nights, what is due, and when time alone changes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from stepdown.records.models import Bed, Episode
from stepdown.records.reading import board as reading
from stepdown.records.reading import sql
from stepdown.records.reading.course import course
from stepdown.records.reading.sight import Sight
from tests.factories import (
    CowsFactory,
    EpisodeFactory,
    FacilityFactory,
    UnitFactory,
    VitalsFactory,
    actor,
)

pytestmark = pytest.mark.django_db

FALL_BACK = datetime(2027, 11, 7, 8, 30, tzinfo=UTC)
"""Sunday 01:30 in Los Angeles for the first time; half an hour later it is 01:00 again."""

SPRING_FORWARD = datetime(2027, 3, 14, 9, 30, tzinfo=UTC)
"""Sunday 01:30 in Los Angeles; half an hour later it is 03:00."""


@pytest.fixture
def nurse():
    house = FacilityFactory(zone="America/Los_Angeles")
    UnitFactory(facility=house, with_beds=1)
    return actor(nurse=True, facility=house)


@pytest.fixture
def stay(nurse):
    def stay(arrived_at: datetime) -> Episode:
        return EpisodeFactory(
            person__facility=nurse.facility, arrived_at=arrived_at, admitted=True, in_bed=True
        )

    return stay


def board(nurse, now):
    return reading.board(nurse.facility.units.get(), nurse, Sight.of(nurse), now)


def occupant(nurse, now):
    return board(nurse, now).places[0].occupant


def round_at(stay, at):
    CowsFactory(episode=stay, occurred_at=at, scored=9)
    VitalsFactory(look=True, episode=stay, occurred_at=at)


@pytest.mark.parametrize(
    ("evening", "next_midnight", "hours"),
    [
        (datetime(2027, 11, 7, 7, 0, tzinfo=UTC), datetime(2027, 11, 8, 8, 0, tzinfo=UTC), 25),
        (datetime(2027, 3, 14, 8, 0, tzinfo=UTC), datetime(2027, 3, 15, 7, 0, tzinfo=UTC), 23),
    ],
)
def test_a_clock_change_day_is_one_day_of_stay_however_long(
    nurse, stay, evening, next_midnight, hours
):
    stay(evening - timedelta(hours=30))

    assert reading.midnight_after(evening, nurse.facility) == next_midnight
    assert next_midnight - evening == timedelta(hours=hours)
    first = occupant(nurse, evening).day
    assert occupant(nurse, next_midnight - timedelta(seconds=1)).day == first
    assert occupant(nurse, next_midnight).day == first + 1


@pytest.mark.parametrize("night", [FALL_BACK, SPRING_FORWARD])
def test_four_hours_are_four_hours_on_a_clock_change_night(nurse, stay, night):
    """Taken by day, so the awake interval holds; the wall clock jumps in between."""
    taken = night - timedelta(hours=4)
    round_at(stay(taken - timedelta(hours=5)), taken)

    (due,) = [due for due in occupant(nurse, night).dues if "cows" in due.kinds]

    assert set(due.kinds) == {"cows", "vitals"}
    assert due.at == taken + timedelta(hours=4)


def test_a_look_of_the_second_0130_is_newer_than_one_of_the_first(nurse, stay):
    here = stay(FALL_BACK - timedelta(hours=10))
    CowsFactory(episode=here, occurred_at=FALL_BACK + timedelta(hours=1), scored=11)
    CowsFactory(episode=here, occurred_at=FALL_BACK, scored=7)

    score = occupant(nurse, FALL_BACK + timedelta(hours=2)).score

    assert (score.total, score.change) == (11, 4)


def test_the_board_is_true_until_the_soonest_thing_that_time_brings(nurse, stay):
    now = datetime(2027, 1, 7, 20, 10, tzinfo=UTC)
    here = stay(now - timedelta(hours=20))
    round_at(here, now - timedelta(hours=3, minutes=30))

    assert board(nurse, now).until == now + timedelta(minutes=30)  # falls due
    assert board(nurse, now + timedelta(minutes=30)).until == now + timedelta(minutes=50)  # hour
    assert board(nurse, now + timedelta(minutes=50)).until == now + timedelta(hours=1)  # late


def test_an_empty_ward_is_true_until_the_hour_and_midnight(nurse):
    before_midnight = datetime(2027, 1, 8, 7, 59, 30, tzinfo=UTC)

    assert board(nurse, before_midnight).until == datetime(2027, 1, 8, 8, 0, tzinfo=UTC)


def test_cows_and_vitals_due_together_are_one_look_and_apart_are_two(nurse, stay):
    now = datetime(2027, 1, 7, 20, 0, tzinfo=UTC)
    here = stay(now - timedelta(hours=20))
    round_at(here, now - timedelta(hours=2))
    together = [due.words() for due in occupant(nurse, now).dues]
    VitalsFactory(look=True, episode=here, occurred_at=now - timedelta(hours=1))
    apart = [(due.words(), due.at) for due in occupant(nurse, now).dues]

    assert "COWS and vitals" in together
    assert ("COWS", now + timedelta(hours=2)) in apart
    assert ("Vitals", now + timedelta(hours=3)) in apart


@pytest.mark.parametrize(
    "taken",
    [
        {"weight_kg": 71},
        {"heart_rate_bpm": 88},
        {"systolic_mmhg": 120, "diastolic_mmhg": 70, "heart_rate_bpm": 88, "spo2_percent": 97},
    ],
)
def test_a_set_without_a_sign_of_the_look_puts_nothing_off(nurse, stay, taken):
    """A weight, or the pulse that a score needs, once closed the vital signs for hours."""
    now = datetime(2027, 1, 7, 20, 0, tzinfo=UTC)
    here = stay(now - timedelta(hours=20))
    round_at(here, now - timedelta(hours=5))
    VitalsFactory(episode=here, occurred_at=now - timedelta(minutes=10), taken=taken)

    due = next(due for due in occupant(nurse, now).dues if "vitals" in due.kinds)
    charted = course(here, Sight.of(nurse))

    assert due.at == now - timedelta(hours=1)
    assert due.state(now) == "late"
    assert due in charted.dues


def test_a_weight_is_no_first_look(nurse, stay):
    now = datetime(2027, 1, 7, 20, 0, tzinfo=UTC)
    here = stay(now - timedelta(minutes=25))
    VitalsFactory(episode=here, occurred_at=now, taken={"weight_kg": 71})

    due = next(due for due in occupant(nurse, now).dues if "vitals" in due.kinds)

    assert due.at == now - timedelta(minutes=10)


def test_asleep_and_refused_leave_the_look_due(nurse, stay):
    now = datetime(2027, 1, 7, 20, 0, tzinfo=UTC)
    here = stay(now - timedelta(hours=20))
    round_at(here, now - timedelta(hours=5))
    CowsFactory(episode=here, occurred_at=now - timedelta(minutes=10), asleep=True)

    due = next(due for due in occupant(nurse, now).dues if "cows" in due.kinds)

    assert due.at == now - timedelta(hours=1)
    assert due.state(now) == "late"


def test_points_are_the_standing_totals_of_two_days_oldest_first_with_gaps(nurse, stay):
    now = datetime(2027, 1, 7, 20, 0, tzinfo=UTC)
    here = stay(now - timedelta(days=4))
    CowsFactory(episode=here, occurred_at=now - timedelta(hours=49), scored=30)
    CowsFactory(episode=here, occurred_at=now - timedelta(hours=1), scored=8)
    CowsFactory(episode=here, occurred_at=now - timedelta(hours=20, microseconds=5), scored=14)
    CowsFactory(episode=here, occurred_at=now - timedelta(hours=10), refused=True)
    CowsFactory(
        episode=here, occurred_at=now - timedelta(hours=5), scored=9,
        replaces=CowsFactory(episode=here, occurred_at=now - timedelta(hours=5), scored=29),
    )  # fmt: skip

    drawn = sql.points(occupant(nurse, now).points)

    assert [total for _at, total in drawn] == [14, None, 9, 8]
    assert drawn[0][0] == now - timedelta(hours=20, microseconds=5)


def test_a_person_moved_stands_in_the_new_bed_only(nurse, stay):
    now = datetime(2027, 1, 7, 20, 0, tzinfo=UTC)
    here = stay(now - timedelta(days=1))
    unit = nurse.facility.units.get()
    other = Bed.objects.create(facility=nurse.facility, unit=unit, label="2", position=2)
    first = here.bed_stays.get()
    first.ended_at = now
    first.save()
    here.bed_stays.create(facility=nurse.facility, bed=other, started_at=now)

    left, entered = board(nurse, now).places

    assert left.occupant is None
    assert entered.occupant.episode_id == here.pk
