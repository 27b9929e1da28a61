"""A form has one effect, however often it is sent; and never answers for other words than its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from stepdown.records.actions.access import break_glass, settings
from stepdown.records.actions.admission import arrival, history, papers
from stepdown.records.actions.admission.arrival import Arriving
from stepdown.records.actions.admission.history import Use
from stepdown.records.actions.beds import beds
from stepdown.records.actions.monitoring import targets
from stepdown.records.actions.people import episodes
from stepdown.records.errors import SentBefore
from stepdown.records.models import Episode, Observation
from tests.records.world import MILD, World, nothing_saved, refused

SENT: dict[str, Callable[[World, Episode, dict[str, Any]], object]] = {
    "arrive": lambda w, e, told: arrival.arrive(
        Arriving("Bo Lund", goal="rest"), bed=w.bed("2"), **told
    ),
    "identify": lambda w, e, told: arrival.identify(e, "name", "photo", **told),
    "allergy": lambda w, e, told: history.record_allergy(e, substance="latex", **told),
    "none_known": lambda w, e, told: history.record_allergy(e, statement="none_known", **told),
    "use": lambda w, e, told: history.record_use(e, Use("opioid", "heroin", "unknown"), **told),
    "pregnancy": lambda w, e, told: history.record_pregnancy(e, applies="no", reason="r", **told),
    "goal": lambda w, e, told: history.record_goal(e, "sleep", **told),
    "consent": lambda w, e, told: papers.record_consent(
        e,
        kind="treatment",
        decision="given",
        language="English",
        read_by="self",
        capacity="yes",
        proof=w.proof(told["by"].role, told["at"]),
        **told,
    ),
    "order": lambda w, e, told: papers.admit(
        e, "Admit.", proof=w.proof("PRES", told["at"]), **told | {"by": w.by("PRES")}
    ),
    "target": lambda w, e, told: targets.set_target(
        e,
        "heart_rate_bpm",
        low=Decimal(50),
        high=None,
        reason="runner",
        **told | {"by": w.by("PRES")},
    ),
    "setting": lambda w, e, told: settings.change(
        "look_awake_minutes",
        "180",
        why="busy",
        proof=w.proof("MD", told["at"]),
        **told | {"by": w.by("MD")},
    ),
    "break_glass": lambda w, e, told: break_glass.open_chart(e.pk, reason="not answering", **told),
    "observation": lambda w, e, told: w.record(e, w.reading(cows=MILD), **told),
    "move": lambda w, e, told: beds.move(e, w.bed("5"), **told),
}


@pytest.mark.parametrize("name", sorted(SENT))
def test_a_form_sent_again_a_minute_later_changes_nothing_more(world, stay, name):
    told = world.told()
    first = SENT[name](world, stay, told)

    with nothing_saved():
        again = SENT[name](world, stay, told | {"at": world.now + timedelta(minutes=1)})

    assert again == first


def test_an_admission_sent_again_is_that_admission(world: World, stay: Episode):
    world.documents(stay)
    told = world.told()
    first = episodes.transition(stay, "WITHDRAWAL", **told)

    with nothing_saved():
        assert episodes.transition(stay, "WITHDRAWAL", **told) == first


def test_a_retry_is_answered_although_somebody_else_scored_in_between(world, stay):
    told = world.told()
    mine = world.reading(cows=MILD, scale={"seen": None, "checks_seen": True})
    first = world.record(stay, mine, **told)
    world.cows(stay, occurred_at=world.now + timedelta(minutes=1))

    with nothing_saved():
        assert world.record(stay, mine, **told) == first


def test_a_retry_is_answered_although_it_would_be_too_old_by_now(world: World, stay: Episode):
    told, reading = world.told(), world.reading()
    first = world.record(stay, reading, **told)

    with nothing_saved():
        assert world.record(stay, reading, **told | {"at": world.now + timedelta(hours=9)}) == first


def test_a_form_sent_again_with_another_number_is_not_answered_saved(world: World, stay: Episode):
    told = world.told()
    world.record(stay, world.reading({"heart_rate_bpm": "92"}), **told)

    with refused("says something else now", kind=SentBefore):
        world.record(stay, world.reading({"heart_rate_bpm": "112"}), **told)

    assert Observation.objects.get().values == {"heart_rate_bpm": "92"}


def test_a_form_sent_again_with_a_scale_more_is_not_answered_saved(world: World, stay: Episode):
    told = world.told()
    world.record(stay, world.reading(), **told)

    with refused("says something else now", kind=SentBefore):
        world.record(stay, world.reading(cows=MILD), **told)


@pytest.mark.parametrize("name", ["observation", "allergy", "use", "consent", "goal", "identify"])
def test_a_form_does_not_answer_for_another_person(world, stay, name):
    told = world.told()
    SENT[name](world, stay, told)
    other = world.arrive("Bo Lund", "2")

    with refused("says something else now", kind=SentBefore):
        SENT[name](world, other, told)


def test_somebody_elses_form_is_not_ones_own(world: World, stay: Episode):
    told = world.told()
    history.record_goal(stay, "sleep", **told)

    with refused("says something else now", kind=SentBefore):
        history.record_goal(stay, "sleep", **told | {"by": world.by("LVN")})


def test_an_arrival_form_does_not_answer_for_somebody_else(world: World):
    told = world.told()
    arrival.arrive(Arriving("Bo Lund"), bed=world.bed("2"), **told)

    with refused("says something else now", kind=SentBefore):
        arrival.arrive(Arriving("Cy Moss"), bed=world.bed("3"), **told)


def test_the_other_submission_of_the_same_words_is_another_entry(world: World, stay: Episode):
    ids: list[UUID] = [uuid4(), uuid4()]

    for each in ids:
        world.record(stay, world.reading(), submission=each)

    assert set(Observation.objects.values_list("submission_id", flat=True)) == set(ids)


def test_a_form_of_another_stay_is_not_answered_saved_when_this_one_is_refused(world, stay):
    told = world.told()
    history.record_allergy(stay, statement="none_known", **told)
    other = world.arrive("Bo Lund", "2")
    history.record_allergy(other, substance="latex", **world.told())

    with refused("says something else now", kind=SentBefore):
        history.record_allergy(other, statement="none_known", **told)
