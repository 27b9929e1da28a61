"""CSV after RFC 4180: UTF-8, lines that end in CR LF, quotes where they are needed.

Missing is an empty cell; zero is ``0``. A text that a spreadsheet would take for a formula
has an apostrophe before it; numbers and times never have one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from stepdown.records.reading.exporting import Column, Row

if TYPE_CHECKING:
    from stepdown.operate.exports.files import Digesting

FORMULA = tuple("=+-@\t\r")
"""How a text begins that a spreadsheet would carry out."""

TEXTS = frozenset({"id", "code", "json"})
"""Kinds of columns whose cells are texts; ids are figures and letters, but cost little."""


def guarded(cell: Any) -> Any:
    """A cell as it may stand in a spreadsheet."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return cell


def text(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV, every text guarded."""
    held = io.StringIO()
    csv.writer(held).writerows([[guarded(cell) for cell in row] for row in rows])
    return held.getvalue()


class Csv:
    """Takes rows and writes them as lines."""

    def __init__(self, stream: Digesting, columns: tuple[Column, ...]) -> None:
        self.stream = stream
        self.texts = [n for n, each in enumerate(columns) if each.kind == "code"]
        self.truths = [n for n, each in enumerate(columns) if each.kind == "boolean"]
        self._put([[each.name for each in columns]])

    def write(self, rows: list[Row]) -> None:
        """Guard the texts, spell truth in lower case, and write."""
        made = []
        for row in rows:
            cells = list(row)
            for n in self.texts:
                cell = cells[n]
                if cell and cell[0] in FORMULA:
                    cells[n] = f"'{cell}"
            for n in self.truths:
                cells[n] = None if cells[n] is None else "true" if cells[n] else "false"
            made.append(cells)
        self._put(made)

    def _put(self, rows: list[list[Any]]) -> None:
        held = io.StringIO()
        csv.writer(held).writerows(rows)
        self.stream.write(held.getvalue().encode())

    def close(self) -> None:
        """Nothing waits."""
