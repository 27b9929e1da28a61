"""What is said when the database cannot: by what the drivers really raise, and only what is known."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.test import RequestFactory

from stepdown.records import transactions
from stepdown.web import door, trouble
from stepdown.web.trouble import Kind


def of_sqlite(file: Any, ails: str) -> sqlite3.Error:
    """What SQLite itself raises."""
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as database:
        database.execute("CREATE TABLE t (x)")
        if ails == "full":
            database.execute("PRAGMA max_page_count=2")
        if ails == "read only":
            database.execute("PRAGMA query_only=ON")
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
            if ails == "busy":
                other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(sqlite3.Error) as caught:
                database.execute("INSERT INTO t VALUES (zeroblob(40000))")
    error: sqlite3.Error = caught.value
    return error


@pytest.mark.parametrize(
    ("what", "kind"),
    [("full", Kind.FULL), ("read only", Kind.READ_ONLY), ("busy", Kind.BUSY)],
)
def test_what_sqlite_raises_is_known_also_under_djangos_own_error(tmp_path, what, kind):
    error = of_sqlite(tmp_path / "x.sqlite3", what)
    above = OperationalError("as Django says it")
    above.__cause__ = error

    assert trouble.kind_of(error) is trouble.kind_of(above) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("53100", Kind.FULL), ("25006", Kind.READ_ONLY), ("57P01", Kind.LOST), ("08006", Kind.LOST),
        ("53300", Kind.BUSY), ("23505", None), ("42P01", None),
    ],
)  # fmt: skip
def test_the_codes_of_postgresql_are_known(code, kind):
    error = OperationalError("x")
    error.sqlstate = code  # type: ignore[attr-defined]

    assert trouble.kind_of(error) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(errno.ENOSPC, "x"), Kind.FULL), (OSError(errno.EROFS, "x"), Kind.READ_ONLY),
        (InterfaceError("connection already closed"), Kind.LOST),
        (ConnectionResetError(errno.ECONNRESET, "x"), None), (ValueError("ours"), None), (None, None),
    ],
)  # fmt: skip
def test_other_faults_are_told_apart_from_ours(error, kind):
    assert trouble.kind_of(error) is kind


@pytest.mark.parametrize(
    ("kind", "done", "words"),
    [
        (Kind.FULL, 0, "Not recorded: nothing of this was saved."),
        (Kind.LOST, 0, "It is not sure whether this was recorded: send it again, it counts once."),
        (Kind.FULL, 1, "Recorded; only the page after it could not be shown."),
        (Kind.LOST, 1, "Recorded; only the page after it could not be shown."),
    ],
)
def test_it_promises_only_what_is_known(monkeypatch, kind, done, words):
    request = RequestFactory().post("/x/", {"a": "b"})
    monkeypatch.setattr(transactions, "committed", lambda: 5)
    trouble.begins(request)
    monkeypatch.setattr(transactions, "committed", lambda: 5 + done)

    assert str(trouble.said(request, kind)).startswith(words)


def test_a_page_that_was_only_asked_for_cannot_be_shown():
    assert trouble.said(RequestFactory().get("/x/"), Kind.FULL).saved == (
        "This page cannot be shown now."
    )


@pytest.mark.django_db(transaction=True)
def test_only_a_transaction_that_ended_counts_as_recorded():
    before = transactions.committed()
    with transactions.writing(), transactions.writing():
        assert transactions.committed() == before
    assert transactions.committed() == before + 1

    with pytest.raises(ZeroDivisionError), transactions.writing():
        _none = 1 / 0
    assert transactions.committed() == before + 1


def test_what_was_typed_comes_back_and_what_is_secret_does_not():
    sent = {
        "note": 'he said "no" <b>',
        "submission": "42",
        "secret": "3007",
        "csrfmiddlewaretoken": "t",
    }
    request: Any = RequestFactory().post("/people/x/observe/", sent)

    answer = trouble.answer(request, Kind.FULL, "AB12-CD34")

    assert answer.status_code == 503
    assert 'name="note" value="he said &quot;no&quot; &lt;b&gt;"' in answer.text
    assert 'name="submission" value="42"' in answer.text
    assert 'action="/people/x/observe/"' in answer.text
    assert "3007" not in answer.text
    assert "AB12-CD34" in answer.text


def test_a_script_is_answered_in_one_sentence():
    request: Any = RequestFactory().post("/x/", {"a": "b"}, headers={"HX-Request": "true"})

    answer = trouble.answer(request, Kind.READ_ONLY, "")

    assert (answer.status_code, answer["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert answer.text.startswith("Not recorded: nothing of this was saved.")


@pytest.mark.django_db
def test_a_page_whose_database_is_full_is_answered_with_the_sentence(client, monkeypatch):
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorname = "SQLITE_FULL"

    def refuse(*_arguments: Any) -> None:
        raise OperationalError("database or disk is full") from full

    monkeypatch.setattr(door, "read", refuse)
    client.raise_request_exception = False

    posted = client.post("/people/x/observe/", {"note": "typed"})

    assert posted.status_code == 503
    assert "Not recorded: nothing of this was saved." in posted.text
    assert 'name="note" value="typed"' in posted.text
    assert client.get("/").status_code == 503
