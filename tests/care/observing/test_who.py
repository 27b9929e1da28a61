"""Who may look and who may record: each walks to the same doors."""

from __future__ import annotations

from uuid import uuid4

import pytest

from stepdown.records.models import VITALS, Observation
from tests import factories
from tests.care.observing.conftest import NOW, Sheet
from tests.support import sign_in

pytestmark = pytest.mark.django_db

PAGES = ("", "cows/", "cssrs_screener/")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("nurse", 200),
        ("vocational_nurse", 200),
        ("prescriber", 200),
        ("medical_director", 200),
        ("technician", 403),
        ("counsellor", 403),
        ("coordinator", 403),
        ("director", 403),
        ("privacy_officer", 403),
        ("administrator", 403),
        ("relative", 403),
    ],
)
def test_each_role_opens_what_the_matrix_gives_it(client, enter, bedside, who, status, page):
    enter(**{who: True})

    assert client.get(bedside.url + page).status_code == status
    if status == 403:
        assert client.post(bedside.url + page, {}).status_code == 403
        assert not Observation.objects.exists()


def test_the_person_themself_does_not_score(client, house, stay, bedside):
    patient = factories.AssignmentFactory(facility=house, patient=True)
    stay.person.account = patient.user
    stay.person.save()
    sign_in(client, patient)

    assert client.get(bedside.url).status_code == 403
    assert client.post(bedside.url, {"heart_rate_bpm": "72", "do": "vitals"}).status_code == 403
    assert not Observation.objects.exists()


def test_a_stranger_sees_nobody(client, bedside):
    sign_in(client, factories.AssignmentFactory(nurse=True))

    assert client.get(bedside.url).status_code == 404
    assert client.post(bedside.url, {}).status_code == 404
    sent = {"heart_rate_bpm": "72", "do": "vitals", "submission": str(uuid4())}
    response = client.post(bedside.url, sent)
    assert response.status_code == 403
    assert "this chart is not open to you" in response.text
    assert not Observation.objects.exists()


def test_whoever_is_not_signed_in_is_led_to_the_door(client, bedside):
    assert client.get(bedside.url).status_code == 302
    assert "login" in client.get(bedside.url)["Location"]


def test_a_trained_technician_takes_vital_signs_and_no_scale(client, enter, bedside):
    enter(trained_technician=True)

    page = client.get(bedside.url).text
    response = bedside.send({**bedside.blank(), "heart_rate_bpm": "72", "do": "vitals"})

    assert "cows-sweating" not in page
    assert response.status_code == 303
    assert Observation.objects.get().kind == VITALS
    assert client.get(f"{bedside.url}cows/").status_code == 403


def test_scale_answers_from_a_technician_are_not_recorded(enter, bedside):
    enter(trained_technician=True)

    bedside.send(bedside.filled(heart_rate_bpm="72"))

    assert [each.kind for each in Observation.objects.all()] == [VITALS]


def test_a_technician_does_not_see_the_scores_of_others(client, enter, bedside, stay):
    enter(trained_technician=True)
    factories.CowsFactory(episode=stay, occurred_at=NOW, scored=14)

    page = client.get(bedside.url).text

    assert "opt--prev" not in page
    assert "Last time" not in page


def test_a_chart_by_invitation_is_closed_to_those_not_invited(client, enter, bedside, stay):
    stay.is_restricted = True
    stay.save()

    for role, status in (("vocational_nurse", 404), ("nurse", 403)):  # the nurse sees another door
        enter(**{role: True})
        for url in (bedside.url, f"{bedside.url}cows/"):
            answer = client.get(url)
            assert (answer.status_code, stay.person.short in answer.text) == (status, False)


def test_a_scale_nobody_has_is_not_there(client, enter, bedside):
    enter(nurse=True)

    assert client.get(f"{bedside.url}made_up/").status_code == 404
    assert client.post(f"{bedside.url}made_up/", {}).status_code == 404


def test_an_expired_role_records_nothing(client, house, stay, bedside):
    agency = factories.AssignmentFactory(facility=house, nurse=True, expires_at=NOW)
    sign_in(client, agency)

    response = client.post(bedside.url, {"heart_rate_bpm": "72", "do": "vitals"})

    assert response.status_code in (302, 401)
    assert not Observation.objects.exists()


def test_an_answer_to_a_script_after_the_sign_in_ended_is_401(client, enter, stay, bedside):
    enter(nurse=True)
    sent = bedside.filled(heart_rate_bpm="72")
    client.logout()

    response = Sheet(client, bedside.url).send(sent, **{"HX-Request": "true"})

    assert response.status_code == 401
    assert not Observation.objects.exists()
