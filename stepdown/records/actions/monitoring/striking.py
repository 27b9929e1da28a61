"""Striking out an entry that was made in error. It stays readable and counts for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.records import access, audit
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.actions.register import ACTIONS
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.models.entry import Entry

Struck = TypeVar("Struck", bound=Entry)


def strike(
    old: Struck,
    action: str,
    *,
    why: str,
    by: Actor,
    at: datetime,
    submission: UUID,
    again: Mapping[str, Any],
) -> Struck:
    """Write an entry that replaces ``old`` and is void; ``again`` are the columns it repeats.

    Raises:
        Refused: no reason; struck out already, by this or another entry.
        NotPermitted: somebody else told it and the role does not amend (U).
    """
    if not why.strip():
        raise Refused(_("Not struck out: say why."), {"why": _("Say why.")})
    row_of_matrix, _letter = ACTIONS[action]
    told_it = (getattr(old, "actor_id"), old.role) == (by.user.pk, by.role)  # noqa: B009
    if not told_it and not access.may(by, row_of_matrix, "U"):
        raise NotPermitted(_("Not struck out: your role strikes out only its own entries."))
    model = type(old)
    stay: Any = old
    later = model._default_manager.filter(replaces=old).exclude(submission_id=submission)
    if old.is_void or later.exists():
        raise Refused(_("Not struck out: it is struck out already."))

    def write() -> Struck:
        with audit.action(action, by=by, at=at, episode_id=stay.episode_id) as ledger:
            episode = telling.must_see(stay.episode, by=by, at=at)
            row = model.told(
                by, at=at, submission=submission, occurred_at=old.occurred_at, episode=episode,
                replaces=old, is_void=True, why=why.strip(), **again,
            )  # fmt: skip
            ledger.created(row)
            return row

    return telling.once(model, submission, write, by=by, about=stay.episode_id)
