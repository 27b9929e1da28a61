"""A correction is a new entry; both stay readable, and what followed from the old one follows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from stepdown.records.actions.monitoring import observations
from stepdown.records.actions.monitoring.readings import Scale
from stepdown.records.errors import Conflict, NotPermitted, SentBefore
from stepdown.records.models import AuditEvent, Episode, Observation
from tests.records.world import MILD, World, answers, one_event, refused


def standing(episode: Episode) -> dict[str, Observation]:
    rows = Observation.objects.standing().filter(episode=episode)
    return {row.kind: row for row in rows}


def test_an_amended_reading_keeps_the_old_one_readable(world: World, stay: Episode):
    old = world.record(stay, world.reading({"spo2_percent": "98"}))[0]

    with one_event("observations.amend", world.by("LVN"), stay.pk):
        new = observations.amend(
            old, world.reading({"spo2_percent": "89"}, confirmed=frozenset({"spo2_percent"})),
            why="digits swapped", **world.told("LVN"),
        )  # fmt: skip

    assert (new.replaces_id, new.why, new.values) == (
        old.pk,
        "digits swapped",
        {"spo2_percent": "89"},
    )
    assert Observation.objects.get(pk=old.pk).values == {"spo2_percent": "98"}
    assert standing(stay)["vitals"] == new


def test_a_struck_out_reading_no_longer_stands(world: World, stay: Episode):
    old = world.record(stay, world.reading())[0]

    with one_event("observations.void", world.by("RN"), stay.pk):
        row = observations.void(old, why="next bed's", **world.told())

    assert row.is_void
    assert standing(stay) == {}
    assert Observation.objects.get(pk=old.pk).values


def test_a_corrected_heart_rate_takes_the_score_along(world: World, stay: Episode):
    cows = world.cows(stay)
    vitals = standing(stay)["vitals"]

    with one_event("observations.amend", world.by("RN"), stay.pk):
        observations.amend(
            vitals, world.reading({**vitals.values, "heart_rate_bpm": "122"}), why="miscounted",
            **world.told(),
        )  # fmt: skip

    now = standing(stay)["cows"]
    assert (now.total, now.points()["pulse"]) == (10, 4)
    assert (now.replaces_id, now.why, now.occurred_at) == (cows.pk, "miscounted", cows.occurred_at)


def test_a_corrected_pressure_leaves_the_score_alone(world: World, stay: Episode):
    cows = world.cows(stay)
    vitals = standing(stay)["vitals"]

    observations.amend(
        vitals,
        world.reading({**vitals.values, "systolic_mmhg": "124"}),
        why="typed",
        **world.told(),
    )

    assert standing(stay)["cows"] == cows


def test_a_struck_out_heart_rate_leaves_a_score_without_a_total(world: World, stay: Episode):
    world.cows(stay)

    observations.void(standing(stay)["vitals"], why="not this person's", **world.told())

    cows = standing(stay)["cows"]
    assert (cows.outcome, cows.total, cows.at_least) == ("partial", None, 6)
    assert cows.reason == "not this person's"
    assert "pulse" not in cows.answers


def test_a_heart_rate_put_right_twice_still_finds_its_score(world: World, stay: Episode):
    world.cows(stay)
    for heart_rate, points in (("95", 1), ("110", 2), ("130", 4), ("70", 0)):
        vitals = standing(stay)["vitals"]
        reading = world.reading({**vitals.values, "heart_rate_bpm": heart_rate})
        observations.amend(vitals, reading, why="again", **world.told())

        assert standing(stay)["cows"].total == 6 + points


def test_a_corrected_score_keeps_the_heart_rate_it_was_told_with(world: World, stay: Episode):
    cows = world.cows(stay, vitals={"heart_rate_bpm": "104"})
    higher = Scale(answers((4, *MILD[1:])))

    new = observations.amend(
        cows, world.reading(None, scales={"cows": higher}), why="soaked sheets", **world.told()
    )

    assert (new.total, new.points()["pulse"]) == (11, 2)


def test_a_score_is_not_the_place_to_correct_a_heart_rate(world: World, stay: Episode):
    cows = world.cows(stay)

    with refused("Correct it as a vital sign", "heart_rate_bpm"):
        observations.amend(
            cows, world.reading({"heart_rate_bpm": "130"}, cows=MILD), why="typed", **world.told()
        )


def test_one_item_may_be_corrected_on_a_score_asleep_first(world: World, stay: Episode):
    asleep = world.record(stay, world.reading(scales={"cows": Scale(outcome="asleep")}))[1]

    new = observations.amend(
        asleep, world.reading(None, scales={"cows": Scale(answers(MILD))}), why="woke up",
        **world.told(),
    )  # fmt: skip

    assert (new.outcome, new.total) == ("complete", 6)


@pytest.mark.parametrize("action", ["amend", "void"])
def test_a_correction_needs_a_reason(world, stay, action):
    old = world.record(stay, world.reading())[0]

    with refused("say w", "why"):
        if action == "amend":
            observations.amend(old, world.reading(), why="  ", **world.told())
        else:
            observations.void(old, why="", **world.told())


def test_a_correction_tells_the_same_kind_again(world: World, stay: Episode):
    old = world.record(stay, world.reading())[0]

    with refused("tells the same scale"):
        observations.amend(old, world.reading(None, cows=None, scales={
            "cows": Scale(outcome="asleep")}), why="x", **world.told())  # fmt: skip


def test_two_people_cannot_both_correct_one_entry(world: World, stay: Episode):
    old = world.record(stay, world.reading())[0]
    observations.amend(old, world.reading({"spo2_percent": "95"}), why="first", **world.told())

    with refused("Robin RN corrected this already", kind=Conflict):
        observations.amend(
            old, world.reading({"spo2_percent": "94"}), why="second", **world.told("LVN")
        )
    with refused("Robin RN corrected this already", kind=Conflict):
        observations.void(old, why="third", **world.told("LVN"))


def test_what_was_struck_out_stays_so(world: World, stay: Episode):
    old = world.record(stay, world.reading())[0]
    gone = observations.void(old, why="wrong person", **world.told())

    with refused("struck out"):
        observations.amend(gone, world.reading(), why="no", **world.told())
    with refused("struck out already"):
        observations.void(gone, why="no", **world.told())


def test_a_corrected_time_is_judged_like_any_other(world: World, stay: Episode):
    old = world.record(stay, world.reading())[0]

    with refused("in the future", "occurred_at"):
        observations.amend(
            old, world.reading(occurred_at=world.now + timedelta(hours=1)), why="clock",
            **world.told(),
        )  # fmt: skip


def test_an_old_entry_may_be_corrected_late_without_moving_its_time(world: World, stay: Episode):
    old = world.record(stay, world.reading())[0]
    later = world.told() | {"at": world.now + timedelta(days=3)}

    new = observations.amend(old, world.reading({"spo2_percent": "97"}), why="chart check", **later)

    assert (new.occurred_at, new.recorded_at) == (old.occurred_at, later["at"])


def test_a_technician_corrects_no_score(world: World, stay: Episode):
    cows = world.cows(stay)

    with refused("vital signs only", kind=NotPermitted):
        observations.void(cows, why="no", **world.told("BHT"))


def test_a_technician_corrects_their_own_vital_signs_and_nobody_elses(world: World, stay: Episode):
    cows = world.cows(stay)
    nurses = Observation.objects.get(submission_id=cows.submission_id, kind="vitals")
    own = world.record(stay, world.reading({"weight_kg": "80.0"}), by=world.by("BHT"))[0]

    for change in (
        lambda old: observations.void(old, why="no", **world.told("BHT")),
        lambda old: observations.amend(
            old, world.reading({"weight_kg": "70.0"}), why="no", **world.told("BHT")
        ),
    ):
        with refused("only its own entries", kind=NotPermitted):
            change(nurses)
    new = observations.amend(
        own, world.reading({"weight_kg": "70.0"}), why="typed", **world.told("BHT")
    )

    assert new.replaces_id == own.pk
    assert Observation.objects.standing().get(kind="cows").total == cows.total


def test_a_correction_sent_twice_has_one_effect(world: World, stay: Episode):
    old = world.record(stay, world.reading())[0]
    told = world.told()
    reading = world.reading({"spo2_percent": "95"})

    first = observations.amend(old, reading, why="typed", **told)
    events = AuditEvent.objects.count()
    again = observations.amend(old, reading, why="typed", **told)

    assert (again, AuditEvent.objects.count()) == (first, events)
    with refused("says something else now", kind=SentBefore):
        observations.amend(old, world.reading({"spo2_percent": "94"}), why="typed", **told)


def test_vitals_told_with_no_heart_rate_gain_one_by_correction(world: World, stay: Episode):
    begun = dict(list(answers(MILD).items())[:4])
    partial = Scale(begun, outcome="partial", reason="called away")
    vitals, cows = world.record(
        stay, world.reading({"spo2_percent": "98"}, scales={"cows": partial})
    )

    observations.amend(
        vitals, world.reading({"spo2_percent": "98", "heart_rate_bpm": "101"}), why="was on paper",
        by=world.by("RN"), at=world.now, submission=uuid4(),
    )  # fmt: skip

    now = standing(stay)["cows"]
    assert (now.outcome, now.at_least) == ("partial", (cows.at_least or 0) + 2)
    assert Decimal(standing(stay)["vitals"].values["heart_rate_bpm"]) == 101


def test_a_score_told_alone_is_corrected_with_the_heart_rate_it_rests_on(world, stay):
    asleep = world.record(stay, world.reading(None, scales={"cows": Scale(outcome="asleep")}))[0]

    new = observations.amend(
        asleep, world.reading({"heart_rate_bpm": "104"}, cows=MILD), why="woke up", **world.told()
    )

    assert new.total == 8
    assert standing(stay)["vitals"].values == {"heart_rate_bpm": "104"}
