"""Signing in: password, second factor, role; and whoever may not."""

from datetime import timedelta

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from django.urls import reverse

from stepdown import clock
from stepdown.records.models import AccessEvent, Role
from tests.factories import PASSWORD, AssignmentFactory, FacilityFactory

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def house():
    return FacilityFactory()


@pytest.fixture
def nurse(house):
    return AssignmentFactory(nurse=True, facility=house)


def password(client, user, word=PASSWORD, **more):
    return client.post(LOGIN, {"login": user.username, "password": word, **more})


def code_now(secret=SECRET):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def said(what):
    return [event.what for event in AccessEvent.objects.filter(what__startswith=what)]


def test_a_password_alone_leads_to_setting_up_the_second_factor_and_to_no_record(client, nurse):
    response = password(client, nurse.user, next="/account/pin/")
    assert response.status_code == 302
    role = client.get(response.url)
    assert role.status_code == 302
    assert role.url == "/account/pin/"
    turned = client.get("/account/pin/")
    assert turned.status_code == 302
    assert turned.url.startswith(reverse("second_factor"))
    assert "second factor" in client.get(turned.url).text


def test_setting_up_the_second_factor_opens_the_pages_and_gives_recovery_codes(client, nurse):
    client.get(password(client, nurse.user).url)
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    assert "<svg" in page.text
    secret = page.context["form"].secret

    codes = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)}, follow=True)

    assert len(codes.context["unused_codes"]) == 10
    assert client.get(reverse("account_home")).status_code == 200


def test_the_stored_secret_makes_no_code_without_the_web_key(nurse):
    stored = TOTP.activate(nurse.user, SECRET).instance.data["secret"]
    assert SECRET not in stored


def test_with_a_second_factor_the_password_alone_signs_nobody_in(client, nurse):
    TOTP.activate(nurse.user, SECRET)
    response = password(client, nurse.user)
    assert response.url == reverse("mfa_authenticate")
    assert client.get("/account/").status_code == 302

    response = client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert client.get(response.url).status_code == 302
    assert client.get("/account/").status_code == 200


def test_a_recovery_code_opens_once(client, nurse):
    TOTP.activate(nurse.user, SECRET)
    code = RecoveryCodes.activate(nurse.user).get_unused_codes()[0]
    password(client, nurse.user)
    response = client.post(reverse("mfa_authenticate"), {"code": code})
    assert response.status_code == 302

    client.post(reverse("account_logout"))
    password(client, nurse.user)
    again = client.post(reverse("mfa_authenticate"), {"code": code})
    assert again.status_code == 200
    assert "not the code" in again.text


def test_five_wrong_codes_lock_out_like_five_wrong_passwords(client, nurse):
    elsewhere = Client()
    TOTP.activate(nurse.user, SECRET)
    password(client, nurse.user)
    for _try in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    locked = client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert locked.status_code == 429
    assert password(elsewhere, nurse.user).status_code == 429


def test_five_wrong_passwords_lock_out_with_a_plain_page_and_are_on_record(client, nurse):
    for _try in range(4):
        assert "not correct" in password(client, nurse.user, "wrong wrong wrong").text
    fifth = password(client, nurse.user, "wrong wrong wrong")
    assert fifth.status_code == 429
    assert "15 minutes" in fifth.text
    assert password(client, nurse.user).status_code == 429
    assert len(said("sign_in.refused")) >= 5


def test_other_capitals_give_no_more_tries(client, nurse):
    for name in ("USER", "User", "uSer", "usEr", "useR"):
        spelled = nurse.user.username.replace("user", name)
        client.post(LOGIN, {"login": f" {spelled}", "password": "wrong wrong wrong"})
    assert password(client, nurse.user).status_code == 429


def test_a_lockout_of_one_name_does_not_lock_out_the_rest(client, nurse, house):
    other = AssignmentFactory(nurse=True, facility=house)
    for _try in range(5):
        password(client, nurse.user, "wrong wrong wrong")
    assert password(client, other.user).status_code == 302


@pytest.mark.parametrize(
    "name", ["nobody", "", "a" * 5_000, "o'brien\x00", "<script>alert(1)</script>"]
)
def test_an_unknown_or_hostile_name_is_answered_like_a_wrong_password(client, name):
    response = client.post(LOGIN, {"login": name, "password": PASSWORD})
    assert response.status_code in {200, 400}
    assert "<script>alert" not in response.text


def test_one_role_is_taken_at_once_and_the_sign_in_is_on_record(client, nurse):
    client.get(password(client, nurse.user).url)
    assert client.session["assignment"] == str(nurse.pk)
    event = AccessEvent.objects.get(what="sign_in")
    assert (event.actor_id, event.role) == (nurse.user.pk, Role.RN)


def test_with_several_roles_one_is_chosen_and_a_switch_is_on_record(client, nurse, house):
    second = AssignmentFactory(director=True, facility=house, user=nurse.user)
    page = client.get(password(client, nurse.user).url)
    assert page.status_code == 200
    assert "assignment" not in client.session

    client.post("/role/", {"role": str(nurse.pk)})
    assert client.session["assignment"] == str(nurse.pk)
    session = client.session
    session["second_factor"] = True
    session.save()
    client.post("/role/", {"role": str(second.pk)})

    assert client.session["assignment"] == str(second.pk)
    switch = AccessEvent.objects.get(what="role.switch")
    assert (switch.role, switch.detail) == (Role.DIR, "from RN")
    assert "DIR" in client.get("/account/").text


def test_another_persons_role_cannot_be_taken(client, nurse, house):
    other = AssignmentFactory(medical_director=True, facility=house)
    AssignmentFactory(director=True, facility=house, user=nurse.user)
    client.get(password(client, nurse.user).url)
    for value in (str(other.pk), "not a key", "", "\N{SNOWMAN}"):
        assert client.post("/role/", {"role": value}).status_code == 422
    assert "assignment" not in client.session


def test_a_password_changed_elsewhere_ends_this_session(client, nurse):
    client.get(password(client, nurse.user).url)
    nurse.user.set_password("another long walk")
    nurse.user.save()
    assert client.get("/account/").url.startswith(LOGIN)


@pytest.mark.parametrize(
    "address",
    [
        "/account/signup/",
        "/account/email/",
        "/account/password/reset/",
        "/account/inactive/",
        "/account/confirm-email/",
        "/account/login/code/",
        "/account/2fa/",
        "/account/2fa/webauthn/",
    ],
)
def test_nobody_signs_up_and_no_mail_is_managed(client, address):
    assert client.get(address).status_code == 404


def test_a_redirect_never_leaves_this_site(client, nurse):
    for onward in (
        "https://elsewhere.test/",
        "//elsewhere.test/x",
        "/\\elsewhere.test",
        "javascript:x",
    ):
        assert client.get(LOGIN, {"next": onward}).context["next"] == ""
    response = password(client, nurse.user, next="//elsewhere.test/x")
    assert client.get(response.url).url == "/"


class TestWhoseAccountHasEnded:
    """Agency and student accounts run out; the boundary is the instant itself."""

    END = clock.now() + timedelta(hours=5)

    @pytest.fixture
    def agency(self, house):
        return AssignmentFactory(
            nurse=True, facility=house, employment="agency", expires_at=self.END
        )

    @pytest.fixture(params=["role", "account"])
    def ending(self, request, agency):
        if request.param == "account":
            agency.expires_at, agency.user.expires_at = None, self.END
            agency.save()
            agency.user.save()
        return agency

    def at(self, monkeypatch, moment):
        monkeypatch.setattr(clock, "now", lambda: moment)

    def test_works_to_the_last_instant(self, client, ending, monkeypatch):
        self.at(monkeypatch, self.END - timedelta(microseconds=1))
        assert client.get(password(client, ending.user).url).status_code == 302
        assert client.session["assignment"] == str(ending.pk)

    def test_cannot_sign_in_at_the_instant_it_ends(self, client, ending, monkeypatch):
        self.at(monkeypatch, self.END)
        page = client.post(
            LOGIN, {"login": ending.user.username, "password": PASSWORD}, follow=True
        )
        assert "has ended" in page.text
        assert "_auth_user_id" not in client.session
        assert said("sign_in.ended") == ["sign_in.ended"]

    def test_is_signed_out_with_a_sentence_when_it_ends_at_work(self, client, ending, monkeypatch):
        self.at(monkeypatch, self.END - timedelta(seconds=1))
        client.get(password(client, ending.user).url)
        self.at(monkeypatch, self.END)
        page = client.get("/account/", follow=True)
        assert "You were signed out" in page.text
        assert "_auth_user_id" not in client.session
        assert said("sign_out") == ["sign_out.ended"]

    def test_is_signed_out_when_the_account_is_closed(self, client, nurse):
        client.get(password(client, nurse.user).url)
        nurse.user.is_active = False
        nurse.user.save()
        assert "You were signed out" in client.get("/account/", follow=True).text
