"""A session whose screen is in the hands of the person in care: one form and nothing else.

The mark lies in the session, so it holds for every tab and window of that browser, and
no page, link or key takes it away but the PIN or password of whoever is signed in.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

KEY = "handed"
HEADER = "X-Stepdown-Handed"
"""Tells the service worker that its memory is not for whoever holds the tablet now."""

FORM = "handing:form"
"""The one page every address leads to meanwhile."""


def is_handed(session: SessionBase) -> bool:
    """True while only the handed-over form may be shown."""
    return KEY in session


def hand(session: SessionBase, handover_id: UUID) -> None:
    """Lock this browser to one form."""
    session[KEY] = str(handover_id)


def which(session: SessionBase) -> UUID:
    """The handover this browser is locked to."""
    return UUID(session[KEY])


def take_back(session: SessionBase) -> None:
    """Open the browser again, for who is signed in."""
    session.pop(KEY, None)
