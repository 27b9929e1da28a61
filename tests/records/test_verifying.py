"""What somebody does to the tables behind our back, and where ``verify`` says it was done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet

from stepdown.records import audit, guards, verifying
from stepdown.records.access import Actor
from stepdown.records.actions.access import break_glass
from stepdown.records.actions.admission import history
from stepdown.records.actions.monitoring import observations
from stepdown.records.actions.people import accounts
from stepdown.records.models import (
    AccessEvent,
    AccessHead,
    Assignment,
    AuditEvent,
    ChainHead,
    ContentSnapshot,
    Episode,
    Observation,
    Signature,
    User,
)
from tests.records.world import World


@pytest.fixture
def ward(world: World) -> World:
    """A stay with all its papers, looked at, with the guards out of the way."""

    def papers() -> None:
        stay = world.arrive()
        world.documents(stay)
        audit.looked("chart", by=world.by("RN"), at=world.now, episode_id=stay.pk)
        world.cows(stay)

    world.begins("papers", papers)
    world.tampered = True
    guards.remove(connection)
    return world


def found(world: World, *anchors: verifying.Anchor) -> list[str]:
    return [str(each) for each in verifying.verify(world.facility, anchors)]


def change(rows: Any, /, **fields: Any) -> None:
    """Past our own querysets, which refuse."""
    QuerySet.update(rows, **fields)


def remove(rows: Any) -> None:
    rows._raw_delete("default")


def test_a_record_that_nobody_touched_is_as_it_was_sealed(ward: World):
    assert found(ward) == []


def test_an_altered_value_is_named_with_the_event_that_wrote_it(ward: World):
    row = Observation.objects.filter(kind="cows").first()
    assert row is not None
    event = AuditEvent.objects.get(rows__contains=str(row.pk))
    change(Observation.objects.filter(pk=row.pk), total=2)

    assert found(ward) == [f"records_observation {row.pk}: altered since event {event.seq}"]


@pytest.mark.parametrize("field", ["note", "reason", "band", "why", "role"])
def test_any_column_counts(ward, field):
    row = Observation.objects.filter(kind="vitals").first()
    assert row is not None
    change(Observation.objects.filter(pk=row.pk), **{field: "x"})

    assert "altered since" in found(ward)[0]


def test_a_shifted_time_is_found(ward: World):
    row = Observation.objects.filter(kind="vitals").first()
    assert row is not None
    change(
        Observation.objects.filter(pk=row.pk),
        occurred_at=row.occurred_at + timedelta(microseconds=1),
    )

    assert "altered since" in found(ward)[0]


def test_a_removed_row_is_missed(ward: World):
    row = Observation.objects.filter(kind="vitals").first()
    assert row is not None
    remove(Observation.objects.filter(pk=row.pk))

    assert found(ward)[0].startswith(f"records_observation {row.pk}: written by event")
    assert found(ward)[0].endswith("and now gone")


def test_an_inserted_row_is_not_ours(ward: World):
    row = Observation.objects.filter(kind="vitals").first()
    assert row is not None
    row.pk, row.submission_id, row._state.adding = uuid4(), uuid4(), True
    row.save()

    assert found(ward) == [
        f"records_observation {row.pk}: no audit event answers for this row: added from outside"
    ]


def test_one_row_swapped_for_another_is_found_twice(ward: World):
    row = Observation.objects.filter(kind="vitals").first()
    assert row is not None
    old = row.pk
    remove(Observation.objects.filter(pk=old))
    row.pk, row._state.adding = uuid4(), True
    row.save()

    assert found(ward)[0].startswith(f"records_observation {old}: written by event")


def test_a_signature_taken_away_is_missed(ward: World):
    first = Signature.objects.values_list("pk", flat=True)[0]
    remove(Signature.objects.filter(pk=first))

    assert "records_signature" in found(ward)[0]


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Episode, {"state": "WITHDRAWAL"}),
        (Episode, {"targets": {"heart_rate_bpm": ["20", "200"]}}),
        (Assignment, {"role": "SYS"}),
        (Assignment, {"expires_at": None, "licence_number": "X"}),
        (User, {"pin": "x"}),
    ],
)
def test_a_projection_or_an_account_changed_behind_our_back_is_found(ward, model, fields):
    row = model._base_manager.filter(
        **(
            {"assignments__facility": ward.facility}
            if model is User
            else {"facility": ward.facility}
        )
    ).first()
    model._base_manager.filter(pk=row.pk).update(**fields)

    assert found(ward)[0].startswith(f"{model._meta.db_table} {row.pk}: altered since event")


def test_an_account_slipped_in_is_not_ours(ward: World):
    stranger = User.objects.create(username="ghost", name="Ghost")
    Assignment.objects.create(facility=ward.facility, user=stranger, role="MD", starts_at=ward.now)

    said = found(ward)
    assert any(each.startswith("records_assignment") and "outside" in each for each in said)
    assert any(each.startswith(f"records_user {stranger.pk}") for each in said)


@pytest.mark.parametrize(
    "fields", [{"action": "goals.record"}, {"role": "MD"}, {"actor_id": None}, {"rows": "[]"}]
)
def test_an_altered_event_no_longer_fits_its_seal(ward, fields):
    event = AuditEvent.objects.get(facility=ward.facility, seq=4)
    change(AuditEvent.objects.filter(pk=event.pk), **fields)

    assert found(ward)[0].startswith("audit event 4: the seal does not fit")


def test_an_event_that_is_no_longer_readable_is_named_too(ward: World):
    change(AuditEvent.objects.filter(facility=ward.facility, seq=4), rows="{not json")

    assert found(ward)[0].startswith("audit event 4: the seal does not fit")


def test_a_removed_event_leaves_a_gap(ward: World):
    remove(AuditEvent.objects.filter(facility=ward.facility, seq=5))

    assert found(ward)[0] == "audit event 6: event 5 is gone"


def test_an_event_resealed_without_the_key_does_not_fit(ward: World, settings: Any):
    event = AuditEvent.objects.get(facility=ward.facility, seq=4)
    before = AuditEvent.objects.get(facility=ward.facility, seq=3)
    ours = settings.STEPDOWN_AUDIT_KEY
    settings.STEPDOWN_AUDIT_KEY = "a guess at the key"
    event.role = "MD"
    change(
        AuditEvent.objects.filter(pk=event.pk),
        role="MD",
        mac=audit.event_seal(event, before.mac),
    )
    settings.STEPDOWN_AUDIT_KEY = ours

    assert found(ward)[0].startswith("audit event 4: the seal does not fit")


def cut_short(world: World, at: int) -> None:
    """Take the end of the chain away, with every row its events wrote, and set its end back."""
    gone = AuditEvent.objects.filter(facility=world.facility, seq__gt=at)
    remove(gone)
    last = AuditEvent.objects.get(facility=world.facility, seq=at)
    ChainHead.objects.filter(pk=world.facility.pk).update(seq=at, mac=last.mac)


def test_a_chain_cut_short_is_told_by_its_end(ward: World):
    remove(AuditEvent.objects.filter(facility=ward.facility, seq__gt=6))

    assert any("cut short" in each for each in found(ward))


def test_a_chain_cut_short_with_its_end_is_told_by_who_looked(ward: World):
    noted = AccessEvent.objects.get().writes_seq
    cut_short(ward, noted - 1)

    assert f"audit event {noted}: it was seen once, and is gone: cut short" in found(ward)


def test_a_chain_cut_short_with_its_end_and_every_look_is_told_by_an_anchor(ward: World):
    kept = verifying.anchor(ward.facility)
    cut_short(ward, 6)
    remove(AccessEvent.objects.all())
    AccessHead.objects.all().delete()

    said = found(ward, kept)
    assert f"audit event {kept.writes[0]}: it was seen once, and is gone: cut short" in said
    assert "access log: it was seen once, and is gone: cut short" in said


def test_a_chain_written_anew_is_told_by_an_anchor(ward: World):
    kept = verifying.Anchor((4, "0" * 64))

    assert found(ward, kept) == ["audit event 4: it was seen once, and was another one then"]


def test_anchors_that_hold_are_not_mentioned(ward: World):
    middle = AuditEvent.objects.get(facility=ward.facility, seq=4)

    assert found(ward, verifying.Anchor((4, middle.mac)), verifying.anchor(ward.facility)) == []


def test_the_end_of_a_chain_taken_away_is_missed(ward: World):
    ChainHead.objects.filter(pk=ward.facility.pk).delete()
    AccessHead.objects.filter(pk=ward.facility.pk).delete()

    assert {"chain: its end is gone", "access log: its end is gone"} <= set(found(ward))


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda rows: change(rows, what="board"), "the seal does not fit"),
        (lambda rows: change(rows, episode_id=None), "the seal does not fit"),
        (lambda rows: change(rows, writes_seq=0), "the seal does not fit"),
        (remove, "cut short"),
    ],
)
def test_a_look_that_was_hidden_is_found(ward: World, act: Callable[[Any], None], said: str):
    act(AccessEvent.objects.filter(facility_id=ward.facility.pk))

    assert any(said in each for each in found(ward))


def test_kept_content_reads_as_it_did(ward: World):
    row = ContentSnapshot.objects.get(key="cows")
    change(ContentSnapshot.objects.filter(pk=row.pk), text=row.text.replace("yawning", "yodeling"))

    assert found(ward) == ["content cows 2003: its text was altered"]


# --- what is not tampering --------------------------------------------------------------------


def test_two_houses_have_two_chains(world: World, elsewhere: World):
    world.tampered = True
    world.cows(world.arrive())
    theirs = elsewhere.cows(elsewhere.arrive("Bo Lund"))
    guards.remove(connection)
    change(Observation.objects.filter(pk=theirs.pk), total=0)

    assert found(world) == []
    assert len(found(elsewhere)) == 1


def test_somebody_who_works_in_two_houses_changes_their_pin_in_either(world, elsewhere):
    nurse = world.by("RN").user
    second = Assignment(
        facility=elsewhere.facility, user=nurse, role="RN", starts_at=world.now,
        licence_number="1",
    )  # fmt: skip
    with audit.founding(elsewhere.facility, at=world.now) as ledger:
        ledger.created(second)

    later = world.now + timedelta(minutes=5)
    accounts.set_pin("8642", by=Actor.of(second), at=later, submission=uuid4())

    assert found(world) == []
    assert found(elsewhere) == []


def test_somebody_struck_off_an_invitation_is_not_a_lost_row(world: World, stay: Episode):
    nurse, vocational = world.by("RN").user, world.by("LVN").user
    break_glass.restrict(stay, invited=[nurse, vocational], **world.told("PRIV"))
    break_glass.restrict(stay, invited=[nurse], **world.told("PRIV"))

    assert found(world) == []


def test_an_invitation_from_outside_is_found(world: World, stay: Episode):
    break_glass.restrict(stay, invited=[world.by("RN").user], **world.told("PRIV"))
    world.tampered = True
    stay.invited.add(world.by("LVN").user)

    assert "records_episode_invited" in found(world)[0]


def test_progress_is_told_in_batches(world: World, stay: Episode):
    told: list[tuple[str, int, int]] = []
    world.cows(stay)
    history.record_goal(stay, "sleep", **world.told())
    observations.void(Observation.objects.first(), why="x", **world.told())  # type: ignore[arg-type]

    list(verifying.verify(world.facility, progress=lambda *said: told.append(said)))

    events = AuditEvent.objects.filter(facility=world.facility).count()
    assert ("events", events, events) in told
    assert [said for said in told if said[0] == "tables"][-1][1] > 20


def test_a_key_that_sealed_nothing_here_is_noticed_at_once(world: World, settings: Any):
    assert verifying.key_fits(world.facility)

    settings.STEPDOWN_AUDIT_KEY = "another key altogether"

    assert not verifying.key_fits(world.facility)
    world.tampered = True
