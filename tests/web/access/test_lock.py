"""The idle lock: what it shows, who opens it, and that nothing typed is lost."""

import pytest
from django.test import Client

from stepdown.records.models import AccessEvent
from stepdown.web import idle, tries
from stepdown.web.sessions import SessionStore
from tests.factories import PASSWORD, PIN, AssignmentFactory
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db

PAGE = "/account/pin/"
MINUTES = 3


@pytest.fixture
def at_work(client, nurse, watch):
    sign_in(client, nurse)
    assert client.get(PAGE).status_code == 200
    return client


def happened():
    return list(AccessEvent.objects.order_by("seq").values_list("what", flat=True))


def test_a_screen_locks_after_the_facilitys_minutes_and_not_before(at_work, watch):
    watch.passes(minutes=MINUTES)
    assert at_work.get(PAGE).status_code == 200
    watch.passes(minutes=MINUTES, seconds=1)
    locked = at_work.get(PAGE)
    assert locked.status_code == 423
    assert "Locked" in locked.text


def test_a_facility_may_sign_another_limit(at_work, watch, house):
    house.settings = {"idle_lock_minutes": "10"}
    house.save()
    watch.passes(minutes=9)
    assert at_work.get(PAGE).status_code == 200


def test_a_locked_screen_names_nobody_but_its_owner(at_work, watch, nurse):
    watch.passes(hours=1)
    text = at_work.get(PAGE).text
    assert nurse.user.name in text
    assert "Four to eight" not in text
    assert 'class="bar__role' not in text
    assert at_work.get("/nowhere").status_code == 404
    assert 'class="bar__role' not in at_work.get("/nowhere").text


@pytest.mark.parametrize("secret", [PIN, PASSWORD])
def test_the_pin_or_the_password_opens_the_very_page(at_work, watch, secret):
    watch.passes(hours=1)
    page = at_work.get(f"{PAGE}?from=here")
    sent = fields_of(page.text) | {"secret": secret}
    opened = at_work.post("/screen/unlock/", sent)
    assert (opened.status_code, opened.url) == (302, f"{PAGE}?from=here")
    assert at_work.get(PAGE).status_code == 200
    assert happened() == ["unlock"]


def test_the_overlay_is_told_by_a_bare_answer(at_work, watch):
    watch.passes(hours=1)
    script = {"headers": {"X-Stepdown-Fetch": "1"}}
    wrong = at_work.post("/screen/unlock/", {"password": "0000"}, **script)
    assert (wrong.status_code, wrong.text[0]) == (403, "T")
    assert "4 tries left" in wrong.text
    assert at_work.post("/screen/unlock/", {"password": PIN}, **script).status_code == 204
    assert at_work.get(PAGE).status_code == 200


def test_nobody_elses_pin_or_password_opens_it(at_work, watch, house):
    other = AssignmentFactory(medical_director=True, facility=house)
    other.user.set_password("somebody else's words")
    other.user.set_pin("8265")
    other.user.save()
    watch.passes(hours=1)
    for sent in (
        {"secret": "somebody else's words"},
        {"secret": "8265"},
        {"secret": "8265", "username": other.user.username},
        {"secret": "8265", "user": str(other.user.pk), "assignment": str(other.pk)},
    ):
        assert at_work.post("/screen/unlock/", sent).status_code == 403
    assert at_work.get(PAGE).status_code == 423


@pytest.mark.parametrize(
    "secret", ["", "0000", "\N{ARABIC-INDIC DIGIT FOUR}711", "4711 ", "x" * 9_000]
)
def test_what_is_not_the_pin_does_not_open(at_work, watch, secret):
    watch.passes(hours=1)
    assert at_work.post("/screen/unlock/", {"secret": secret}).status_code == 403
    assert at_work.get(PAGE).status_code == 423


def test_an_account_without_a_pin_is_not_opened_by_an_empty_one(at_work, watch, nurse):
    nurse.user.pin = ""
    nurse.user.save()
    watch.passes(hours=1)
    assert at_work.post("/screen/unlock/", {"secret": ""}).status_code == 403


def test_the_fifth_wrong_try_signs_out(at_work, watch):
    watch.passes(hours=1)
    for left in (4, 3, 2, 1):
        assert f"{left} tr" in at_work.post("/screen/unlock/", {"secret": "0000"}).text
    fifth = at_work.post("/screen/unlock/", {"secret": "0000"}, follow=True)
    assert "too many wrong tries" in fifth.text
    assert at_work.post("/screen/unlock/", {"secret": PIN}).status_code in {302, 401}
    assert "_auth_user_id" not in at_work.session
    assert happened().count("unlock.refused") == 5


def test_a_right_one_clears_the_count(at_work, watch):
    for _round in range(3):
        watch.passes(hours=1)
        for _try in range(4):
            at_work.post("/screen/unlock/", {"secret": "0000"})
        assert at_work.post("/screen/unlock/", {"secret": PIN}).status_code == 302


def test_guesses_sent_all_at_once_are_counted_one_by_one(at_work, rf):
    """Requests that all read the session before any of them counted still add up."""
    guesses = []
    for _guess in range(tries.LIMIT + 2):
        request = rf.post("/screen/unlock/")
        request.session = SessionStore(session_key=at_work.session.session_key)
        assert not request.session.get(tries.KEY)
        guesses.append(request)
    assert [tries.reserve(guess) for guess in guesses] == [1, 2, 3, 4, 5, 6, 7]
    at_work.session.flush()
    assert tries.reserve(guesses[0]) > tries.LIMIT
    assert not guesses[0].session.modified


def test_a_poll_is_nobodys_activity(at_work, watch):
    watch.passes(minutes=MINUTES - 1)
    at_work.get(PAGE, headers={idle.POLL: "1"})
    watch.passes(minutes=1, seconds=1)
    poll = at_work.get(PAGE, headers={idle.POLL: "1"})
    assert poll.status_code == 423
    assert poll.content == b""


def test_typing_keeps_the_screen_open_and_writes_nothing(at_work, watch, django_assert_num_queries):
    for _minute in range(10):
        watch.passes(minutes=MINUTES - 1)
        with django_assert_num_queries(2):
            assert at_work.post("/screen/touch/").status_code == 204


def test_locking_by_hand_locks_at_once_also_in_other_tabs(at_work, nurse):
    assert at_work.post("/screen/lock/", headers={"X-Stepdown-Fetch": "1"}).status_code == 204
    assert at_work.get(PAGE).status_code == 423
    at_work.post("/screen/lock/")
    assert happened() == ["lock"]


@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"X-Stepdown-Fetch": "1"}])
def test_a_script_is_told_without_a_page(at_work, watch, header):
    watch.passes(hours=1)
    answer = at_work.post(PAGE, {"pin": "1"}, headers=header)
    assert answer.status_code == 423
    assert answer.content == b""
    assert answer.headers["HX-Trigger"] == "stepdown:locked"


class TestTheCookieOfLastActivity:
    def test_is_signed_and_hidden_from_scripts(self, at_work):
        cookie = at_work.cookies[idle.COOKIE]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"

    @pytest.mark.parametrize(
        "forge",
        [
            lambda old: "",
            lambda old: old.replace(old.split(":")[2], "9999999999"),
            lambda old: old + "x",
            lambda old: "::",
            lambda old: "%E2%98%83",
        ],
    )
    def test_forged_or_thrown_away_opens_nothing(self, at_work, watch, forge):
        session = at_work.session
        session[idle.SEEN] = int(watch.now.timestamp())
        session.save()
        watch.passes(hours=1)
        at_work.cookies[idle.COOKIE] = forge(at_work.cookies[idle.COOKIE].value)
        assert at_work.get(PAGE).status_code == 423

    def test_of_another_session_opens_nothing(self, at_work, watch, nurse):
        session = at_work.session
        session[idle.SEEN] = int(watch.now.timestamp())
        session.save()
        watch.passes(hours=1)
        other = Client()
        sign_in(other, nurse)
        other.get(PAGE)
        at_work.cookies[idle.COOKIE] = other.cookies[idle.COOKIE].value
        assert at_work.get(PAGE).status_code == 423


def test_a_form_sent_while_locked_is_offered_again_after_unlocking(at_work, watch):
    watch.passes(hours=1)
    locked = at_work.post("/screen/touch/", {"note": "two figures: <7>", "secret": "4711"})
    assert locked.status_code == 423
    assert "4711" not in locked.text
    wrong = at_work.post("/screen/unlock/", fields_of(locked.text) | {"secret": "0000"})
    opened = at_work.post("/screen/unlock/", fields_of(wrong.text) | {"secret": PIN}, follow=True)
    assert "two figures: &lt;7&gt;" in opened.text
    sent_on = at_work.post("/account/kept/", fields_of(opened.text) | {"kept_send": "1"})
    assert (sent_on.status_code, sent_on.url) == (307, "/screen/touch/")
    assert "kept" not in at_work.session
