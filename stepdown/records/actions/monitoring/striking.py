"""Striking out an entry that was made in error. It stays readable and counts for nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.records import access
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.audit import Ledger
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.models.entry import Entry

Struck = TypeVar("Struck", bound=Entry)


def refuse(old: Any, row_of_matrix: str, *, why: str, by: Actor, submission: UUID) -> None:
    """Return quietly when this actor may strike ``old`` out, and nobody did.

    Raises:
        Refused: no reason; struck out already.
        NotPermitted: somebody else told it and the role does not amend (U).
    """
    if not why.strip():
        raise Refused(_("Not struck out: say why."), {"why": _("Say why.")})
    told_it = (old.actor_id, old.role) == (by.user.pk, by.role)
    if not told_it and not access.may(by, row_of_matrix, "U"):
        raise NotPermitted(_("Not struck out: your role strikes out only its own entries."))
    later = type(old).objects.filter(replaces=old).exclude(submission_id=submission)
    if old.is_void or later.exists():
        raise Refused(_("Not struck out: it is struck out already."))


def strike(
    old: Struck,
    ledger: Ledger,
    *,
    why: str,
    by: Actor,
    at: datetime,
    submission: UUID,
    **again: Any,
) -> Struck:
    """Write the entry that replaces ``old`` and is void; ``again`` are the columns it repeats."""
    stay: Any = old
    row = type(old).told(
        by,
        at=at,
        submission=submission,
        occurred_at=old.occurred_at,
        episode=telling.must_see(stay.episode, by=by, at=at),
        replaces=old,
        is_void=True,
        why=why.strip(),
        **again,
    )
    ledger.created(row)
    return row
