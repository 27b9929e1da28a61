"""Lines of the log: one JSON object each, without anybody's name.

A line of ours says what it was given. Of everybody else's (Django, packages) only where it came
from and its unfilled wording are kept: values that were filled in may be an address with an
id, or what somebody typed. Of an exception its kind and the places it passed are kept, never
its words.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FRAMES = 12
"""Places of a traceback that are kept, the innermost last."""

HERE = Path(__file__).resolve().parents[2]


class JsonLines(logging.Formatter):
    """``{"time": ..., "level": ..., "event": ..., ...}``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        told: dict[str, Any] | None = getattr(record, "told", None)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
        }
        if told is not None:
            line |= {"event": record.msg} | told
        else:
            line |= {"event": record.name, "where": f"{record.module}:{record.lineno}"}
            if record.args and isinstance(record.msg, str):
                line["said"] = record.msg
        if record.exc_info and record.exc_info[1] is not None:
            line["fault"] = kinds(record.exc_info[1])
            line["places"] = places(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True, separators=(",", ":"), default=str)


def kinds(fault: BaseException) -> list[str]:
    """The kind of an exception and of those it came from, the last one first; never their words."""
    found, seen = [], set()
    each: BaseException | None = fault
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        found.append(f"{type(each).__module__}.{type(each).__qualname__}")
        each = each.__cause__ or each.__context__
    return found


def places(fault: BaseException) -> list[str]:
    """``file:line function`` of the innermost places a fault passed; no line of source."""
    frames = traceback.extract_tb(fault.__traceback__)[-FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(name: str) -> str:
    path = Path(name)
    if path.is_relative_to(HERE) and "site-packages" not in path.parts:
        return str(path.relative_to(HERE))
    return "/".join(path.parts[-3:])
