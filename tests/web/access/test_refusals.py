"""What an action refuses becomes a page that says what was wrong and the way on."""

import pytest
from django.test import Client

from stepdown.records.models import AccessEvent, Role
from tests.factories import PASSWORD, PIN, AssignmentFactory
from tests.support import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.access.refusing_urls")]


@pytest.mark.parametrize(
    ("how", "status"), [("refused", 422), ("unsigned", 422), ("forbidden", 403), ("conflict", 409)]
)
def test_an_uncaught_refusal_says_what_was_wrong_and_the_way_back(client, how, status):
    sign_in(client, AssignmentFactory())
    answer = client.post(f"/refusing/{how}/")
    assert answer.status_code == status
    assert "61 is above &lt;40&gt;. Ask the prescriber." in answer.text
    assert f'href="/refusing/{how}/"' in answer.text or status == 403


def test_a_fault_of_ours_is_no_refusal(client):
    client.raise_request_exception = False
    answer = client.get("/broken/")
    assert answer.status_code == 500
    assert "a fault of ours" not in answer.text


def test_a_page_that_asks_a_role_names_whom_to_ask(client):
    sign_in(client, AssignmentFactory(role=Role.DIR))
    answer = client.get("/recording/")
    assert answer.status_code == 403
    assert "Programme director does not do this" in answer.text
    assert "RN" in answer.text


def test_a_page_that_asks_a_role_opens_to_it(client):
    sign_in(client, AssignmentFactory(nurse=True))
    assert client.get("/recording/").text == "recorded"


@pytest.mark.parametrize(("secret", "method"), [(PIN, "pin"), (PASSWORD, "password")])
def test_a_signature_takes_ones_own_pin_or_password(client, secret, method):
    sign_in(client, AssignmentFactory())
    assert client.post("/signing/", {"secret": secret}).text == method


def test_the_fifth_wrong_signature_signs_out_and_each_is_on_record(client):
    sign_in(client, AssignmentFactory())
    for _try in range(4):
        answer = client.post("/signing/", {"secret": "0000"})
        assert "not your PIN or password" in answer.text
    assert "too many wrong tries" in client.post("/signing/", {"secret": "0000"}).text
    assert client.post("/signing/", {"secret": PIN}).status_code == 401
    told = list(AccessEvent.objects.order_by("seq").values_list("what", flat=True))
    assert told == ["signature.refused"] * 5 + ["sign_out"]


def test_a_request_without_a_body_is_no_fault():
    client = Client()
    assert client.generic("POST", "/account/login/", b"\xff\xfe", "text/plain").status_code == 200
