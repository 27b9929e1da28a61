"""Fluids and safety rounds: what is refused, what is kept, and who may."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from stepdown.records.actions.monitoring import fluids, rounds
from stepdown.records.actions.monitoring.fluids import Fluid
from stepdown.records.actions.monitoring.rounds import Seen
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.models import AuditEvent, FluidEntry, Role, SafetyRound

pytestmark = pytest.mark.django_db


@pytest.fixture
def stay(world):
    return world.arrive()


WATER = Fluid("drunk", "water", 250)


def tell(world, stay, fluid=WATER, role="BHT", **more):
    return fluids.record(stay, fluid, **(world.told(role) | more))


def walk(world, stay, place="bed_asleep_breathing", role="BHT", **more):
    details = {k: more.pop(k) for k in ("with_whom", "late_reason", "downtime") if k in more}
    return rounds.record(stay, Seen(place, **details), **(world.told(role) | more))


@pytest.mark.parametrize(
    ("fluid", "field"),
    [
        (Fluid("blood"), "kind"),
        (Fluid("drunk", "", 200), "what"),
        (Fluid("drunk", "petrol", 200), "what"),
        (Fluid("vomited"), "what"),
        (Fluid("vomited", "a lot", 100), "what"),
        (Fluid("stool", "8"), "what"),
        (Fluid("urine", "water"), "what"),
        (Fluid("drunk", "water", 0), "volume_ml"),
        (Fluid("drunk", "water", -1), "volume_ml"),
        (Fluid("drunk", "water", fluids.LARGEST_ML + 1), "volume_ml"),
        (Fluid("vomited", "streak", blood="perhaps"), "blood"),
        (Fluid("drunk", "water", 200, blood="yes"), "blood"),
        (Fluid("stool", "6", bile="yes"), "bile"),
        (Fluid("vomited", "streak", is_dark="no"), "is_dark"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_saved(world, stay, fluid, field):
    with pytest.raises(Refused) as refused:
        tell(world, stay, fluid)

    assert field in refused.value.fields
    assert not FluidEntry.objects.exists()


@pytest.mark.parametrize(
    "fluid",
    [
        Fluid("drunk", "water"),
        Fluid("drunk", "broth", fluids.LARGEST_ML),
        Fluid("vomited", "over_300", blood="no", bile="yes"),
        Fluid("vomited", "", 150),
        Fluid("stool", "7", blood="yes"),
        Fluid("urine", "", 1, is_dark="yes"),
        Fluid("urine"),
    ],
)
def test_what_was_seen_is_kept_as_told_and_unknown_stays_unknown(world, stay, fluid):
    row = FluidEntry.objects.get(pk=tell(world, stay, fluid).pk)

    assert (row.kind, row.what, row.volume_ml) == (fluid.kind, fluid.what, fluid.volume_ml)
    assert (row.blood, row.bile, row.is_dark) == (fluid.blood, fluid.bile, fluid.is_dark)
    assert (row.role, row.recorded_at) == ("BHT", world.now)


def test_each_leaves_one_audit_event_of_the_stay(world, stay):
    before = AuditEvent.objects.filter(episode_id=stay.pk).count()

    tell(world, stay)
    walk(world, stay)

    told = AuditEvent.objects.filter(episode_id=stay.pk).order_by("seq")[before:]
    assert [event.action for event in told] == ["fluids.record", "rounds.record"]


@pytest.mark.parametrize("record", [tell, walk])
def test_a_retried_form_is_recorded_once(world, stay, record):
    submission = uuid4()

    first = record(world, stay, submission=submission)

    assert record(world, stay, submission=submission).pk == first.pk
    assert type(first).objects.count() == 1


@pytest.mark.parametrize("record", [tell, walk])
@pytest.mark.parametrize("minutes", [3, 60])
def test_nothing_is_told_of_the_future(world, stay, record, minutes):
    with pytest.raises(Refused, match="future"):
        record(world, stay, occurred_at=world.now + timedelta(minutes=minutes))


@pytest.mark.parametrize("role", sorted(set(Role.values) - {"RN", "LVN", "BHT", "MT"}))
@pytest.mark.parametrize("record", [tell, walk])
def test_only_nurses_and_technicians_tell(world, stay, record, role):
    with pytest.raises(NotPermitted):
        record(world, stay, role=role)

    assert not FluidEntry.objects.exists()
    assert not SafetyRound.objects.exists()


def test_a_round_needs_a_place_of_the_list(world, stay):
    with pytest.raises(Refused) as refused:
        walk(world, stay, place="all_ok")

    assert "place" in refused.value.fields


def test_off_the_unit_needs_a_companion(world, stay):
    with pytest.raises(Refused) as refused:
        walk(world, stay, place="off_unit")

    assert "with_whom" in refused.value.fields
    assert walk(world, stay, place="off_unit", with_whom="BHT Cole").with_whom == "BHT Cole"


def test_a_late_round_says_why_and_one_on_time_keeps_no_reason(world, stay):
    world.now += timedelta(hours=1)
    walked = world.now - timedelta(minutes=10)
    with pytest.raises(Refused) as refused:
        walk(world, stay, occurred_at=walked)
    assert "late_reason" in refused.value.fields

    assert walk(world, stay, occurred_at=walked, late_reason="fall in bed 3").late_reason
    assert walk(world, stay, late_reason="typed for nothing").late_reason == ""


def test_a_round_tapped_in_time_without_a_connection_is_not_late(world, stay):
    world.now += timedelta(hours=6)
    tapped = world.now - timedelta(hours=5)

    row = walk(world, stay, occurred_at=tapped, typed_at=tapped)

    assert (row.occurred_at, row.recorded_at, row.late_reason) == (tapped, world.now, "")


@pytest.mark.parametrize(
    ("record", "void"), [(tell, fluids.void), (walk, rounds.void)], ids=["fluid", "round"]
)
def test_an_error_is_struck_out_once_with_its_reason_and_stays(world, stay, record, void):
    old = record(world, stay)
    with pytest.raises(Refused, match="say why"):
        void(old, why=" ", **world.told("BHT"))

    struck = void(old, why="wrong person", **world.told("BHT"))

    assert (struck.replaces_id, struck.is_void, struck.why) == (old.pk, True, "wrong person")
    assert not type(old).objects.standing().exists()
    with pytest.raises(Refused, match="already"):
        void(old, why="again", **world.told("BHT"))


@pytest.mark.parametrize("table", ["records_fluidentry", "records_safetyround"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET note = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_them(world, stay, table, sql):
    tell(world, stay)
    walk(world, stay)

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.format(table))


def test_nothing_is_added_to_a_stay_of_another_house(world, elsewhere):
    there = elsewhere.arrive()

    for record in (tell, walk):
        with pytest.raises(NotPermitted):
            record(world, there)
