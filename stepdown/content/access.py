"""The permission matrix as content: which role may do what with which record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stepdown.clinical.instruments import Evidence

LETTERS = "CRUSA"
"""Create, read, amend own unsigned, sign, approve or countersign."""


@dataclass(frozen=True, slots=True)
class RoleName:
    """A role code and its words."""

    key: str
    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One crossing of a record and a role.

    ``verbs`` holds letters of :data:`LETTERS`, or "-" for none. ``only`` names the
    condition under which they hold; where it binds some letters only, ``limited``
    lists those. ``text`` is the cell as printed, where letters alone do not say it.
    """

    verbs: str
    only: str | None = None
    limited: str | None = None
    text: str = ""
    note: str = ""

    def allows(self, letter: str) -> bool:
        """True when the letter is granted, with or without a condition."""
        return letter in tuple(LETTERS) and letter in self.verbs

    def condition(self, letter: str) -> str | None:
        """The condition that binds this letter, or None when it is granted outright."""
        bound = self.verbs if self.limited is None else self.limited
        return self.only if letter in bound else None


NOTHING = Cell("-")


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of record, with a cell for every role."""

    key: str
    label: str
    cells: Mapping[str, Cell]
    source: str
    evidence: Evidence = "draft"


@dataclass(frozen=True, slots=True)
class Permissions:
    """The whole matrix: the published rows, and those the software needs besides."""

    key: str
    version: str
    source: str
    roles: tuple[RoleName, ...]
    conditions: Mapping[str, str]
    rows: tuple[Row, ...]
    added: tuple[Row, ...]
    evidence: Evidence = "draft"

    def row(self, key: str) -> Row:
        """The row for a kind of record.

        Raises:
            KeyError: no such row; an action without a row must fail, never pass.
        """
        for row in (*self.rows, *self.added):
            if row.key == key:
                return row
        raise KeyError(f"No permission row {key!r}.")

    def cell(self, row: str, role: str) -> Cell:
        """The crossing of a record and a role.

        Raises:
            KeyError: no such row or role.
        """
        return self.row(row).cells[role]
