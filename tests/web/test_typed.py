"""A form that waited on a device: whose word is taken for which time, and whose is not."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown import clock
from stepdown.records.models import VITALS, AccessEvent, FluidEntry, Observation, SafetyRound
from stepdown.web import offline, typed
from tests import factories
from tests.support import sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)


class Present:
    """The clock of the server, moved by hand."""

    now = NOW


@pytest.fixture
def present(monkeypatch):
    here = Present()
    monkeypatch.setattr(clock, "now", lambda: here.now)
    return here


@pytest.fixture
def stay(present):
    return factories.EpisodeFactory(arrived_at=NOW - timedelta(days=2), admitted=True, in_bed=True)


@pytest.fixture
def nurse(client, stay):
    return sign_in(client, factories.AssignmentFactory(facility=stay.facility, nurse=True))


def ms(moment):
    return int(moment.timestamp() * 1000)


def note(actor, at=NOW, *, typed_at=None, sent_at=None, ahead=timedelta(0), **other):
    """What a device says whose clock runs ``ahead`` of the server's."""
    told = {
        "stamp": typed.stamp(actor, at),
        "stamped": ms(at + ahead),
        "typed": ms((typed_at or at) + ahead),
        "sent": ms((sent_at or at) + ahead),
    }
    return json.dumps(told | other)


def post(client, stay, header, path="", **fields):
    given = {"submission": str(uuid4()), "heart_rate_bpm": "91", "do": "vitals"} | fields
    headers = {"X-Stepdown-Typed": header, "HX-Request": "true"} if header else {}
    return client.post(f"/people/{stay.pk}/observe/{path}", given, headers=headers)


def test_what_waited_is_recorded_for_when_it_was_typed(client, stay, nurse, present):
    present.now = NOW + timedelta(hours=2)
    header = note(nurse, typed_at=NOW + timedelta(minutes=5), sent_at=present.now)

    answer = post(client, stay, header)

    row = Observation.objects.get(kind=VITALS)
    assert answer.status_code == 204
    assert row.occurred_at == NOW + timedelta(minutes=5)
    assert (row.recorded_at, row.is_downtime) == (present.now, False)


@pytest.mark.parametrize("ahead", [timedelta(days=-3000), timedelta(minutes=45)])
def test_a_device_whose_clock_is_wrong_but_runs_evenly_is_believed(
    client, stay, nurse, present, ahead
):
    present.now = NOW + timedelta(hours=1)
    at = NOW + timedelta(minutes=10)
    header = note(nurse, typed_at=at, sent_at=present.now, ahead=ahead)

    assert post(client, stay, header).status_code == 204
    assert Observation.objects.get(kind=VITALS).occurred_at == at


def test_beyond_the_limit_for_late_entries_it_is_marked_as_after_a_downtime(
    client, stay, nurse, present
):
    present.now = NOW + timedelta(hours=9)

    answer = post(client, stay, note(nurse, sent_at=present.now))

    assert answer.status_code == 204
    row = Observation.objects.get(kind=VITALS)
    assert (row.occurred_at, row.recorded_at, row.is_downtime) == (NOW, present.now, True)


def test_the_limit_goes_by_when_it_was_typed_and_not_by_when_it_came(client, stay, nurse, present):
    present.now = NOW + timedelta(hours=9)
    header = note(nurse, sent_at=present.now)

    early = post(client, stay, header, occurred_at="2027-01-07T01:29")  # 5 h before it was typed
    in_time = post(client, stay, header, occurred_at="2027-01-07T03:30")  # 3 h before

    assert (early.status_code, in_time.status_code) == (422, 204)
    assert "is more than 4 hours ago" in early.text


def test_a_word_longer_ago_than_the_unit_takes_one_for_is_not_taken(client, stay, nurse, present):
    stay.facility.settings = {"offline_hours": "2"}
    stay.facility.save()
    present.now = NOW + timedelta(hours=2, minutes=1)

    answer = post(client, stay, note(nurse, sent_at=present.now))

    assert answer.status_code == 422
    assert "more than 2 hours ago" in answer.text
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    "told",
    [
        {"sent": ms(NOW)},  # the clock stood still meanwhile
        {"sent": ms(NOW + timedelta(hours=1, minutes=-3))},  # put back by three minutes
        {"typed": ms(NOW - timedelta(minutes=3))},  # before it was in touch
        {"typed": ms(NOW + timedelta(hours=2))},  # ahead
    ],
)
def test_a_clock_that_was_changed_is_not_believed(client, stay, nurse, present, told):
    present.now = NOW + timedelta(hours=1)

    answer = post(client, stay, note(nurse, sent_at=present.now, **told))

    assert answer.status_code == 422
    assert "the clock of this tablet was changed" in answer.text
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    "header",
    ["", "{}", "[]", "null", "nonsense", '{"stamp": "x", "stamped": 1, "typed": 1, "sent": 1}'],
)
def test_what_cannot_be_read_is_refused_in_words(client, stay, nurse, header):
    if not header:
        header = note(nurse, stamped=10**30)
    answer = post(client, stay, header)

    assert answer.status_code == 422
    assert "cannot be read" in answer.text
    assert not Observation.objects.exists()


def test_another_persons_entry_is_never_sent_as_ones_own(client, stay, nurse):
    other = factories.AssignmentFactory(facility=stay.facility, nurse=True)

    answer = post(client, stay, note(nurse.of(other)))

    assert answer.status_code == 403
    assert "another person typed this" in answer.text
    assert not Observation.objects.exists()


def test_an_entry_typed_in_another_role_is_refused_with_the_way_on(client, stay, nurse):
    other = factories.AssignmentFactory(user=nurse.user, facility=stay.facility, role="MD")

    answer = post(client, stay, note(nurse.of(other)))

    assert answer.status_code == 403
    assert "you typed this as MD and work as RN now" in answer.text
    assert not Observation.objects.exists()


def test_a_form_that_does_not_ask_when_it_was_typed_is_not_sent_later(client, stay, nurse):
    answer = client.post("/account/pin/", {}, headers={"X-Stepdown-Typed": note(nurse)})

    assert answer.status_code == 422
    assert "cannot be sent later" in answer.text


def test_sent_twice_it_is_recorded_once_also_when_it_has_become_late_meanwhile(
    client, stay, nurse, present
):
    same = {"submission": str(uuid4())}
    first = post(client, stay, "", **same)
    present.now = NOW + timedelta(hours=9)
    client.cookies.clear()
    sign_in(client, nurse.assignment)
    again = post(client, stay, note(nurse, sent_at=present.now), **same)
    third = post(client, stay, note(nurse, sent_at=present.now), **same)

    assert (first.status_code, again.status_code, third.status_code) == (303, 204, 204)
    row = Observation.objects.get(kind=VITALS)
    assert (row.occurred_at, row.is_downtime) == (NOW, False)


def test_sent_again_with_something_else_it_is_a_conflict(client, stay, nurse):
    same = {"submission": str(uuid4())}
    post(client, stay, note(nurse), **same)
    again = post(client, stay, note(nurse), heart_rate_bpm="99", **same)

    assert again.status_code == 409
    assert Observation.objects.get(kind=VITALS).values["heart_rate_bpm"] == "91"


def test_whose_word_was_taken_is_on_the_log(client, stay, nurse, present):
    present.now = NOW + timedelta(hours=1)
    post(client, stay, note(nurse, typed_at=NOW + timedelta(minutes=5), sent_at=present.now))

    event = AccessEvent.objects.get(what="typed.sent")
    assert (event.actor_id, event.episode_id) == (nurse.user.pk, stay.pk)
    assert event.detail == "typed 2027-01-07 14:35:00Z, in touch 2027-01-07 14:30:00Z"


def test_a_form_sent_at_once_costs_no_statement_more(client, stay, nurse):
    post(client, stay, "")
    with CaptureQueriesContext(connection) as spent:
        post(client, stay, "")
    assert len(spent.captured_queries) <= 10
    assert not AccessEvent.objects.filter(what="typed.sent").exists()


# --- the key of a device


def ask(client, device="01234567-89ab-4cde-8f01-23456789abcd"):
    return client.post("/offline/key/", {"device": device})


def test_a_person_gets_the_same_key_again_and_everybody_another(client, stay, nurse):
    first, again = ask(client).json(), ask(client).json()
    other_device = ask(client, str(uuid4())).json()
    sign_in(client, factories.AssignmentFactory(facility=stay.facility, nurse=True))
    somebody_else = ask(client).json()

    assert first["keys"] == again["keys"]
    found = {one["keys"][0] for one in (first, other_device, somebody_else)}
    assert len(found) == 3
    assert first["working"] == str(nurse.assignment.pk)


def test_with_a_new_web_key_the_former_one_still_opens_what_waits(client, nurse, settings):
    before = ask(client).json()["keys"]
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one, long enough to be a key"
    sign_in(client, nurse.assignment)
    present, former = ask(client).json()["keys"]

    assert [former] == before
    assert present != former


def test_a_key_is_given_to_staff_at_work_and_each_time_is_on_the_log(client, stay, nurse):
    assert ask(client).status_code == 200
    event = AccessEvent.objects.get(what="device.key")
    assert (event.actor_id, event.role) == (nurse.user.pk, "RN")
    assert "no-store" in ask(client).headers["Cache-Control"]


@pytest.mark.parametrize("how", ["nobody", "patient", "locked"])
def test_nobody_else_is_given_a_key(client, stay, how):
    if how == "patient":
        sign_in(client, factories.AssignmentFactory(facility=stay.facility, patient=True))
    if how == "locked":
        sign_in(client, factories.AssignmentFactory(facility=stay.facility, nurse=True))
        client.post("/screen/lock/")
    answer = client.post(
        "/offline/key/", {"device": str(uuid4())}, headers={"X-Stepdown-Fetch": "1"}
    )

    assert answer.status_code == {"nobody": 401, "patient": 403, "locked": 423}[how]
    assert "stamp" not in answer.text


def test_a_device_that_does_not_say_which_it_is_gets_nothing(client, nurse):
    assert ask(client, "tablet").status_code == 422
    assert client.get("/offline/key/").status_code == 405


def test_keys_are_not_given_without_end(client, nurse, present, monkeypatch):
    monkeypatch.setattr(offline, "MOST_KEYS", 3)
    assert [ask(client).status_code for _turn in range(4)] == [200, 200, 200, 429]
    session = client.session
    session["device_keys"] = (int((NOW - timedelta(hours=2)).timestamp()), 99)
    session.save()
    assert ask(client).status_code == 200


# --- thrown away unsent


def throw_away(client, path, **other):
    told = {"path": path, "what": "COWS", "typed": "2027-01-07 14:00:05Z", "reason": "Wrong bed"}
    return client.post("/offline/discarded/", told | other)


def test_an_entry_thrown_away_unsent_is_on_the_log_of_the_stay(client, stay, nurse):
    assert throw_away(client, f"/people/{stay.pk}/observe/").status_code == 204

    event = AccessEvent.objects.get(what="typed.discarded")
    assert (event.episode_id, event.actor_id) == (stay.pk, nurse.user.pk)
    assert event.detail == "COWS, typed 2027-01-07 14:00:05Z: Wrong bed"


@pytest.mark.parametrize(
    "wrong", [{"reason": " "}, {"reason": "x" * 91}, {"typed": "yesterday"}, {"what": ""}]
)
def test_without_a_reason_or_a_time_nothing_is_logged(client, stay, nurse, wrong):
    assert throw_away(client, f"/people/{stay.pk}/observe/", **wrong).status_code == 422
    assert not AccessEvent.objects.filter(what="typed.discarded").exists()


def test_a_stay_elsewhere_or_a_page_that_is_not_there_is_logged_without_a_stay(client, nurse):
    elsewhere = factories.EpisodeFactory(arrived_at=NOW)
    for path in (f"/people/{elsewhere.pk}/observe/", "/nowhere", "/account/"):
        assert throw_away(client, path).status_code == 204
    events = AccessEvent.objects.filter(what="typed.discarded")
    assert {each.episode_id for each in events} == {None}


# --- what the device keeps of the frame


def test_the_worker_is_the_same_for_everybody_and_names_what_it_keeps(client, nurse):
    signed_in = client.get("/offline/worker.js")
    client.logout()
    nobody = client.get("/offline/worker.js")

    assert signed_in.content == nobody.content
    assert signed_in.headers["Service-Worker-Allowed"] == "/"
    assert signed_in.headers["Content-Type"].startswith("text/javascript")
    given = json.loads(signed_in.text.split("\n")[0].removeprefix("const GIVEN = ").rstrip(";"))
    assert "/static/js/offline.js" in given["files"]
    assert not [file for file in given["files"] if not file.startswith("/static/")]
    assert "default-src 'none'" in given["headers"]["Content-Security-Policy"]
    for file in given["files"]:
        with closing(client.get(file)) as answer:
            assert answer.status_code == 200, file


def test_the_page_in_place_of_others_names_nobody_whoever_asks(client, nurse):
    signed_in = client.get("/offline/shell/").text

    assert nurse.user.name not in signed_in
    assert "data-actor" not in signed_in
    assert "<html" in signed_in
    assert "data-shell" in signed_in


def test_the_list_holds_nothing_by_itself(client, nurse, django_assert_num_queries):
    client.get("/offline/")
    with django_assert_num_queries(2):
        page = client.get("/offline/")
    assert "What waits on this tablet" in page.text
    assert "no-store" in page.headers["Cache-Control"]


# --- rounds and fluids


@pytest.mark.parametrize(
    ("path", "fields", "model"),
    [
        ("rounds/", {"place": "bed_asleep_breathing"}, SafetyRound),
        ("fluids/drunk", {"what": "water", "volume_ml": "250"}, FluidEntry),
    ],
)
def test_a_round_and_a_drink_are_recorded_for_when_they_were_typed(
    client, stay, nurse, present, path, fields, model
):
    present.now = NOW + timedelta(hours=9)
    headers = {"X-Stepdown-Typed": note(nurse, sent_at=present.now), "HX-Request": "true"}
    given = {"submission": str(uuid4())} | fields
    url = f"/people/{stay.pk}/{path}"

    answers = [client.post(url, given, headers=headers).status_code for _turn in range(2)]

    row = model.objects.get()
    assert answers == [204, 204]
    assert (row.occurred_at, row.recorded_at) == (NOW, present.now)
    assert getattr(row, "is_downtime", True)
    assert not getattr(row, "late_reason", "")
