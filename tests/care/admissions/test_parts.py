"""Each part of an intake is told on its own, and never with a gap."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stepdown.records.models import (
    AdmissionOrder,
    AllergyEntry,
    Consent,
    GoalEntry,
    IdentityCheck,
    PregnancyEntry,
    Signature,
    SubstanceUse,
)
from tests import factories
from tests.care.admissions.conftest import CONSENT, NOW, USE
from tests.support import fields_of

pytestmark = pytest.mark.django_db


def test_two_different_identifiers_are_needed(enter, tell, part):
    enter(coordinator=True)

    response = tell(part("identity"), first="photo_id", second="photo_id")

    assert response.status_code == 422
    assert "Choose a second, different identifier." in response.text
    assert not IdentityCheck.objects.exists()


def test_no_consent_is_chosen_for_anybody(client, enter, part):
    enter(nurse=True)

    page = client.get(part("consents")).text

    assert " checked" not in page.replace("data-keys-toggle checked", "")
    for name in ("kind", "decision", "language", "read_by", "capacity", "copy_given"):
        assert fields_of(page).get(name, "") == ""


def test_a_consent_is_signed_with_ones_own_pin_over_its_words(enter, tell, part):
    nurse = enter(nurse=True)

    response = tell(part("consents"), **CONSENT)

    consent, signature = Consent.objects.get(), Signature.objects.get()
    assert response.status_code == 303
    assert (consent.decision, consent.copy_given, consent.capacity) == ("given", True, "yes")
    assert (signature.signer, signature.method) == (nurse.user, "pin")
    assert signature.subject_id == str(consent.pk)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"secret": "0815"}, "Not your PIN or password."),
        ({"secret": ""}, "Type it to sign."),
        ({"kind": ""}, "Choose one from the list."),
        ({"kind": "soul"}, "Choose one from the list."),
        ({"decision": ""}, "Say what the person decided."),
        ({"decision": "declined"}, "Write what was said, or why it was not possible."),
        ({"capacity": "no"}, "Somebody who cannot decide now cannot consent now."),
        ({"language": " "}, "Name the language it was given in."),
        ({"read_by": "interpreter"}, "Say who interpreted."),
        ({"copy_given": ""}, "Say whether a copy was given."),
    ],
)
def test_a_consent_with_a_gap_is_not_recorded(enter, tell, part, wrong, said):
    enter(nurse=True)

    response = tell(part("consents"), **{**CONSENT, **wrong})

    assert response.status_code == 422
    assert said in response.text
    assert not Consent.objects.exists()
    assert not Signature.objects.exists()


def test_a_pin_is_never_written_into_a_page(enter, tell, part):
    enter(nurse=True)

    page = tell(part("consents"), **{**CONSENT, "decision": ""}).text

    assert factories.PIN not in page


def test_the_fifth_wrong_pin_signs_out(client, enter, tell, part):
    enter(nurse=True)

    for _attempt in range(5):
        last = tell(part("consents"), **{**CONSENT, "secret": "0815"})

    assert "You were signed out after too many wrong tries." in last.text
    assert client.get(part("consents")).status_code == 302
    assert not Consent.objects.exists()


def test_said_no_is_an_answer_and_no_consent(client, enter, tell, part):
    enter(nurse=True)
    no = {"decision": "declined", "reason": "'not before I have slept'"}

    tell(part("consents"), **{**CONSENT, **no})

    assert Consent.objects.get().reason == "'not before I have slept'"
    assert "Consent to treatment</b><br>" in client.get(part("")).text


def test_an_allergy_is_listed_and_can_be_struck_out_with_the_reason(
    client, enter, tell, part, stay
):
    enter(nurse=True)
    tell(
        part("allergies"), statement="listed", substance="penicillin", reaction="rash",
        severity="moderate",
    )  # fmt: skip
    entry = AllergyEntry.objects.get()
    strike = part(f"allergies/{entry.pk}/strike")

    nothing = tell(strike, why="")
    told = tell(strike, why="another person's card")
    page = client.get(part("allergies")).text

    assert (nothing.status_code, told.status_code) == (422, 303)
    assert AllergyEntry.objects.get(replaces=entry).is_void
    assert "penicillin (rash)" in page
    assert "another person&#x27;s card" in page
    assert f"{entry.pk}/strike" not in page


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "Say which it is."),
        ({"statement": "listed"}, "Name the substance."),
        ({"statement": "unable"}, "Say why."),
        ({"statement": "maybe"}, "Choose one of these."),
        (
            {"statement": "listed", "substance": "x", "severity": "deadly"},
            "Choose one from the list.",
        ),
        ({"statement": "listed", "substance": "x" * 121}, "at most 120 characters"),
    ],
)
def test_an_allergy_with_a_gap_is_not_recorded(enter, tell, part, told, said):
    enter(nurse=True)

    response = tell(part("allergies"), **told)

    assert response.status_code == 422
    assert said in response.text
    assert not AllergyEntry.objects.exists()


def test_none_known_does_not_stand_beside_an_allergy(enter, tell, part):
    enter(nurse=True)
    tell(part("allergies"), statement="listed", substance="latex")

    response = tell(part("allergies"), statement="none_known")

    assert response.status_code == 422
    assert "An allergy is on record." in response.text or "an allergy is on record" in response.text


def test_use_is_told_with_how_long_ago_and_how_sure(client, enter, tell, part):
    enter(nurse=True)

    response = tell(
        part("use"), **USE, route="smoked", amount="about a gram a day", days_per_week="7",
        years="2,5", supply_fentanyl="yes", supply_xylazine="unknown",
    )  # fmt: skip

    use = SubstanceUse.objects.get()
    assert response.status_code == 303
    assert (use.category, use.substance, use.certainty) == ("opioid", "fentanyl_powder", "guess")
    assert (use.days_per_week, str(use.years)) == (7, "2.5")
    assert use.supply == {"fentanyl": "yes", "xylazine": "unknown"}
    page = client.get(part("use")).text
    assert "<dd>8 h</dd>" in page
    assert "8 h ago (a guess)" in page
    assert "Xylazine: Not known" in page


def test_a_last_use_nobody_knows_stays_unknown(client, enter, tell, part):
    enter(nurse=True)
    tell(part("use"), **USE)

    tell(part("use"), substance="opioid:heroin", certainty="unknown")

    page = client.get(part("use")).text
    assert "Last use: not known" in page
    assert "<dd>not known</dd>" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"substance": ""}, "Choose the substance"),
        ({"substance": "opioid:sugar"}, "Select a valid choice"),
        ({"certainty": ""}, "Say how sure the time is."),
        ({"last_used_at": ""}, "Enter the time of last use, or say that it is unknown."),
        ({"certainty": "unknown"}, "A time was entered and called unknown."),
        ({"last_used_at": "2027-01-07T09:00"}, "The last use is in the future."),
        ({"last_used_at": "yesterday"}, "Enter a date and a time"),
        ({"days_per_week": "9"}, "less than or equal to 7"),
        ({"days_per_week": "often"}, "Enter 0 to 7."),
        ({"years": "many"}, "Enter a number of years"),
        ({"years": "2.55"}, "Enter 0 to 100 years"),
        ({"years": "²"}, "Enter a number of years"),
        ({"supply_fentanyl": "some"}, "Choose one of these."),
        ({"route": "by post"}, "Choose one from the list."),
    ],
)
def test_use_with_a_gap_is_not_recorded(enter, tell, part, wrong, said):
    enter(nurse=True)

    response = tell(part("use"), **{**USE, **wrong})

    assert response.status_code == 422
    assert said in response.text
    assert not SubstanceUse.objects.exists()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"applies": "yes", "result": "not_done"}, "Say why no test was done."),
        ({"applies": "yes", "result": "negative", "control_ok": "no"}, "Without its control line"),
        ({"applies": "yes", "result": "negative"}, "Without its control line"),
        ({"result": "negative"}, "Choose one."),
    ],
)
def test_a_pregnancy_test_that_says_nothing_is_not_recorded(enter, tell, part, told, said):
    enter(nurse=True)

    response = tell(part("pregnancy"), **told)

    assert response.status_code == 422
    assert said in response.text
    assert not PregnancyEntry.objects.exists()


def test_an_order_is_signed_by_a_prescriber(enter, tell, part):
    prescriber = enter(prescriber=True)

    tell(part("order"), text="Admit to withdrawal care.", secret=factories.PASSWORD)

    assert AdmissionOrder.objects.get().actor == prescriber.user
    assert Signature.objects.get().method == "password"


def test_a_prescriber_whose_licence_ran_out_orders_nothing(enter, tell, part):
    enter(prescriber=True, licence_expires_on=(NOW - timedelta(days=2)).date())

    response = tell(part("order"), text="Admit.", secret=factories.PIN)

    assert response.status_code == 422
    assert "no licence valid today" in response.text
    assert not AdmissionOrder.objects.exists()


def test_a_goal_is_kept_in_the_persons_own_words(client, enter, tell, part):
    enter(counsellor=True)
    words = "  I want to hold my son — clean hands, no shakes.\n\n<3"

    tell(part("goal"), words=words)

    assert GoalEntry.objects.get().words == words
    assert '<q class="voice">' in client.get(part("goal")).text
