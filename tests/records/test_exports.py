"""An export stands in the sealed ledger, signed, before anything leaves; and says how it ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from stepdown.records import verifying
from stepdown.records.actions.access import exports
from stepdown.records.actions.access.exports import Asked, Written
from stepdown.records.errors import Conflict, NotPermitted, NotSigned
from stepdown.records.models import (
    Assignment,
    AuditEvent,
    Export,
    ExportEnd,
    Observation,
    Role,
    Signature,
)
from stepdown.records.reading import exporting
from stepdown.records.signing import Proof
from tests.records.world import World, answers, nothing_saved, one_event, refused

ASKED = Asked(
    purpose="quality",
    words="How long until the first dose",
    datasets=("observations", "scores", "episodes"),
    file_format="csv",
)
MAY = {"MD", "PRES", "RN"}


def proven(world: World, role: str) -> Proof:
    return Proof(world.by(role).user, Signature.Method.PASSWORD, world.now)


def begin(world: World, asked: Asked = ASKED, role: str = "RN", **more: Any) -> Export:
    return exports.begin(asked, **(world.told(role) | {"proof": proven(world, role)} | more))


def rows(world: World, asked: Asked, role: str = "RN") -> dict[str, list[dict[str, Any]]]:
    export = begin(world, asked, role)
    scope = exporting.Scope(export, world.by(role), world.now)
    return {
        each.name: [
            dict(zip([column.name for column in each.columns], row, strict=True))
            for row in each.rows
        ]
        for each in exporting.datasets(scope)
    }


def test_the_ledger_says_who_what_for_and_how_much_and_is_sealed_and_signed(world: World):
    with one_event("exports.begin", world.by("RN")):
        row = begin(world)

    assert (row.actor, row.role, row.purpose, row.words) == (
        world.by("RN").user, "RN", "quality", "How long until the first dose",
    )  # fmt: skip
    signature = Signature.objects.get(subject_id=str(row.pk))
    assert (signature.meaning, signature.method, signature.licence) == (
        "export",
        "password",
        "CA RN-1",
    )


@pytest.mark.parametrize("role", sorted(set(Role.values) - MAY))
def test_a_role_that_answers_for_no_care_exports_nothing(world: World, role: str):
    with refused("Ask: MD, PRES, RN", kind=NotPermitted):
        begin(world, role=role)


@pytest.mark.parametrize("role", sorted(MAY))
def test_only_a_medical_director_takes_the_ids_of_the_house(world: World, role: str):
    asked = replace(ASKED, identified=True)
    if role == "MD":
        assert begin(world, asked, role).identified
        return
    with refused("Ask: MD", kind=NotPermitted):
        begin(world, asked, role)


@pytest.mark.parametrize(
    ("change", "said", "field"),
    [
        ({"purpose": "curiosity"}, "The purpose is one of quality, audit", "purpose"),
        ({"words": "  dose   "}, "Say in words what it is for", "words"),
        ({"datasets": ()}, "There are the datasets observations", "datasets"),
        ({"datasets": ("notes",)}, "There are the datasets observations", "datasets"),
        ({"datasets": ("scores", "scores")}, "Name each dataset once", "datasets"),
        ({"file_format": "xlsx"}, "The format is csv or parquet", "file_format"),
    ],
)
def test_what_is_asked_wrongly_is_named_and_nothing_leaves(world, change, said, field):
    with refused(said, field):
        begin(world, replace(ASKED, **change))


def test_an_end_before_the_beginning_is_refused(world: World):
    asked = replace(ASKED, since=world.now, until=world.now - timedelta(days=1))
    with refused("The end lies before the beginning", "until"):
        begin(world, asked)


def test_a_pin_is_not_enough_for_an_account_with_a_password(world: World):
    user = world.by("RN").user
    user.set_password("a long walk by the harbour")
    world.tampered = True
    user.save(update_fields=["password"])

    with refused("takes your password, not your PIN", "secret"):
        begin(world, proof=world.proof("RN"))


def test_another_persons_proof_or_an_old_one_signs_nothing(world: World):
    with refused("show again who you are", kind=NotSigned):
        begin(world, proof=proven(world, "PRES"))
    old = replace(proven(world, "RN"), at=world.now - timedelta(minutes=3))
    with refused("show again who you are", kind=NotSigned):
        begin(world, proof=old)


def test_a_licence_that_has_run_out_exports_nothing(world: World):
    world.tampered = True
    late = (world.now - timedelta(days=2)).date()
    Assignment.objects.filter(pk=world.by("RN").assignment.pk).update(licence_expires_on=late)
    world.by("RN").assignment.refresh_from_db()

    with refused("no licence valid today", kind=NotSigned):
        begin(world)


def test_the_end_holds_rows_and_digests_and_there_is_one(world: World):
    export = begin(world)
    file = Written("observations.csv", 3, 120, "ab" * 32)

    with one_event("exports.end", world.by("RN")):
        end = exports.finish(export, [file], **world.told())

    assert end.outcome == "finished"
    assert end.files == [{"name": "observations.csv", "rows": 3, "bytes": 120, "sha256": "ab" * 32}]
    with refused("closed already", kind=Conflict):
        exports.fail(export, "OSError", **world.told())


def test_whoever_began_it_ends_it(world: World, elsewhere: World):
    export = begin(world)

    for other in (world.told("MD"), elsewhere.told("RN")):
        with refused("whoever began an export", kind=NotPermitted):
            exports.fail(export, "OSError", **other)


def test_a_ledger_row_that_was_altered_is_found(world: World):
    from django.db import connection

    from stepdown.records import guards

    world.tampered = True
    export = begin(world)
    with pytest.raises(TypeError, match="append-only"):
        Export.objects.update(purpose="audit")
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_export SET purpose = 'audit'")
    guards.install(connection)

    assert [broken for broken in verifying.verify(world.facility) if str(export.pk) in str(broken)]


def test_a_repeated_begin_has_one_effect(world: World):
    told = world.told() | {"proof": proven(world, "RN")}

    assert exports.begin(ASKED, **told) == exports.begin(ASKED, **told)
    assert AuditEvent.objects.filter(action="exports.begin").count() == 1


# --- what leaves -------------------------------------------------------------------------------


def test_what_was_recorded_leaves_as_it_was_recorded(world: World):
    stay = world.arrive()
    cows = world.cows(stay)
    world.record(stay, world.reading({"heart_rate_bpm": "76"}))

    found = rows(world, ASKED, "MD")

    scale = next(row for row in found["observations"] if row["kind"] == "cows")
    assert (scale["total"], scale["outcome"], scale["band"]) == (cows.total, "complete", cows.band)
    assert scale["content_version"] == "2003"
    assert scale["stands"] is True
    assert scale["is_void"] is False
    assert scale["occurred_at_utc"] == "2027-01-07T14:30:00Z"
    assert scale["occurred_at_local"] == "2027-01-07T06:30:00-08:00"
    items = {row["item"]: (row["answer"], row["points"]) for row in found["scores"]}
    assert items == {item: tuple(chosen) for item, chosen in cows.answers.items()}
    assert {row["observation"] for row in found["scores"]} == {scale["observation"]}
    looks = [row for row in found["observations"] if row["kind"] == "vitals"]
    assert [row["heart_rate_bpm"] for row in looks] == ["76", "76"]
    assert sorted(str(row["systolic_mmhg"]) for row in looks) == ["128", "None"]


def test_missing_is_empty_and_an_unfinished_scale_has_no_total(world: World):
    from stepdown.records.actions.monitoring.readings import Scale

    stay = world.arrive()
    calm = answers((0,) * 10)["restlessness"]
    world.record(
        stay,
        world.reading(
            {"heart_rate_bpm": "76"},
            scales={"cows": Scale({"restlessness": calm}, "partial", "fell asleep")},
        ),
    )

    (scale,) = [r for r in rows(world, ASKED)["observations"] if r["kind"] == "cows"]

    assert (scale["outcome"], scale["total"]) == ("partial", None)
    assert scale["at_least"] is not None
    points = {r["item"]: r["points"] for r in rows(world, ASKED)["scores"]}
    assert points["restlessness"] == 0
    assert "yawning" not in points


def test_a_correction_says_what_it_replaces_and_the_old_row_does_not_stand(world: World):
    from stepdown.records.actions.monitoring import observations

    stay = world.arrive()
    first = world.cows(stay)
    observations.void(first, why="wrong person", **world.told())

    found = [r for r in rows(world, ASKED)["observations"] if r["kind"] == "cows"]

    old = next(row for row in found if row["replaces"] is None)
    new = next(row for row in found if row["replaces"] is not None)
    assert (new["replaces"], new["is_void"]) == (old["observation"], True)
    assert (old["stands"], new["stands"]) == (False, False)


def test_no_name_no_birth_date_no_free_words_leave(world: World):
    from datetime import date

    stay = world.arrive("Wilhelmina Exportova")
    stay.person.born_on = date(1931, 3, 9)
    world.tampered = True
    stay.person.save(update_fields=["born_on"])
    world.record(stay, world.reading(note="Wilhelmina slept"))

    for identified in (False, True):
        told = repr(rows(world, replace(ASKED, identified=identified), "MD"))
        assert "Wilhelmina" not in told
        assert "Exportova" not in told
        assert "1931" not in told
    (one,) = rows(world, ASKED)["episodes"]
    assert one["age_at_arrival_years"] == 90
    assert one["code"] is None


def test_pseudonyms_are_stable_for_a_purpose_and_tell_nothing_across_purposes(world: World):
    stay = world.arrive()
    world.cows(stay)

    def stays(asked: Asked, role: str = "RN") -> set[str]:
        found = rows(world, asked, role)
        (episode,) = found["episodes"]
        assert {row["episode"] for row in found["observations"]} == {episode["episode"]}
        return {episode["episode"], episode["person"]}

    first = stays(ASKED)
    assert stays(replace(ASKED, words="how long  until THE first dose ")) == first
    assert not stays(replace(ASKED, words="Another question altogether")) & first
    assert not stays(replace(ASKED, purpose="research")) & first
    ids = stays(replace(ASKED, identified=True), "MD")
    assert ids == {str(stay.pk), str(stay.person_id)}
    assert not any(str(stay.pk).replace("-", "")[:12] in each for each in first)


def test_a_restricted_chart_leaves_only_with_whom_it_is_open_to(world: World):
    from stepdown.records.actions.access import break_glass

    stay = world.arrive()
    world.cows(stay)
    invited = world.by("MD").user
    break_glass.restrict(stay, invited=[invited], **world.told("PRIV"))

    assert {name: len(found) for name, found in rows(world, ASKED).items()} == {
        "observations": 0, "scores": 0, "episodes": 0,
    }  # fmt: skip
    assert rows(world, ASKED, "MD")["episodes"]


def test_another_house_is_not_taken_along(world: World, elsewhere: World):
    elsewhere.cows(elsewhere.arrive())

    assert not any(rows(world, ASKED).values())


def test_only_the_time_and_the_kinds_asked_for(world: World):
    stay = world.arrive()
    world.now += timedelta(hours=3)
    world.cows(stay)
    early = replace(ASKED, until=world.now)
    late = replace(ASKED, since=world.now, kinds=("cows",))

    assert rows(world, early)["observations"] == []
    assert len(rows(world, early)["episodes"]) == 1
    assert [row["kind"] for row in rows(world, late)["observations"]] == ["cows"]


def test_an_answer_in_words_stays_here(world: World):
    codes = frozenset({"mild"})

    told = [
        exporting._of_ours(each, codes) for each in ("mild", "12", "-1.5", "Marta called", None)
    ]

    assert told == ["mild", "12", "-1.5", "(words)", None]


def test_every_column_of_a_reading_leaves_or_is_named_as_staying(world: World):
    """A column that is added as a text stays until somebody says that it holds codes."""
    for field in Observation._meta.concrete_fields:
        if field.get_internal_type() in ("CharField", "TextField"):
            assert field.name in exporting.NOT_EXPORTED | exporting.WORDED


def test_there_are_no_counselling_notes_that_could_leave():
    """They get a store of their own, and this list a line, when they are built."""
    kinds = {model._meta.model_name for model in apps.get_app_config("records").get_models()}

    assert not {name for name in kinds if name and "counsel" in name}
    assert set(exporting.DATASETS) == set(exports.READS) == {"observations", "scores", "episodes"}


def test_reading_costs_the_same_statements_whatever_there_is(
    world: World, django_assert_num_queries: Any
):
    stay = world.arrive()
    for _each in range(3):
        world.cows(stay)
        world.now += timedelta(hours=1)
    export = begin(world)
    exporting._codes_of.cache_clear()
    scope = exporting.Scope(export, world.by("RN"), world.now)

    with django_assert_num_queries(8):  # versions and what was replaced twice, codes, a file each
        assert all(list(each.rows) for each in exporting.datasets(scope))


def test_nothing_is_written_by_asking_what_could_be_exported(world: World):
    with nothing_saved():
        exports.check(ASKED, by=world.by("RN"))
    assert not ExportEnd.objects.exists()
