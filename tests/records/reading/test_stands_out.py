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


def look(stay, hours, **taken):
    """A full set, within limits but for what is named."""
    return VitalsFactory(
        look=True, episode=stay, occurred_at=NOW - timedelta(hours=hours), taken=taken
    )


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


def test_a_red_sign_stands_however_old_and_however_many_sets_came_without_it(nurse, stay):
    vitals(stay, 90, spo2_percent=85, glucose_mmol_l="2.8")
    vitals(stay, 60, systolic_mmhg=182)
    for hours in (50, 40, 2):
        look(stay, hours)

    tile, chart = both(nurse, stay)

    assert tile == chart == [("Glucose 2.8, limit 2.9", NOW - timedelta(hours=90))]


def test_an_old_red_sign_measured_again_since_is_gone_on_both(nurse, stay):
    vitals(stay, 90, glucose_mmol_l="2.8")
    vitals(stay, 60, glucose_mmol_l="5.1")
    look(stay, 30)

    assert both(nurse, stay) == [[], []]


def test_an_old_red_sign_that_became_amber_is_told_as_neither(nurse, stay):
    vitals(stay, 90, glucose_mmol_l="2.8")
    vitals(stay, 60, glucose_mmol_l="3.5")

    assert both(nurse, stay) == [[], []]


def test_an_amber_sign_stands_for_a_day_and_in_the_newest_full_set_for_longer(nurse, stay):
    look(stay, 60, systolic_mmhg=165)
    vitals(stay, 30, glucose_mmol_l="3.5")
    vitals(stay, 3, heart_rate_bpm=112)

    tile, chart = both(nurse, stay)

    assert (
        tile
        == chart
        == [
            ("Systolic pressure 165, limit 160", NOW - timedelta(hours=60)),
            ("Heart rate 112, limit 111", NOW - timedelta(hours=3)),
        ]
    )


@pytest.mark.parametrize(("reds", "queries"), [(0, 2), (2, 3)])
def test_only_old_reds_that_may_stand_cost_a_query(
    nurse, stay, reds, queries, django_assert_num_queries
):
    for each in range(reds):
        vitals(stay, 40 + each, glucose_mmol_l="2.8")
    look(stay, 2)
    both(nurse, stay)

    unit = nurse.facility.units.get()
    with django_assert_num_queries(queries):
        boards.board(unit, nurse, Sight.of(nurse), NOW)


def test_an_old_red_of_a_full_set_is_answered_by_the_next_full_set_without_a_query(
    nurse, stay, django_assert_num_queries
):
    look(stay, 40, spo2_percent=88)
    look(stay, 2)
    both(nurse, stay)

    unit = nurse.facility.units.get()
    with django_assert_num_queries(2):
        board = boards.board(unit, nurse, Sight.of(nurse), NOW)
    assert [place.occupant and place.occupant.flags for place in board.places] == [()]


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
