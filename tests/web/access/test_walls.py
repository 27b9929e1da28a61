"""Every address there is: nobody comes in unasked, and every answer carries its headers."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation.trans_real import get_languages

from stepdown.records.models import Deployment, Role
from stepdown.web import access
from tests.factories import LONG_AGO, AssignmentFactory
from tests.support import sign_in

pytestmark = pytest.mark.django_db

OPEN = {
    "account_login", "account_logout", "mfa_authenticate", "set_language", "demo_sign_in_page",
    "demo_sign_in", "healthz", "readyz", "metrics", "offline_worker", "offline_shell",
    "mfa_login_webauthn",
}  # fmt: skip
"""Every page that answers somebody who is not signed in. A new one is a decision."""

OWN = {
    "home", "account_home", "set_pin", "kept", "account_change_password", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_view_recovery_codes",
    "account_reauthenticate", "mfa_reauthenticate", "passkeys", "add_passkey", "choose_role", "second_factor",
    "lock", "unlock", "touch", "offline_waits",
    "form", "rest", "back",  # a handed-over form: where nothing was handed over, the first page
}  # fmt: skip
"""Pages of one's own account: open to whoever is signed in, whatever the role."""


def patterns(resolver=None, prefix=""):
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, prefix + str(one.pattern))
        else:
            yield prefix + str(one.pattern), one


def address(route: str, pattern: URLPattern) -> str:
    fill = {
        "UUIDConverter": str(uuid4()), "SlugConverter": "cows", "StringConverter": "RN",
        "IntConverter": "1",
    }  # fmt: skip
    for name, converter in pattern.pattern.converters.items():
        value = fill[type(converter).__name__]
        for spelled in (
            f"<uuid:{name}>",
            f"<slug:{name}>",
            f"<str:{name}>",
            f"<int:{name}>",
            f"<{name}>",
        ):
            route = route.replace(spelled, value)
    return "/" + route


EVERY = [(address(route, one), one) for route, one in patterns()]
ASKING = [(url, one) for url, one in EVERY if one.name not in OPEN]
ROLE_BOUND = [(url, one) for url, one in ASKING if one.name not in OWN]
ids = [one.name or url for url, one in EVERY]


def test_the_open_pages_are_those_listed():
    assert {one.name for _url, one in EVERY if access.is_open(one.callback)} == OPEN


@pytest.mark.parametrize(("url", "one"), ASKING, ids=[one.name for _url, one in ASKING])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "head", "options"])
def test_nobody_comes_in_without_signing_in(client, url, one, method):
    answer = getattr(client, method)(url)
    assert answer.status_code in {302, 401}
    if answer.status_code == 302:
        assert answer.url.startswith("/account/login/")


@pytest.mark.parametrize(("url", "one"), ROLE_BOUND, ids=[one.name for _url, one in ROLE_BOUND])
def test_every_page_asks_a_role(client, url, one):
    sign_in(client, AssignmentFactory(role=Role.FAM, licence_number=""))
    for answer in (client.get(url), client.post(url)):
        assert answer.status_code in {403, 404, 405}, url


@pytest.mark.parametrize(("url", "one"), EVERY, ids=ids)
@pytest.mark.parametrize("who", ["nobody", "director"])
def test_every_answer_carries_the_strict_policy(client, url, one, who):
    if who == "director":
        sign_in(client, AssignmentFactory(director=True))
    answer = client.get(url)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (lambda client: client.get("/nowhere"), 404),
        (lambda client: client.get("/account/\x00"), 404),
        (lambda client: client.get("/account/login/?next=%00"), 400),
        (lambda client: client.post("/account/login/", {"login": "x\x00", "password": "y"}), 400),
        (lambda client: client.post("/account/login/", {"login": "x" * 300_000}), 413),
        (lambda client: client.post("/account/login/", {f"f{n}": "x" for n in range(401)}), 413),
        (
            lambda client: client.post(
                "/account/login/", "no boundary", content_type="multipart/form-data"
            ),
            400,
        ),
        (lambda client: Client(enforce_csrf_checks=True).post("/account/login/"), 403),
        (lambda client: client.get("/account/login/", headers={"host": "elsewhere.test"}), 400),
        (lambda client: client.put("/healthz"), 200),
    ],
)
def test_what_cannot_be_read_is_answered_in_plain_words(client, make, status):
    answer = make(client)
    assert answer.status_code == status
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Traceback" not in answer.text


def test_an_error_of_ours_shows_nothing_of_itself(settings, monkeypatch):
    client = Client(raise_request_exception=False)
    monkeypatch.setattr("stepdown.web.home.connection", None)
    answer = client.get("/healthz")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_empty_signed_in_page_costs_two_queries(client, django_assert_num_queries):
    sign_in(client, AssignmentFactory())
    client.get("/account/pin/")
    with django_assert_num_queries(2):
        assert client.get("/account/pin/").status_code == 200


def test_health_asks_nobody_and_names_nobody(client):
    AssignmentFactory()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


@pytest.mark.parametrize(
    ("role", "first"),
    [(Role.SYS, "/facility/staff/"), (Role.PRIV, "/reports/access/")],
)
def test_each_role_begins_where_its_work_is(client, role, first):
    sign_in(client, AssignmentFactory(role=role))
    assert client.get("/").url == first


def test_a_patient_is_shown_nothing_of_the_ward_yet(client):
    sign_in(client, AssignmentFactory(patient=True))
    page = client.get("/")
    assert page.status_code == 200
    assert "Nothing here for this role yet" in page.text


def test_a_language_without_a_reviewed_translation_is_not_offered(client):
    assert [code for code, _name in settings.LANGUAGES] == ["en"]
    client.post("/account/language/", {"language": "es", "next": "/account/login/"})
    page = client.get("/account/login/", headers={"Accept-Language": "es"}).text
    assert 'lang="en"' in page
    assert "Español" not in page
    assert 'name="language"' not in page


def test_where_there_are_two_languages_one_is_chosen_by_hand_and_kept(client, settings):
    settings.LANGUAGES = [("en", "English"), ("es", "Español")]
    get_languages.cache_clear()  # type: ignore[attr-defined]
    try:
        assert 'name="language"' in client.get("/account/login/").text
        answer = client.post("/account/language/", {"language": "es", "next": "/account/login/"})
        assert answer.status_code == 302
        assert 'lang="es"' in client.get("/account/login/").text
        client.post("/account/language/", {"language": "xx", "next": "https://elsewhere.test"})
        assert 'lang="es"' in client.get("/account/login/").text
    finally:
        get_languages.cache_clear()  # type: ignore[attr-defined]


def test_the_banner_of_a_demonstration_stands_on_every_page(client):
    sign_in(client, AssignmentFactory())
    words = "Every person here is invented"
    assert words not in client.get("/account/").text
    Deployment.objects.create(demo=True, created_at=LONG_AGO)
    for url in ("/account/", "/demo/sign-in/", "/nowhere"):
        assert words in client.get(url).text
