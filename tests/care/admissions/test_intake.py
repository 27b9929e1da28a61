"""The intake: each part told on its own, and an admission only when nothing is missing."""

from __future__ import annotations

import pytest

from stepdown.records.models import (
    Episode,
    State,
)
from tests import factories
from tests.care.admissions.conftest import CONSENT, NOW, USE
from tests.support import fields_of

pytestmark = pytest.mark.django_db

FULL = {
    "systolic_mmhg": 128, "diastolic_mmhg": 82, "heart_rate_bpm": 88, "respiratory_rate_bpm": 16,
    "temperature_c": "37.1", "spo2_percent": 97,
}  # fmt: skip


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
