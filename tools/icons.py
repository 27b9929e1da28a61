"""Rebuild the icon sprite from an unpacked Lucide release.

Usage: ``python tools/icons.py FOLDER`` where FOLDER holds Lucide's ``*.svg``
files. The sprite is committed, so this runs only when a name is added below.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

NAMES = [
    "arrow-down",
    "arrow-right",
    "arrow-up",
    "ban",
    "bed-single",
    "bell",
    "calendar-days",
    "check",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "chevron-up",
    "circle-dashed",
    "circle-slash",
    "clock",
    "door-open",
    "ellipsis",
    "eye",
    "eye-off",
    "fingerprint",
    "flask-conical",
    "flag",
    "hand",
    "heart-pulse",
    "history",
    "house",
    "info",
    "key-round",
    "keyboard",
    "life-buoy",
    "list",
    "lock",
    "log-in",
    "log-out",
    "minus",
    "monitor",
    "moon",
    "octagon-alert",
    "pen-line",
    "phone",
    "pill",
    "plus",
    "printer",
    "refresh-cw",
    "search",
    "settings",
    "shield-alert",
    "shield-check",
    "signature",
    "sun-moon",
    "table-2",
    "triangle-alert",
    "undo-2",
    "user-plus",
    "user-round",
    "users-round",
    "wifi-off",
    "x",
    "zoom-in",
    "zoom-out",
]
SPRITE = Path(__file__).parent.parent / "stepdown/web/static/icons.svg"
SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)\b[^>]*/>")


def symbol(folder: Path, name: str) -> str:
    """One icon as a ``<symbol>``, its shapes on one line. Raises FileNotFoundError."""
    shapes = SHAPE.findall((folder / f"{name}.svg").read_text())
    drawn = "".join(re.sub(r"\s+", " ", shape).replace(" />", "/>") for shape in shapes)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>'


def main(folder: Path) -> None:
    """Write the sprite, one icon a line so that changes read well in a diff."""
    symbols = "\n".join(symbol(folder, name) for name in NAMES)
    SPRITE.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg">\n'
        "<!-- A subset of Lucide (ISC, licences/lucide-ISC.txt), made by tools/icons.py. -->\n"
        f"{symbols}\n</svg>\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
