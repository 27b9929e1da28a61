"""A lost second factor is reset by somebody else, with a reason, and opens nothing by itself."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from stepdown.records.actions.people import resets
from stepdown.records.errors import NotPermitted
from stepdown.records.models import AccessEvent, SecondFactorReset, User
from tests.records.world import World, one_event, refused

WHY = "telephone fell into the harbour, came in person"


@pytest.fixture
def nurse(world: World) -> User:
    """A nurse with a second factor and recovery codes."""
    user = world.by("RN").user
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    return user


def reset(world: World, user: User, reason: str = WHY, **more: Any) -> SecondFactorReset:
    return resets.reset_second_factor(user, reason, **(world.told("SYS") | more))


def test_all_of_it_is_gone_and_why_is_kept_in_the_sealed_record(world: World, nurse: User):
    other = world.by("LVN").user
    TOTP.activate(other, "JBSWY3DPEHPK3PXP")

    with one_event("accounts.reset_second_factor", world.by("SYS")):
        row = reset(world, nurse, f"  {WHY} ")

    assert (row.user, row.reason, row.actor, row.role) == (nurse, WHY, world.by("SYS").user, "SYS")
    assert set(Authenticator.objects.values_list("user", flat=True)) == {other.pk}


def test_nothing_but_the_second_factor_changes(world: World, nurse: User):
    before = User.objects.filter(pk=nurse.pk).values().get()

    reset(world, nurse)

    assert User.objects.filter(pk=nurse.pk).values().get() == before
    assert not AccessEvent.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", "lost it", "\n\n\n\n\n\n\n\n\n\n\n\n"])
def test_a_reason_is_written(world, nurse, reason):
    with refused("write why", "reason"):
        reset(world, nurse, reason)
    with refused("at most 500 characters", "reason"):
        reset(world, nurse, "x" * 501)

    assert Authenticator.objects.filter(user=nurse).count() == 2


def test_nobody_resets_their_own(world: World):
    keeper = world.by("SYS").user
    TOTP.activate(keeper, "JBSWY3DPEHPK3PXP")

    with refused("somebody else resets your own"):
        reset(world, keeper)

    assert Authenticator.objects.filter(user=keeper).exists()


def test_nor_that_of_another_house(world: World, elsewhere: World, nurse: User):
    with refused("no role in this facility", kind=NotPermitted):
        reset(elsewhere, nurse)

    assert Authenticator.objects.filter(user=nurse).exists()


def test_where_there_is_none_nothing_is_recorded(world: World):
    with refused("has no second factor"):
        reset(world, world.by("RN").user)


def test_a_form_sent_again_resets_once(world: World, nurse: User):
    form = uuid4()

    first = reset(world, nurse, submission=form)
    TOTP.activate(nurse, "JBSWY3DPEHPK3PXQ")  # set up anew; the browser sends the old form again
    again = reset(world, nurse, submission=form)

    assert first == again
    assert Authenticator.objects.filter(user=nurse).exists()


@pytest.mark.parametrize("role", ["RN", "PRES", "MD", "DIR", "PRIV", "PT"])
def test_only_who_keeps_the_accounts_resets(world, nurse, role):
    with refused("does not do this", kind=NotPermitted):
        reset(world, nurse, by=world.by(role)) if role != "RN" else reset(
            world, world.by("LVN").user, by=world.by(role)
        )

    assert Authenticator.objects.filter(user=nurse).exists()
