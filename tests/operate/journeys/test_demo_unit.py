"""What somebody sees who opens the demonstration, at whatever time of day."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from stepdown.operate.journeys.format import Event, Journey
from stepdown.operate.journeys.moving import ward_of

TODAY = date(2027, 1, 21)


def readings(journey: Journey) -> Iterable[Event]:
    return (event for event in journey.events if event.action == "observations.record")


@pytest.fixture(scope="module")
def unit() -> list[Journey]:
    return [journey.shifted_to(TODAY) for journey in ward_of(Path("journeys"))]


def stays(journey: Journey) -> list[tuple[str, datetime]]:
    """(bed, from when), in order; the software has nobody leave a bed yet."""
    return [
        (event.given["bed"], journey.instant(event))
        for event in journey.events
        if event.action in ("admissions.arrive", "beds.move") and "bed" in event.given
    ]


def test_nobody_shares_a_bed(unit: list[Journey]):
    end = datetime.max.replace(tzinfo=unit[0].instant(unit[0].events[0]).tzinfo)
    taken: dict[str, list[tuple[datetime, datetime, str]]] = {}
    for journey in unit:
        moves = stays(journey)
        for (bed, since), until in zip(moves, [m[1] for m in moves[1:]] + [end], strict=True):
            for other_since, other_until, other in taken.get(bed, []):
                clear = until <= other_since or since >= other_until
                assert clear, f"{journey.key} and {other} share bed {bed}"
            taken.setdefault(bed, []).append((since, until, journey.key))


@pytest.mark.parametrize(("hour", "people"), [(1, 14), (9, 14), (12, 14), (17, 15), (23, 15)])
def test_fourteen_or_fifteen_beds_are_taken(unit: list[Journey], hour: int, people: int):
    zone = unit[0].facility.zone
    now = datetime(TODAY.year, TODAY.month, TODAY.day, hour, tzinfo=zone)

    here = [journey for journey in unit if stays(journey)[0][1] <= now]

    assert len(here) == people


def test_people_are_at_different_days_of_their_stay(unit: list[Journey]):
    assert {journey.day_today for journey in unit} == set(range(10))


@pytest.mark.parametrize("days", [0, 1, 2])
def test_at_least_two_beds_get_a_reading_in_any_half_hour_awake(unit: list[Journey], days: int):
    zone = unit[0].facility.zone
    told = [(j.instant(event), j.key) for j in unit for event in readings(j)]
    moment = datetime(TODAY.year, TODAY.month, TODAY.day, 7, tzinfo=zone) + timedelta(days=days)
    while moment.hour < 21:
        until = moment + timedelta(minutes=30)
        seen = {key for at, key in told if moment <= at < until}
        assert len(seen) >= 2, f"{moment}: {seen}"
        moment += timedelta(minutes=10)


def test_something_of_everything_is_there_to_be_seen(unit: list[Journey]):
    given = [event.given for journey in unit for event in readings(journey)]
    outcomes = {each.get("outcome", "complete") for each in given}
    actions = {event.action for journey in unit for event in journey.events}

    assert outcomes == {"complete", "partial", "asleep", "refused", "off_unit"}
    assert any(each.get("confirmed") for each in given)
    assert {"observations.amend", "observations.void", "beds.move", "targets.set"} <= actions
    assert len({journey.person["language"] for journey in unit}) >= 5
    assert {journey.person["pronouns"] for journey in unit} == {
        "she/her",
        "he/him",
        "they/them",
    }
