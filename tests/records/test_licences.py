"""A licence is brought up to date by whoever keeps the accounts; what it was stays readable."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from stepdown.records.access import Actor
from stepdown.records.actions.admission import papers
from stepdown.records.actions.people import licences
from stepdown.records.actions.people.licences import Licence, on_file
from stepdown.records.errors import Conflict, NotPermitted, NotSigned
from stepdown.records.models import AdmissionOrder, Assignment, LicenceRenewal
from tests.records.world import World, one_event, refused

LAST = date(2028, 6, 30)
GOOD = Licence("A-1234", "ca", LAST)


def of(world: World, role: str = "PRES") -> Assignment:
    return Assignment.objects.select_related("user", "facility").get(
        pk=world.by(role).assignment.pk
    )


def renew(world: World, licence: Licence = GOOD, role: str = "PRES", **more: Any) -> LicenceRenewal:
    assignment = of(world, role)
    told = world.told("SYS") | {"seen": on_file(assignment)} | more
    return licences.renew(assignment, licence, **told)


def order(world: World, stay: Any, at: Any) -> AdmissionOrder:
    by = Actor.of(of(world))
    proof = world.proof("PRES", at)
    return papers.admit(stay, "Admit.", by=by, at=at, submission=uuid4(), proof=proof)


def test_a_renewed_licence_is_on_file_with_what_was_before(world: World):
    before = on_file(of(world))
    with one_event("accounts.renew_licence", world.by("SYS")):
        row = renew(world, Licence(" A-1234 ", "ca", LAST))

    assert on_file(of(world)) == Licence("A-1234", "CA", LAST)
    kept = Licence(row.previous_number, row.previous_state, row.previous_expires_on)
    assert kept == before == Licence("PRES-1", "CA", date(2027, 11, 3))


def test_signing_stops_with_a_licence_and_goes_on_with_the_renewed_one(world: World, stay):
    ended = world.now + timedelta(days=301)
    told: dict[str, Any] = {"by": world.by("SYS"), "at": ended}
    with refused("no licence valid today (2027-11-04)", kind=NotSigned):
        order(world, stay, ended)

    renew(world, **told)

    assert order(world, stay, ended).pk
    with refused("no licence valid today (2028-07-01)", kind=NotSigned):
        order(world, stay, ended + timedelta(days=240))


def test_without_any_licence_nothing_is_signed_until_one_is_on_file(world: World, stay):
    world.tampered = True  # no action takes a licence away
    Assignment.objects.filter(pk=of(world).pk).update(
        licence_number="", licence_state="", licence_expires_on=None
    )
    with refused("no licence valid today", kind=NotSigned):
        order(world, stay, world.now)

    row = renew(world)

    assert order(world, stay, world.now).pk
    assert (row.previous_number, row.previous_expires_on) == ("", None)


def test_the_last_day_may_be_today_on_the_wards_own_wall(world: World):
    """At 07:00 UTC it is still the day before in the house."""
    at = world.now.replace(day=8, hour=7)

    assert renew(world, Licence("A-1", "CA", date(2027, 1, 7)), at=at).pk
    with refused("2027-01-06 is past (today is 2027-01-07)", "expires_on"):
        renew(world, Licence("A-1", "CA", date(2027, 1, 6)), at=at)


@pytest.mark.parametrize(
    ("licence", "said", "field"),
    [
        (Licence("", "CA", LAST), "Enter the licence number", "number"),
        (Licence("  ", "CA", LAST), "Enter the licence number", "number"),
        (Licence("A" * 41, "CA", LAST), "at most 40 characters", "number"),
        (Licence("A-1", "", LAST), "two letters", "state"),
        (Licence("A-1", "C1", LAST), "two letters", "state"),
        (Licence("A-1", "\u0421\u0410", LAST), "two letters", "state"),
        (Licence("A-1", "CA", None), "Enter the last day", "expires_on"),
        (Licence("A-1", "CA", date(2020, 1, 1)), "2020-01-01 is past", "expires_on"),
    ],
)
def test_a_licence_that_cannot_be_so(world, licence, said, field):
    with refused(said, field):
        renew(world, licence)


def test_the_licence_that_is_on_file_already_renews_nothing(world: World):
    with refused("exactly this licence"):
        renew(world, on_file(of(world)))


def test_a_form_sent_again_renews_once(world: World):
    told: dict[str, Any] = {"submission": uuid4(), "seen": on_file(of(world))}

    assert renew(world, **told) == renew(world, **told)
    assert LicenceRenewal.objects.count() == 1


def test_of_two_who_renew_the_second_is_told_what_is_on_file_now(world: World):
    shown = on_file(of(world))
    renew(world)

    with refused("CA A-1234 to 2028-06-30", kind=Conflict):
        renew(world, Licence("B-9", "NV", LAST), seen=shown)


def test_nobody_renews_their_own_or_one_of_another_house_or_of_a_patient(world, elsewhere):
    with refused("somebody else renews your own"):
        renew(world, role="SYS")
    with refused("no such role in this facility", kind=NotPermitted):
        renew(elsewhere, by=world.by("SYS"))
    for role in ("PT", "FAM"):
        with refused("works under no licence"):
            renew(world, role=role)


@pytest.mark.parametrize("role", ["RN", "PRES", "MD", "DIR", "PRIV", "PT"])
def test_only_who_keeps_the_accounts_renews(world, role):
    with refused("does not do this", kind=NotPermitted):
        renew(world, role="LVN", by=world.by(role))
