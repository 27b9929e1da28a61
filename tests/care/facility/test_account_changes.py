"""A licence renewed and a second factor reset, by whoever keeps the accounts."""

from datetime import date
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from stepdown.records.models import Deployment, LicenceRenewal, SecondFactorReset
from tests.factories import LONG_AGO, PASSWORD, AssignmentFactory, FacilityFactory
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"
WHY = "telephone fell into the harbour, came in person"


@pytest.fixture
def nurse(house):
    """A nurse whose licence ran out yesterday, with a second factor."""
    nurse = AssignmentFactory(facility=house, nurse=True, licence_expires_on=date(2027, 1, 6))
    TOTP.activate(nurse.user, SECRET)
    RecoveryCodes.activate(nurse.user)
    return nurse


def account(nurse):
    return f"/facility/staff/{nurse.user_id}/"


def licence(nurse):
    return f"{account(nurse)}licence/{nurse.pk}/"


def reset(nurse):
    return f"{account(nurse)}second-factor/"


def renew(client, nurse, **typed):
    page = client.get(licence(nurse))
    return client.post(licence(nurse), fields_of(page.text, "licence") | typed)


def take_away(client, nurse, reason=WHY, **typed):
    page = client.get(reset(nurse))
    return client.post(reset(nurse), fields_of(page.text, "reset") | {"reason": reason} | typed)


def test_a_licence_is_renewed_from_the_page_of_the_account(client, enter, nurse):
    enter(administrator=True)
    assert licence(nurse) in client.get(account(nurse)).text

    page = renew(client, nurse, expires_on="2029-01-06")

    assert (page.status_code, page.url) == (302, account(nurse))
    nurse.refresh_from_db()
    assert nurse.licence_expires_on == date(2029, 1, 6)
    shown = client.get(account(nurse)).text
    assert "signs as RN until 2029-01-06" in shown
    assert "CA 95012345 to 2029-01-06" in shown
    assert "before: CA 95012345 to 2027-01-06" in shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"expires_on": "2027-01-06"}, "2027-01-06 is past (today is 2027-01-07)"),
        ({"expires_on": ""}, "Enter the last day"),
        ({"expires_on": "6 January"}, "Enter a valid date"),
        ({"number": "", "expires_on": "2029-01-06"}, "Enter the licence number"),
        ({"state": "C", "expires_on": "2029-01-06"}, "two letters"),
        ({"state": "CAL", "expires_on": "2029-01-06"}, "at most 2"),
        ({"seen": "forged", "expires_on": "2029-01-06"}, "not sent whole"),
        ({"submission": "x", "expires_on": "2029-01-06"}, "valid UUID"),
    ],
)
def test_what_is_wrong_is_named_kept_and_nothing_is_renewed(client, enter, nurse, typed, said):
    enter(administrator=True)
    page = renew(client, nurse, **{"number": "A <b>1</b>"} | typed)
    assert page.status_code == 422
    assert said in page.text
    if "number" not in typed:
        assert fields_of(page.text, "licence")["number"] == "A <b>1</b>"
    assert not LicenceRenewal.objects.exists()


def test_of_two_who_renew_at_once_the_second_is_told(client, enter, house, nurse):
    enter(administrator=True)
    old = fields_of(client.get(licence(nurse)).text, "licence")
    renew(client, nurse, expires_on="2028-01-01")

    page = client.post(licence(nurse), old | {"expires_on": "2029-01-01"})

    assert page.status_code == 409
    assert "CA 95012345 to 2028-01-01" in page.text
    nurse.refresh_from_db()
    assert nurse.licence_expires_on == date(2028, 1, 1)


def test_a_second_factor_is_reset_and_a_new_one_is_set_up_at_the_next_sign_in(client, enter, nurse):
    enter(administrator=True)
    assert reset(nurse) in client.get(account(nurse)).text
    page = take_away(client, nurse)
    assert (page.status_code, page.url) == (302, account(nurse))
    shown = client.get(account(nurse)).text
    assert WHY in shown
    assert reset(nurse) not in shown

    theirs = Client()
    signed_in = theirs.post(
        "/account/login/", {"login": nurse.user.username, "password": PASSWORD}, follow=True
    )

    assert theirs.get("/account/").headers["Location"].startswith(reverse("second_factor"))
    assert "second factor" in signed_in.text
    assert not Authenticator.objects.filter(user=nurse.user).exists()


def test_a_wrong_password_opens_nothing_after_a_reset(client, enter, nurse):
    enter(administrator=True)
    take_away(client, nurse)
    theirs = Client()
    theirs.post("/account/login/", {"login": nurse.user.username, "password": "not this at all"})
    assert "_auth_user_id" not in theirs.session


def test_every_session_of_theirs_ends_and_nobody_elses(client, enter, house, nurse):
    enter(administrator=True)
    tablet, desk, waiting, other = Client(), Client(), Client(), Client()
    sign_in(tablet, nurse)
    sign_in(desk, nurse)
    sign_in(other, AssignmentFactory(facility=house, nurse=True))
    waiting.post("/account/login/", {"login": nurse.user.username, "password": PASSWORD})
    assert waiting.get(reverse("mfa_authenticate")).status_code == 200
    before = Session.objects.count()

    take_away(client, nurse)

    assert Session.objects.count() == before - 3
    assert tablet.get("/account/").status_code == 302
    assert desk.get("/account/").status_code == 302
    assert waiting.get(reverse("mfa_authenticate")).status_code == 302
    assert other.get("/account/").status_code == 200
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize("reason", ["", "lost it", "x" * 501])
def test_without_a_reason_nothing_is_reset(client, enter, nurse, reason):
    enter(administrator=True)
    page = take_away(client, nurse, reason)
    assert page.status_code == 422
    assert fields_of(page.text, "reset")["reason"] == reason
    assert Authenticator.objects.filter(user=nurse.user).count() == 2


def test_nobody_resets_their_own_or_renews_their_own(client, enter):
    who = enter(administrator=True)
    TOTP.activate(who.user, SECRET)
    mine = who.assignment
    shown = client.get(account(mine)).text
    assert reset(mine) not in shown
    assert licence(mine) not in shown
    assert take_away(client, mine).status_code == 422
    typed = {"number": "A-1", "state": "CA", "expires_on": "2029-01-01"}
    assert renew(client, mine, **typed).status_code == 422
    assert Authenticator.objects.filter(user=who.user).exists()
    assert not LicenceRenewal.objects.exists()


@pytest.mark.parametrize(
    "who", ["nurse", "prescriber", "patient", "relative", "director", "privacy_officer"]
)
def test_who_does_not_keep_the_accounts_does_neither(client, enter, nurse, who):
    enter(**{who: True})
    sent = {"reason": WHY, "submission": str(uuid4())}
    for url in (licence(nurse), reset(nurse)):
        assert client.get(url).status_code == 403
        assert client.post(url, sent).status_code == 403
    assert not SecondFactorReset.objects.exists()


def test_people_of_another_house_are_not_there(client, enter):
    enter(administrator=True)
    other = AssignmentFactory(facility=FacilityFactory(), nurse=True)
    TOTP.activate(other.user, SECRET)
    for url in (licence(other), reset(other)):
        assert client.get(url).status_code == 404
        assert client.post(url, {"reason": WHY, "submission": str(uuid4())}).status_code == 404


def test_a_role_of_somebody_else_is_not_renewed_under_this_name(client, enter, house, nurse):
    enter(administrator=True)
    other = AssignmentFactory(facility=house, nurse=True)
    assert client.get(f"{account(other)}licence/{nurse.pk}/").status_code == 404


def test_a_director_reads_what_was_done(client, enter, nurse):
    enter(administrator=True)
    take_away(client, nurse)
    enter(director=True)
    shown = client.get(account(nurse)).text
    assert WHY in shown
    assert "Renew the licence" not in shown


def test_n22_a_reset_opens_no_way_round_the_sign_in(client, enter, nurse):
    """On a database of real people there is no one-click sign-in, before and after."""
    Deployment.objects.create(demo=False, created_at=LONG_AGO)
    enter(administrator=True)
    take_away(client, nurse)
    stranger = Client()
    assert stranger.get("/demo/sign-in/").status_code == 404
    assert stranger.post("/demo/sign-in/RN/").status_code == 404
    stranger.post("/account/login/", {"login": nurse.user.username, "password": PASSWORD})
    assert stranger.get("/role/").status_code == 302
    assert stranger.get("/facility/beds/").headers["Location"].startswith(reverse("second_factor"))
