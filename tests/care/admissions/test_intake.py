"""The intake: each part told on its own, and an admission only when nothing is missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from stepdown.records.models import (
    AdmissionOrder,
    AllergyEntry,
    Consent,
    Episode,
    GoalEntry,
    IdentityCheck,
    PregnancyEntry,
    Signature,
    State,
    SubstanceUse,
)
from tests import factories
from tests.care.admissions.conftest import NOW
from tests.support import fields_of

pytestmark = pytest.mark.django_db

CONSENT = {
    "kind": "treatment", "decision": "given", "language": "English", "read_by": "person",
    "capacity": "yes", "copy_given": "yes", "secret": factories.PIN,
}  # fmt: skip
USE = {
    "substance": "opioid:fentanyl_powder",
    "certainty": "guess",
    "last_used_at": "2027-01-06T22:30",
}
FULL = {
    "systolic_mmhg": 128, "diastolic_mmhg": 82, "heart_rate_bpm": 88, "respiratory_rate_bpm": 16,
    "temperature_c": "37.1", "spo2_percent": 97,
}  # fmt: skip


@pytest.fixture
def part(stay):
    """The address of one part: ``part("use")``."""
    return lambda slug: f"/people/{stay.pk}/intake/{slug}"


# --- the overview ---------------------------------------------------------------


def test_each_missing_record_is_named_with_where_or_whom(client, enter, part):
    enter(nurse=True)

    page = client.get(part("")).text

    assert "10 records are still missing" in page
    assert page.count('data-ok="0"') == 10
    assert "Ask: PRES, MD" in page
    assert "/observe/?context=arrival" in page
    assert "/observe/cssrs_screener/?context=arrival" in page


def test_an_admission_is_refused_with_each_missing_record_and_who_supplies_it(
    client, enter, part, stay
):
    enter(nurse=True)
    sent = fields_of(client.get(part("")).text)

    response = client.post(part("admit"), sent)

    assert response.status_code == 422
    for words in ("Admission order", "Ask: PRES, MD.", "Pregnancy test", "Check two identifiers"):
        assert words in response.text
    assert Episode.objects.get(pk=stay.pk).state == State.INTAKE


def test_a_stay_is_admitted_when_every_record_is_there(client, enter, tell, part, stay):
    nurse = enter(nurse=True)
    seen = {"first": "date_of_birth", "second": "photo_id"}
    assert tell(part("identity"), **seen).status_code == 303
    assert tell(part("consents"), **CONSENT).status_code == 303
    assert tell(part("consents"), **{**CONSENT, "kind": "part2_notice"}).status_code == 303
    assert tell(part("allergies"), statement="none_known").status_code == 303
    assert tell(part("use"), **USE).status_code == 303
    assert tell(
        part("pregnancy"), applies="yes", result="negative", control_ok="yes", lot="A7"
    ).status_code == 303  # fmt: skip
    factories.VitalsFactory(episode=stay, occurred_at=NOW, taken=FULL)
    factories.CowsFactory(episode=stay, occurred_at=NOW, scored=9)
    screened = factories.ObservationFactory(episode=stay, occurred_at=NOW, kind="cssrs_screener")
    enter(prescriber=True)
    assert tell(part("order"), text="Admit.", secret=factories.PIN).status_code == 303
    assert "Nothing is missing" in client.get(part("")).text
    enter(nurse=True)

    response = client.post(part("admit"), fields_of(client.get(part("")).text))

    assert (response.status_code, response.url) == (303, f"/people/{stay.pk}/")
    admitted = Episode.objects.get(pk=stay.pk)
    assert (admitted.state, admitted.phase, admitted.admitted_at) == (
        State.WITHDRAWAL, "PRE_DOSE", NOW,
    )  # fmt: skip
    assert (nurse.role, screened.outcome) == ("RN", "complete")


def test_an_admission_on_a_page_that_grew_old_is_refused(client, enter, part, stay):
    enter(nurse=True)
    sent = fields_of(client.get(part("")).text)
    stay.version += 1
    stay.save()

    response = client.post(part("admit"), sent)

    assert response.status_code == 409
    assert "somebody changed this stay after your page was shown" in response.text


@pytest.mark.parametrize("wrong", [{"seen_version": "soon"}, {"submission": ""}, {}])
def test_a_damaged_admission_is_refused(client, enter, part, stay, wrong):
    enter(nurse=True)
    sent = {"seen_version": "1", "submission": "x", **wrong}

    assert client.post(part("admit"), sent).status_code == 422
    assert Episode.objects.get(pk=stay.pk).state == State.INTAKE


@pytest.mark.parametrize(
    "who", ["coordinator", "prescriber", "medical_director", "vocational_nurse"]
)
def test_nobody_but_a_registered_nurse_admits(client, enter, part, stay, who):
    enter(**{who: True})

    page = client.get(part("")).text

    assert "/intake/admit" not in page
    assert client.post(part("admit"), {"seen_version": "1"}).status_code == 403
    assert Episode.objects.get(pk=stay.pk).state == State.INTAKE


# --- each part ------------------------------------------------------------------


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


# --- who sees what --------------------------------------------------------------

SECRETS = ("allergies", "use", "pregnancy")


@pytest.mark.parametrize("slug", SECRETS)
def test_the_front_desk_sees_nothing_clinical(client, enter, part, slug):
    enter(coordinator=True)

    assert client.get(part(slug)).status_code == 403
    assert client.post(part(slug), {}).status_code == 403


def test_the_front_desk_sees_what_is_missing_and_no_result(client, enter, part, stay):
    factories.CowsFactory(episode=stay, occurred_at=NOW, scored=31)
    enter(coordinator=True)

    page = client.get(part("")).text

    assert 'COWS</b> <span class="fine">on record' in page
    assert "31" not in page.partition("<main")[2].replace(str(stay.pk), "")
    assert "Since the last opioid" not in page
    for slug in SECRETS:
        assert f"/intake/{slug}" not in page


def test_a_nurse_reads_the_order_and_does_not_write_it(client, enter, part, tell):
    enter(nurse=True)

    page = client.get(part("order"))

    assert page.status_code == 200
    assert "Sign and save" not in page.text
    assert client.post(part("order"), {"text": "Admit."}).status_code == 403
    assert not AdmissionOrder.objects.exists()


PAGES: list[str] = ["", "identity", "consents", "allergies", "use", "pregnancy", "goal", "order"]


@pytest.mark.parametrize("slug", PAGES)
def test_a_stranger_finds_nobody(client, part, slug):
    from tests.support import sign_in

    sign_in(client, factories.AssignmentFactory(nurse=True))

    assert client.get(part(slug)).status_code == 404


@pytest.mark.parametrize("slug", PAGES)
def test_the_person_themself_is_not_shown_the_staffs_pages(client, house, stay, part, slug):
    from tests.support import sign_in

    patient = factories.AssignmentFactory(facility=house, patient=True)
    sign_in(client, patient)

    assert client.get(part(slug)).status_code in (403, 404)


def test_a_part_that_does_not_exist_is_not_there(client, enter, part):
    enter(nurse=True)

    assert client.get(part("horoscope")).status_code == 404


HOSTILE = "<script>alert(1)</script>\"'{{7*7}} \u202e"


@pytest.mark.parametrize(
    ("slug", "told", "field"),
    [
        ("allergies", {"statement": "listed"}, "substance"),
        ("allergies", {"statement": "listed", "substance": "x"}, "reaction"),
        ("allergies", {"statement": "unable"}, "reason"),
        ("use", USE, "amount"),
        ("use", USE, "note"),
        ("pregnancy", {"applies": "yes", "result": "not_done"}, "reason"),
        ("consents", CONSENT, "language"),
        ("consents", CONSENT, "interpreter"),
        ("consents", {**CONSENT, "decision": "declined"}, "reason"),
        ("goal", {}, "words"),
    ],
)
def test_hostile_text_is_kept_and_never_runs(client, enter, tell, part, slug, told, field):
    enter(nurse=True)
    sent: dict[str, Any] = {**told, field: HOSTILE}

    refused = client.post(part(slug), {**sent, "submission": "broken"})
    response = tell(part(slug), **sent)
    page = client.get(part(slug)).text

    assert (refused.status_code, response.status_code) == (422, 303)
    assert "<script>alert(1)" not in refused.text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_doubled_part_is_recorded_once(client, enter, part):
    enter(nurse=True)
    sent = {**fields_of(client.get(part("use")).text), **USE}

    first, again = client.post(part("use"), sent), client.post(part("use"), sent)

    assert (first.status_code, again.status_code) == (303, 303)
    assert SubstanceUse.objects.count() == 1


def test_a_stay_that_has_ended_is_told_nothing_more(client, enter, part, stay, tell):
    enter(nurse=True)
    sent = {**fields_of(client.get(part("allergies")).text), "statement": "none_known"}
    stay.closed_at = NOW
    stay.save()

    response = client.post(part("allergies"), sent)

    assert response.status_code == 422
    assert not AllergyEntry.objects.exists()
