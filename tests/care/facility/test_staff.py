"""Accounts are opened, limited in time and closed by whoever keeps them; never deleted."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from stepdown.records.models import Assignment, User
from tests.factories import AssignmentFactory, FacilityFactory
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db

LIST = "/facility/staff/"
NEW = "/facility/staff/new/"
GIVEN = {
    "name": "Wanjiru Kamau",
    "username": "wanjiru",
    "password": "three quiet harbour lights",
    "role": "RN",
    "employment": "agency",
    "last_day": "2027-02-28",
    "licence_number": "RN-000777",
    "licence_state": "ca",
    "licence_expires_on": "2028-01-01",
}


def open_account(client, **changes):
    return client.post(NEW, fields_of(client.get(NEW).text, "account") | GIVEN | changes)


def test_an_agency_nurse_gets_an_account_that_ends_with_its_last_day(client, enter, house):
    enter(administrator=True)
    answer = open_account(client)
    made = Assignment.objects.get(user__username="wanjiru")
    assert (answer.status_code, answer.url) == (302, f"{LIST}{made.user_id}/")
    midnight = datetime(2027, 3, 1, tzinfo=ZoneInfo(house.zone))
    assert made.expires_at == made.user.expires_at == midnight
    assert (made.role, made.licence_state) == ("RN", "CA")
    assert made.user.check_password(GIVEN["password"])
    assert "2027-02-28" in client.get(LIST).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"last_day": ""}, "need a last day"),
        ({"last_day": "2028-01-01"}, "At most 92 days"),
        ({"last_day": "2027-01-01"}, "in the past"),
        ({"last_day": "31/12/27"}, "valid date"),
        ({"employment": "student", "last_day": ""}, "need a last day"),
        ({"username": ""}, "required"),
        ({"username": "two words"}, "2 to 60 letters"),
        ({"name": "   "}, "required"),
        ({"password": "short"}, "too short"),
        ({"password": "wanjiru kamau"}, "too similar"),
        ({"role": "KING"}, "not one of the available choices"),
        ({"employment": "friend"}, "not one of the available choices"),
        ({"licence_state": "CAL"}, "at most 2"),
        ({"submission": "not-a-uuid"}, "valid UUID"),
    ],
)
def test_what_is_wrong_is_named_and_nobody_is_added(client, enter, changes, words):
    enter(administrator=True)
    before = User.objects.count()
    answer = open_account(client, **changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert User.objects.count() == before


def test_a_taken_user_name_is_refused_whatever_its_case(client, enter):
    enter(administrator=True)
    open_account(client)
    answer = open_account(client, username="WANJIRU")
    assert answer.status_code == 422
    assert "taken" in answer.text


def test_hostile_text_is_shown_as_text(client, enter):
    enter(administrator=True)
    open_account(client, name="<script>alert(1)</script>")
    text = client.get(LIST).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_role_is_renewed_to_another_day(client, enter, house):
    enter(administrator=True)
    student = AssignmentFactory(
        facility=house, role="LVN", employment="student",
        expires_at=datetime(2027, 1, 10, tzinfo=ZoneInfo(house.zone)),
    )  # fmt: skip
    page = f"{LIST}{student.user_id}/"
    sent = fields_of(client.get(page).text, "role")
    answer = client.post(
        page, sent | {"role": "LVN", "employment": "student", "last_day": "2027-04-01"}
    )
    assert answer.status_code == 302
    student.refresh_from_db()
    assert student.expires_at == datetime(2027, 4, 2, tzinfo=ZoneInfo(house.zone))


def test_closing_ends_a_session_that_is_open(client, enter, house):
    enter(administrator=True)
    nurse = AssignmentFactory(facility=house, nurse=True)
    elsewhere = Client()
    sign_in(elsewhere, nurse)
    assert elsewhere.get("/account/").status_code == 200
    page = f"{LIST}{nurse.user_id}/"
    client.post(f"{page}close/", fields_of(client.get(page).text, "close"))
    assert elsewhere.get("/account/").status_code == 302
    assert User.objects.filter(pk=nurse.user_id, is_active=False).exists()
    assert "Closed" in client.get(LIST).text


def test_nobody_closes_their_own_account(client, enter):
    who = enter(administrator=True)
    page = f"{LIST}{who.user.pk}/"
    assert "Close it now" not in client.get(page).text
    answer = client.post(f"{page}close/", {"submission": "0190d4f0-0000-7000-8000-000000000000"})
    assert answer.status_code == 422
    assert User.objects.get(pk=who.user.pk).is_active


def test_a_director_reads_and_changes_nothing(client, enter, house):
    enter(director=True)
    nurse = AssignmentFactory(facility=house, nurse=True)
    page = f"{LIST}{nurse.user_id}/"
    assert client.get(LIST).status_code == 200
    assert 'name="last_day"' not in client.get(page).text
    assert client.get(NEW).status_code == 403
    assert client.post(page, {"role": "MD"}).status_code == 403
    assert client.post(f"{page}close/", {}).status_code == 403


def test_people_of_another_house_are_not_there(client, enter):
    enter(administrator=True)
    other = AssignmentFactory(facility=FacilityFactory(), nurse=True)
    assert other.user.name not in client.get(LIST).text
    assert client.get(f"{LIST}{other.user_id}/").status_code == 404
    assert client.post(f"{LIST}{other.user_id}/close/", {}).status_code == 404


@pytest.mark.parametrize(
    ("licence", "words"),
    [
        ({"licence_number": ""}, "No licence on file: cannot sign"),
        ({"licence_expires_on": "2027-01-06"}, "has run out: cannot sign"),
        ({"licence_expires_on": "2027-01-07"}, "CA 95012345 to 2027-01-07"),
        ({}, "CA 95012345"),
    ],
)
def test_a_licence_says_what_it_is_worth_today(client, enter, house, licence, words):
    enter(administrator=True)
    AssignmentFactory(facility=house, nurse=True, **licence)
    assert words in client.get(LIST).text


def test_the_page_costs_three_queries_for_any_number_of_people(
    client, enter, house, django_assert_num_queries
):
    enter(administrator=True)
    for _one in range(12):
        AssignmentFactory(facility=house)
    with django_assert_num_queries(3):
        client.get(LIST)
