"""The permission matrix: the printed table and the data say the same, cell by cell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stepdown.content import library
from stepdown.content.access import LETTERS, NOTHING, Cell

PRINTED = Path(__file__).parents[2] / "docs" / "clinical" / "permission-matrix.md"
MATRIX = library.permissions()


def table():
    """The printed table: role codes, and (label, cells) for each row."""
    text = PRINTED.read_text("utf-8").split("## Conditions that are not built yet")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    header, _, *body = rows
    return header[1:], [(row[0].replace("**", ""), row[1:]) for row in body]


ROLES, ROWS = table()
CELLS = [
    (row.key, role, printed)
    for row, (_, cells) in zip(MATRIX.rows, ROWS, strict=True)
    for role, printed in zip(ROLES, cells, strict=True)
]


def test_the_table_has_28_records_and_17_roles():
    assert len(ROWS) == len(MATRIX.rows) == 28
    assert [role.key for role in MATRIX.roles] == ROLES
    assert len(ROLES) == 17
    assert len(CELLS) == 28 * 17


def test_the_records_are_the_printed_ones_in_order():
    assert [row.label for row in MATRIX.rows] == [label for label, _ in ROWS]


@pytest.mark.parametrize(("row", "role", "printed"), CELLS)
def test_a_cell_says_what_is_printed(row, role, printed):
    cell = MATRIX.cell(row, role)

    if printed == "-":
        assert cell == NOTHING
    elif set(printed) <= set(LETTERS):
        assert cell == Cell(printed)
    else:
        assert cell.text == printed
        assert cell.only in MATRIX.conditions
        in_letters = set("".join(re.findall(r"\b[CRUSA]+\b", printed)))
        assert in_letters <= set(cell.verbs)
        outright = {letter for letter in cell.verbs if cell.condition(letter) is None}
        assert outright <= in_letters
        if re.match(r"L\b", printed):
            assert outright == set()


def test_every_condition_is_explained_and_used():
    used = {cell.only for row in (*MATRIX.rows, *MATRIX.added) for cell in row.cells.values()}

    assert used - {None} == set(MATRIX.conditions)


@pytest.mark.parametrize("row", MATRIX.added, ids=[row.key for row in MATRIX.added])
def test_an_added_row_says_where_it_comes_from_and_has_a_cell_for_every_role(row):
    assert row.source
    assert set(row.cells) == set(ROLES)
    assert row.evidence == "draft"


def test_the_rows_the_software_needs_besides_are_there():
    assert {row.key for row in MATRIX.added} == {
        "allergies", "substance_use", "pregnancy_test", "identity", "goals",
        "admission_transition", "bed_move", "personal_targets", "facility_settings",
        "accounts", "break_glass", "own_account", "exports", "calls",
    }  # fmt: skip


def who(row, letter):
    return {role for role in ROLES if MATRIX.cell(row, role).allows(letter)}


def test_admissions_neither_orders_nor_executes_an_admission_nor_sees_clinical_rows():
    assert not MATRIX.cell("admission_transition", "ADM").allows("C")
    assert MATRIX.cell("orders", "ADM") == NOTHING
    assert who("admission_transition", "C") == {"RN"}
    clinical = ("observations", "allergies", "pregnancy_test", "mar", "nursing_assessment")
    for row in clinical:
        assert MATRIX.cell(row, "ADM") == NOTHING


def test_a_pregnancy_result_is_hidden_from_admissions_utilisation_review_and_peers():
    assert who("pregnancy_test", "R").isdisjoint({"ADM", "UR", "PEER", "DIR", "FAM", "SYS"})


def test_the_system_administrator_sees_no_clinical_content():
    seen = {row.key for row in (*MATRIX.rows, *MATRIX.added) if row.cells["SYS"].verbs != "-"}

    assert seen == {"audit_log", "accounts", "own_account", "calls"}


def test_only_the_medical_and_the_programme_director_sign_settings():
    assert who("facility_settings", "S") == {"MD", "DIR"}
    assert MATRIX.cell("facility_settings", "MD").condition("S") is None
    assert MATRIX.cell("facility_settings", "DIR").condition("S") == "operational_settings"
    assert who("protocols", "S") == {"MD"}


def test_a_technician_records_vital_signs_and_nothing_else_of_the_scales():
    cell = MATRIX.cell("observations", "BHT")

    assert (cell.verbs, cell.condition("C")) == ("C", "vitals_only_if_trained")
    assert not cell.allows("S")


def test_a_condition_may_bind_some_letters_only():
    cell = MATRIX.cell("orders", "RN")

    assert cell.condition("C") == "telephone_or_verbal_with_read_back"
    assert cell.condition("R") is None
    assert cell.allows("R")


@pytest.mark.parametrize("letter", ["-", "L", "X", "", "CR", "CRUSA"])
@pytest.mark.parametrize("cell", [NOTHING, Cell("CRUSA")])
def test_what_is_not_one_letter_of_the_matrix_is_never_allowed(cell, letter):
    assert not cell.allows(letter)


def test_a_row_or_role_nobody_wrote_is_an_error_not_a_pass():
    with pytest.raises(KeyError, match="No permission row 'horoscopes'"):
        MATRIX.cell("horoscopes", "MD")
    with pytest.raises(KeyError):
        MATRIX.cell("observations", "KING")
