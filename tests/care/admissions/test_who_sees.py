"""Who sees and tells which part of an intake; words that look like code; doubled posts."""

from __future__ import annotations

from typing import Any

import pytest

from stepdown.records.models import (
    AdmissionOrder,
    AllergyEntry,
    SubstanceUse,
)
from tests import factories
from tests.care.admissions.conftest import CONSENT, NOW, USE
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db

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
    sign_in(client, factories.AssignmentFactory(nurse=True))

    assert client.get(part(slug)).status_code == 404


@pytest.mark.parametrize("slug", PAGES)
def test_the_person_themself_is_not_shown_the_staffs_pages(client, house, stay, part, slug):
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
