"""Addresses of pages: what Django would say, without asking it each time."""

from uuid import UUID

import pytest
from django.template import Context, Engine
from django.urls import NoReverseMatch, reverse, set_script_prefix

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
def test_a_page_that_is_not_there_is_an_error_and_no_missing_link(name, keys):
    with pytest.raises(NoReverseMatch):
        address(name, *keys)


def test_a_mistyped_page_is_an_error_in_a_template_also_where_django_keeps_silent():
    pages = {"page.html": "{% url 'account_homme' as url %}{{ url }}"}
    files = ("django.template.loaders.locmem.Loader", pages)
    engine = Engine(loaders=[("stepdown.web.folding.Loader", [files])])
    with pytest.raises(NoReverseMatch):
        engine.get_template("page.html").render(Context())


def test_an_address_begins_where_the_house_stands():
    before = address("account_login")
    set_script_prefix("/stepdown/")
    try:
        assert address("account_login") == f"/stepdown{before}"
    finally:
        set_script_prefix("/")
