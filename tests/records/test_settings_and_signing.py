"""Nothing is set and nothing is signed without the one who answers for it (N26)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from stepdown.content import library
from stepdown.records import canonical, guards, signing, verifying
from stepdown.records.actions.access import settings
from stepdown.records.actions.admission import papers
from stepdown.records.actions.people import accounts
from stepdown.records.errors import NotPermitted, NotSigned
from stepdown.records.models import (
    AdmissionOrder,
    Deployment,
    Episode,
    Facility,
    SettingChange,
    Signature,
    User,
)
from stepdown.records.signing import PROOF_LASTS, Proof
from tests.records.world import World, one_event, refused

COWS = library.instrument("cows")


def change(
    world: World, key: str, value: str, role: str = "MD", why: str = "busy ward"
) -> SettingChange:
    return settings.change(key, value, why=why, proof=world.proof(role), **world.told(role))


def test_a_changed_setting_holds_at_once_and_keeps_what_was_before(world: World):
    with one_event("settings.change", world.by("MD")):
        first = change(world, "look_awake_minutes", "180")
    second = change(world, "look_awake_minutes", "120")

    facility = Facility.objects.get(pk=world.facility.pk)
    assert facility.setting("look_awake_minutes") == 120
    assert (first.previous, second.previous) == ("240", "180")


def test_a_change_is_signed_over_its_exact_words(world: World):
    row = change(world, "look_awake_minutes", "180")

    signature = Signature.objects.get(subject_id=str(row.pk))
    assert signature.digest == canonical.digest(canonical.row_text(row))
    assert (signature.signer, signature.role, signature.method) == (
        world.by("MD").user,
        "MD",
        "pin",
    )


@pytest.mark.parametrize(
    ("key", "value", "why", "said", "fields"),
    [
        ("mood", "good", "x", "no such setting", []),
        ("look_awake_minutes", "9", "x", "60 to 480", ["value"]),
        ("look_awake_minutes", "four hours", "x", "whole number", ["value"]),
        ("look_awake_minutes", "180", " ", "say why", ["why"]),
    ],
)
def test_a_setting_that_cannot_be_so(world, key, value, why, said, fields):
    with refused(said, *fields):
        change(world, key, value, why=why)


@pytest.mark.parametrize("role", ["RN", "DIR", "SYS", "PRES", "PRIV"])
def test_n26_a_clinical_setting_is_signed_by_the_medical_director(world, role):
    with refused("MD signs this setting", kind=NotPermitted):
        change(world, "look_awake_minutes", "180", role)


@pytest.mark.parametrize("role", ["RN", "MD", "SYS"])
def test_n26_an_operational_setting_is_signed_by_the_programme_director(world, role):
    with refused("DIR signs this setting", kind=NotPermitted):
        change(world, "idle_lock_minutes", "5", role)


def test_n26_no_change_without_a_signature(world: World):
    for proof in (
        world.proof("PRES"),
        world.proof("MD", at=world.now - PROOF_LASTS - timedelta(seconds=1)),
        world.proof("MD", at=world.now + timedelta(seconds=1)),
    ):
        with refused("show again who you are", kind=NotSigned):
            settings.change("look_awake_minutes", "180", why="x", proof=proof, **world.told("MD"))
    assert Facility.objects.get(pk=world.facility.pk).settings == {}


def test_n26_a_setting_written_past_the_action_is_found(world: World):
    change(world, "look_awake_minutes", "180")
    world.tampered = True
    Facility.objects.filter(pk=world.facility.pk).update(settings={"look_awake_minutes": "480"})

    found = [str(broken) for broken in verifying.verify(world.facility)]

    assert len(found) == 1
    assert found[0].startswith(f"records_facility {world.facility.pk}: altered since event")


# --- the signature ----------------------------------------------------------------------------


def test_who_one_is_is_shown_with_the_pin_or_the_password(world: World):
    nurse = world.by("RN").user
    nurse.set_password("a long walk by the harbour")
    nurse.save(update_fields=["password"])
    accounts.set_pin("8642", **world.told())
    nurse = User.objects.get(pk=nurse.pk)

    assert signing.prove(nurse, "8642", at=world.now).method == "pin"
    assert signing.prove(nurse, "a long walk by the harbour", at=world.now).method == "password"
    for wrong in ("", "8643", "a long walk"):
        with refused("not your PIN or password", "secret", kind=NotSigned):
            signing.prove(nurse, wrong, at=world.now)


def test_a_licence_switches_off_at_midnight_on_the_wards_own_clock(world: World, stay: Episode):
    prescriber = world.by("PRES")
    prescriber.assignment.licence_expires_on = date(2027, 1, 7)
    zone = ZoneInfo("America/Los_Angeles")
    last = datetime(2027, 1, 7, 23, 59, 59, tzinfo=zone)

    def order(at: datetime) -> AdmissionOrder:
        told = world.told("PRES", at=at)
        return papers.admit(stay, "Admit.", proof=world.proof("PRES", at), **told)

    assert order(last)
    with refused("no licence valid today (2027-01-08)", kind=NotSigned):
        order(last + timedelta(seconds=1))


def test_a_licensed_role_without_a_licence_signs_nothing(world: World, stay: Episode):
    world.by("PRES").assignment.licence_number = ""

    with refused("no licence valid today", kind=NotSigned):
        papers.admit(stay, "Admit.", proof=world.proof("PRES"), **world.told("PRES"))


def test_n22_a_replay_signs_only_where_no_real_person_is(world: World):
    assert signing.replayed(world.by("RN").user, at=world.now).method == "replay"

    world.tampered = True
    guards.remove(connection)
    Deployment.objects.update(demo=False)
    with refused("only in a demonstration", kind=NotSigned):
        signing.replayed(world.by("RN").user, at=world.now)


def test_n22_a_database_turned_into_a_demonstration_is_found(world: World):
    world.tampered = True
    guards.remove(connection)
    Deployment.objects.update(demo=False)

    assert "records_deployment 1" in str(next(verifying.verify(world.facility)))


def test_n8_a_signed_record_changed_in_place_is_impossible_and_found(world, stay):
    order = papers.admit(stay, "Admit.", proof=world.proof("PRES"), **world.told("PRES"))
    order.text = "Discharge."
    with pytest.raises(TypeError, match="append-only"):
        order.save()
    with pytest.raises(TypeError, match="append-only"):
        AdmissionOrder.objects.update(text="Discharge.")

    assert AdmissionOrder.objects.get(pk=order.pk).text == "Admit."


# --- content ----------------------------------------------------------------------------------


def test_content_is_signed_by_the_medical_director_over_its_canonical_text(world: World):
    assert settings.signature_on(COWS, world.facility) is None

    with one_event("content.sign", world.by("MD")):
        signature = settings.sign_content(
            COWS, kind="instrument", by=world.by("MD"), at=world.now, proof=world.proof("MD")
        )

    assert signature.digest == signature.subject_id == library.digest(COWS)
    assert settings.signature_on(COWS, world.facility) == signature
    assert settings.signed_digests(world.facility) == {library.digest(COWS)}


def test_a_signature_is_of_one_house_and_of_one_wording(world: World, elsewhere: World):
    settings.sign_content(
        COWS, kind="instrument", by=world.by("MD"), at=world.now, proof=world.proof("MD")
    )
    assert settings.signature_on(COWS, elsewhere.facility) is None
    assert settings.signature_on(replace(COWS, purpose="Other words."), world.facility) is None


def test_content_is_signed_by_nobody_else(world: World):
    with refused("does not do this", kind=NotPermitted):
        settings.sign_content(
            COWS, kind="instrument", by=world.by("DIR"), at=world.now, proof=world.proof("DIR")
        )


def test_a_proof_belongs_to_a_person_and_a_moment(world: World):
    proof = Proof(world.by("MD").user, "pin", world.now - PROOF_LASTS)

    assert settings.sign_content(
        COWS, kind="instrument", by=world.by("MD"), at=world.now, proof=proof
    )
