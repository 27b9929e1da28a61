"""When this house was last verified and last backed up, as its own notes say."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from django.conf import settings

from stepdown.operate import anchors

TAIL = 65_536
"""Bytes at the end of a file of notes in which its last line lies."""


def last_verified() -> datetime | None:
    """When the ends of the chains were last noted; None when never, or unreadably."""
    return _last(anchors.default_file())


def last_backup() -> datetime | None:
    """When a backup was last noted in the data folder; None when never, or unreadably."""
    return _last(Path(settings.STEPDOWN_DATA) / "backups.jsonl")


def _last(file: Path) -> datetime | None:
    try:
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - TAIL))
            lines = stream.read().splitlines()
        return datetime.fromisoformat(json.loads(lines[-1])["at"]) if lines else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
