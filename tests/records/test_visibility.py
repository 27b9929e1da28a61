"""Who sees whom: a nurse, a prescriber, the patient, and a stranger who must see nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from stepdown.records import access
from stepdown.records.access import Actor
from stepdown.records.actions.access import break_glass
from stepdown.records.actions.admission import history
from stepdown.records.actions.people import accounts
from stepdown.records.errors import Conflict, NotPermitted
from stepdown.records.models import Episode, Person, Role
from stepdown.records.reading import board as reading
from stepdown.records.reading import heading
from stepdown.records.reading.sight import Sight
from tests.records.world import World, one_event, refused

REASON = "not breathing, door locked"
NOBODY = {"FAC", "PEER", "SYS", "FAM"}
"""Roles whose cells grant no name, or only under a condition nobody has built yet."""


def seen(by: Actor, now: datetime) -> set[str]:
    people = Episode.objects.visible_to(by, now).select_related("person")
    return {each.person.legal_name for each in people}


@pytest.mark.parametrize("role", sorted(set(Role.values) - {"PT"}))
def test_staff_see_their_own_house_and_nobody_else_sees_anyone(world, elsewhere, role):
    world.arrive("Alan Test")
    elsewhere.arrive("Bo Lund")

    assert seen(world.by(role), world.now) == (set() if role in NOBODY else {"Alan Test"})


def test_patients_see_themselves_and_nobody_beside_them(world: World, stay: Episode):
    world.tampered = True  # patients' accounts are not opened by any action yet
    world.arrive("Bo Lund", "2")
    patient = world.by("PT")
    assert seen(patient, world.now) == set()

    Person.objects.filter(pk=stay.person_id).update(account=patient.user)

    assert seen(patient, world.now) == {"Alan Test"}


def test_an_actor_of_two_houses_sees_the_one_they_work_in_now(world, elsewhere):
    world.arrive("Alan Test")
    elsewhere.arrive("Bo Lund")
    nurse = world.by("RN")

    assert seen(replace(nurse, facility=elsewhere.facility), world.now) == {"Bo Lund"}


def test_a_restricted_chart_opens_to_those_invited_only(world: World, stay: Episode):
    invited = [world.by("RN").user, world.by("PRES").user]

    with one_event("episodes.restrict", world.by("PRIV"), stay.pk):
        break_glass.restrict(stay, invited=invited, **world.told("PRIV"))

    assert {role for role in Role.values if seen(world.by(role), world.now)} == {"RN", "PRES"}


def test_somebody_taken_off_the_list_sees_nothing_more(world: World, stay: Episode):
    nurse, vocational = world.by("RN"), world.by("LVN")
    break_glass.restrict(stay, invited=[nurse.user, vocational.user], **world.told("PRIV"))

    break_glass.restrict(stay, invited=[vocational.user], **world.told("PRIV"))

    assert seen(nurse, world.now) == set()
    assert seen(vocational, world.now) == {"Alan Test"}


def test_whom_a_restriction_cannot_name(world: World, elsewhere: World, stay: Episode):
    with refused("at least one person", "invited"):
        break_glass.restrict(stay, invited=[], **world.told("PRIV"))
    with refused("does not work in this facility", "invited"):
        break_glass.restrict(stay, invited=[elsewhere.by("RN").user], **world.told("PRIV"))
    theirs = elsewhere.arrive("Bo Lund")
    with refused("no such chart here", kind=NotPermitted):
        break_glass.restrict(theirs, invited=[world.by("RN").user], **world.told("PRIV"))


def test_broken_glass_opens_one_chart_to_one_person_for_a_while(world: World, stay: Episode):
    break_glass.restrict(stay, invited=[world.by("RN").user], **world.told("PRIV"))
    prescriber = world.by("PRES")

    with one_event("break_glass.open", prescriber, stay.pk):
        opening = break_glass.open_chart(stay.pk, reason=REASON, **world.told("PRES"))

    assert opening.until == world.now + timedelta(minutes=60)
    assert seen(prescriber, opening.until - timedelta(seconds=1)) == {"Alan Test"}
    assert seen(prescriber, opening.until) == set()
    assert seen(world.by("MD"), world.now) == set()


def test_broken_glass_opens_nothing_to_another_role_of_the_same_person(world: World, stay: Episode):
    """Who is a counsellor besides does not counsel on what a prescriber opened."""
    break_glass.restrict(stay, invited=[world.by("RN").user], **world.told("PRIV"))
    accounts.assign(world.by("PRES").user, "COUN", **world.told("SYS"))
    second = Actor.of(world.by("PRES").user.assignments.get(role="COUN"))
    then = world.now + timedelta(minutes=7, seconds=13)  # ends when nothing else changes
    opening = break_glass.open_chart(stay.pk, reason=REASON, **world.told("PRES", at=then))

    assert seen(world.by("PRES"), world.now) == {"Alan Test"}
    assert seen(second, world.now) == set()
    sight = Sight.of(second)
    assert heading.find(stay.pk, second, sight, world.now) is None
    place = next(p for p in reading.board(world.bed().unit, second, sight, then).places)
    assert place.occupant is not None
    assert (place.occupant.is_visible, place.occupant.name) == (False, "")

    break_glass.restrict(stay, invited=[second.user], **world.told("PRIV"))
    assert seen(second, world.now) == {"Alan Test"}
    found = heading.find(stay.pk, second, sight, world.now)
    assert found is not None
    assert found.open_until is None
    before = opening.until - timedelta(seconds=1)
    assert reading.board(world.bed().unit, second, sight, before).until > opening.until


def test_glass_is_not_broken_without_a_reason_or_elsewhere(world, elsewhere, stay):
    with refused("write what the emergency is", "reason"):
        break_glass.open_chart(stay.pk, reason="  urgent ", **world.told("PRES"))
    with refused("no such chart here", kind=NotPermitted):
        break_glass.open_chart(stay.pk, reason=REASON, **elsewhere.told("PRES"))
    with refused("does not do this", kind=NotPermitted):
        break_glass.open_chart(stay.pk, reason=REASON, **world.told("LVN"))


def test_an_opening_is_reviewed_once_by_somebody_else(world: World, stay: Episode):
    opening = break_glass.open_chart(stay.pk, reason=REASON, **world.told("PRES"))

    with refused("write what you found", "finding"):
        break_glass.review(opening, " ", **world.told("PRIV"))
    with one_event("break_glass.review", world.by("PRIV"), stay.pk):
        break_glass.review(opening, "was needed", **world.told("PRIV"))
    with refused("reviewed already", kind=Conflict):
        break_glass.review(opening, "was not", **world.told("PRIV"))


def test_nobody_reviews_their_own_opening(world: World, stay: Episode):
    opening = break_glass.open_chart(stay.pk, reason=REASON, **world.told("PRES"))
    both = replace(world.by("PRIV"), user=world.by("PRES").user)

    with refused("somebody else reviews"):
        break_glass.review(opening, "fine", **world.told("PRIV") | {"by": both})


def test_a_refusal_names_the_roles_to_ask(world: World, stay: Episode):
    with refused("Ask: MD, PRES, RN, LVN", kind=NotPermitted):
        history.record_use(stay, history.Use("opioid", "heroin", "unknown"), **world.told("BHT"))


def test_a_condition_nobody_has_built_is_closed(world: World):
    assert not access.may(world.by("ADM"), "admission_decision", "C")
    assert not access.may(world.by("RN"), "orders", "C")
    assert access.may(world.by("RN"), "orders", "R")


def test_a_row_nobody_wrote_is_an_error_and_never_a_yes(world: World):
    with pytest.raises(KeyError):
        access.may(world.by("MD"), "teleportation", "C")
