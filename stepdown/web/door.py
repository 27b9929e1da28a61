"""Who stands at the door: the session, read once, and what it allows.

Two queries tell everything: the session, and the role it works under with account
and facility beside it. Whether the screen is locked is read from a signed cookie,
so that moving about writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Exists, Model, QuerySet
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from stepdown.records.access import Actor
from stepdown.records.models import Assignment, Deployment, Facility, Role, User
from stepdown.records.reading.prepared import Prepared
from stepdown.web import handed, idle

ASSIGNMENT = "assignment"
SECOND_FACTOR = "second_factor"
WITHOUT_SECOND_FACTOR = frozenset({Role.PT, Role.FAM})
"""Roles that open their own pages only; everybody else shows a second factor."""


class Standing(Enum):
    """How far into the house a request may come."""

    NOBODY = "nobody"  # not signed in
    ENDED = "ended"  # was signed in; the account or the role has ended
    ROLELESS = "roleless"  # signed in, works in no role yet
    UNPROVEN = "unproven"  # role chosen, the second factor is still to be set up
    LOCKED = "locked"  # idle too long: unlock first
    HANDED = "handed"  # in the hands of the person in care: one form, nothing else
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Visit:
    """What a request's session says. ``held`` is who it would be, were nothing in the way."""

    standing: Standing
    held: Actor | None = None
    demo: bool | None = None

    @property
    def actor(self) -> Actor | None:
        """Who works here: nobody while the screen is locked or something is missing."""
        return self.held if self.standing is Standing.WORKING else None


def read(request: HttpRequest, now: datetime) -> Visit:
    """Read the session and the role; also settle ``request.user`` without a query of its own."""
    session = request.session
    user_id, role_id = session.get(SESSION_KEY), session.get(ASSIGNMENT)
    if user_id is None:
        return Visit(Standing.NOBODY)
    if role_id is None:
        return Visit(Standing.ROLELESS if request.user.is_authenticated else Standing.NOBODY)
    found = _assignment(role_id, user_id)
    if found is None or not _is_own_session(session, found):
        session.flush()
        return Visit(Standing.NOBODY)
    request._cached_user = found.user  # type: ignore[attr-defined]
    held, demo = Actor.of(found), bool(getattr(found, "demo", False))
    if handed.is_handed(session):  # before all else: a role that ends does not open the tablet
        return Visit(Standing.HANDED, held, demo)
    if not found.runs_at(now):
        return Visit(Standing.ENDED, held, demo)
    if idle.is_locked(request, found.facility, found.user.pk, now):
        return Visit(Standing.LOCKED, held, demo)
    if needs_second_factor(held, demo=demo) and not session.get(SECOND_FACTOR):
        return Visit(Standing.UNPROVEN, held, demo)
    return Visit(Standing.WORKING, held, demo)


def _assignment(role_id: str, user_id: str) -> Assignment | None:
    try:
        key, user_key = UUID(role_id), UUID(user_id)
    except ValueError:
        return None
    found = _HELD.rows(role=key, user=user_key)
    return _unpacked(found[0]) if found else None


PARTS: dict[str, type[Model]] = {"": Assignment, "user__": User, "facility__": Facility}
"""Prefix of a column -> the model it belongs to."""

COLUMNS = tuple(
    prefix + field.attname
    for prefix, model in PARTS.items()
    for field in model._meta.concrete_fields
)


def _held(*, role: UUID, user: UUID) -> QuerySet[Any, Any]:
    demo = Exists(Deployment.objects.filter(demo=True))
    found = Assignment.objects.annotate(in_demo=demo).filter(pk=role, user_id=user)
    told: QuerySet[Any, Any] = found.values(*COLUMNS, "in_demo")
    return told


_HELD = Prepared(_held)
"""Asked by every request, so put together once."""


def _unpacked(row: dict[str, Any]) -> Assignment:
    made = {}
    for prefix, model in PARTS.items():
        names = [field.attname for field in model._meta.concrete_fields]
        made[prefix] = model.from_db("default", names, [row[prefix + name] for name in names])
    assignment = made[""]
    assert isinstance(assignment, Assignment)
    assignment.user, assignment.facility = made["user__"], made["facility__"]  # type: ignore[assignment]
    assignment.demo = bool(row["in_demo"])  # type: ignore[attr-defined]
    return assignment


def _is_own_session(session: SessionBase, assignment: Assignment) -> bool:
    """False once the password changed elsewhere, or the way of signing in was withdrawn."""
    shown = session.get(HASH_SESSION_KEY, "")
    return session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS and (
        constant_time_compare(shown, assignment.user.get_session_auth_hash())
    )


def needs_second_factor(actor: Actor, *, demo: bool) -> bool:
    """True for staff on a database of real people, unless the facility signed otherwise."""
    if demo or actor.role in WITHOUT_SECOND_FACTOR:
        return False
    return bool(actor.facility.setting("second_factor_required"))


def begin(session: SessionBase, assignment: Assignment, now: datetime) -> None:
    """Start working in a role: one login, one active role."""
    session[ASSIGNMENT] = str(assignment.pk)
    idle.begin(session, now)
