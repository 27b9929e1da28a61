"""Ends of the sealed chains, noted in a file outside the database.

Whoever can rewrite a whole database can shorten a chain and its end together. A line
noted elsewhere (and copied away with the backups) still tells.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from stepdown.operate.console import Stopped
from stepdown.records.models import Facility
from stepdown.records.verifying import Anchor


def default_file() -> Path:
    """Where anchors are kept unless a file is named."""
    return Path(settings.STEPDOWN_DATA) / "anchors" / "chains.jsonl"


def kept(file: Path, facility: Facility) -> list[Anchor]:
    """The anchors of a facility in a file; none when there is no file yet.

    Raises:
        Stopped: a line cannot be read. It is never skipped: that would hide a loss.
    """
    if not file.exists():
        return []
    found = []
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        try:
            noted: dict[str, Any] = json.loads(line)
            if noted["facility"] == str(facility.pk):
                found.append(Anchor(_end(noted["writes"]), _end(noted["reads"])))
        except (ValueError, KeyError, TypeError) as error:
            raise Stopped(
                f"{file}:{number}: this line is not an anchor. Put the file back."
            ) from error
    return found


def _end(noted: list[Any]) -> tuple[int, str]:
    seq, seal = noted
    return int(seq), str(seal)


def note(file: Path, facility: Facility, anchor: Anchor, *, at: datetime) -> None:
    """Add where the chains of a facility end now."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = {
        "at": at.isoformat(timespec="seconds"),
        "facility": str(facility.pk),
        "code": facility.code,
        "writes": list(anchor.writes),
        "reads": list(anchor.reads),
    }
    with file.open("a") as stream:
        stream.write(json.dumps(line) + "\n")


def set_aside(file: Path, ends: dict[str, Anchor], *, at: datetime) -> Path | None:
    """After a restore: keep apart what was noted beyond these ends (facility -> end).

    Returns where the whole file is kept, or nothing where no line is beyond.
    """
    if not file.exists():
        return None
    lines = file.read_text().splitlines(keepends=True)
    held = [line for line in lines if not _beyond(json.loads(line), ends)]
    if len(held) == len(lines):
        return None
    kept = file.with_name(f"{file.stem}-until-{at:%Y-%m-%dT%H%M%SZ}{file.suffix}")
    file.rename(kept)
    file.write_text("".join(held))
    return kept


def _beyond(noted: dict[str, Any], ends: dict[str, Anchor]) -> bool:
    end = ends.get(noted["facility"], Anchor((0, "")))
    return bool(noted["writes"][0] > end.writes[0] or noted["reads"][0] > end.reads[0])
