"""One bed holds one person; a move keeps its history; a bed out of use takes nobody (N7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from stepdown.records.actions.admission import arrival
from stepdown.records.actions.beds import beds, founding
from stepdown.records.actions.people.accounts import NewAccount
from stepdown.records.errors import Conflict, NotPermitted, Refused
from stepdown.records.models import BedStay, Episode, Facility
from tests.records.world import World, one_event, refused


def test_a_move_ends_the_old_stay_and_keeps_it(world: World, stay: Episode):
    later = world.now + timedelta(hours=2)

    with one_event("beds.move", world.by("CM"), stay.pk):
        beds.move(stay, world.bed("9"), **world.told("CM", at=later))

    old, new = BedStay.objects.filter(episode=stay).order_by("started_at")
    assert (old.bed, old.ended_at) == (world.bed("1"), later)
    assert (new.bed, new.started_at, new.ended_at) == (world.bed("9"), later, None)


def test_n7_a_taken_bed_is_refused_to_a_newcomer_and_to_a_move(world: World, stay: Episode):
    other = world.arrive("Bo Lund", "2")

    with refused("bed 1 is taken", "bed", kind=Conflict):
        world.arrive("Cy Moss", "1")
    with refused("bed 1 is taken", "bed", kind=Conflict):
        beds.move(other, world.bed("1"), **world.told())


def test_n7_the_database_itself_refuses_a_second_person(world: World, stay: Episode):
    other = world.arrive("Bo Lund", None)

    with pytest.raises(IntegrityError), transaction.atomic():
        BedStay.objects.create(
            facility=world.facility, bed=world.bed("1"), episode=other, started_at=world.now
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        BedStay.objects.create(
            facility=world.facility, bed=world.bed("2"), episode=stay, started_at=world.now
        )


def test_n7_nobody_was_in_a_bed_while_somebody_else_was(world: World, stay: Episode):
    beds.move(stay, world.bed("2"), **world.told(at=world.now + timedelta(hours=1)))

    with refused("bed 1 was in use until 07:30", "occurred_at"):
        world.arrive("Bo Lund", "1", at=world.now + timedelta(minutes=30))
    assert world.arrive("Bo Lund", "1", at=world.now + timedelta(hours=1))


@pytest.mark.parametrize(("status", "note"), [("cleaning", ""), ("blocked", "window stuck")])
def test_a_bed_out_of_use_takes_nobody_and_says_why(world, status, note):
    with one_event("beds.set_status", world.by("ADM")):
        beds.set_status(world.bed("3"), status, note=note, **world.told("ADM"))

    with refused(f"bed 3 is not in use ({note or 'Cleaning'})", "bed"):
        world.arrive("Bo Lund", "3")


def test_a_bed_that_was_free_on_the_page_is_looked_at_again(world: World):
    shown = world.bed("3")
    beds.set_status(world.bed("3"), "blocked", note="leak", **world.told())

    with refused("bed 3 is not in use (leak)", "bed"):
        arrival.arrive(arrival.Arriving("Bo Lund"), bed=shown, **world.told())


def test_what_a_bed_status_needs(world: World, stay: Episode):
    with refused("say why", "note"):
        beds.set_status(world.bed("3"), "blocked", note=" ", **world.told())
    with refused("ready, being cleaned or blocked"):
        beds.set_status(world.bed("3"), "on fire", **world.told())
    with refused("somebody is in bed 1"):
        beds.set_status(world.bed("1"), "cleaning", **world.told())
    with refused("at most 120 characters", "status_note"):
        beds.set_status(world.bed("3"), "blocked", note="n" * 121, **world.told())


def test_another_houses_bed_is_nobodys_business(world: World, elsewhere: World, stay: Episode):
    with refused("not in this facility"):
        beds.move(stay, elsewhere.bed("3"), **world.told())
    with refused("not in this facility", kind=NotPermitted):
        beds.set_status(elsewhere.bed("3"), "cleaning", **world.told())


def test_a_move_is_refused_when_somebody_else_moved_them(world: World, stay: Episode):
    seen = stay.version
    beds.move(stay, world.bed("5"), seen_version=seen, **world.told())

    with refused("somebody changed this stay", kind=Conflict):
        beds.move(stay, world.bed("6"), seen_version=seen, **world.told("ADM"))


# --- setting up -------------------------------------------------------------------------------


def test_n22_a_database_is_for_one_purpose_for_good(world: World):
    assert founding.deploy(demo=True, at=world.now).demo

    with refused("was made for demonstration and stays so"):
        founding.deploy(demo=False, at=world.now)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"zone": "Mars/Olympus"}, "is not a time zone"),
        ({"zone": "../../etc/passwd"}, "is not a time zone"),
        ({"code": "harbor"}, "there is a facility called harbor already"),
        ({"units": [{"code": "Ward 1", "name": "W", "beds": []}]}, "'Ward 1' does not"),
        ({"units": [{"code": "", "name": "W", "beds": []}]}, "'' does not"),
    ],
)
def test_a_facility_that_cannot_be_set_up(world, change, said):
    plan = {"code": "new", "name": "New", "zone": "UTC", "units": [], "staff": []} | change

    with refused(said):
        founding.found(**plan, at=world.now)


def test_a_facility_is_set_up_whole_or_not_at_all(world: World):
    twice = [{"code": "u", "name": "U", "beds": [{"label": "1"}, {"label": "1"}]}]

    with pytest.raises(IntegrityError), transaction.atomic():
        founding.found(code="new", name="N", zone="UTC", units=twice, staff=[], at=world.now)

    assert not Facility.objects.filter(code="new").exists()


def test_a_first_account_is_judged_like_any_other(world: World):
    forever = NewAccount("temp", "Temp", "RN", employment="agency")
    with refused("need a last day", "expires_at"):
        founding.enrol(forever, world.facility, at=world.now)
    with pytest.raises(Refused, match="need a last day"):
        founding.found(code="new", name="N", zone="UTC", units=[], staff=[forever], at=world.now)
