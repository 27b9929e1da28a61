"""What is said to one person waits for that person, and ends with their session."""

import pytest

from tests.factories import PASSWORD, AssignmentFactory
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db

LIST = "/facility/staff/"
SAID = "can no longer sign in"


@pytest.fixture
def said(client, house, watch):
    """An administrator closed an account and has not seen yet what is said of it."""
    sign_in(client, AssignmentFactory(facility=house, administrator=True))
    leaving = AssignmentFactory(facility=house, nurse=True)
    page = f"{LIST}{leaving.user_id}/"
    answer = client.post(f"{page}close/", fields_of(client.get(page).text, "close"))
    assert answer.status_code == 302
    return leaving.user.name


def test_it_is_shown_once_to_who_did_it(client, said):
    assert f"{said} {SAID}" in client.get(LIST).text
    assert SAID not in client.get(LIST).text


def test_no_cookie_carries_it(client, said):
    assert "messages" not in client.cookies
    assert not any(said in cookie.value for cookie in client.cookies.values())


def test_it_does_not_outlive_a_sign_out(client, said, house):
    client.post("/account/logout/")
    assert SAID not in client.get("/account/login/").text

    other = AssignmentFactory(facility=house, administrator=True)
    sent = {"login": other.user.username, "password": PASSWORD}
    page = client.post("/account/login/", sent, follow=True)

    assert SAID not in page.text
    assert said not in client.get("/account/login/").text


def test_it_does_not_outlive_a_session_that_ended_by_itself(client, said):
    client.session.flush()
    assert SAID not in client.get("/account/login/").text


def test_why_somebody_was_signed_out_is_still_said(client, nurse, watch):
    sign_in(client, nurse)
    nurse.user.is_active = False
    nurse.user.save()
    assert "You were signed out" in client.get("/account/", follow=True).text
