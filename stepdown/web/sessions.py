"""Sessions as Django keeps them, read with a statement that is put together once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from stepdown import clock
from stepdown.records.reading.prepared import Prepared


def _running(*, key: str, now: Any) -> QuerySet[Any, Any]:
    found = Session.objects.filter(session_key=key, expire_date__gt=now)
    told: QuerySet[Any, Any] = found.values("session_key", "session_data", "expire_date")
    return told


_RUNNING = Prepared(_running)


class SessionStore(db.SessionStore):
    """Every request asks for its session first: this is asked most of all."""

    def get_expiry_date(self, **told: Any) -> datetime:
        """When it ends, by the one clock there is."""
        return super().get_expiry_date(**{"modification": clock.now()} | told)

    def _get_session_from_db(self) -> Session | None:
        found = _RUNNING.rows(key=self.session_key or "", now=clock.now())
        if found:
            return Session(**found[0])
        self._session_key = None
        return None
