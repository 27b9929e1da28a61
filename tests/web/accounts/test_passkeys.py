"""What reaches the passkey pages without a browser: strangers, slips and forgeries."""

from __future__ import annotations

import json

import pytest
from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.models import Authenticator

from stepdown import clock
from tests.factories import AssignmentFactory, FacilityFactory
from tests.support import sign_in

LOGIN = "/account/passkeys/login/"
PAGE = "/account/passkeys/"


@pytest.fixture
def nurse(db, client, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    actor = sign_in(client, AssignmentFactory(nurse=True, facility=FacilityFactory()))
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": now.timestamp()}]
    session["account_authentication_methods_user"] = user_id_to_str(actor.user)
    session.save()
    return actor


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sent",
    [
        "", "null", "[]", "{}", '"x"', "{", json.dumps({"response": 1}),
        json.dumps({"response": {"userHandle": "!!"}}),
        json.dumps({"response": {"userHandle": None}}),
        json.dumps({"response": {"userHandle": "AAAA"}, "id": "AA", "type": "public-key"}),
        "x" * 30_000,
    ],
)  # fmt: skip
def test_what_no_browser_sends_signs_nobody_in(client, sent):
    answer = client.post(LOGIN, {"credential": sent}, follow=True)

    assert answer.status_code == 200
    assert "opens no account here" in answer.text
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_options_name_nobody_and_ask_for_a_key_that_knows_its_owner(client):
    told = client.get(LOGIN, headers={"x-requested-with": "XMLHttpRequest"}).json()

    asked = told["request_options"]["publicKey"]
    assert asked["userVerification"] == "required"
    assert not asked.get("allowCredentials")
    assert client.get(LOGIN).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}add/"])
def test_a_stranger_is_sent_to_sign_in(client, path):
    assert client.get(path).url.startswith(("/account/login/", "/demo/"))


def test_options_to_add_one_ask_for_a_key_of_ones_own(client, nurse):
    page = client.get(f"{PAGE}add/")
    asked = page.context["options"]["publicKey"]

    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["user"]["name"] == nurse.user.username
    assert "@" not in json.dumps(asked["user"]["name"])


def test_a_credential_that_is_none_is_refused_and_nothing_is_kept(client, nurse):
    for sent in ("", "{}", "null", json.dumps({"id": "x", "response": {}})):
        answer = client.post(f"{PAGE}add/", {"name": "x", "credential": sent})
        assert answer.status_code == 422
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("key", ["", "x", "-1", "1", "9" * 30])
def test_only_ones_own_passkeys_are_changed(client, nurse, key):
    other = AssignmentFactory(nurse=True, facility=nurse.facility).user
    theirs = Authenticator.objects.create(
        user=other, type="webauthn", data={"name": "theirs", "credential": {}}
    )
    for sent in (key, str(theirs.pk)):
        for do in ("remove", "name", "ask"):
            answer = client.post(PAGE, {"key": sent, "do": do, "name": "mine"}, follow=True)
            assert "there is no such passkey of yours" in answer.text
    theirs.refresh_from_db()
    assert theirs.data["name"] == "theirs"


def test_the_password_is_asked_again_before_passkeys_are_shown(client, nurse, now):
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": now.timestamp() - 3600}
    ]
    session.save()

    assert "/reauthenticate/" in client.get(PAGE).url
    assert "/reauthenticate/" in client.get(f"{PAGE}add/").url
