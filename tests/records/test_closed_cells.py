"""The guide names each cell that stays closed because its condition is not built."""

from __future__ import annotations

import re
from pathlib import Path

from stepdown.content import library
from stepdown.content.access import LETTERS
from stepdown.records.access import CONDITIONS
from stepdown.records.models import Role

GUIDE = Path(__file__).parents[2] / "docs/clinical/permission-matrix.md"


def closed() -> dict[str, list[str]]:
    """Condition -> ``row ROLE letters`` of each cell that waits for it."""
    matrix = library.permissions()
    found: dict[str, list[str]] = {}
    for row in (*matrix.rows, *matrix.added):
        for role in Role.values:
            cell = matrix.cell(row.key, role)
            waiting: dict[str, str] = {}
            for letter in LETTERS:
                bound = cell.condition(letter)
                if cell.allows(letter) and bound and bound not in CONDITIONS:
                    waiting[bound] = waiting.get(bound, "") + letter
            for bound, letters in waiting.items():
                found.setdefault(bound, []).append(f"{row.key} {role} {letters}")
    return found


def test_the_guide_lists_every_cell_that_waits_for_its_condition_and_no_other():
    section = GUIDE.read_text("utf-8").split("## Conditions that are not built yet")[1]
    told = dict(re.findall(r"^\| (\w+) \| (.+) \|$", section, re.MULTILINE))
    told.pop("condition", None)

    assert {key: cells.split("; ") for key, cells in told.items()} == closed()


def test_no_open_condition_is_one_the_matrix_does_not_name():
    assert set(CONDITIONS) <= set(library.permissions().conditions)
