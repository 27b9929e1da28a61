"""Every entry of an intake is put right, or struck out, where it stands; the old stays readable."""

from __future__ import annotations

from typing import Any

import pytest

from stepdown.records.actions.admission import corrections
from stepdown.records.models import (
    AccessEvent,
    Consent,
    Episode,
    IdentityCheck,
    PregnancyEntry,
    Signature,
    State,
    SubstanceUse,
)
from tests import factories
from tests.care.admissions.conftest import CONSENT, NOW, USE
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db

TOLD: dict[str, tuple[Any, dict[str, Any], dict[str, Any], str]] = {
    "identity": (
        IdentityCheck, {"first": "date_of_birth", "second": "photo_id"},
        {"second": "insurance_card"}, "Date of birth + Insurance card",
    ),
    "consents": (
        Consent, CONSENT, {"language": "Spanish", "secret": factories.PIN}, "Language: Spanish",
    ),
    "use": (
        SubstanceUse, {**USE, "amount": "a gram", "years": "2,5", "supply_fentanyl": "yes"},
        {"certainty": "unknown", "last_used_at": ""}, "Last use: not known",
    ),
    "pregnancy": (
        PregnancyEntry, {"applies": "yes", "result": "positive", "control_ok": "yes", "lot": "A7"},
        {"result": "invalid", "control_ok": "no"}, "No control line",
    ),
}  # fmt: skip
"""Part -> its entries, how one is told, what is put right of it, and what is shown then."""

PARTS = sorted(TOLD)
SLIP = "read from the next line"


@pytest.fixture
def told(enter, tell, part):
    """A nurse told an entry of a part: the entry."""

    def told(slug: str, **more: Any) -> Any:
        model, said, _again, _shown = TOLD[slug]
        assert tell(part(slug), **said, **more).status_code == 303
        return model.objects.get()

    enter(nurse=True)
    return told


def sealed(slug: str) -> dict[str, str]:
    return {"secret": factories.PIN} if slug == "consents" else {}


@pytest.mark.parametrize("slug", PARTS)
def test_an_entry_is_put_right_with_its_reason_and_both_are_read(client, told, tell, part, slug):
    old = told(slug)
    model, _said, again, shown = TOLD[slug]
    page = client.get(part(slug)).text
    assert f"{old.pk}/correct" in page
    assert f"{old.pk}/strike" in page

    response = tell(part(f"{slug}/{old.pk}/correct"), **again, why=SLIP)

    assert (response.status_code, response.url) == (303, part(slug))
    new = model.objects.standing().get()
    assert (new.replaces_id, new.why) == (old.pk, SLIP)
    page = client.get(part(slug)).text
    assert shown in page
    assert f"Corrected by {new.actor}, RN: {SLIP}" in page
    assert f"{new.pk}/correct" in page
    assert f"{old.pk}/" not in page


@pytest.mark.parametrize("slug", PARTS)
def test_the_page_is_filled_in_as_the_entry_was(client, told, part, slug):
    old = told(slug)

    kept = fields_of(client.get(part(f"{slug}/{old.pk}/correct")).text)

    said = {name: value for name, value in TOLD[slug][1].items() if name != "secret"}
    said |= {"years": "2.5"} if "years" in said else {}
    assert {name: kept.get(name) for name in said} == said


def test_a_time_left_as_it_was_shown_stays_to_the_second(told, tell, part):
    old = told("use")

    tell(part(f"use/{old.pk}/correct"), amount="half a gram", why=SLIP)

    new = SubstanceUse.objects.standing().get()
    assert (new.last_used_at, new.amount) == (old.last_used_at, "half a gram")


@pytest.mark.parametrize("slug", PARTS)
def test_an_entry_made_in_error_is_struck_out_and_still_read(client, told, tell, part, slug):
    old = told(slug)

    response = tell(part(f"{slug}/{old.pk}/strike"), why="the next bed's", **sealed(slug))

    assert (response.status_code, response.url) == (303, part(slug))
    page = client.get(part(slug)).text
    assert "the next bed&#x27;s" in page
    assert "Struck out by" in page
    assert 'class="entry struck"' in page
    assert f"{old.pk}/" not in page


@pytest.mark.parametrize("what", ["correct", "strike"])
@pytest.mark.parametrize("slug", PARTS)
def test_without_a_reason_nothing_is_saved_and_what_was_typed_is_kept(told, tell, part, slug, what):
    old = told(slug)
    typed = {**TOLD[slug][2], **sealed(slug)} if what == "correct" else sealed(slug)

    response = tell(part(f"{slug}/{old.pk}/{what}"), **typed, why=" ")

    assert response.status_code == 422
    assert "Say w" in response.text
    kept = fields_of(response.text)
    for name, value in typed.items():
        if name != "secret":
            assert kept.get(name) == value
    assert type(old).objects.count() == 1


@pytest.mark.parametrize("slug", PARTS)
def test_whoever_comes_second_sees_who_was_first_and_keeps_what_they_typed(
    client, told, tell, part, slug
):
    old = told(slug)
    url = part(f"{slug}/{old.pk}/correct")
    stale = {**fields_of(client.get(url).text), **TOLD[slug][2], "why": "mine"}
    tell(url, **TOLD[slug][2], why=SLIP)

    response = client.post(url, stale)

    assert response.status_code == 409
    assert SLIP in response.text
    assert "Open the newer entry" in response.text
    assert fields_of(response.text)["why"] == "mine"
    assert type(old).objects.count() == 2


@pytest.mark.parametrize("slug", PARTS)
def test_a_doubled_correction_is_one(client, told, part, slug):
    old = told(slug)
    url = part(f"{slug}/{old.pk}/correct")
    sent = {**fields_of(client.get(url).text), **TOLD[slug][2], "why": SLIP}

    answers = [client.post(url, sent).status_code for _time in range(2)]

    assert answers == [303, 303]
    assert type(old).objects.count() == 2


def test_a_consent_is_put_right_and_struck_out_only_with_ones_own_signature(told, tell, part):
    old = told("consents")

    for what in ("correct", "strike"):
        response = tell(part(f"consents/{old.pk}/{what}"), why=SLIP, secret="0815")
        assert response.status_code == 422
    assert (Consent.objects.count(), Signature.objects.count()) == (1, 1)

    tell(part(f"consents/{old.pk}/strike"), why=SLIP, secret=factories.PIN)

    assert Signature.objects.filter(meaning="struck out, entered in error").count() == 1


def test_a_change_of_mind_is_told_apart_from_an_error(client, told, tell, part):
    old = told("consents")
    assert "Did the person change their mind?" in client.get(
        part(f"consents/{old.pk}/strike")
    ).text  # fmt: skip

    tell(part("consents"), **{**CONSENT, "decision": "declined", "reason": "'I take it back'"})

    page = client.get(part("consents")).text
    assert "This withdraws what was given before." in page
    assert "A later decision counts." in page
    assert "Struck out" not in page
    assert f"{old.pk}/strike" in page


@pytest.mark.parametrize(
    ("slug", "document"),
    [("identity", "Identity"), ("consents", "Consent to treatment"), ("pregnancy", "Pregnancy")],
)
def test_after_an_admission_the_page_says_what_a_strike_means(
    client, told, tell, part, stay, slug, document
):
    old = told(slug)
    Episode.objects.filter(pk=stay.pk).update(
        state=State.WITHDRAWAL, phase="PRE_DOSE", admitted_at=NOW
    )
    assert "The person stays admitted" in client.get(part(f"{slug}/{old.pk}/strike")).text

    tell(part(f"{slug}/{old.pk}/strike"), why="the next bed's", **sealed(slug))

    for page in (client.get(part(slug)).text, client.get(part("")).text):
        assert "Admitted, and not complete any more" in page
        assert document in page.partition("Admitted, and not complete any more")[2]
        assert "nothing here undoes the admission or ends it" in page
    assert Episode.objects.get(pk=stay.pk).state == State.WITHDRAWAL


def test_before_an_admission_and_with_all_in_place_nothing_of_it_is_said(client, told, part, stay):
    told("identity")
    assert "not complete any more" not in client.get(part("identity")).text
    Episode.objects.filter(pk=stay.pk).update(state=State.WITHDRAWAL, admitted_at=NOW)

    assert "not complete any more" not in client.get(part("identity")).text


def test_n20_a_last_use_corrected_to_unknown_is_shown_as_unknown(client, told, tell, part, stay):
    old = told("use")
    assert "<dd>8 h</dd>" in client.get(part("use")).text

    tell(part(f"use/{old.pk}/correct"), certainty="unknown", last_used_at="", why="had guessed")

    assert "<dd>not known</dd>" in client.get(part("use")).text
    assert "Not known: the last use of at least one opioid" in client.get(
        f"/people/{stay.pk}/"
    ).text  # fmt: skip


def test_a_struck_out_positive_test_takes_its_flag_off_chart_and_board(
    client, told, tell, part, stay
):
    old = told("pregnancy")
    unit = stay.bed_stays.get().bed.unit
    pages = (f"/people/{stay.pk}/", f"/ward/{unit.code}/")
    for page in pages:
        assert "Pregnancy test positive" in client.get(page).text

    tell(part(f"pregnancy/{old.pk}/strike"), why="another person's cup")

    for page in pages:
        assert "Pregnancy test positive" not in client.get(page).text


# --- who --------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["correct", "strike"])
@pytest.mark.parametrize("slug", PARTS)
def test_four_people_ask_to_correct(client, told, enter, house, part, slug, what):
    """Another nurse and a prescriber: what the role may amend. The person, a stranger: nothing."""
    old = told(slug)
    url = part(f"{slug}/{old.pk}/{what}")
    of_anybody = slug in ("use", "pregnancy")

    for who in ("nurse", "prescriber"):
        enter(**{who: True})
        assert client.get(url).status_code == (200 if of_anybody else 403)
        assert (f"{old.pk}/{what}" in client.get(part(slug)).text) is of_anybody
        assert client.post(url, {}).status_code == (422 if of_anybody else 403)
    enter(patient=True)
    assert client.get(url).status_code == 403
    sign_in(client, factories.AssignmentFactory(nurse=True))
    assert client.get(url).status_code == 404
    assert type(old).objects.count() == 1


def test_the_privacy_officer_corrects_anybodys_consent(client, told, enter, tell, part):
    old = told("consents")
    enter(privacy_officer=True)

    assert f"{old.pk}/correct" in client.get(part("consents")).text
    struck = tell(part(f"consents/{old.pk}/strike"), why="another's", secret=factories.PIN)
    assert struck.status_code == 303


@pytest.mark.parametrize("slug", ["use", "pregnancy"])
def test_the_front_desk_corrects_nothing_clinical(client, told, enter, part, slug):
    old = told(slug)
    enter(coordinator=True)

    assert client.get(part(f"{slug}/{old.pk}/correct")).status_code == 403


def test_an_entry_of_another_stay_or_of_another_part_is_not_there(client, told, house, part, stay):
    old = told("use")
    other = factories.EpisodeFactory(person__facility=house, arrived_at=NOW)

    assert client.get(f"/people/{other.pk}/intake/use/{old.pk}/correct").status_code == 404
    assert client.get(part(f"pregnancy/{old.pk}/correct")).status_code == 404
    for slug in ("goal", "order", "horoscope"):
        assert client.get(part(f"{slug}/{old.pk}/strike")).status_code == 404


def test_after_a_stay_has_ended_entries_are_read_and_not_corrected(client, told, tell, part, stay):
    old = told("use")
    Episode.objects.filter(pk=stay.pk).update(closed_at=NOW)

    assert f"{old.pk}/correct" not in client.get(part("use")).text
    response = tell(part(f"use/{old.pk}/strike"), why=SLIP)

    assert response.status_code == 422
    assert "this stay has ended" in response.text


def test_whoever_opens_a_correction_has_looked(client, told, part, stay):
    old = told("use")
    before = AccessEvent.objects.filter(what="intake.use", episode_id=stay.pk).count()

    client.get(part(f"use/{old.pk}/correct"))

    assert AccessEvent.objects.filter(what="intake.use", episode_id=stay.pk).count() == before + 1


def test_a_reason_that_looks_like_code_never_runs(client, told, tell, part):
    old = told("use")

    tell(part(f"use/{old.pk}/strike"), why="<script>alert(1)</script>")

    assert "<script>alert(1)" not in client.get(part("use")).text


@pytest.mark.parametrize("slug", PARTS)
def test_a_list_costs_the_same_however_much_was_corrected(
    client, told, tell, part, slug, django_assert_max_num_queries
):
    old = told(slug)
    client.get(part(slug))
    with django_assert_max_num_queries(12) as few:
        client.get(part(slug))
    count = len(few)
    for said in (TOLD[slug][2], TOLD[slug][1], TOLD[slug][2]):
        response = tell(part(f"{slug}/{old.pk}/correct"), **said, why=SLIP)
        assert response.status_code == 303
        old = type(old).objects.standing().get()
    client.get(part(slug))

    with django_assert_max_num_queries(count):
        client.get(part(slug))


def test_every_part_that_is_corrected_has_its_action(part):
    from stepdown.care.admissions import corrections as pages
    from stepdown.care.admissions import told

    assert set(pages.AGAIN) == told.CORRECTED
    assert {told.LINES[slug][0] for slug in told.CORRECTED} == set(corrections.ROWS)
