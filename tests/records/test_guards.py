"""What the database refuses by itself, to the ORM and to plain SQL, on both engines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import IntegrityError, connection, models, transaction

from stepdown.records import audit, guards
from stepdown.records.actions.access import break_glass, calls, exports, settings
from stepdown.records.actions.access.exports import Asked
from stepdown.records.actions.admission import history, papers
from stepdown.records.actions.monitoring import fluids, handovers, rounds, targets
from stepdown.records.actions.monitoring.fluids import Fluid
from stepdown.records.actions.monitoring.rounds import Seen
from stepdown.records.actions.people import licences, resets
from stepdown.records.actions.people.licences import Licence
from stepdown.records.models import (
    AuditEvent,
    Bed,
    BedStay,
    ContentSnapshot,
    Deployment,
    Episode,
    GoalEntry,
    Observation,
    Segment,
    Signature,
)
from stepdown.records.signing import Proof
from tests.records.world import MILD, World

NEVER = guards.append_only()


@pytest.fixture
def full(world: World, stay: Episode) -> World:
    """A world with a row in every table that never changes."""
    world.begins("one of each", lambda: _one_of_each(world, stay))
    return world


def _one_of_each(world: World, stay: Episode) -> None:
    world.documents(stay)
    world.cows(stay, MILD)
    papers.admit(stay, "Admit.", proof=world.proof("PRES"), **world.told("PRES"))
    history.record_goal(stay, "sleep", **world.told())
    targets.set_target(
        stay, "heart_rate_bpm", low=None, high=Decimal(120), reason="r",
        **world.told("PRES"),
    )  # fmt: skip
    settings.change(
        "look_awake_minutes", "180", why="busy", proof=world.proof("MD"), **world.told("MD")
    )
    opening = break_glass.open_chart(stay.pk, reason="not breathing", **world.told("MD"))
    break_glass.review(opening, "was needed", **world.told("PRIV"))
    history.record_allergy(stay, substance="latex", **world.told())
    audit.looked("chart", by=world.by("RN"), at=world.now, episode_id=stay.pk)
    tablet = handovers.begin(stay, "ucla3", called="A.", **world.told())
    handovers.end(tablet, "stopped", by=world.by("RN"), at=world.now)
    nurse = world.by("RN")
    TOTP.activate(nurse.user, "JBSWY3DPEHPK3PXP")
    resets.reset_second_factor(nurse.user, "lost in the street", **world.told("SYS"))
    calls.note(caller="family", done="script", **world.told("ADM"))
    fluids.record(stay, Fluid("drunk", "water", 200), **world.told())
    rounds.record(stay, Seen("dining"), **world.told())
    asked = Asked("quality", "How long until the first dose", ("scores",), "csv")
    password = Proof(world.by("RN").user, Signature.Method.PASSWORD, world.now)
    export = exports.begin(asked, proof=password, **world.told())
    exports.finish(export, [], **world.told())
    licences.renew(
        nurse.assignment,
        Licence("A-1", "CA", date(2030, 1, 1)),
        seen=licences.on_file(nurse.assignment),
        **world.told("SYS"),
    )


def refused_by_the_database(sql: str, *values: Any) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only|another facility"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)


def test_every_clinical_record_is_append_only():
    assert {model.__name__ for model in NEVER} == {
        "AccessEvent", "AdmissionOrder", "AllergyEntry", "AuditEvent", "BreakGlass",
        "BreakGlassReview", "CallNote", "Consent", "ContentSnapshot", "Deployment", "Export",
        "ExportEnd", "FluidEntry", "GoalEntry", "Handover", "HandoverEnd", "IdentityCheck",
        "LicenceRenewal", "Observation", "PersonalTarget", "PregnancyEntry", "SafetyRound",
        "SecondFactorReset", "SettingChange", "Signature", "SubstanceUse", "Transition",
    }  # fmt: skip


@pytest.mark.parametrize("model", NEVER, ids=lambda model: model.__name__)
def test_no_row_of_an_append_only_table_is_updated_or_deleted(full, model):
    row = model._base_manager.first()
    assert row is not None, "nothing would be tried"
    table, key = model._meta.db_table, model._meta.pk.column
    other = next(f for f in model._meta.concrete_fields if not f.primary_key)

    refused_by_the_database(f"UPDATE {table} SET {other.column} = {other.column}")
    refused_by_the_database(f"DELETE FROM {table}")
    refused_by_the_database(
        f"UPDATE {table} SET {key} = {key} WHERE {key} = %s",
        model._meta.pk.get_db_prep_value(row.pk, connection),
    )


def test_no_append_only_table_is_truncated(full: World):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may be pending on the table
    for model in NEVER:
        refused_by_the_database(f"TRUNCATE {model._meta.db_table} CASCADE")


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(note="x"),
        lambda rows: rows.delete(),
        lambda rows: rows.bulk_update(list(rows), ["note"]),
        lambda rows: rows.first().save(),
        lambda rows: rows.first().delete(),
    ],
    ids=["update", "delete", "bulk_update", "save", "delete one"],
)
def test_the_orm_says_so_before_the_database_must(full, change):
    with pytest.raises(TypeError, match="append-only"), transaction.atomic():
        change(Observation.objects.all())


@pytest.mark.parametrize("model", [AuditEvent, Signature, ContentSnapshot, Deployment])
def test_the_orm_does_not_get_past_the_database_either(full, model):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        model.objects.all()._raw_delete("default")


def test_an_entry_and_its_stay_belong_to_one_house(world: World, elsewhere: World):
    theirs = elsewhere.arrive("Bo Lund")
    mine = GoalEntry.told(
        world.by("RN"), at=world.now, submission=theirs.pk, episode=theirs, words="x"
    )

    with pytest.raises(IntegrityError, match="another facility"), transaction.atomic():
        mine.save()


def test_a_bed_and_who_lies_in_it_belong_to_one_house(world: World, elsewhere: World):
    theirs = elsewhere.arrive("Bo Lund", None)

    with pytest.raises(IntegrityError, match="another facility"), transaction.atomic():
        BedStay.objects.create(
            facility=world.facility, bed=world.bed("1"), episode=theirs, started_at=world.now
        )
    with pytest.raises(IntegrityError, match="another facility"), transaction.atomic():
        BedStay.objects.create(
            facility=elsewhere.facility, bed=world.bed("1"), episode=theirs, started_at=world.now
        )


def test_a_row_that_may_change_does_not_move_to_another_house(world, elsewhere, stay):
    theirs = elsewhere.arrive("Bo Lund", None)
    lying = BedStay.objects.filter(episode=stay)

    for rows, change in (
        (lying, {"bed": elsewhere.bed("1")}),
        (lying, {"episode": theirs}),
        (lying, {"facility": elsewhere.facility}),
        (Segment.objects.filter(episode=stay), {"episode": theirs}),
        (Bed.objects.filter(pk=world.bed("1").pk), {"unit": elsewhere.bed("1").unit}),
        (Episode.objects.filter(pk=stay.pk), {"person": theirs.person}),
    ):
        with pytest.raises(IntegrityError, match="another facility"), transaction.atomic():
            rows.update(**change)


def test_a_guard_that_is_gone_is_missed(world: World):
    assert guards.missing(connection) == []

    guards.remove(connection)

    there = set(connection.introspection.table_names())
    wanted = {g.name for g in guards.guards(connection.vendor) if g.table in there}
    assert set(guards.missing(connection)) == wanted
    guards.install(connection)
    assert guards.missing(connection) == []


def test_every_key_between_two_rows_of_a_house_is_guarded():
    guarded = {guard.name for guard in guards.guards("sqlite")}
    for model in (Observation, BedStay, Episode, Segment):
        for field in model._meta.concrete_fields:
            target = field.related_model
            if isinstance(field, models.ForeignKey) and hasattr(target, "facility"):
                assert f"{model._meta.db_table}_{field.attname}_same_facility" in guarded
