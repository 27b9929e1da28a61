"""Refuse a hazard log that claims more than the tests can show.

Every hazard has all its lines; what is called controlled names evidence; and every
test or journey that is named exists.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

LOG = Path("docs/safety/hazard-log.md")
SEVERITIES = {"catastrophic", "major", "moderate", "minor"}
STATUSES = {"controlled", "partly", "open"}
FIELDS = ("Severity", "Cause", "Harm", "Controls", "Evidence", "Status")

HEADING = re.compile(r"^### (H-\d\d) (.+)$", re.MULTILINE)
FIELD = re.compile(r"^- \*\*(\w+)\*\*:\s+(.+?)(?=\n- \*\*|\Z)", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`([^`]+)`")


def hazards(log: str) -> dict[str, dict[str, str]]:
    """Each hazard of a log: its fields by name.

    Raises:
        ValueError: two hazards have the same number.
    """
    found: dict[str, dict[str, str]] = {}
    parts = HEADING.split(log)[1:]
    for key, title, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if key in found:
            raise ValueError(f"{key} is there twice")
        text = text.split("\n## ")[0].strip()
        fields = {name: " ".join(value.split()) for name, value in FIELD.findall(text)}
        found[key] = {"title": title, **fields}
    return found


def exists(evidence: str, root: Path) -> bool:
    """Whether ``tests/x.py::test_y`` or a plain file is there."""
    path, _, test = evidence.partition("::")
    file = root / path
    if not file.is_file():
        return False
    return not test or bool(
        re.search(rf"^\s*def {re.escape(test)}\(", file.read_text(), re.MULTILINE)
    )


def complaints(log: str, root: Path = Path()) -> Iterator[str]:
    """What a log claims without showing it, one sentence each."""
    for key, hazard in hazards(log).items():
        for name in FIELDS:
            if not hazard.get(name):
                yield f"{key}: has no {name.lower()}"
        if (severity := hazard.get("Severity", "")) not in SEVERITIES:
            yield f"{key}: severity {severity!r} is not one of {', '.join(sorted(SEVERITIES))}"
        status, _, missing = hazard.get("Status", "").partition(" - ")
        if status not in STATUSES:
            yield f"{key}: status {status!r} is not one of {', '.join(sorted(STATUSES))}"
        if status == "partly" and not missing:
            yield f"{key}: partly controlled, but what is missing is not said"
        named = NAMED.findall(hazard.get("Evidence", ""))
        if status in {"controlled", "partly"} and not named:
            yield f"{key}: {status}, but no evidence is named"
        for evidence in named:
            if not exists(evidence, root):
                yield f"{key}: {evidence} does not exist"


def main() -> int:
    """Print each complaint; 1 if there was any."""
    log = LOG.read_text(encoding="utf-8")
    found = list(complaints(log))
    print(*found, sep="\n", end="\n" if found else "")
    statuses = [hazard.get("Status", "").split(" ")[0] for hazard in hazards(log).values()]
    counted = ", ".join(
        f"{statuses.count(word)} {word}" for word in ("controlled", "partly", "open")
    )
    print(f"{len(statuses)} hazards ({counted}), {len(found)} complaints.")
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(main())
