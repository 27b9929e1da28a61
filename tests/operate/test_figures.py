"""What machines may ask: ready or not, and figures that say nothing of anybody."""

from __future__ import annotations

import re

import pytest
from django.db import DatabaseError, connection

from stepdown.operate import figures
from stepdown.web import measures
from tests.records.world import World
from tests.support import sign_in

TOKEN = "a-token-of-thirty-two-characters"


@pytest.fixture
def world(db: None, now, at_now, settings, data) -> World:
    settings.STEPDOWN_METRICS_TOKEN = TOKEN
    return World.founded(now)


def ask(client, token=TOKEN):
    return client.get("/metrics", headers={"authorization": f"Bearer {token}"})


def value(text: str, name: str) -> float:
    (found,) = re.findall(rf"^{re.escape(name)} ([0-9.]+)$", text, re.MULTILINE)
    return float(found)


def test_without_a_token_there_is_no_such_page(client, world, settings):
    settings.STEPDOWN_METRICS_TOKEN = ""

    assert ask(client, "").status_code == 404


@pytest.mark.parametrize("token", ["", "wrong", "ÿ"])
def test_a_wrong_token_is_told_nothing(client, world, token):
    answer = ask(client, token)

    assert (answer.status_code, answer.text) == (401, "Show the token.\n")


def test_pages_are_counted_by_the_name_of_their_route(client, world):
    stay = world.arrive("Wilhelmina Figuresova")
    sign_in(client, world.by("RN").assignment)
    before = measures.mine().cells[measures.mine().index["chart:course"] + measures.SPAN]
    client.get(f"/people/{stay.pk}/")
    client.get("/no/such/page/")

    answer = ask(client)

    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    name = 'stepdown_responses_total{route="chart:course",status="2xx"}'
    assert value(answer.text, name) == before + 1
    assert value(answer.text, 'stepdown_request_seconds_count{route="chart:course"}') >= 1
    assert 'route="unmatched",status="4xx"' in answer.text


def test_no_figure_says_who_is_in_care(client, world):
    stay = world.arrive("Wilhelmina Figuresova")
    sign_in(client, world.by("RN").assignment)
    client.get(f"/people/{stay.pk}/")

    text = ask(client).text

    for told in (str(stay.pk), stay.code, "Wilhelmina", "Figuresova", "Robin", "harbor-rn"):
        assert told not in text
    labels = set(re.findall(r'(\w+)="', text))
    assert labels <= {"route", "status", "le", "worker", "facility", "chain"}


def test_every_line_is_one_a_collector_reads(client, world):
    line = re.compile(r"# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[^{}]*\})? [0-9.eE+-]+")

    assert [each for each in ask(client).text.splitlines() if not line.fullmatch(each)] == []


def test_buckets_only_ever_rise(client, world):
    client.get("/healthz")
    text = ask(client).text
    for route in set(re.findall(r'_bucket\{route="([^"]+)"', text)):
        counts = [
            int(each)
            for each in re.findall(rf'_bucket{{route="{re.escape(route)}",le="[^"]+"}} (\d+)', text)
        ]
        assert counts == sorted(counts)


def test_chains_and_notes_are_told_and_what_never_was_is_absent(client, world):
    text = ask(client).text

    assert value(text, 'stepdown_chain_length{facility="harbor",chain="writes"}') >= 1
    assert "stepdown_last_verify_age_seconds " not in re.sub("# .*", "", text)
    assert value(text, "stepdown_database_up") == 1


def test_a_database_that_is_gone_is_a_figure(client, world, monkeypatch):
    def gone(*_told, **_more):
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr("stepdown.operate.figures.connection.cursor", gone)
        told = list(figures.lines(world.now))
    assert "stepdown_database_up 0" in told


def test_workers_count_together_and_one_that_ended_stays_counted(tmp_path, monkeypatch, world):
    monkeypatch.setenv(measures.RUN, str(tmp_path))
    one = measures.Figures(tmp_path / "100.figures")
    other = measures.Figures(tmp_path / "200.figures")
    for each in (one, other, other):
        each.request("home", 200, 0.003)
        each.waited(0.2)
    other.failed()
    (tmp_path / "300.figures").write_bytes(b"of another release")

    total, pids = measures.together()

    at = one.index["home"]
    assert sum(total[at : at + measures.SPAN - 1]) == 3
    assert total[at + measures.SPAN - 1] == pytest.approx(0.009)
    assert total[one.faults] == 1
    assert [pid for pid in pids if pid in (100, 200, 300)] == [100, 200]


def test_every_route_has_a_place_of_its_own(world):
    names = measures.routes()

    assert {"home", "chart:course", "board:ward", "healthz", "metrics"} <= set(names)
    assert len(names) == len(set(names))


def test_ready_says_so_and_a_stranger_is_not_told_why_not(client, world, monkeypatch):
    figures._seen.clear()
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ready")

    figures._seen.clear()
    monkeypatch.setattr(figures, "_ready", lambda: False)
    answer = client.get("/readyz")
    figures._seen.clear()
    assert (answer.status_code, answer.text) == (503, "not ready")


def test_a_house_with_a_trigger_gone_is_not_ready(world):
    from stepdown.records import guards

    world.tampered = True
    assert figures._ready()
    guards.remove(connection)
    assert not figures._ready()
    guards.install(connection)
