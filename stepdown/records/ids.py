"""Identifiers: UUIDv7, so that rows sort by age on disk and never count in a URL."""

from __future__ import annotations

from uuid import UUID

from uuid6 import uuid7


def new_id() -> UUID:
    """A fresh time-ordered identifier (RFC 9562 version 7)."""
    return UUID(int=uuid7().int)
