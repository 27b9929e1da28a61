"""When a screen locks: idle longer than the facility's limit, or locked by hand.

The last activity lies in a signed cookie that scripts cannot read. A cookie that is
missing, forged or from another session counts for nothing: then the time of signing
in or unlocking counts, which the session keeps.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from stepdown.records.models import Facility

COOKIE = "stepdown_seen"
SEEN, LOCKED = "seen", "locked"
POLL = "X-Stepdown-Poll"
"""A page that keeps itself current says so with this header; it is nobody's activity."""

RENEW_S = 10
"""The cookie is renewed when it is at least so many seconds old."""


def limit_s(facility: Facility) -> int:
    """Seconds of idleness after which a screen locks (operations.md section 9)."""
    return int(facility.setting("idle_lock_minutes")) * 60


def begin(session: SessionBase, now: datetime) -> None:
    """Signing in and unlocking count as activity, and open the screen."""
    session[SEEN] = int(now.timestamp())
    session.pop(LOCKED, None)


def lock(session: SessionBase) -> None:
    """Lock at once, on every device of this session."""
    session[LOCKED] = True


def is_locked(request: HttpRequest, facility: Facility, user_id: UUID, now: datetime) -> bool:
    """True while only the lock page may be shown."""
    if request.session.get(LOCKED):
        return True
    times = [seen for seen in (_in_cookie(request), request.session.get(SEEN)) if seen is not None]
    return bool(times) and now.timestamp() - max(times) > limit_s(facility)


def _signer() -> Signer:
    return Signer(salt="stepdown.web.idle")


def _tag(session: SessionBase) -> str:
    return salted_hmac("stepdown.web.idle", session.session_key or "").hexdigest()[:16]


def _read(request: HttpRequest) -> tuple[str, str, int] | None:
    """(user id, session tag, seconds) from a cookie that we signed; checked once a request."""
    if not hasattr(request, "_seen"):
        request._seen = _checked(request)  # type: ignore[attr-defined]
    seen: tuple[str, str, int] | None = request._seen  # type: ignore[attr-defined]
    return seen


def _checked(request: HttpRequest) -> tuple[str, str, int] | None:
    try:
        user, tag, seconds = _signer().unsign(request.COOKIES.get(COOKIE, "")).split(":")
        return user, tag, int(seconds)
    except (BadSignature, ValueError):
        return None


def _in_cookie(request: HttpRequest) -> int | None:
    told = _read(request)
    if told is None or told[1] != _tag(request.session):
        return None
    return told[2]


def renew(request: HttpRequest, response: HttpResponseBase, user_id: UUID, now: datetime) -> None:
    """Note this activity in the cookie, unless the page asked by itself."""
    if POLL in request.headers or request.session.session_key is None:
        return
    seen, seconds = _in_cookie(request), int(now.timestamp())
    if seen is not None and abs(seconds - seen) < RENEW_S:
        return
    value: Any = _signer().sign(f"{user_id}:{_tag(request.session)}:{seconds}")
    response.set_cookie(
        COOKIE, value, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
