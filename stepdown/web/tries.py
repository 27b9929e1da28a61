"""Wrong PINs and passwords in a running session, counted where parallel guesses meet."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.http import HttpRequest

from stepdown.records.transactions import writing
from stepdown.web.sessions import SessionStore

LIMIT = 5
"""The fifth wrong try ends the session; signing in again takes the password."""

KEY = "wrong_tries"


def reserve(request: HttpRequest) -> int:
    """Count one try before it is checked, and tell how many that makes.

    The session's row is held meanwhile, so twenty guesses at once are twenty tries.
    This request's own copy of the session is left as it is, so that saving it cannot
    turn the count back.
    """
    with writing():
        row = Session.objects.select_for_update().filter(pk=request.session.session_key).first()
        if row is None:  # ended meanwhile, by another try
            return LIMIT + 1
        store = SessionStore(session_key=row.pk)
        made = int(store.get(KEY, 0)) + 1
        store[KEY] = made
        store.save()
    return made


def forget(request: HttpRequest) -> None:
    """A right one clears the count."""
    request.session[KEY] = 0
