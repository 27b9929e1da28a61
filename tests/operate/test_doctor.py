"""The doctor finds what is wrong with a deployment, says what to do, and changes nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection

from stepdown.operate import anchors, doctor
from stepdown.records import guards, verifying
from stepdown.records.actions.beds import founding
from stepdown.records.models import Facility
from tests.operate.conftest import Call
from tests.records.world import World, nothing_saved


def found(what: str) -> list[tuple[str, str]]:
    return [(each.state, each.said) for each in doctor.findings() if each.what == what]


def states(what: str) -> set[str]:
    return {state for state, _said in found(what)}


@pytest.fixture
def world(db: None, now, at_now) -> World:
    return World.founded(now)


@pytest.fixture
def keys(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("STEPDOWN_SECRET_KEY", raising=False)
    monkeypatch.delenv("STEPDOWN_AUDIT_KEY", raising=False)
    (data / "keys").mkdir(mode=0o700)
    for name in ("web.key", "audit.key"):
        (data / "keys" / name).write_text("k" * 40)
        (data / "keys" / name).chmod(0o600)
    return data / "keys"


def test_a_whole_house_has_nothing_that_fails(call: Call, world, data, keys, settings):
    settings.ALLOWED_HOSTS = ["localhost"]

    with nothing_saved():
        answer = call("doctor")

    lines = [line for line in answer.out.splitlines() if line.startswith("fail")]
    if settings.SQLITE:
        assert (answer.status, lines) == (0, [])
    else:  # the house of the tests lives in another year than the clock of a server
        assert (answer.status, [line.split()[:2] for line in lines]) == (1, [["fail", "clock"]])
    assert "demonstration: anybody walks in" in answer.out
    assert "audit key fits the last entry of Harbor" in answer.out


def test_findings_as_json_are_the_same(call: Call, world, data, keys):
    told = json.loads(call("doctor", "--json").out)

    assert {each["state"] for each in told} <= {"ok", "warn", "fail"}
    assert all(each["said"] and each["what"] for each in told)
    assert len(told) > 12


def test_a_key_others_can_read_or_that_is_gone(world, keys):
    (keys / "audit.key").chmod(0o644)
    (keys / "web.key").unlink()

    told = found("keys")

    assert [state for state, _said in told] == ["fail", "fail"]
    assert "web.key is not there" in told[0][1]
    assert f"Run: chmod 600 {keys / 'audit.key'}" in told[1][1]


def test_triggers_that_are_gone(world, data, keys):
    world.tampered = True
    guards.remove(connection)

    ((state, said),) = found("guards")
    guards.install(connection)

    assert state == "fail"
    assert "Run: stepdown migrate" in said


def test_another_audit_key(call, world, data, keys, settings):
    settings.STEPDOWN_AUDIT_KEY = "quite another key of forty letters here"

    assert states("facility") == {"fail"}
    assert call("doctor").status == 1


def test_migrations_that_are_missing(world, data, keys, monkeypatch):
    monkeypatch.setattr("stepdown.operate.doctor.readiness.unapplied", lambda: 2)

    assert found("migrations") == [
        ("fail", "2 migrations of this release are missing. Run: stepdown migrate")
    ]


def test_a_full_disk(world, data, keys, monkeypatch):
    for free, state in ((9e6, "fail"), (9e8, "warn"), (9e10, "ok")):
        usage = SimpleNamespace(free=int(free))
        monkeypatch.setattr(
            "stepdown.operate.doctor.shutil.disk_usage", lambda _path, usage=usage: usage
        )
        assert states("disk") == {state}


def test_a_data_folder_on_the_network_or_open_to_all(world, data, keys, monkeypatch):
    monkeypatch.setattr(doctor, "_filesystem", lambda _path: "nfs4")
    data.chmod(0o755)

    assert states("data folder") == {"fail", "warn"}


def test_names_of_the_network_without_tls(world, data, keys, settings):
    settings.ALLOWED_HOSTS = ["ward.example.org"]
    assert states("tls") == {"fail"}

    settings.STEPDOWN_TLS = "yes"
    assert states("tls") == {"ok"}
    settings.ALLOWED_HOSTS = ["localhost"]
    assert states("tls") == {"ok", "warn"}


def test_origins_that_do_not_fit(world, data, keys, settings):
    settings.STEPDOWN_TLS = "yes"
    settings.ALLOWED_HOSTS = ["ward.example.org"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://ward.example.org:8443"]
    assert found("origins") == []
    settings.CSRF_TRUSTED_ORIGINS = ["http://other.example.org"]
    assert len(found("origins")) == 2


def test_debugging_and_a_slip_of_the_fingers(world, data, keys, settings, monkeypatch):
    monkeypatch.setenv("STEPDOWN_HOST", "x")
    settings.DEBUG = True

    assert states("environment") == {"fail", "warn"}


def test_notes_of_verify_and_their_age(world, data, keys, now):
    assert states("verify") == {"warn"}
    facility = Facility.objects.get()
    for ago, state in ((timedelta(days=5), "warn"), (timedelta(hours=3), "ok")):
        anchors.note(anchors.default_file(), facility, verifying.anchor(facility), at=now - ago)
        assert states("verify") == {state}


def test_a_time_zone_the_machine_does_not_know(world, data, keys):
    world.tampered = True
    Facility.objects.update(zone="Mars/Olympus")

    assert states("time zones") == {"fail"}


def test_unsigned_content_is_named(world, data, keys):
    told = [said for state, said in found("content") if state == "warn"]

    assert "are not signed here and show as draft" in told[0]


@pytest.mark.django_db
def test_an_empty_database_is_told_where_to_begin(data, keys, at_now, now):
    assert states("purpose") == {"fail"}
    founding.deploy(demo=False, at=now)
    assert states("purpose") == {"ok"}
    assert found("facility") == [("fail", "There is no facility yet. Run: stepdown facility FILE")]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="two clocks need two machines")
def test_a_clock_that_differs_from_the_databases_is_told(world, data, keys):
    assert states("clock") == {"fail"}  # these tests stand in another year
    assert "keep time by NTP" in found("clock")[0][1]


def test_the_engine_answers_with_its_version(world, data, keys):
    assert found("database")[0][0] == "ok"
    assert "password" not in repr(found("database")).lower()
