"""Accounts: opened by one role, ended by themselves where they are borrowed, never deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stepdown.records.access import Actor
from stepdown.records.actions.admission import history
from stepdown.records.actions.people import accounts
from stepdown.records.actions.people.accounts import LONGEST, NewAccount
from stepdown.records.errors import NotPermitted
from stepdown.records.models import Assignment, User
from tests.records.world import World, one_event, refused

GOOD = "a long walk by the harbour"


def opened(world: World, **fields: object) -> Assignment:
    new = NewAccount(**({"username": "dana", "name": "Dana Reed", "role": "RN"} | fields))  # type: ignore[arg-type]
    return accounts.open_account(new, **world.told("SYS"))


def test_an_account_is_opened_with_one_role(world: World):
    with one_event("accounts.open", world.by("SYS")):
        assignment = opened(world, password=GOOD, licence_state="ca", licence_number=" RN-9 ")

    assert assignment.user.check_password(GOOD)
    assert (assignment.role, assignment.licence_state, assignment.licence_number) == (
        "RN", "CA", "RN-9",
    )  # fmt: skip
    assert assignment.runs_at(world.now)


def test_without_a_password_nobody_can_sign_in(world: World):
    assert not opened(world).user.has_usable_password()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "x"}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": "HARBOR-rn"}, "username"),
        ({"name": " "}, "name"),
        ({"role": "BOSS"}, "role"),
        ({"employment": "friend"}, "employment"),
        ({"password": "password"}, "password"),
        ({"password": "short"}, "password"),
        ({"employment": "agency"}, "expires_at"),
        ({"name": "n" * 121}, "name"),
    ],
)
def test_an_account_that_cannot_be_opened(world, change, field):
    with refused("Not ", field):
        opened(world, **change)


@pytest.mark.parametrize("employment", ["agency", "student"])
def test_a_borrowed_account_ends_and_not_too_far_away(world, employment):
    longest = LONGEST[employment]
    with refused("in the past", "expires_at"):
        opened(world, employment=employment, expires_at=world.now)
    with refused("At most", "expires_at"):
        opened(world, employment=employment, expires_at=world.now + longest + timedelta(seconds=1))

    assignment = opened(world, employment=employment, expires_at=world.now + longest)

    last = world.now + longest
    assert assignment.runs_at(last - timedelta(microseconds=1))
    assert not assignment.runs_at(last)
    assert not assignment.user.works_at(last)


def test_a_role_has_not_begun_before_it_starts(world: World):
    assignment = opened(world)

    assert not assignment.runs_at(world.now - timedelta(microseconds=1))


def test_a_role_that_has_run_out_does_nothing_more(world: World, stay):
    agency = opened(world, employment="agency", expires_at=world.now + timedelta(days=1))
    nurse = Actor.of(agency)
    last = world.now + timedelta(days=1)

    history.record_goal(stay, "sleep", **world.told() | {"by": nurse})
    with refused("is not open now (until 2027-01-08)", kind=NotPermitted):
        history.record_goal(stay, "sleep", **world.told() | {"by": nurse, "at": last})


def test_a_closed_account_does_nothing_more(world: World, stay):
    assignment = opened(world)
    with one_event("accounts.close", world.by("SYS")):
        accounts.close_account(assignment.user, **world.told("SYS"))
    nurse = Actor.of(Assignment.objects.select_related("user", "facility").get(pk=assignment.pk))

    with refused("is not open now", kind=NotPermitted):
        history.record_goal(stay, "sleep", **world.told() | {"by": nurse})


def test_closing_looks_at_the_account_as_it_is_now(world: World):
    shown = opened(world).user
    accounts.set_pin("8642", **world.told() | {"by": Actor.of(shown.assignments.get())})

    accounts.close_account(shown, **world.told("SYS"))

    now = User.objects.get(pk=shown.pk)
    assert not now.is_active
    assert now.pin_is("8642")


def test_nobody_closes_their_own_account_or_one_of_another_house(world, elsewhere):
    with refused("somebody else closes your own"):
        accounts.close_account(world.by("SYS").user, **world.told("SYS"))
    with refused("no role in this facility", kind=NotPermitted):
        accounts.close_account(elsewhere.by("RN").user, **world.told("SYS"))


def test_nobody_gives_themselves_a_role(world: World):
    keeper = world.by("SYS").user

    with refused("somebody else gives you a role", "role"):
        accounts.assign(keeper, "RN", **world.told("SYS"))

    assert set(keeper.assignments.values_list("role", flat=True)) == {"SYS"}


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "", "\u0661\u0662\u0663\u0664"])
def test_a_pin_has_four_to_eight_figures(world, pin):
    with refused("4 to 8 figures", "pin"):
        accounts.set_pin(pin, **world.told())


@pytest.mark.parametrize("pin", ["0000", "1234", "77777", "123456"])
def test_a_pin_that_everybody_tries_first(world, pin):
    with refused("Choose another", "pin"):
        accounts.set_pin(pin, **world.told())


def test_a_pin_is_kept_hashed_and_opens_only_its_own_screen(world: World):
    with one_event("accounts.set_pin", world.by("RN")):
        accounts.set_pin("8642", **world.told())

    user = User.objects.get(pk=world.by("RN").user.pk)
    assert "8642" not in user.pin
    assert user.pin_is("8642")
    assert not user.pin_is("8643")
    assert not world.by("LVN").user.pin_is("")


def test_somebody_is_given_a_second_role_and_works_in_one_at_a_time(world: World):
    nurse = world.by("RN").user

    with one_event("accounts.assign", world.by("SYS")):
        second = accounts.assign(nurse, "UR", **world.told("SYS"))

    assert set(nurse.assignments.values_list("role", flat=True)) == {"RN", "UR"}
    assert Actor.of(second).role == "UR"


def test_an_ended_role_is_renewed_by_a_decision(world: World):
    first = opened(world, employment="agency", expires_at=world.now + timedelta(days=3))
    again = world.now + timedelta(days=60)

    accounts.assign(first.user, "RN", employment="agency", expires_at=again, **world.told("SYS"))

    first = Assignment.objects.select_related("user").get(pk=first.pk)
    assert first.runs_at(world.now + timedelta(days=59))
    assert not first.runs_at(again)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"role": "BOSS"}, "role"), ({"employment": "agency"}, "expires_at")],
)
def test_a_role_that_cannot_be_given(world, change, field):
    told = {"role": "UR"} | change

    with refused("Not given", field):
        accounts.assign(world.by("RN").user, **told, **world.told("SYS"))


def test_a_role_is_not_given_to_somebody_of_another_house(world, elsewhere):
    with refused("no role in this facility", kind=NotPermitted):
        accounts.assign(elsewhere.by("RN").user, "UR", **world.told("SYS"))
