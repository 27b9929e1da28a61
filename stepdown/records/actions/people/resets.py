"""A lost second factor: taken away by somebody else, so that its owner sets up a new one."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.utils.translation import gettext as _

from stepdown.records import audit
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.models import SecondFactorReset, User

SHORTEST_REASON = 10
"""Characters; as for breaking the glass, a word is no reason."""


def reset_second_factor(
    user: User, reason: str, *, by: Actor, at: datetime, submission: UUID
) -> SecondFactorReset:
    """Take away somebody's second factor and recovery codes, and end all their sessions.

    Nobody is signed in by it: the password is asked as ever, and then a new second factor
    is set up before any page opens.

    Raises:
        Refused: no reason; one's own account; there is none to reset.
        NotPermitted: the account has no role at this facility.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(
            _("Not reset: write why, and how you know who asked. The privacy officer reads it."),
            {"reason": _("Write why, and how you know who asked.")},
        )
    if user.pk == by.user.pk:
        raise Refused(_("Not reset: somebody else resets your own second factor."))

    def write() -> SecondFactorReset:
        with audit.action("accounts.reset_second_factor", by=by, at=at) as ledger:
            here = User.objects.filter(pk=user.pk, assignments__facility=by.facility)
            account = here.distinct().first()
            if account is None:
                raise NotPermitted(_("Not done: this account has no role in this facility."))
            held = Authenticator.objects.filter(user=account)
            if not held.exists():
                raise Refused(
                    _(
                        "Not reset: {name} has no second factor. They set one up when they sign in."
                    ).format(name=account.name)
                )
            row = SecondFactorReset.told(
                by, at=at, submission=submission, user=account, reason=reason.strip()
            )
            ledger.created(row)
            held.delete()
            end_sessions(account, at=at)
            return row

    return telling.once(SecondFactorReset, submission, write, by=by)


def end_sessions(user: User, *, at: datetime) -> int:
    """End every session of somebody, also one that still waits for a code; how many."""
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    read, sessions = store(), store.get_model_class().objects
    running = sessions.filter(expire_date__gt=at).values_list("session_key", "session_data")
    theirs = [key for key, data in running.iterator() if _is_of(read.decode(data), user)]
    sessions.filter(session_key__in=theirs).delete()
    return len(theirs)


def _is_of(session: dict[str, Any], user: User) -> bool:
    waiting = session.get(LOGIN_SESSION_KEY)
    if isinstance(waiting, dict) and waiting.get("user_pk") == user_pk_to_url_str(user):
        return True
    return bool(session.get(SESSION_KEY) == str(user.pk))
