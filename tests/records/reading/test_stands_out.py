"""What stands out on the tile stands out on the chart: one person, one answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from stepdown.records.reading import board as boards
from stepdown.records.reading import course as courses
from stepdown.records.reading.sight import Sight
from tests.factories import CowsFactory, EpisodeFactory, UnitFactory, VitalsFactory, actor

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 1, 7, 14, 0, tzinfo=UTC)


@pytest.fixture
def nurse():
    nurse = actor(nurse=True)
    UnitFactory(facility=nurse.facility, with_beds=1)
    return nurse


@pytest.fixture
def stay(nurse):
    return EpisodeFactory(
        person__facility=nurse.facility,
        arrived_at=NOW - timedelta(days=4),
        admitted=True,
        in_bed=True,
    )


def both(nurse, stay):
    """(the tile's, the chart's) flags in words with their times."""
    sight = Sight.of(nurse)
    board = boards.board(nurse.facility.units.get(), nurse, sight, NOW)
    occupant = board.places[0].occupant
    assert occupant is not None
    charted = courses.stands_out(courses.course(stay, sight), NOW)
    return [[(flag.words(), flag.at) for flag in flags] for flags in (occupant.flags, charted)]


def vitals(stay, hours, **taken):
    return VitalsFactory(episode=stay, occurred_at=NOW - timedelta(hours=hours), taken=taken)


def screen(stay, hours, band, severity, outcome="complete"):
    CowsFactory(
        episode=stay, kind="cssrs_screener", occurred_at=NOW - timedelta(hours=hours), answers={},
        total=None, at_least=None, band=band, severity=severity, outcome=outcome,
    )  # fmt: skip


def test_a_red_sign_stands_on_both_until_it_is_measured_again(nurse, stay):
    vitals(stay, 3, systolic_mmhg=82, heart_rate_bpm=135)
    vitals(stay, 1, heart_rate_bpm=90)

    tile, chart = both(nurse, stay)

    assert tile == chart == [("Systolic pressure 82, limit 90", NOW - timedelta(hours=3))]


def test_the_newest_set_counts_on_both_however_old_it_is(nurse, stay):
    vitals(stay, 90, spo2_percent=85)
    vitals(stay, 60, systolic_mmhg=182)

    tile, chart = both(nurse, stay)

    assert tile == chart == [("Systolic pressure 182, limit 180", NOW - timedelta(hours=60))]


def test_a_struck_out_reading_stands_out_on_neither(nurse, stay):
    wrong = vitals(stay, 2, systolic_mmhg=82)
    VitalsFactory(
        episode=stay, occurred_at=wrong.occurred_at, taken={}, replaces=wrong, is_void=True
    )

    assert both(nurse, stay) == [[], []]


def test_a_screen_that_found_more_stands_on_both_beside_an_unfinished_milder_one(nurse, stay):
    screen(stay, 20, "high", 4)
    screen(stay, 2, "low", 1, outcome="partial")

    tile, chart = both(nurse, stay)

    assert tile == chart == [("Suicide screen: High", NOW - timedelta(hours=20))]
