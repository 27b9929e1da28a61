"""Reviewed content, kept word for word in the database from its first use."""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction

from stepdown.content import library
from stepdown.records.models import ContentSnapshot

_committed: set[tuple[str, str]] = set()
"""(database, digest) pairs this process has seen committed."""


def digest_of(content: Any) -> str:
    """The digest of content from the library."""
    return library.digest(content)


def keep(content: Any, *, kind: str, key: str) -> str:
    """The digest of ``content``, having made sure that its text is stored under it.

    Costs a query only until this process has seen it committed once.
    """
    digest = digest_of(content)
    database = str(connections["default"].settings_dict["NAME"])
    if (database, digest) in _committed:
        return digest
    ContentSnapshot.objects.get_or_create(
        digest=digest,
        defaults={
            "kind": kind,
            "key": key,
            "version": content.version,
            "text": lambda: library.canonical(content),  # type: ignore[misc]  # worked out if stored
        },
    )
    transaction.on_commit(lambda: _committed.add((database, digest)))
    return digest


def forget() -> None:
    """Forget what was seen committed: for a process that changes databases, and tests."""
    _committed.clear()
