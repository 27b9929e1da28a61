"""What is said to one person waits for that person, and ends with their session."""

import pytest
from django.http import HttpResponse

from stepdown.web.said import Storage
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


def test_its_cookie_is_out_of_reach_of_scripts_and_goes_with_the_session(client, said):
    assert client.cookies["messages"]["httponly"]
    client.post("/account/logout/")
    assert not client.cookies["messages"].value


def test_its_cookie_says_nothing_in_another_session(client, said, house):
    kept = client.cookies["messages"].value
    sign_in(client, AssignmentFactory(facility=house, administrator=True))
    client.cookies["messages"] = kept

    assert SAID not in client.get(LIST).text
    assert not client.cookies["messages"].value


def test_what_is_too_long_for_a_cookie_waits_in_the_session(rf, client, said):
    request = rf.get("/")
    request.session = client.session
    long = [f"{number} {'many words ' * 40}" for number in range(8)]
    storage = Storage(request)
    for words in long:
        storage.add(20, words)
    response = HttpResponse()
    storage.update(response)

    after = rf.get("/")
    after.session = request.session
    after.COOKIES["messages"] = response.cookies["messages"].value
    assert [message.message for message in Storage(after)] == long


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
