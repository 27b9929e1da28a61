"""A note beside a SQLite file that its records live on PostgreSQL now."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings


def note(main: Path, url: str, *, at: datetime) -> None:
    """Leave the note, without user or password."""
    parts = urlsplit(url)
    to = f"{parts.path[1:]} on {parts.hostname or 'this machine'}"
    _file(main).write_text(json.dumps({"at": at.isoformat(timespec="seconds"), "to": to}) + "\n")


def said() -> str:
    """Why this database is not to be served; nothing when it was never moved."""
    if not settings.SQLITE:
        return ""
    file = _file(Path(settings.DATABASES["default"]["NAME"]))
    if not file.exists():
        return ""
    noted = json.loads(file.read_text())
    return (
        f"This database was moved to {noted['to']} at {noted['at']}, and nothing is written here "
        f"any more. Set DATABASE_URL. (To go back on that, and lose what was recorded there, "
        f"remove {file}.)"
    )


def _file(main: Path) -> Path:
    return main.with_name(f"{main.name}.moved")
