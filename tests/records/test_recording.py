"""Recording at the bedside: what is kept, and in which words."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from stepdown.content import library
from stepdown.records import snapshots
from stepdown.records.actions.monitoring import observations, targets
from stepdown.records.actions.monitoring.readings import Scale
from stepdown.records.models import ContentSnapshot, Episode, Observation
from tests.records.world import MILD, World, answers, one_event


def test_vitals_and_a_scale_are_one_submission_and_one_event(world: World, stay: Episode):
    with one_event("observations.record", world.by("RN"), stay.pk):
        vitals, cows = world.record(stay, world.reading(cows=MILD))

    assert vitals.submission_id == cows.submission_id
    assert (vitals.kind, cows.kind) == ("vitals", "cows")
    assert (cows.total, cows.band, cows.severity, cows.at_least) == (6, "mild", 1, 6)


def test_a_score_keeps_what_was_chosen_and_what_it_was_worth(world: World, stay: Episode):
    cows = Observation.objects.get(pk=world.cows(stay).pk)

    assert cows.points()["sweating"] == 1
    assert cows.chosen()["pulse"] == "at_most_80"
    assert sum(points or 0 for points in cows.points().values()) == 6


@pytest.mark.parametrize(
    ("heart_rate", "points"), [("80", 0), ("81", 1), ("100", 1), ("101", 2), ("120", 2), ("121", 4)]
)
def test_the_pulse_item_follows_from_the_heart_rate(world, stay, heart_rate, points):
    cows = world.cows(stay, vitals={"heart_rate_bpm": heart_rate})

    assert cows.points()["pulse"] == points
    assert cows.total == 6 + points


def test_both_times_are_kept_with_who_in_which_role(world: World, stay: Episode):
    happened = world.now - timedelta(minutes=20)
    earlier = world.arrive("Bo Lund", bed="2", at=world.now - timedelta(hours=1))

    row = world.record(earlier, world.reading(occurred_at=happened))[0]

    assert (row.occurred_at, row.recorded_at) == (happened, world.now)
    assert (row.actor, row.role) == (world.by("RN").user, "RN")


@pytest.mark.parametrize("outcome", ["asleep", "refused", "unable", "off_unit"])
def test_a_scale_that_was_not_scored_has_an_outcome_and_no_number(world, stay, outcome):
    reading = world.reading(scales={"cows": Scale(outcome=outcome, reason="chest rising")})

    cows = world.record(stay, reading)[1]

    assert (cows.outcome, cows.reason) == (outcome, "chest rising")
    assert (cows.total, cows.at_least, cows.band, cows.severity) == (None, None, "", None)


def test_an_unfinished_scale_has_a_lower_bound_and_no_total(world: World, stay: Episode):
    items = {item.key: item for item in library.instrument("cows").items}
    begun = {
        "sweating": items["sweating"].options[3].code,
        "pupils": items["pupils"].options[2].code,
    }
    partial = Scale(begun, outcome="partial", reason="wanted to sleep")

    cows = world.record(stay, world.reading(scales={"cows": partial}))[1]

    assert (cows.outcome, cows.total, cows.at_least) == ("partial", None, 5)
    assert cows.reason == "wanted to sleep"


def test_an_unfinished_suicide_screen_already_says_how_bad_it_is_at_least(world, stay):
    asked = {"q1": "yes", "q2": "yes", "q4": "yes"}
    partial = Scale(asked, outcome="partial", reason="called away")

    screen = world.record(stay, world.reading(None, scales={"cssrs_screener": partial}))[0]

    assert screen.total is None
    assert screen.severity == 4


def test_values_are_kept_in_one_way_of_writing(world: World, stay: Episode):
    reading = world.reading(
        {"temperature_c": "37", "heart_rate_bpm": "76.0", "pain_0_10": "-0", "weight_kg": "6.1E1"}
    )

    row = world.record(stay, reading)[0]

    assert row.values == {
        "temperature_c": "37.0",
        "heart_rate_bpm": "76",
        "pain_0_10": "0",
        "weight_kg": "61.0",
    }


def test_an_unusual_value_is_kept_once_somebody_looked_twice(world: World, stay: Episode):
    reading = world.reading({"heart_rate_bpm": "160"}, confirmed=frozenset({"heart_rate_bpm"}))

    row = world.record(stay, reading)[0]

    assert (row.values, row.asked_twice) == ({"heart_rate_bpm": "160"}, ["heart_rate_bpm"])


def test_a_downtime_entry_may_be_old_and_says_so(world: World):
    stay = world.arrive("Bo Lund", "2", at=world.now - timedelta(hours=30))
    old = world.now - timedelta(hours=26)

    row = world.record(stay, world.reading(occurred_at=old, downtime=True))[0]

    assert (row.is_downtime, row.occurred_at) == (True, old)


def test_content_is_kept_word_for_word_from_its_first_use(world: World, stay: Episode):
    cows = world.cows(stay)

    assert cows.snapshot.text == library.canonical(library.instrument("cows"))
    assert cows.snapshot_id == snapshots.digest_of(library.instrument("cows"))
    assert ContentSnapshot.objects.count() == 2


def test_a_technician_trained_in_vitals_records_vitals(world: World, stay: Episode):
    reading = world.reading({"heart_rate_bpm": "88"})

    row = observations.record(stay, reading, **world.told("BHT"))[0]

    assert (row.role, row.values) == ("BHT", {"heart_rate_bpm": "88"})


def test_a_personal_target_moves_what_is_asked_twice(world: World, stay: Episode):
    targets.set_target(
        stay, "heart_rate_bpm", low=Decimal(38), high=Decimal(90), reason="runner",
        **world.told("PRES"),
    )  # fmt: skip

    assert world.record(stay, world.reading({"heart_rate_bpm": "40"}))
    cows = Scale(answers(MILD), seen=uuid4(), checks_seen=True)
    assert world.record(stay, world.reading({"heart_rate_bpm": "44"}, scales={"cows": cows}))


def test_recording_takes_seven_statements(
    world: World,
    stay: Episode,
    django_assert_num_queries: Any,
    django_capture_on_commit_callbacks: Any,
    request: pytest.FixtureRequest,
):
    request.addfinalizer(snapshots.forget)
    with django_capture_on_commit_callbacks(execute=True):  # its content is known to be kept
        world.cows(stay)

    # begin, the chain's end, the stay, both rows, the event, the chain's end, commit
    with django_assert_num_queries(7):
        world.cows(stay)
