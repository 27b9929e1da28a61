"""Handovers through the actions, with the chain held against every row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stepdown.records.actions.monitoring import handovers, observations
from stepdown.records.errors import Conflict, NotPermitted, Refused
from stepdown.records.models import HandoverDraft, HandoverEnd, Observation
from tests.records.world import World, one_event, refused


@pytest.fixture
def stay(world: World):
    episode = world.admitted()
    world.now += timedelta(hours=2)
    return episode


@pytest.fixture
def handover(world, stay):
    return handovers.begin(stay, "sows16", called="Alan", **world.told())


def told(end: HandoverEnd) -> Observation:
    """The observation that a form left."""
    assert end.observation is not None
    return end.observation


def answered(handover, **answers: str) -> None:
    HandoverDraft.objects.filter(pk=handover.pk).update(answers=answers)


def test_handing_over_and_ending_are_one_event_each(world, stay):
    by = world.by("RN")
    with one_event("handovers.begin", by, stay.pk):
        handover = handovers.begin(stay, "sows16", called="A. T.", **world.told())
    answered(handover, anxious="a_little")
    with one_event("handovers.end", by, stay.pk):
        end = handovers.end(handover, "finished", by=by, at=world.now)
    assert told(end).at_least == 1


def test_a_retry_of_handing_over_is_one_handover(world, stay):
    told = world.told()

    first = handovers.begin(stay, "sows16", called="Alan", **told)

    assert handovers.begin(stay, "sows16", called="Alan", **told) == first


def test_a_second_end_is_the_first(world, handover):
    answered(handover, anxious="extremely")
    first = handovers.end(handover, "finished", by=world.by("RN"), at=world.now)
    second = handovers.end(handover, "left", by=world.by("RN"), at=world.now)

    assert (second, second.how) == (first, "finished")
    assert Observation.objects.filter(kind="sows16").count() == 1


def test_what_waits_is_recorded_by_whoever_answers_for_it(world, handover):
    answered(handover, anxious="extremely")
    nurse = world.by("RN")
    nurse.assignment.expires_at = world.now
    nurse.assignment.save()
    world.tampered = True
    later = world.now + timedelta(minutes=1)
    with pytest.raises(NotPermitted):
        handovers.end(handover, "finished", by=nurse, at=later)
    assert HandoverDraft.objects.get().ended == "finished"
    draft = HandoverDraft.objects.get()
    draft.answers = {}
    assert handovers.keep(draft, at=later) is False

    end = handovers.end(handover, "closed", by=world.by("LVN"), at=later)

    assert (end.how, end.role, told(end).role) == ("finished", "LVN", "LVN")
    assert told(end).chosen() == {"anxious": "extremely"}


@pytest.mark.parametrize("role", ["BHT", "COUN", "PT", "DIR"])
def test_who_records_no_scale_hands_none_over(world, stay, role):
    with pytest.raises(NotPermitted):
        handovers.begin(stay, "sows16", called="Alan", **world.told(role))


@pytest.mark.parametrize("kind", ["cows", "cssrs_screener", "sedation_level"])
def test_a_scale_that_is_not_the_persons_alone_is_not_handed_over(world, stay, kind):
    with refused("is not for the person to fill in alone", "kind"):
        handovers.begin(stay, kind, called="Alan", **world.told())


def test_nobody_is_called_nothing(world, stay):
    with refused("say what the page may call the person", "called"):
        handovers.begin(stay, "sows16", called="  ", **world.told())


def test_one_form_for_one_person_at_a_time(world, stay, handover):
    with refused("a tablet is with this person already", kind=Conflict):
        handovers.begin(stay, "ucla3", called="Alan", **world.told("LVN"))


def test_answers_that_can_be_recorded_are_not_thrown_away(world, handover):
    answered(handover, anxious="extremely")
    with refused("these answers can be recorded"):
        handovers.throw_away(handover, by=world.by("RN"), at=world.now)


def test_an_answer_of_a_branch_that_was_left_does_not_count(world, stay):
    handover = handovers.begin(stay, "pc_ptsd5", called="Alan", **world.told())
    scale = handovers.wording(handover)
    gate = scale.items[0]
    behind = next(item for item in scale.items if item.asked_when)
    closes = next(o.code for o in gate.options if o.code not in behind.asked_when[0].answered)
    answered(handover, **{gate.key: closes, behind.key: behind.options[-1].code})

    end = handovers.end(handover, "finished", by=world.by("RN"), at=world.now)

    assert told(end).chosen() == {gate.key: closes}


def test_what_the_person_told_is_corrected_and_struck_out_like_any_entry(world, handover):
    answered(handover, anxious="extremely")
    row = told(handovers.end(handover, "stopped", by=world.by("RN"), at=world.now))
    struck = observations.void(row, why="The tablet was with somebody else.", **world.told())

    assert struck.replaces == row
    assert HandoverEnd.objects.get().observation == row


def test_a_stay_that_ended_refuses_a_handover(world, stay):
    stay.closed_at = world.now
    stay.save()
    world.tampered = True
    with pytest.raises(Refused, match="this stay has ended"):
        handovers.begin(stay, "sows16", called="Alan", **world.told())
