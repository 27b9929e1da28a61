"""Noting a call from outside, without a word of whom it was about."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.content import library
from stepdown.records import audit
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.errors import Refused
from stepdown.records.models import CallNote

CALLER, DONE = "call_from", "call_done"
"""Code sets of the two answers."""


def note(*, caller: str, done: str, by: Actor, at: datetime, submission: UUID) -> CallNote:
    """Record that somebody called, who they said they were, and what was done.

    Raises:
        Refused: an answer that is not on its list.
    """
    wrong = {
        name: _("Choose one.")
        for name, value, codes in (("caller", caller, CALLER), ("done", done, DONE))
        if library.codes(codes).code(value) is None
    }
    if wrong:
        raise Refused(_("Not recorded: say who called and what was done."), wrong)

    def write() -> CallNote:
        with audit.action("calls.note", by=by, at=at) as ledger:
            row = CallNote.told(by, at=at, submission=submission, caller=caller, done=done)
            ledger.created(row)
            return row

    return telling.once(CallNote, submission, write, by=by)
