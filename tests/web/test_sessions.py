"""A session is read in one statement, and one that ended or never was is empty."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from stepdown import clock
from stepdown.web.sessions import SessionStore


@pytest.fixture
def key(db: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> str:
    """A session that ends an hour from now."""
    monkeypatch.setattr(clock, "now", lambda: now)
    session = SessionStore()
    session["who"] = "a nurse"
    session.set_expiry(3600)
    session.save()
    return str(session.session_key)


def test_a_session_is_read_in_one_statement(key: str, django_assert_num_queries: Any):
    with django_assert_num_queries(1):
        session = SessionStore(key)
        assert session["who"] == "a nurse"
    assert session.session_key == key


def test_a_session_that_has_ended_is_empty_and_has_no_key(
    key: str, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=1))
    session = SessionStore(key)

    assert session.get("who") is None
    assert session.session_key is None


def test_a_key_somebody_made_up_opens_nothing(key: str):
    session = SessionStore("x" * 32)

    assert session.get("who") is None
    assert session.session_key is None


def test_a_changed_session_is_kept(key: str):
    session = SessionStore(key)
    session["role"] = "RN"
    session.save()

    again = SessionStore(key)
    assert (again["who"], again["role"]) == ("a nurse", "RN")
