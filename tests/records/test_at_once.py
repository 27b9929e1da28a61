"""Many at once, on real connections: one wins, each is counted once, and the chain holds."""

from __future__ import annotations

import copy
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, connections

from stepdown.records import audit, snapshots, verifying
from stepdown.records.actions.admission import arrival
from stepdown.records.actions.admission.arrival import Arriving
from stepdown.records.actions.beds import beds
from stepdown.records.actions.monitoring import observations, targets
from stepdown.records.actions.people import episodes
from stepdown.records.errors import Conflict
from stepdown.records.models import (
    AccessEvent,
    AuditEvent,
    BedStay,
    Episode,
    Observation,
    Transition,
)
from tests.records.world import MILD, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    """A set-up SQLite file to copy: threads cannot share one in memory."""
    file = tmp_path_factory.mktemp("shared") / "empty.sqlite3"
    with django_db_blocker.unblock(), in_file(file):
        call_command("migrate", verbosity=0)
    return file


@contextmanager
def in_file(file: Path) -> Iterator[None]:
    """Use this file as the database, and let no commit wait for the disk."""
    kept = connections["default"]
    there = copy.deepcopy(kept.settings_dict) | {"NAME": str(file)}
    there["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connections.databases, "default", there)
        connections["default"] = connections.create_connection("default")
        try:
            yield
        finally:
            connections["default"].close()
            connections["default"] = kept
            snapshots.forget()


@pytest.fixture
def shared(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any, now: datetime, db: None
) -> Iterator[World]:
    """A world that many connections see: PostgreSQL as it is, SQLite in a file of its own."""
    if connection.vendor == "postgresql":
        yield World.founded(now)
        return
    file = tmp_path / "shared.sqlite3"
    shutil.copy(request.getfixturevalue("empty"), file)
    with django_db_blocker.unblock(), in_file(file):
        yield World.founded(now)


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """``act`` in as many threads, let go together; what each returned or refused."""
    barrier = Barrier(count)

    def one(number: int) -> object:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            return act(number)
        except Conflict as conflict:
            return conflict
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def kinds(results: list[object]) -> Counter[str]:
    return Counter(type(each).__name__ for each in results)


def chain_holds(world: World) -> None:
    assert [str(each) for each in verifying.verify(world.facility)] == []


def test_n7_fifty_ask_for_one_bed_and_one_gets_it(shared: World):
    bed = shared.bed("1")

    results = at_once(
        50, lambda n: arrival.arrive(Arriving(f"Person {n}"), bed=bed, **shared.told())
    )

    assert kinds(results) == {"Episode": 1, "Conflict": 49}
    assert (BedStay.objects.count(), Episode.objects.count()) == (1, 1)
    chain_holds(shared)


def test_one_form_sent_twenty_times_at_once_has_one_effect(shared: World):
    stay = shared.arrive()
    told, reading = shared.told(), shared.reading(cows=MILD)
    before = AuditEvent.objects.count()

    results = at_once(20, lambda _n: tuple(observations.record(stay, reading, **told)))

    assert len(set(results)) == 1
    assert (Observation.objects.count(), AuditEvent.objects.count()) == (2, before + 1)
    chain_holds(shared)


def test_one_arrival_sent_twenty_times_at_once_is_one_person(shared: World):
    told = shared.told()

    results = at_once(
        20, lambda _n: arrival.arrive(Arriving("Alan Test"), bed=shared.bed("1"), **told)
    )

    assert len(set(results)) == 1
    assert Episode.objects.count() == 1
    chain_holds(shared)


def test_twenty_nurses_record_at_once_and_every_entry_is_sealed(shared: World):
    stays = [shared.arrive(f"Person {n}", str(n)) for n in range(1, 6)]

    results = at_once(20, lambda n: shared.record(stays[n % 5], shared.reading(cows=MILD)))

    assert all(isinstance(each, list) for each in results)
    assert Observation.objects.count() == 40
    chain_holds(shared)


def test_of_two_who_saw_the_same_page_one_is_told_of_the_other(shared: World):
    stay = shared.arrive()
    seen = shared.cows(stay)
    page = {"seen": seen.pk, "checks_seen": True}

    results = at_once(8, lambda _n: shared.cows(stay, scale=page))

    assert kinds(results) == {"Observation": 1, "Conflict": 7}


def test_of_many_corrections_of_one_entry_one_stands(shared: World):
    stay = shared.arrive()
    old = shared.record(stay, shared.reading())[0]

    results = at_once(
        8,
        lambda n: observations.amend(
            old, shared.reading({"spo2_percent": str(92 + n)}), why="typed",
            **shared.told(),
        ) if n % 2 else observations.void(old, why="wrong", **shared.told()),
    )  # fmt: skip

    assert kinds(results) == {"Observation": 1, "Conflict": 7}
    assert Observation.objects.filter(replaces=old).count() == 1
    chain_holds(shared)


def test_a_stay_changed_from_three_sides_loses_nothing(shared: World):
    stay = shared.arrive()
    shared.documents(stay)
    version = Episode.objects.get(pk=stay.pk).version
    acts: list[Callable[[], object]] = [
        lambda: episodes.transition(stay, "WITHDRAWAL", **shared.told()),
        lambda: beds.move(stay, shared.bed("7"), **shared.told("ADM")),
        lambda: targets.set_target(
            stay, "heart_rate_bpm", low=Decimal(44), high=None, reason="r", **shared.told("PRES")
        ),
    ]

    at_once(3, lambda n: acts[n]())

    now = Episode.objects.get(pk=stay.pk)
    assert (now.state, now.version) == ("WITHDRAWAL", version + 3)
    assert now.target("heart_rate_bpm") == (Decimal(44), None)
    chain_holds(shared)


def test_one_admission_carried_out_by_eight_nurses_is_one(shared: World):
    stay = shared.arrive()
    shared.documents(stay)
    seen = Episode.objects.get(pk=stay.pk).version

    results = at_once(
        8, lambda _n: episodes.transition(stay, "WITHDRAWAL", seen_version=seen, **shared.told())
    )

    assert kinds(results) == {"Transition": 1, "Conflict": 7}
    assert Transition.objects.filter(to_state="WITHDRAWAL").count() == 1


def test_looks_are_counted_one_by_one_also_the_first(shared: World):
    stay = shared.arrive()
    who = shared.by("RN")

    at_once(16, lambda _n: audit.looked("chart", by=who, at=shared.now, episode_id=stay.pk))

    assert list(AccessEvent.objects.order_by("seq").values_list("seq", flat=True)) == list(
        range(1, 17)
    )
    chain_holds(shared)


def test_a_verification_sees_one_moment_while_others_write(shared: World):
    stay = shared.arrive()
    for _n in range(20):
        shared.record(stay, shared.reading())

    def act(number: int) -> object:
        if number:
            return shared.record(stay, shared.reading(), submission=uuid4())
        return [str(each) for each in verifying.verify(shared.facility)]

    results = at_once(8, act)

    assert results[0] == []
