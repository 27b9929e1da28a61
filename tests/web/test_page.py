"""One address, two shapes: the whole page, or the piece htmx asked for."""

import pytest
from django.template import Origin
from django.test import RequestFactory, override_settings

from stepdown.web.page import page, posted

WHOLE = "{% load partials %}<html>{% partialdef sheet inline %}<p>{{ word }}</p>{% endpartialdef %}"


@pytest.fixture
def templates():
    loaders = [
        (
            "template_partials.loader.Loader",
            [("django.template.loaders.locmem.Loader", {"page.html": WHOLE})],
        )
    ]
    backend = "django.template.backends.django.DjangoTemplates"
    with override_settings(TEMPLATES=[{"BACKEND": backend, "OPTIONS": {"loaders": loaders}}]):
        yield Origin


def answer(**headers):
    request = RequestFactory().get("/", headers=headers)
    return page(request, "page.html", "sheet", {"word": "<ward>"})


@pytest.mark.usefixtures("templates")
@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({}, "<html><p>&lt;ward&gt;</p>"),
        ({"HX-Request": "true"}, "<p>&lt;ward&gt;</p>"),
        ({"HX-Request": "true", "HX-Boosted": "true"}, "<html><p>&lt;ward&gt;</p>"),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, "<html><p>&lt;ward&gt;</p>"),
        ({"HX-Boosted": "true"}, "<html><p>&lt;ward&gt;</p>"),
    ],
)
def test_a_piece_is_sent_only_when_htmx_asks_for_a_piece(headers, text):
    assert answer(**headers).content.decode() == text


@pytest.mark.usefixtures("templates")
def test_caches_are_told_that_the_shape_depends_on_htmx():
    assert answer()["Vary"] == answer(**{"HX-Request": "true"})["Vary"] == "HX-Request"


@pytest.mark.usefixtures("templates")
def test_the_status_is_kept():
    request = RequestFactory().get("/")
    assert page(request, "page.html", "sheet", {}, 422).status_code == 422


def test_an_empty_post_is_bound_and_a_get_is_not():
    assert posted(RequestFactory().post("/", {})) is not None
    assert posted(RequestFactory().get("/", {"a": "1"})) is None
