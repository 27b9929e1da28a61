"""Our own text of a row, the same on every database, so that a digest can be recomputed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import models


def plain(value: Any) -> Any:
    """A value as JSON knows it: times in UTC to the microsecond, decimals as written."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value


def text(value: Any) -> str:
    """Canonical JSON: keys sorted, no spaces, no escapes beyond JSON's own."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


_columns: dict[type[models.Model], list[str]] = {}


def row_text(row: models.Model) -> str:
    """Every sealed column of a row, by column name, as canonical text.

    A column that a model gained later (``added``) is left out while it is empty, so that
    rows sealed before it came still answer to their digest.
    """
    kind = type(row)
    if kind not in _columns:
        unsealed: frozenset[str] = getattr(kind, "unsealed", frozenset())
        names = [field.attname for field in kind._meta.concrete_fields]
        _columns[kind] = [name for name in names if name not in unsealed]
    added: frozenset[str] = getattr(kind, "added", frozenset())
    cells = {name: plain(getattr(row, name)) for name in _columns[kind]}
    return text({n: cell for n, cell in cells.items() if cell is not None or n not in added})


def digest(words: str) -> str:
    """SHA-256 of a text, in hex."""
    return sha256(words.encode()).hexdigest()


def row_digest(row: models.Model) -> str:
    """SHA-256 of a row's canonical text."""
    return digest(row_text(row))
