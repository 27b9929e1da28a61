"""Reviewed content, kept word for word in the database from its first use."""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction

from stepdown.content import library
from stepdown.records.models import ContentSnapshot

_committed: set[tuple[str, str]] = set()
"""(database, digest) pairs this process has seen committed."""

_digests: dict[int, tuple[Any, str]] = {}
"""Content is read once and never changes, so its digest is computed once."""


def digest_of(content: Any) -> str:
    """The digest of content from the library."""
    known = _digests.get(id(content))
    if known is None or known[0] is not content:
        known = _digests[id(content)] = (content, library.digest(content))
    return known[1]


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
            "text": library.canonical(content),
        },
    )
    transaction.on_commit(lambda: _committed.add((database, digest)))
    return digest


def forget() -> None:
    """Forget what was seen committed: for a process that changes databases, and tests."""
    _committed.clear()
