"""Where a message waits for the next page: in a cookie that means nothing to another session.

A message in the session's row would cost a second durable write for every score that is
saved. In the cookie it costs none. The cookie is signed together with the session's key,
so whoever signs in next cannot be shown it, and it goes when somebody signs out.
"""

from __future__ import annotations

from typing import Any

from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.core import signing


class BoundCookie(CookieStorage):
    """A cookie that is read only within the session it was written in."""

    @property
    def signer(self) -> signing.TimestampSigner:
        """Signs for the session as it is now: signing in or out begins another."""
        session = self.request.session
        if session.session_key is None and not session.is_empty():
            session.save()  # it will have a key when the answer leaves: sign for that one
        return signing.get_cookie_signer(salt=f"{self.key_salt}.{session.session_key or ''}")

    @signer.setter
    def signer(self, value: Any) -> None:
        """Django's own, which holds for every session, is not kept."""


class Storage(FallbackStorage):
    """The cookie; what is too long for it waits in the session."""

    storage_classes = (BoundCookie, SessionStorage)
    _used_storages: set[Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._began_in = self.request.session.session_key

    def update(self, response: Any) -> Any:
        """Keep what is new; away with what another session was told, or the one that ends here."""
        ends = self._began_in is not None and self.request.session.session_key is None
        if ends or self.storages[0].used:
            self.used = True
            self._used_storages.add(self.storages[0])
        return super().update(response)
