"""Expired in the middle of a form: sign in again, keep what was typed."""

import json
import zlib
from base64 import urlsafe_b64decode
from html import unescape

import pytest
from django.test import Client

from stepdown.records.models import AccessEvent, User
from stepdown.web import authors
from tests.factories import PASSWORD, PIN, AssignmentFactory
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db

PIN_PAGE = "/account/pin/"
WORDS = 'He said "no" & <b>left</b>'
TYPED = {"words": WORDS, "chosen": ["a", "b"], "secret": "4711"}


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
    assert again["words"] == WORDS
    assert again["chosen"] == TYPED["chosen"]
    assert "secret" not in again
    final = expired.post("/account/kept/", again | {"kept_send": "1"}, follow=True)
    assert final.redirect_chain == [(PIN_PAGE, 307)]
    assert final.status_code == 422  # the form itself again: its secrets were never kept


def test_it_is_kept_through_a_wrong_password(expired, nurse):
    page = expired.post(PIN_PAGE, TYPED)
    wrong = sign_in_with(expired, page, nurse.user, password="not this one at all")
    offered = sign_in_with(expired, wrong, nurse.user)
    assert fields_of(offered.text)["words"] == WORDS


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


def test_without_a_known_owner_it_is_shown_to_nobody(client, nurse):
    page = sign_in_with(client, client.post(PIN_PAGE, TYPED), nurse.user)
    assert "cannot be told by whom" in page.text
    assert WORDS not in unescape(page.text)
    assert "kept" not in client.session


def test_what_rides_along_is_unreadable_in_page_and_session(expired, nurse):
    page = expired.post(PIN_PAGE, {"words": "Quillfeather said no", "chosen": "aa"})
    every = fields_of(page.text)["kept"]  # by password, and by passkey
    for sealed in every:
        for form in (sealed, *opened_halfway(sealed)):
            assert "Quillfeather" not in form
    sign_in_with(expired, page, nurse.user)
    assert expired.session["kept"] in every
    stored = json.dumps(dict(expired.session.items()))
    assert "Quillfeather" not in stored


def opened_halfway(sealed):
    """What somebody reads who undoes the encoding and the packing, and has no key."""
    raw = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    yield raw.decode("latin-1")
    for start in range(len(raw)):
        try:
            yield zlib.decompressobj().decompress(raw[start:]).decode("latin-1")
        except zlib.error:
            continue


@pytest.mark.parametrize(("hours", "kept"), [(12, True), (12.01, False)])
def test_it_ends_after_twelve_hours(expired, nurse, watch, hours, kept):
    page = expired.post(PIN_PAGE, TYPED)
    watch.passes(hours=hours)
    offered = sign_in_with(expired, page, nurse.user)
    assert ("words" in fields_of(offered.text)) is kept


class TestAFormLeftOpenWhileOthersSignIn:
    """One tablet, two nurses: the browser's check against forged posts tells whose form it is."""

    OURS = {"Origin": "http://testserver"}

    @pytest.fixture
    def other(self, house):
        return AssignmentFactory(nurse=True, facility=house)

    @pytest.fixture
    def tablet(self, watch):
        return Client(enforce_csrf_checks=True)

    def signs_in(self, tablet, somebody):
        page = tablet.get("/account/login/")
        sent = {"login": somebody.user.username, "password": PASSWORD}
        tablet.post("/account/login/", fields_of(page.text) | sent, follow=True)
        return fields_of(tablet.get(PIN_PAGE).text)

    def signs_out(self, tablet):
        token = fields_of(tablet.get(PIN_PAGE).text)["csrfmiddlewaretoken"]
        tablet.post("/account/logout/", {"csrfmiddlewaretoken": token})

    def sends(self, tablet, form):
        return tablet.post(PIN_PAGE, form | TYPED, headers=self.OURS)

    def test_it_is_shown_again_to_the_same_person(self, tablet, nurse):
        form = self.signs_in(tablet, nurse)
        self.signs_out(tablet)
        self.signs_in(tablet, nurse)
        page = self.sends(tablet, form)
        assert page.status_code == 403
        again = fields_of(page.text)
        assert again["words"] == WORDS
        assert "secret" not in again
        assert tablet.post(PIN_PAGE, again).status_code == 422

    def test_it_is_not_shown_to_who_signed_in_meanwhile(self, tablet, nurse, other):
        form = self.signs_in(tablet, nurse)
        self.signs_out(tablet)
        self.signs_in(tablet, other)
        page = self.sends(tablet, form)
        assert page.status_code == 403
        assert WORDS not in unescape(page.text)
        assert "words" not in fields_of(page.text)
        assert "typed by another person" in page.text

    def test_nor_to_who_signs_in_next(self, tablet, nurse, other):
        form = self.signs_in(tablet, nurse)
        self.signs_out(tablet)
        page = self.sends(tablet, form)
        assert page.status_code == 401
        sent = {"login": other.user.username, "password": PASSWORD}
        shown = tablet.post("/account/login/", fields_of(page.text) | sent, follow=True)
        assert "Another person was typing here" in shown.text
        assert WORDS not in unescape(shown.text)

    def test_a_form_of_the_person_before_last_is_not_the_last_ones(self, tablet, nurse, other):
        """The last one signed out, too: whose browser it was last says nothing of this form."""
        form = self.signs_in(tablet, nurse)
        self.signs_out(tablet)
        self.signs_in(tablet, other)
        self.signs_out(tablet)
        page = self.sends(tablet, form)
        assert page.status_code == 401
        mine = {"login": nurse.user.username, "password": PASSWORD}
        shown = tablet.post("/account/login/", fields_of(page.text) | mine, follow=True)
        assert fields_of(shown.text)["words"] == WORDS

    def test_behind_a_locked_screen_it_waits_for_who_locked_it(self, tablet, nurse, watch):
        form = self.signs_in(tablet, nurse)
        self.signs_out(tablet)
        self.signs_in(tablet, nurse)
        watch.passes(hours=1)
        page = self.sends(tablet, form)
        assert page.status_code == 423
        assert WORDS not in unescape(page.text)
        opened = tablet.post("/screen/unlock/", fields_of(page.text) | {"secret": PIN}, follow=True)
        assert fields_of(opened.text)["words"] == WORDS

    def test_a_form_that_is_older_than_the_browser_remembers_is_nobodys(self, tablet, nurse, other):
        form = self.signs_in(tablet, nurse)
        for _again in range(authors.MOST):
            self.signs_out(tablet)
            self.signs_in(tablet, other)
        self.signs_out(tablet)
        self.signs_in(tablet, nurse)
        page = self.sends(tablet, form)
        assert "words" not in fields_of(page.text)
        assert "cannot be told by whom" in page.text

    @pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "a" * 5_000])
    def test_a_forged_memory_counts_for_nothing(self, tablet, nurse, other, cookie):
        form = self.signs_in(tablet, nurse)
        self.signs_out(tablet)
        self.signs_in(tablet, other)
        tablet.cookies[authors.COOKIE] = cookie
        assert "words" not in fields_of(self.sends(tablet, form).text)


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


def test_a_form_without_any_token_is_nobodys(nurse):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, nurse)
    page = client.post(PIN_PAGE, TYPED, headers={"Origin": "http://testserver"})
    assert page.status_code == 403
    assert "open too long" in page.text
    assert "words" not in fields_of(page.text)


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
