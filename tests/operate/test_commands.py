"""What an operator does with a database: sets it up, opens it, and asks whether it is whole."""

from __future__ import annotations

import io
import json
import socket
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection

from stepdown import clock
from stepdown.content import library
from stepdown.operate import filling, readiness, serving
from stepdown.operate.commands import demo
from stepdown.operate.console import Progress, Stopped
from stepdown.records import audit, guards
from stepdown.records.actions.access import settings as setting_actions
from stepdown.records.actions.beds import founding
from stepdown.records.errors import Refused
from stepdown.records.models import (
    Assignment,
    AuditEvent,
    Bed,
    ChainHead,
    Deployment,
    Facility,
    User,
)
from tests.operate.conftest import Call
from tests.records.world import World

GOOD = "a long walk by the harbour"
HOUSE = """\
code: harbor-house
name: Harbor House
zone: America/Los_Angeles
units:
  - code: withdrawal
    name: Withdrawal unit
    beds:
      - {label: "01", about: "Room 1, step-free"}
      - {label: "02"}
"""


@pytest.fixture
def world(db: None, now: datetime) -> World:
    return World.founded(now)


# --- migrate ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_database_is_for_real_people_unless_said_otherwise_and_stays_so(call: Call):
    first = call("migrate")
    assert (first.status, first.out) == (0, "Ready, for real people: nothing to do.\n")
    assert not Deployment.objects.get().demo

    second = call("migrate", "--demo")
    assert second.status == 1
    assert "was made for real people and stays so" in second.err
    assert call("migrate").status == 0


@pytest.mark.django_db
def test_a_database_may_be_for_a_demonstration(call: Call):
    assert call("migrate", "--demo").out == "Ready, for a demonstration: nothing to do.\n"
    assert call("migrate").out == "Ready, for a demonstration: nothing to do.\n"


# --- facility and account ---------------------------------------------------------------------


@pytest.mark.django_db
def test_a_facility_is_set_up_from_a_file(call: Call, tmp_path: Path):
    call("migrate")
    (tmp_path / "house.yaml").write_text(HOUSE)

    answer = call("facility", tmp_path / "house.yaml")

    assert (answer.status, answer.out.split()[0]) == (0, "harbor-house")
    assert [bed.about for bed in Bed.objects.all()] == ["Room 1, step-free", ""]
    assert AuditEvent.objects.get().action == "facility.found"
    again = call("facility", tmp_path / "house.yaml")
    assert (again.status, Facility.objects.count()) == (1, 1)
    assert "there is a facility called harbor-house already" in again.err


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("zone: America/Los_Angeles\n", "", 1, "'zone' is a required property"),
        ("code: harbor-house", "code: Harbor House", 1, "does not match"),
        ('label: "02"', 'label: "01"', 9, "there are two beds '01'"),
        ("beds:", "bads:", 5, "bads"),
        ("name: Harbor House", "name: Harbor House\nname: Other", 3, "twice"),
    ],
)
def test_a_facility_file_that_cannot_be_used_is_named_with_its_line(
    call, tmp_path, old, new, line, said
):
    call("migrate")
    file = tmp_path / "house.yaml"
    file.write_text(HOUSE.replace(old, new))

    answer = call("facility", file)

    assert (answer.status, Facility.objects.count()) == (1, 0)
    assert f"house.yaml:{line}: " in answer.err
    assert said in answer.err


@pytest.mark.django_db
def test_a_facility_in_no_zone_is_not_set_up(call: Call, tmp_path: Path):
    call("migrate")
    (tmp_path / "house.yaml").write_text(HOUSE.replace("America/Los_Angeles", "Mars/Olympus"))

    assert "is not a time zone" in call("facility", tmp_path / "house.yaml").err


def test_nothing_is_set_up_in_a_database_that_is_not(call: Call, db: None, tmp_path: Path):
    (tmp_path / "house.yaml").write_text(HOUSE)

    assert "Run: stepdown migrate" in call("facility", tmp_path / "house.yaml").err


def test_a_first_account_is_opened_with_a_password_typed_twice(
    call: Call, world: World, monkeypatch: pytest.MonkeyPatch
):
    asked = iter(["Dana Reed", "rn"])
    typed = iter([GOOD, GOOD])
    monkeypatch.setattr("builtins.input", lambda prompt: next(asked))
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))

    answer = call("account", "dana", "--licence", "9", "--licence-state", "ca")

    assert (answer.status, answer.out) == (0, "dana can sign in to Harbor as RN.\n")
    assert User.objects.get(username="dana").name == "Dana Reed"
    assert User.objects.get(username="dana").check_password(GOOD)
    assert Assignment.objects.get(user__username="dana").licence_state == "CA"


def test_a_borrowed_account_ends_after_its_last_day_on_the_wards_clock(
    call: Call, world: World, monkeypatch: pytest.MonkeyPatch, at_now: datetime
):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\n"))
    words = ["--role", "RN", "--employment", "agency", "--password-from-stdin"]

    answer = call("account", "temp", *words, "--expires", "2027-02-05")

    assert answer.out == "temp can sign in to Harbor as RN until 2027-02-05.\n"
    ends = Assignment.objects.get(user__username="temp").expires_at
    assert ends is not None
    assert world.facility.local(ends).isoformat() == "2027-02-06T00:00:00-08:00"


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (["x y", "--role", "RN"], GOOD, "A user name has"),
        (["harbor-rn", "--role", "RN"], GOOD, "is taken"),
        (["temp", "--role", "RN"], "short", "too short"),
        (["temp", "--role", "RN"], "", "needs a first password"),
        (["temp", "--role", "RN", "--employment", "agency"], GOOD, "need a last day"),
        (["temp", "--role", "RN", "--facility", "elsewhere"], GOOD, "Name the facility"),
        (["temp"], GOOD, "Name the role"),
        (["temp", "--role", "BOSS"], GOOD, "invalid choice"),
        (["temp", "--role", "RN", "--expires", "soon"], GOOD, "invalid"),
    ],
)
def test_an_account_that_cannot_be_opened_says_why(call, world, monkeypatch, words, typed, said):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))

    answer = call("account", *words, "--password-from-stdin")

    assert answer.status != 0
    assert said in answer.err
    assert User.objects.count() == 17


def test_two_passwords_that_differ_open_nothing(call, world, monkeypatch):
    typed = iter([GOOD, GOOD + "x"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))

    words = ["account", "dana", "--role", "RN", "--name", "Dana"]
    assert "the two passwords differ" in call(*words).err


def test_accounts_are_listed_with_their_state(call: Call, world: World, at_now: datetime):
    assert "harbor               harbor-rn        RN    open" in call("account").out


# --- verify -----------------------------------------------------------------------------------


def test_a_whole_record_is_said_to_be_whole_and_its_ends_are_noted(
    call: Call, world: World, data: Path
):
    world.cows(world.arrive())

    answer = call("verify")

    assert answer.status == 0
    assert "Harbor: as it was sealed. 3 events and 0 looks" in answer.out
    (line,) = (data / "anchors" / "chains.jsonl").read_text().splitlines()
    head = ChainHead.objects.get(pk=world.facility.pk)
    assert json.loads(line)["writes"] == [head.seq, head.mac]
    assert ", 1 anchors held" in call("verify").out


def test_a_broken_record_is_named_and_fails_and_notes_nothing(call: Call, world: World, data: Path):
    row = world.cows(world.arrive())
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_observation SET total = 1 WHERE kind = 'cows'")

    answer = call("verify")

    assert answer.status == 1
    assert f"NOT as it was sealed. First: records_observation {row.pk}: altered" in answer.out
    assert not (data / "anchors").exists()


def test_a_chain_cut_short_is_told_by_the_file_kept_elsewhere(
    call: Call, world: World, data: Path, tmp_path: Path
):
    world.arrive()
    kept = tmp_path / "copied" / "anchors.jsonl"
    assert call("verify", "--anchors", kept).status == 0
    guards.remove(connection)
    first = AuditEvent.objects.get(facility=world.facility, seq=1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_auditevent WHERE seq > 1")
    ChainHead.objects.filter(pk=world.facility.pk).update(seq=1, mac=first.mac)

    answer = call("verify", "--anchors", kept)

    assert answer.status == 1
    assert "audit event 2: it was seen once, and is gone: cut short" in answer.out
    assert len(kept.read_text().splitlines()) == 1


def test_an_anchors_file_that_was_tampered_with_is_not_skipped(call, world, data):
    call("verify")
    file = data / "anchors" / "chains.jsonl"
    file.write_text(file.read_text() + "{}\n")

    answer = call("verify")

    assert answer.status == 1
    assert "chains.jsonl:2: this line is not an anchor" in answer.err


def test_only_the_facility_asked_for_is_verified(call: Call, world: World, data: Path):
    World.founded(world.now, code="hillside")

    assert "Hillside" in call("verify").out
    assert "Hillside" not in call("verify", "--facility", "harbor").out
    assert "no such facility" in call("verify", "--facility", "nowhere").err


# --- content ----------------------------------------------------------------------------------


def test_content_is_checked_and_a_fault_is_named_with_file_and_line(call: Call, tmp_path: Path):
    assert "All content is sound" in call("content", "check").out

    folder = tmp_path / "ours"
    (folder / "instruments").mkdir(parents=True)
    (folder / "instruments" / "bad.yaml").write_text("key: bad\nname: [\n")
    with library.using(folder):
        answer = call("content", "check")

    assert answer.status == 1
    assert "bad.yaml:3:" in answer.out or "bad.yaml:2:" in answer.out


def test_content_is_listed_with_where_it_is_signed(call: Call, world: World):
    assert "cows" in call("content", "list").out
    cows = library.instrument("cows")
    setting_actions.sign_content(
        cows, kind="instrument", by=world.by("MD"), at=world.now, proof=world.proof("MD")
    )

    listed = {line.split()[0]: line for line in call("content", "list").out.splitlines()}

    assert listed["cows"].endswith("harbor")
    assert listed["cssrs_screener"].endswith("unsigned")


# --- before serving ---------------------------------------------------------------------------


def test_a_ready_house_has_no_troubles(world: World):
    assert list(readiness.troubles()) == []


def test_a_database_nobody_gave_a_purpose_is_not_served(db: None):
    assert list(readiness.troubles()) == [
        "Nobody has said what this database is for. Run: stepdown migrate"
    ]


def test_a_database_behind_this_release_is_not_served(world, monkeypatch):
    monkeypatch.setattr(readiness, "unapplied", lambda: 2)

    assert "is not set up for this release. Run: stepdown migrate" in next(readiness.troubles())


def test_lost_guards_are_noticed_before_serving(world: World):
    guards.remove(connection)

    with pytest.raises(Stopped, match="guards of the records are gone"):
        readiness.require()


def test_another_key_does_not_go_on_sealing(world, settings):
    settings.STEPDOWN_AUDIT_KEY = "another key altogether"

    with pytest.raises(Stopped, match="sealed with another key"):
        readiness.require()


def test_unsound_content_is_not_served(world: World, tmp_path: Path):
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "bad.yaml").write_text("key: [\n")

    with library.using(tmp_path), pytest.raises(Stopped, match=r"bad\.yaml:\d+: "):
        readiness.require()


def test_a_port_in_use_is_said_before_anything_starts():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Stopped, match=f"Name another: --port {port + 1}"):
            serving.require_free("127.0.0.1", port)


# --- filling a new database -------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_waiting_for_the_disk_is_only_put_off_and_comes_back():
    asked = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}

    def now() -> str:
        with connection.cursor() as cursor:
            cursor.execute(asked[connection.vendor])
            return str(cursor.fetchone()[0])

    usual = now()
    with filling.without_waiting():
        assert now() in ("0", "off")
    assert now() in (usual, "2")


def test_progress_tells_how_far_and_how_fast_now_and_then(capsys, monkeypatch):
    ticks = iter([0.0, 1.0, 1.5, 4.0])
    monkeypatch.setattr(clock, "ticks", lambda: next(ticks))
    progress = Progress(seconds=2)

    for done in (10, 20, 90):
        progress("events", done, 1000)

    assert capsys.readouterr().err == "90 of 1,000 events (30/s)\n"


# --- a demonstration --------------------------------------------------------------------------


def test_n22_a_database_of_real_people_is_never_made_into_a_demonstration(
    db: None, now: datetime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    founding.deploy(demo=False, at=now)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///named")

    with pytest.raises(Refused, match="was made for real people"):
        demo.fill(tmp_path)


def test_a_look_at_the_end_of_both_chains_is_kept(world: World, data: Path, call: Call):
    audit.looked("board", by=world.by("RN"), at=world.now)
    assert call("verify").status == 0
    line = json.loads((data / "anchors" / "chains.jsonl").read_text())

    assert line["reads"][0] == 1
