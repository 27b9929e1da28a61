"""Expired in the middle of a form: sign in again, keep what was typed."""

import pytest
from django.test import Client

from stepdown.records.models import AccessEvent, User
from tests.factories import PASSWORD, AssignmentFactory
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db

PIN_PAGE = "/account/pin/"
TYPED = {"words": 'He said "no" & <b>left</b>', "chosen": ["a", "b"], "secret": "4711"}


@pytest.fixture
def expired(client, nurse, watch):
    """A nurse whose session is gone while a form stands open."""
    sign_in(client, nurse)
    client.get(PIN_PAGE)
    client.session.flush()
    return client


def sign_in_with(client, page, user, **more):
    return client.post(
        "/account/login/",
        fields_of(page.text) | {"login": user.username, "password": PASSWORD, **more},
        follow=True,
    )


@pytest.fixture(autouse=True)
def without_second_factor(house):
    house.settings = {"second_factor_required": "no"}
    house.save()


def test_what_was_typed_is_kept_and_offered_after_signing_in_again(expired, nurse):
    page = expired.post(PIN_PAGE, TYPED)
    assert page.status_code == 401
    assert "Nothing was saved yet" in page.text

    offered = sign_in_with(expired, page, nurse.user)

    assert "What you typed is still here" in offered.text
    again = fields_of(offered.text)
    assert again["words"] == TYPED["words"]
    assert again["chosen"] == TYPED["chosen"]
    assert "secret" not in again
    final = expired.post("/account/kept/", again | {"kept_send": "1"}, follow=True)
    assert final.redirect_chain == [(PIN_PAGE, 307)]
    assert final.status_code == 422  # the form itself again: its secrets were never kept


def test_it_is_kept_through_a_wrong_password(expired, nurse):
    page = expired.post(PIN_PAGE, TYPED)
    wrong = sign_in_with(expired, page, nurse.user, password="not this one at all")
    offered = sign_in_with(expired, wrong, nurse.user)
    assert fields_of(offered.text)["words"] == TYPED["words"]


def test_it_may_be_thrown_away(expired, nurse):
    offered = sign_in_with(expired, expired.post(PIN_PAGE, TYPED), nurse.user)
    assert "kept" in expired.session
    expired.post("/account/kept/", {})
    assert "kept" not in expired.session
    assert offered.status_code == 200


def test_another_person_is_never_shown_it(expired, house):
    other = AssignmentFactory(nurse=True, facility=house)
    page = sign_in_with(expired, expired.post(PIN_PAGE, TYPED), other.user)
    assert "Another person was typing here" in page.text
    assert "left" not in page.text.replace("left out", "")
    assert "kept" not in expired.session


def test_without_a_known_owner_it_is_offered_with_a_caution(client, nurse):
    page = client.post(PIN_PAGE, TYPED)
    offered = sign_in_with(client, page, nurse.user)
    assert "does not know who typed it" in offered.text


@pytest.mark.parametrize("forged", ["", "x", "eyJ0byI6Ii8vZWxzZXdoZXJlLnRlc3QifQ:1:2"])
def test_only_what_we_sealed_rides_along(client, nurse, forged):
    page = client.post(
        "/account/login/",
        {"login": nurse.user.username, "password": PASSWORD, "kept": forged},
    )
    assert page.status_code == 302
    assert "kept" not in client.session


def test_sending_on_never_leaves_this_site(client, nurse):
    sign_in(client, nurse)
    for onward in ("https://elsewhere.test/", "//elsewhere.test", ""):
        answer = client.post("/account/kept/", {"kept_send": "1", "kept_to": onward})
        assert (answer.status_code, answer.url) == (302, "/")


def test_no_log_holds_what_was_typed(expired, nurse):
    from axes.models import AccessAttempt

    page = expired.post(PIN_PAGE, TYPED)
    sign_in_with(expired, page, nurse.user, password="not this one at all")
    told = AccessAttempt.objects.get().post_data
    assert "kept=****" in told
    assert "password=****" in told
    assert not AccessEvent.objects.exclude(detail="").exists()


@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"X-Stepdown-Fetch": "1"}])
def test_a_script_gets_401_and_keeps_its_page(client, header):
    answer = client.post(PIN_PAGE, TYPED, headers=header)
    assert answer.status_code == 401
    assert answer.headers["X-Stepdown-Sign-In"].startswith("/account/login/?next=")
    assert answer.content == b""


def test_a_form_planted_elsewhere_is_not_carried_into_the_sign_in(nurse):
    client = Client(enforce_csrf_checks=True)
    page = client.post(PIN_PAGE, TYPED, headers={"Origin": "https://elsewhere.test"})
    assert page.status_code == 403
    assert "left" not in page.text


def test_a_stale_page_of_ours_keeps_what_was_typed(nurse):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, nurse)
    page = client.post(PIN_PAGE, TYPED, headers={"Origin": "http://testserver"})
    assert page.status_code == 403
    assert "open too long" in page.text
    again = fields_of(page.text)
    assert again["words"] == TYPED["words"]
    assert client.post(PIN_PAGE, again).status_code == 422


def test_a_stale_sign_in_page_keeps_no_password(nurse):
    client = Client(enforce_csrf_checks=True)
    page = client.post(
        "/account/login/",
        {"login": nurse.user.username, "password": PASSWORD},
        headers={"Origin": "http://testserver"},
    )
    assert page.status_code == 403
    assert PASSWORD not in page.text
    assert User.objects.count() == 1
