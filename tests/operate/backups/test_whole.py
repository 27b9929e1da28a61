"""A backup taken while eight write, an old one, a broken one: what becomes of each."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from stepdown import clock
from tests.operate.backups.conftest import FROZEN
from tests.operate.backups.house import Place, on_server, on_sqlite, on_this_engine

pytestmark = [pytest.mark.faults, pytest.mark.django_db]


@pytest.fixture
def places(tmp_path: Path) -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def empty(tmp_path: Path, places: ExitStack) -> Place:
    """An empty database on the engine of this run."""
    return places.enter_context(on_this_engine(tmp_path / "new"))


def test_a_backup_while_eight_write_is_a_sound_beginning_of_what_they_wrote(
    tmp_path: Path, places: ExitStack, key: Path
):
    """Restored on the other engine as well, where there is one: nothing but the history is in it."""
    ward = replace(places.enter_context(on_this_engine(tmp_path / "ward")), reads="apart")
    writing = ward.start("-m", "tests.operate.backups.ward")
    assert writing.stdout is not None
    assert writing.stdout.readline() == "ready\n"

    made = ward.stepdown("backup", "--unverified", "--to", tmp_path / "to", "--key-file", key)
    said, _trouble = writing.communicate(timeout=120)

    assert made.returncode == 0, made.stderr
    assert int(said) > 24
    (file,) = (tmp_path / "to").iterdir()
    restored = replace(on_sqlite(tmp_path / "restored"), reads="apart")
    answer = restored.stepdown("restore", file, "--demo", "--key-file", key)
    assert answer.returncode == 0, answer.stderr
    verdict = restored.stepdown("verify")
    assert verdict.returncode == 0, verdict.stdout
    all_writes, all_looks = ward.chains()
    writes, looks = restored.chains()
    assert 24 < len(writes) < len(all_writes)
    assert writes == all_writes[: len(writes)]
    assert looks[:-1] == all_looks[: len(looks) - 1]  # the last says that it was restored
    assert 24 < len(looks) - 1 <= len(all_looks)


def test_a_backup_of_the_first_release_is_restored_brought_up_and_backed_up_again(
    empty: Place, key: Path, tmp_path: Path
):
    answer = empty.stepdown("restore", FROZEN, "--demo", "--key-file", key)

    assert answer.returncode == 0, answer.stderr
    assert "as it was sealed" in answer.stdout
    assert "Everybody signs in again" in answer.stdout
    verdict = empty.stepdown("verify")
    assert verdict.returncode == 0, verdict.stdout
    again = empty.stepdown("restore", FROZEN, "--demo", "--key-file", key)
    assert again.returncode == 1
    assert "Not restored" in again.stderr
    anew = empty.stepdown("backup", "--to", tmp_path / "to", "--key-file", key, "--keep", "1")
    assert anew.returncode == 0, anew.stderr
    (file,) = (tmp_path / "to").iterdir()
    assert f"{file}: verified." in anew.stdout
    assert "unverified" not in file.name
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(empty.data.glob(".scratch-*"))
    if not settings.SQLITE:
        left = on_server("SELECT datname FROM pg_database WHERE datname LIKE 'stepdown_scratch_%'")
        assert left == []


def test_a_restore_that_is_killed_leaves_nothing_that_serves(empty: Place, key: Path):
    words = ["restore", FROZEN, "--demo", "--key-file", key]
    restoring = empty.start("-m", "stepdown.operate.main", *words, start_new_session=True)
    give_up = clock.ticks() + 60
    while not _begun(empty):
        assert restoring.poll() is None
        assert clock.ticks() < give_up
    os.killpg(restoring.pid, signal.SIGKILL)
    restoring.communicate()

    assert not (empty.data / "stepdown.sqlite3").exists()
    served = empty.stepdown("serve", "--port", "1")
    assert served.returncode == 1
    assert "stepdown migrate" in served.stderr


def _begun(place: Place) -> bool:
    """Whether tables are being made."""
    if settings.SQLITE:
        return any(each.stat().st_size for each in place.data.glob(".restoring-*/*.sqlite3"))
    name = place.url.rpartition("/")[2]
    return bool(on_server(f"SELECT 1 FROM pg_stat_activity WHERE datname = '{name}'"))


def test_a_record_altered_before_its_backup_is_not_called_verified(tmp_path: Path, key: Path):
    """It is kept, under a name that says so; restored only by who asks for it as it is."""
    house = on_sqlite(tmp_path / "house")
    assert house.stepdown("restore", FROZEN, "--demo", "--key-file", key).returncode == 0
    house.run("-c", ALTER)

    made = house.stepdown("backup", "--to", tmp_path / "to", "--key-file", key)

    assert made.returncode == 1
    assert "Not as it was sealed" in made.stderr
    assert "do not rely on it" in made.stderr
    (file,) = (tmp_path / "to").iterdir()
    assert file.name.endswith(".unverified.backup")
    new = on_sqlite(tmp_path / "new")
    words = ["restore", file, "--demo", "--key-file", key]
    refused = new.stepdown(*words)
    assert refused.returncode == 1
    assert "Not as it was sealed" in refused.stderr
    assert not (new.data / "stepdown.sqlite3").exists()
    kept = new.stepdown(*words, "--as-it-is")
    assert kept.returncode == 1
    assert "NOT as it was sealed" in kept.stdout
    assert (new.data / "stepdown.sqlite3").exists()


ALTER = """
from stepdown.operate import surroundings
surroundings.set_up()
from django.db import connection
from stepdown.records import guards
guards.remove(connection)
with connection.cursor() as cursor:
    cursor.execute("UPDATE records_observation SET total = total + 1 WHERE total IS NOT NULL")
guards.install(connection)
"""


def test_what_is_there_is_moved_aside_only_when_asked_and_when_nobody_has_it_open(
    tmp_path: Path, key: Path
):
    house = on_sqlite(tmp_path / "house")
    words = ["restore", FROZEN, "--demo", "--key-file", key]
    assert house.stepdown(*words).returncode == 0
    verdict = house.stepdown("verify")
    assert verdict.returncode == 0
    before = house.chains()

    holding = house.start("-c", HOLD)
    assert holding.stdout is not None
    assert holding.stdout.readline() == "open\n"
    busy = house.stepdown(*words, "--move-aside")
    holding.communicate()
    assert busy.returncode == 1
    assert "is in use" in busy.stderr
    assert house.chains() == before

    moved = house.stepdown(*words, "--move-aside")
    assert moved.returncode == 0, moved.stderr
    assert len(list(house.data.glob("stepdown.sqlite3.before-*"))) == 1
    assert house.stepdown("verify").returncode == 0


HOLD = """
import sys
from stepdown.operate import surroundings
surroundings.set_up()
from stepdown.records.models import AuditEvent
AuditEvent.objects.count()
print("open", flush=True)
sys.stdin.read()
"""


# --- from SQLite to PostgreSQL ----------------------------------------------------------------


@pytest.mark.skipif(settings.SQLITE, reason="needs the other engine (make test DATABASE_URL=...)")
def test_a_file_is_moved_to_a_server_and_every_row_and_seal_with_it(
    tmp_path: Path, empty: Place, key: Path
):
    house = on_sqlite(tmp_path / "house")
    assert house.stepdown("restore", FROZEN, "--demo", "--key-file", key).returncode == 0
    before, bytes_before = house.chains(), (house.data / "stepdown.sqlite3").read_bytes()

    moved = house.stepdown("move", "--to", empty.url)

    assert moved.returncode == 0, moved.stderr
    assert "rows moved and compared" in moved.stdout
    assert f"Set DATABASE_URL={empty.url}" in moved.stdout
    there = Place(house.data, empty.url)
    assert there.stepdown("verify").returncode == 0
    writes, looks = there.chains()
    assert writes == before[0]
    assert looks[:-1] == before[1]
    assert house.chains() == before
    assert len((house.data / "stepdown.sqlite3").read_bytes()) == len(bytes_before)
    served = house.stepdown("serve", "--port", "1")
    assert served.returncode == 1
    assert "was moved to" in served.stderr
    again = house.stepdown("move", "--to", empty.url)
    assert again.returncode == 1
    assert "There is something in this database already" in again.stderr


@pytest.mark.skipif(settings.SQLITE, reason="needs the other engine (make test DATABASE_URL=...)")
def test_an_altered_record_is_not_moved_and_leaves_nothing_that_serves(
    tmp_path: Path, empty: Place, key: Path
):
    house = on_sqlite(tmp_path / "house")
    assert house.stepdown("restore", FROZEN, "--demo", "--key-file", key).returncode == 0
    house.run("-c", ALTER)

    moved = house.stepdown("move", "--to", empty.url)

    assert moved.returncode == 1
    assert "Not as it was sealed" in moved.stderr
    assert not (house.data / "stepdown.sqlite3.moved").exists()
    served = Place(house.data, empty.url).stepdown("serve", "--port", "1")
    assert served.returncode == 1
    assert "Run: stepdown migrate" in served.stderr


def test_only_a_file_is_moved_and_only_to_a_named_server(tmp_path: Path):
    house = on_sqlite(tmp_path / "house")
    for to in ("sqlite:///x", "postgres://127.0.0.1", "mysql://x/y"):
        said: subprocess.CompletedProcess[str] = house.stepdown("move", "--to", to)
        assert said.returncode == 2
        assert "Say where to" in said.stderr
    said = house.stepdown("move", "--to", "postgres://nobody@127.0.0.1:1/x")
    assert said.returncode == 1
    assert "not set up" in said.stderr
