"""The demonstration unit is told up to now, goes on by itself, and survives its visitors."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from stepdown.operate.journeys import format as journeys
from stepdown.operate.journeys.moving import Mover
from stepdown.records.actions.beds import beds
from stepdown.records.errors import Refused
from stepdown.records.models import Bed, BedStay, Deployment, Episode, Facility, Observation
from stepdown.records.verifying import verify
from tests.operate.journeys.writing import ARRIVAL, HEAD, reading, write

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 6, 15, 19, 0, tzinfo=UTC)  # 12:00 in California
DEMO = HEAD + "demo: {day_today: 2}\n"
EVENTS = (
    ARRIVAL
    + reading("2027-01-04 08:15")
    + "  - {at: 2027-01-04 09:00, do: medication.give, by: RN1, why: not built}\n"
    + reading("2027-01-05 06:30")
    + reading("2027-01-05 13:00")
    + "  - {at: 2027-01-06 09:00, do: beds.move, by: RN1, with: {bed: \"02\"}}\n"
    + reading("2027-01-06 10:00")
)  # fmt: skip


def mover(tmp_path: Path, now: datetime = NOON) -> Mover:
    return Mover([journeys.load(write(tmp_path, EVENTS, head=DEMO))], now=now)


def test_what_is_past_is_told_at_its_own_time_and_what_is_ahead_is_not(tmp_path: Path):
    tally = mover(tmp_path).catch_up(NOON)

    assert (tally.played, tally.pending, tally.refused) == (3, 1, 0)
    assert Episode.objects.get().day_on(NOON) == 2
    times = Observation.objects.of("cows").order_by("occurred_at").values_list("recorded_at")
    assert [time.isoformat() for (time,) in times] == [
        "2027-06-14T15:15:00+00:00", "2027-06-15T13:30:00+00:00",
    ]  # fmt: skip


def test_whoever_watches_is_told_after_each_event(tmp_path: Path):
    seen: list[str] = []

    mover(tmp_path).catch_up(NOON, told=lambda tally: seen.append(str(tally)))

    assert len(seen) == 4
    assert seen[-1] == "3 events played, 1 pending, 0 refused"


def test_the_ward_goes_on_as_time_passes(tmp_path: Path):
    moving = mover(tmp_path)
    moving.catch_up(NOON)

    assert moving.next_at == datetime(2027, 6, 15, 20, 0, tzinfo=UTC)

    moving.catch_up(NOON + timedelta(minutes=59))
    assert Observation.objects.of("cows").count() == 2

    moving.catch_up(NOON + timedelta(hours=1))
    assert Observation.objects.of("cows").count() == 3

    moving.catch_up(NOON + timedelta(days=2))
    assert moving.next_at is None
    assert moving.ahead == 0
    assert BedStay.objects.get(ended_at=None).bed.label == "02"


def test_an_event_refused_because_of_a_visitor_does_not_stop_the_ward(tmp_path: Path):
    moving = mover(tmp_path)
    moving.catch_up(NOON)
    Bed.objects.filter(label="02").update(status="blocked", status_note="a leak")

    tally = moving.catch_up(NOON + timedelta(days=2))

    assert tally.refused == 1
    assert Observation.objects.of("cows").count() == 4
    assert BedStay.objects.get(ended_at=None).bed.label == "01"


def test_a_visitor_who_did_it_first_is_no_refusal(tmp_path: Path):
    moving = mover(tmp_path)
    moving.catch_up(NOON)
    actor = next(due for due in moving._ahead).player.house.actors["RN1"]
    bed = Bed.objects.get(label="02")
    beds.move(Episode.objects.get(), bed, by=actor, at=NOON, submission=uuid4())

    tally = moving.catch_up(NOON + timedelta(days=2))

    assert tally.refused == 0
    assert BedStay.objects.filter(ended_at=None, bed=bed).count() == 1


@pytest.mark.parametrize("later", [timedelta(hours=3), timedelta(days=1, hours=3)])
def test_started_again_it_finds_what_was_told_and_goes_on(tmp_path: Path, later: timedelta):
    mover(tmp_path).catch_up(NOON)

    again = mover(tmp_path, NOON + later)
    tally = again.catch_up(NOON + later)

    assert tally.refused == 0
    assert Episode.objects.count() == 1
    expected = 3 if later < timedelta(days=1) else 4
    assert Observation.objects.of("cows").count() == expected


def test_what_a_mover_tells_is_sealed_like_everything_else(tmp_path: Path):
    mover(tmp_path).catch_up(NOON + timedelta(days=2))

    assert not list(verify(Facility.objects.get()))


def test_invented_people_never_reach_a_database_of_real_ones(tmp_path: Path):
    Deployment.objects.create(demo=False, created_at=NOON)

    with pytest.raises(Refused, match="made for real people"):
        mover(tmp_path)

    assert not Episode.objects.exists()


def test_a_journey_without_a_demo_day_is_no_part_of_a_demo(tmp_path: Path):
    path = write(tmp_path, EVENTS)

    with pytest.raises(ValueError, match="no demo day"):
        Mover([journeys.load(path)], now=NOON)
