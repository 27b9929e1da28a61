"""Accounts, roles and licences that end."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.factories import AssignmentFactory, FacilityFactory

pytestmark = pytest.mark.django_db

PAGE = "/reports/accounts/"


def midnight(house, day, month=1):
    return datetime(2027, month, day, tzinfo=ZoneInfo(house.zone))


def lines(client):
    return [
        (line.assignment.user.name, line.what, line.days_left)
        for line in client.get(PAGE).context["lines"]
    ]


def test_what_ends_soonest_comes_first_with_the_days_that_are_left(client, enter, house):
    AssignmentFactory(
        facility=house, user__name="Agency", employment="agency", licence_number="",
        expires_at=midnight(house, 10),
    )  # fmt: skip
    AssignmentFactory(facility=house, user__name="Licence", licence_expires_on="2027-01-08")
    AssignmentFactory(facility=house, user__name="Gone", expires_at=midnight(house, 7))
    AssignmentFactory(facility=house, user__name="Long", expires_at=midnight(house, 1, month=6))
    enter(director=True)
    assert lines(client) == [("Gone", "role", -1), ("Licence", "licence", 1), ("Agency", "role", 2)]


def test_a_role_that_ends_at_midnight_has_today_as_its_last_day(client, enter, house):
    AssignmentFactory(facility=house, user__name="Agency", expires_at=midnight(house, 8))
    enter(administrator=True)
    assert lines(client) == [("Agency", "role", 0)]
    assert "last day" in client.get(PAGE).text


def test_an_account_that_ends_before_its_role_counts(client, enter, house):
    AssignmentFactory(
        facility=house, user__name="Agency", user__expires_at=midnight(house, 9),
        expires_at=midnight(house, 20),
    )  # fmt: skip
    enter(director=True)
    assert lines(client) == [("Agency", "role", 1)]


def test_closed_accounts_and_other_houses_are_not_listed(client, enter, house):
    AssignmentFactory(facility=house, user__is_active=False, expires_at=midnight(house, 9))
    AssignmentFactory(facility=FacilityFactory(), expires_at=midnight(house, 9))
    enter(director=True)
    assert lines(client) == []
    assert "Nothing ends within 60 days" in client.get(PAGE).text


def test_the_page_costs_three_queries_beside_the_note_that_it_was_read(
    client, enter, house, django_assert_max_num_queries
):
    for _one in range(8):
        AssignmentFactory(facility=house, expires_at=midnight(house, 9))
    enter(director=True)
    client.get(PAGE)
    with django_assert_max_num_queries(9) as counted:
        client.get(PAGE)
    asked = [each["sql"] for each in counted.captured_queries]
    apart = ("records_access", "records_chainhead")
    reads = [sql for sql in asked if sql.startswith("SELECT") and not any(t in sql for t in apart)]
    assert len(reads) == 3
