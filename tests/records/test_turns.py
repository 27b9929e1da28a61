"""Writers of one SQLite database follow each other; each database has a queue of its own."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connections

from stepdown.records.transactions import writing

BOTH = ["main", "apart"]


@pytest.fixture(autouse=True)
def two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any, django_db_blocker: Any
) -> Iterator[None]:
    """Two SQLite files beside the test's own database, under names of their own."""
    settings.SQLITE = True
    like = copy.deepcopy(connections["default"].settings_dict)
    for alias in BOTH:
        file = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / alias)}
        options = {"transaction_mode": "IMMEDIATE", "timeout": 0.1}
        monkeypatch.setitem(connections.databases, alias, like | file | {"OPTIONS": options})
    with django_db_blocker.unblock():
        yield
        for alias in BOTH:
            connections[alias].close()
            del connections[alias]


def write(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS notes (told TEXT)")
        cursor.execute("INSERT INTO notes VALUES ('something')")


def told(alias: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM notes")
        return int(cursor.fetchone()[0])


class Other:
    """Somebody else, writing to one database until told to stop."""

    def __init__(self, alias: str) -> None:
        self.alias, self.began, self.stop = alias, Event(), Event()
        self.thread = Thread(target=self._run)

    def _run(self) -> None:
        try:
            with writing(self.alias):
                write(self.alias)
                self.began.set()
                self.stop.wait(20)
        finally:
            connections[self.alias].close()


@pytest.mark.parametrize(("outer", "inner"), [BOTH, BOTH[::-1]])
def test_a_turn_at_one_database_is_no_turn_at_the_other(outer: str, inner: str) -> None:
    """Without waiting in the queue of ``inner``, this would fail with "database is locked"."""
    other = Other(inner)
    other.thread.start()
    assert other.began.wait(20)
    done: list[str] = []

    def both() -> None:
        try:
            with writing(outer):
                write(outer)
                with writing(inner):
                    write(inner)
            done.append("both")
        finally:
            for alias in BOTH:
                connections[alias].close()

    mine = Thread(target=both)
    mine.start()
    mine.join(1)  # ten times as long as SQLite itself would wait for the lock
    assert mine.is_alive()
    other.stop.set()
    other.thread.join(20)
    mine.join(20)

    assert done == ["both"]
    assert (told(outer), told(inner)) == (1, 2)


@pytest.mark.parametrize("alias", BOTH)
def test_a_turn_within_ones_own_turn_joins_it(alias: str) -> None:
    with writing(alias), writing(alias):
        write(alias)

    assert told(alias) == 1


def fail_after_writing(alias: str) -> None:
    with writing(alias):
        write(alias)
        raise ValueError("no")


def test_a_turn_that_fails_is_given_up_and_nothing_of_it_stays() -> None:
    with writing("main"):
        write("main")
    for _again in range(2):
        with pytest.raises(ValueError, match="no"), writing("apart"):
            fail_after_writing("main")

    for alias in BOTH:
        with writing(alias):
            write(alias)
    assert (told("main"), told("apart")) == (2, 1)
