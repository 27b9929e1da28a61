"""The course of a stay as read from the records: what stands, in order, and for whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from stepdown.clinical.symptoms import Presence
from stepdown.records.reading import board, heading
from stepdown.records.reading.course import course
from stepdown.records.reading.sight import Sight
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)


@pytest.fixture
def stay():
    unit = factories.UnitFactory(with_beds=1)
    return factories.EpisodeFactory(
        person__facility=unit.facility,
        arrived_at=NOW - timedelta(days=2),
        admitted=True,
        in_bed=True,
    )


@pytest.fixture
def nurse(stay):
    return factories.actor(nurse=True, facility=stay.facility)


def cows(stay, hours, scored=0, **told):
    at = NOW - timedelta(hours=hours)
    return factories.CowsFactory(episode=stay, occurred_at=at, scored=scored, **told)


def vitals(stay, hours, **taken):
    at = NOW - timedelta(hours=hours)
    return factories.VitalsFactory(episode=stay, occurred_at=at, taken=taken)


def test_readings_come_oldest_first_by_when_they_happened(stay, nurse):
    cows(stay, 2, 10)
    cows(stay, 8, 14)
    cows(stay, 5, 6, recorded_at=NOW)

    found = course(stay, Sight.of(nurse))

    assert [entry.total for entry in found.of("cows")] == [14, 6, 10]
    assert found.entries[1].recorded_at == NOW
    assert found.entries[1].occurred_at == NOW - timedelta(hours=5)


def test_of_a_chain_of_corrections_only_the_last_stands(stay, nurse):
    first = cows(stay, 4, 30)
    second = cows(stay, 4, 20, replaces=first, why="a")
    cows(stay, 4, 10, replaces=second, why="b", recorded_at=NOW)

    found = course(stay, Sight.of(nurse))

    assert [entry.total for entry in found.entries] == [10]
    assert [entry.why for entry in found.corrections] == ["a", "b"]


def test_a_struck_reading_leaves_only_its_correction(stay, nurse):
    wrong = vitals(stay, 4, heart_rate_bpm=200)
    factories.VitalsFactory(
        episode=stay, occurred_at=wrong.occurred_at, replaces=wrong, is_void=True, values={},
        why="another person",
    )  # fmt: skip

    found = course(stay, Sight.of(nurse))

    assert found.entries == ()
    assert [entry.is_void for entry in found.corrections] == [True]


def test_vital_signs_are_read_as_they_were_kept(stay, nurse):
    vitals(stay, 4, temperature_c="36.80")

    (entry,) = course(stay, Sight.of(nurse)).entries

    assert entry.values == {"temperature_c": "36.80"}


def test_chart_and_board_never_differ_on_what_is_due(stay, nurse):
    cows(stay, 6, 14)
    cows(stay, 2, asleep=True)
    vitals(stay, 5, heart_rate_bpm=90)
    sight = Sight.of(nurse)
    unit = stay.bed_stays.get().bed.unit

    (place,) = board.board(unit, nurse, sight, NOW).places

    assert place.occupant is not None
    assert course(stay, sight).dues == place.occupant.dues
    assert len(place.occupant.dues) >= 2


def test_a_technician_learns_what_is_due_and_nothing_that_was_measured(stay):
    cows(stay, 6, 14)
    technician = factories.actor(trained_technician=True, facility=stay.facility)

    found = course(stay, Sight.of(technician))

    assert found.dues
    assert (found.entries, found.corrections, found.findings) == ((), (), ())


def test_a_coordinator_costs_no_query_and_learns_nothing(stay, django_assert_num_queries):
    cows(stay, 6, 14)
    coordinator = factories.actor(coordinator=True, facility=stay.facility)

    with django_assert_num_queries(0):
        found = course(stay, Sight.of(coordinator))

    assert (found.entries, found.dues) == ((), ())


def test_nothing_is_due_once_a_stay_has_ended(stay, nurse):
    cows(stay, 30, 14)
    stay.closed_at = NOW - timedelta(hours=20)

    assert course(stay, Sight.of(nurse)).dues == ()


def test_a_scale_and_vital_signs_of_one_moment_are_one_look_for_symptoms(stay, nurse):
    cows(stay, 6, points=(2, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    vitals(stay, 6, heart_rate_bpm=120)

    found = {each.symptom.key: each for each in course(stay, Sight.of(nurse)).findings}

    assert found["sweating"].presence is Presence.PRESENT
    assert found["fast_heart"].presence is Presence.PRESENT
    assert found["fast_heart"].since == NOW - timedelta(hours=6)
    assert found["sleeplessness"].presence is Presence.NOT_ASKED


def test_a_stay_is_headed_in_one_query_for_whoever_asks(stay, django_assert_num_queries):
    for traits in ({"nurse": True}, {"coordinator": True}, {"technician": True}):
        actor = factories.actor(facility=stay.facility, **traits)
        with django_assert_num_queries(1):
            found = heading.find(stay.pk, actor, Sight.of(actor), NOW)
        assert found is not None
        assert found.bed == "1"
        assert found.episode.person.called == stay.person.called
