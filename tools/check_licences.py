"""Refuse dependencies whose licence would bind those who run or change Stepdown.

What runs in a facility must be permissive. What only builds and tests it may
also be under the Mozilla Public License. Everything else needs a line, with the
reason, in ``REVIEWED``.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

PERMISSIVE = re.compile(
    r"\b(?:MIT|BSD|Apache|ISC|0BSD|PSF|Python Software Foundation)\b", re.IGNORECASE
)
WEAK = re.compile(r"\bMPL|Mozilla Public License", re.IGNORECASE)
REFUSED = re.compile(r"GPL|GNU|SSPL|BUSL|Commons Clause|Proprietary|Non-?Commercial", re.IGNORECASE)

REVIEWED = {
    "axe-playwright-python": "MIT, by its licence file; carries axe-core (MPL-2.0); tests only",
    "fido2": "BSD-2-Clause; only its bundled public suffix list is under the MPL",
    "psycopg": "LGPL-3.0; optional, unmodified, only on PostgreSQL (docs/decisions)",
    "psycopg-binary": "LGPL-3.0; optional, unmodified, only on PostgreSQL (docs/decisions)",
    "qrcode": "BSD-3-Clause; its extra classifier names the MIT licence of the first author",
}
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==", re.MULTILINE)


def names(lock: str) -> set[str]:
    """The packages that a lock file pins."""
    return set(PINNED.findall(lock))


def stated(package: metadata.PackageMetadata) -> str:
    """What a package says of its own licence: expression, short field, classifiers."""

    def said(name: str) -> list[str]:
        return [str(value).strip() for value in package.get_all(name) or []]

    short = [text.split("\n")[0] for text in said("License")]
    classifiers = [
        line.removeprefix("License :: ")
        for line in said("Classifier")
        if line.startswith("License :: ")
    ]
    return "; ".join(filter(None, [*said("License-Expression"), *short, *classifiers]))


def verdict(name: str, licence: str, *, runs_in_a_facility: bool) -> str | None:
    """Why a licence is not acceptable, or None if it is."""
    if name in REVIEWED:
        return None
    if REFUSED.search(licence):
        return f"{name}: {licence} is not permissive"
    if WEAK.search(licence):
        return f"{name}: {licence} may build and test, not run" if runs_in_a_facility else None
    if not PERMISSIVE.search(licence):
        return f"{name}: says {licence or 'nothing'} of its licence; review it"
    return None


def main() -> int:
    """Check every pinned package that is installed here; 1 if one is not acceptable."""
    running = names(Path("requirements/runtime.txt").read_text(encoding="utf-8"))
    pinned = names(Path("requirements/all.txt").read_text(encoding="utf-8"))
    found = []
    seen = 0
    for name in sorted(pinned):
        try:
            licence = stated(metadata.metadata(name))
        except metadata.PackageNotFoundError:
            if name in running:
                found.append(f"{name}: pinned but not installed; run the check from .venv")
            continue
        seen += 1
        problem = verdict(name, licence, runs_in_a_facility=name in running)
        found += [problem] if problem else []
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{seen} of {len(pinned)} pinned packages are installed here, {len(found)} complaints.")
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(main())
