"""Lines of the log are JSON, name nobody, and find a fault by the number a nurse reads out."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from stepdown.web import logs, measures, telling
from tests.records.world import World
from tests.support import sign_in

NAME = "Wilhelmina Logova"
NUMBER = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")


@pytest.fixture
def lines() -> Iterator[Any]:
    """Everything that is logged, by whomever, as it would stand on standard error."""
    held = io.StringIO()
    handler = logging.StreamHandler(held)
    handler.setFormatter(logs.JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in held.getvalue().splitlines()]
    root.removeHandler(handler)


@pytest.fixture
def world(db: None, now, monkeypatch) -> World:
    monkeypatch.setattr("stepdown.clock.now", lambda: now)
    return World.founded(now)


def test_a_request_is_one_line_without_a_name(world, client, lines):
    stay = world.admitted(NAME)
    sign_in(client, world.by("RN").assignment)

    answer = client.get(f"/people/{stay.pk}/?span=stay")

    line = next(each for each in lines() if each.get("route") == "chart:course")
    assert set(line) == {
        "time", "level", "event", "route", "method", "status", "ms", "request", "role",
    }  # fmt: skip
    assert (line["role"], line["status"], line["event"]) == ("RN", 200, "request")
    assert line["request"] == answer.headers["X-Request-ID"]
    assert NUMBER.fullmatch(line["request"])


def _paths(keys: dict[str, Any]) -> Iterator[str]:
    for name in measures.routes():
        for given in ({}, *({key: value} for key, value in keys.items()), keys):
            try:
                yield reverse(name, kwargs=given)
            except NoReverseMatch:
                continue


def test_all_routes_as_several_roles_leave_nothing_of_anybody_in_the_log(world, lines):
    stay = world.admitted(NAME)
    world.cows(stay)
    keys = {
        "episode_id": stay.pk,
        "key": "cows",
        "code": "withdrawal",
        "user_id": world.by("RN").user.pk,
    }
    walked = 0
    for role in ("RN", "PRIV", "PT"):
        client = Client(raise_request_exception=False)
        sign_in(client, world.by(role).assignment)
        for path in sorted(set(_paths(keys))):
            answer = client.get(path)
            walked += 1
            if role == "RN":
                client.post(path, {"q": NAME, "login": NAME, "why": NAME, "key": NAME})
                walked += 1
            if role == "RN" or "login" in answer.headers.get("Location", ""):
                sign_in(client, world.by(role).assignment)
    client = Client(raise_request_exception=False)
    client.post("/account/login/", {"login": world.by("RN").user.username, "password": NAME})
    client.get(f"/people/{stay.pk}/nothing/there/{NAME}")

    text = json.dumps(lines())
    assert walked > 150
    assert len(lines()) > 150
    assert [line for line in lines() if line["event"] == "fault"] == []
    secret = (NAME, "Wilhelmina", "Logova", str(stay.pk), stay.pk.hex, str(stay.person_id))
    named = [world.by(role).user for role in ("RN", "PRIV", "PT")]
    for told in (*secret, *(user.username for user in named), *(user.name for user in named)):
        assert told not in text
    ids = re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", text)
    assert ids == []


def test_a_fault_is_found_by_the_number_on_the_page_and_says_no_word_of_it(
    world, lines, monkeypatch
):
    def fails(*_told: Any) -> None:
        raise ValueError(f"{NAME} is not a number") from KeyError(NAME)

    monkeypatch.setattr("stepdown.web.home.access.may", fails)
    client = Client(raise_request_exception=False)
    sign_in(client, world.by("RN").assignment)

    page = client.get("/")

    assert page.status_code == 500
    number = page.headers["X-Request-ID"]
    assert number in page.text
    fault = next(line for line in lines() if line["event"] == "fault")
    assert (fault["request"], fault["route"], fault["role"]) == (number, "home", "RN")
    assert fault["fault"] == ["builtins.ValueError", "builtins.KeyError"]
    assert any(place.startswith("tests/web/test_logs.py:") for place in fault["places"])
    assert NAME not in json.dumps(lines())


def test_what_others_log_keeps_its_wording_and_loses_its_values(lines):
    other = logging.getLogger("some.package")
    other.warning("Not Found: %s", f"/people/{UUID(int=7)}/")
    other.warning(f"found {NAME}")

    first, second = lines()

    assert (first["event"], first["said"]) == ("some.package", "Not Found: %s")
    assert "said" not in second
    assert second["where"].startswith("test_logs:")
    assert NAME not in json.dumps([first, second])


def test_an_exception_that_came_of_itself_ends(lines):
    fault = ValueError("x")
    fault.__context__ = fault

    assert logs.kinds(fault) == ["builtins.ValueError"]


def test_numbers_differ_and_are_read_out_easily():
    made = {telling.new_number() for _each in range(2_000)}

    assert len(made) == 2_000
    assert all(NUMBER.fullmatch(each) for each in made)
    assert not set("ILOU") & set("".join(made))


def test_machines_that_ask_every_few_seconds_leave_no_line(db, client, lines):
    client.get("/healthz")

    assert lines() == []
    assert NUMBER.fullmatch(client.get("/healthz").headers["X-Request-ID"])
