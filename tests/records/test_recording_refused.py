"""What a bedside submission is refused for, in which words, at which field; and nothing is saved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stepdown.content import library
from stepdown.records.actions.monitoring import observations
from stepdown.records.actions.monitoring.readings import Scale
from stepdown.records.errors import Conflict, NotPermitted, Refused
from stepdown.records.models import Episode, Observation, State
from tests.records.world import MILD, World, answers, nothing_saved, refused

COWS = library.instrument("cows")
BY_HAND = [item for item in COWS.items if item.derived_from is None]


def test_nothing_at_all(world: World, stay: Episode):
    with refused("Nothing to record"):
        world.record(stay, world.reading(None))


@pytest.mark.parametrize(
    ("vital", "value"),
    [
        ("heart_rate_bpm", "1000"),
        ("heart_rate_bpm", "0"),
        ("heart_rate_bpm", "76.5"),
        ("spo2_percent", "101"),
        ("temperature_c", "98.6"),
        ("systolic_mmhg", "NaN"),
        ("systolic_mmhg", "Infinity"),
        ("weight_kg", "1E+40"),
    ],
)
def test_a_value_that_cannot_be_right(world, stay, vital, value):
    with refused("Not recorded", vital):
        world.record(stay, world.reading({vital: value}))


def test_pressures_the_wrong_way_round(world: World, stay: Episode):
    with refused("swapped", "diastolic_mmhg"):
        world.record(stay, world.reading({"systolic_mmhg": "80", "diastolic_mmhg": "120"}))


def test_a_pressure_that_is_no_number_beside_one_that_is(world: World, stay: Episode):
    with refused("cannot be right", "systolic_mmhg"):
        world.record(stay, world.reading({"systolic_mmhg": "sNaN", "diastolic_mmhg": "80"}))


def test_a_sign_nobody_knows(world: World, stay: Episode):
    with refused("is not a vital sign"):
        world.record(stay, world.reading({"aura": "5"}))


def test_an_unusual_value_is_asked_about_first(world: World, stay: Episode):
    with refused("look twice", "heart_rate_bpm"):
        world.record(stay, world.reading({"heart_rate_bpm": "160"}))


@pytest.mark.parametrize("item", BY_HAND, ids=lambda item: item.key)
def test_one_unanswered_item_never_gives_a_total(world, stay, item):
    given = answers(MILD)
    del given[item.key]

    with refused("no total while an item is unanswered", item.key) as caught:
        world.record(stay, world.reading(scales={"cows": Scale(given)}))

    assert item.label in caught.value.fields[item.key]


def test_without_a_heart_rate_there_is_no_pulse_item_and_no_total(world: World, stay: Episode):
    with refused("no total while an item is unanswered", "heart_rate_bpm"):
        world.record(stay, world.reading({"spo2_percent": "98"}, cows=MILD))


@pytest.mark.parametrize("item", COWS.items, ids=lambda item: item.key)
@pytest.mark.parametrize("value", ["6", "-1", "", "severe", "4; DROP TABLE"])
def test_n19_an_answer_the_item_does_not_have(world, stay, item, value):
    given = answers(MILD) | {item.key: value}

    with refused("Not recorded", item.key):
        world.record(stay, world.reading(scales={"cows": Scale(given)}))


@pytest.mark.parametrize("option", COWS.items[0].options, ids=lambda option: option.code)
def test_n19_the_pulse_item_is_never_set_by_hand_whatever_to(world, stay, option):
    given = answers(MILD) | {"pulse": option.code}

    with refused("cannot be set", "pulse"):
        world.record(stay, world.reading(scales={"cows": Scale(given)}))


def test_an_item_the_scale_does_not_have(world: World, stay: Episode):
    with refused("no item", "mood"):
        world.record(stay, world.reading(scales={"cows": Scale(answers(MILD) | {"mood": "0"})}))


def test_a_branch_that_was_not_reached_is_not_answered(world: World, stay: Episode):
    strange = {"q1": "no", "q2": "no", "q5": "yes", "q6_lifetime": "no"}

    with refused("is not asked", "q5"):
        world.record(stay, world.reading(None, scales={"cssrs_screener": Scale(strange)}))


def test_a_scale_nobody_knows(world: World, stay: Episode):
    with refused("no scale called"):
        world.record(stay, world.reading(scales={"aims": Scale({})}))


@pytest.mark.parametrize(
    ("scale", "said"),
    [
        (Scale(answers(MILD), outcome="asleep"), "has no answers"),
        (Scale({}, outcome="gone_fishing"), "is not an outcome"),
        (Scale({}, outcome="partial", reason="tired"), "nothing was answered"),
        (Scale(answers(MILD), outcome="partial", reason="tired"), "every item is answered"),
        (Scale({"sweating": "none"}, outcome="partial"), "left unfinished"),
    ],
)
def test_an_outcome_that_does_not_fit_its_answers(world, stay, scale, said):
    first = BY_HAND[0]
    given = {
        key: first.options[0].code if code == "none" else code
        for key, code in scale.answers.items()
    }
    fixed = Scale(given, outcome=scale.outcome, reason=scale.reason)

    with nothing_saved(), pytest.raises(Refused, match=said):
        world.record(stay, world.reading(scales={"cows": fixed}))


def test_a_reason_to_look_that_nobody_knows(world: World, stay: Episode):
    with refused("say why you looked", "context"):
        world.record(stay, world.reading(context="boredom"))


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (timedelta(minutes=3), "in the future"),
        (timedelta(hours=-4, minutes=-1), "more than 4 hours ago"),
        (timedelta(hours=-30), "before the person arrived"),
    ],
)
def test_a_time_that_cannot_be(world, off, said):
    stay = world.arrive("Bo Lund", "2", at=world.now - timedelta(hours=20))

    with refused(said, "occurred_at"):
        world.record(stay, world.reading(occurred_at=world.now + off))


@pytest.mark.parametrize("off", [timedelta(minutes=2), timedelta(hours=-4)])
def test_a_time_at_the_very_limit_is_taken(world, off):
    stay = world.arrive("Bo Lund", "2", at=world.now - timedelta(hours=20))

    assert world.record(stay, world.reading(occurred_at=world.now + off))


def test_even_after_a_downtime_nothing_happened_before_arrival(world: World, stay: Episode):
    with refused("before the person arrived", "occurred_at"):
        world.record(stay, world.reading(occurred_at=world.now - timedelta(hours=1), downtime=True))


def test_a_stay_that_has_ended(world: World, stay: Episode):
    world.tampered = True  # leaving is not built yet
    Episode.objects.filter(pk=stay.pk).update(closed_at=world.now, state=State.DISCHARGED)

    with refused("this stay has ended"):
        world.record(stay, world.reading())


def test_somebody_scored_after_this_page_was_shown(world: World, stay: Episode):
    seen = world.cows(stay)
    other = world.cows(stay, points=(4, *MILD[1:]), occurred_at=world.now + timedelta(minutes=1))

    with refused("Robin RN recorded COWS 9", "cows", kind=Conflict) as caught:
        world.cows(stay, scale={"seen": seen.pk, "checks_seen": True})
    assert caught.value.fields == {"cows": str(other.pk)}

    assert world.cows(stay, scale={"seen": other.pk, "checks_seen": True})


def test_the_first_score_ever_meets_one_recorded_meanwhile(world: World, stay: Episode):
    world.cows(stay)

    with refused("after this page was shown", "cows", kind=Conflict):
        world.cows(stay, scale={"seen": None, "checks_seen": True})


def test_a_reading_struck_out_is_not_the_newest_any_more(world: World, stay: Episode):
    seen = world.cows(stay)
    slip = world.cows(stay)
    observations.void(slip, why="wrong person", **world.told())

    assert world.cows(stay, scale={"seen": seen.pk, "checks_seen": True})


def test_a_stranger_learns_only_that_it_is_closed(world: World, elsewhere: World, stay: Episode):
    with refused("not open to you", kind=NotPermitted):
        elsewhere.record(stay, elsewhere.reading())


def test_a_technician_records_no_scale(world: World, stay: Episode):
    with refused("vital signs only", kind=NotPermitted):
        observations.record(stay, world.reading(cows=MILD), **world.told("BHT"))


def test_a_technician_without_the_training_records_nothing(world: World, stay: Episode):
    technician = world.by("BHT")
    technician.assignment.trained_in_vitals = False

    with refused("does not do this", kind=NotPermitted):
        observations.record(stay, world.reading(), **world.told("BHT"))


@pytest.mark.parametrize("text", ["x" * 1001, "bad\0news", "half \ud83d"])
def test_words_no_database_keeps_are_refused_on_every_one(world, stay, text):
    with refused("Not recorded", "note"):
        world.record(stay, world.reading(note=text))


def test_hostile_words_are_kept_as_they_are(world: World, stay: Episode):
    hostile = "<script>alert(1)</script> '; DROP TABLE records_observation; -- {{ 7*7 }} \u202e\r\n"

    row = world.record(stay, world.reading(note=hostile))[0]

    assert Observation.objects.get(pk=row.pk).note == hostile.strip()


def test_a_refused_recording_stores_no_content_either(world: World, stay: Episode):
    with refused("look twice", "heart_rate_bpm"):
        world.record(stay, world.reading({"heart_rate_bpm": "160"}, cows=MILD))
