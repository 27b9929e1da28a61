"""Addresses of pages: what Django would say, without asking it each time."""

from uuid import UUID

import pytest
from django.urls import reverse, set_script_prefix

from stepdown.web.addresses import address

ONE = UUID("0192f000-0000-7000-8000-000000000001")
OTHER = UUID("0192f000-0000-7000-8000-000000000002")


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("account_login", ()),
        ("chart:course", (ONE,)),
        ("chart:course", (OTHER,)),
        ("board:ward", ("u1",)),
        ("observing:scale", (ONE, "cows")),
        ("observing:scale", (OTHER, "cssrs_screener")),
    ],
)
def test_an_address_is_the_one_django_gives(name, keys):
    assert address(name, *keys) == reverse(name, args=keys)


@pytest.mark.parametrize(
    ("name", "keys"),
    [("nowhere:home", ()), ("chart:course", ()), ("chart:course", ("not an id",))],
)
def test_a_page_that_is_not_there_has_no_address(name, keys):
    assert address(name, *keys) == ""


def test_an_address_begins_where_the_house_stands():
    before = address("account_login")
    set_script_prefix("/stepdown/")
    try:
        assert address("account_login") == f"/stepdown{before}"
    finally:
        set_script_prefix("/")
