"""What an action says when it will not do something. Nothing was saved in every case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError


class Refused(Exception):
    """An action was refused and nothing was saved.

    The message is one or two plain sentences: what was wrong, the number and
    its limit, the way on. ``fields`` names the inputs it is about.
    """

    status = 422

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})


class NotPermitted(Refused):
    """The role this person is working in may not do this."""

    status = 403


class Conflict(Refused):
    """Somebody recorded something in the meantime; it is shown, never merged silently."""

    status = 409


class SentBefore(Conflict):
    """A form came a second time and says something else than it did the first."""


class NotSigned(Refused):
    """The signature was not given: wrong PIN or password, or no valid licence."""


class Clash(IntegrityError):
    """The database refused a row that an action tried to write. ``row`` is that row."""

    def __init__(self, row: Any) -> None:
        super().__init__(f"refused by the database: {type(row).__name__}")
        self.row = row
