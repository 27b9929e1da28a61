"""Mutants are small, wrong and valid; a test that looks notices one."""

import ast
from pathlib import Path

import pytest

from tools.mutate import CLINICAL, SAME, Mutant, mutants, noticed

SOURCE = """
@cached(size=100)
def late(hours: int, limit: int = 4) -> bool:
    return hours + 1 > limit and not hours == 9
"""
PATH = Path("stepdown/clinical/sample.py")


def test_each_comparison_number_sign_and_condition_is_changed_once():
    assert sorted(mutant.what for mutant in mutants(PATH, SOURCE)) == [
        "1 -> 2",
        "4 -> 5",
        "9 -> 10",
        "hours + 1 -> hours - 1",
        "hours + 1 > limit -> hours + 1 >= limit",
        "hours + 1 > limit and (not hours == 9) -> hours + 1 > limit or not hours == 9",
        "hours == 9 -> hours != 9",
        "not hours == 9 -> hours == 9",
    ]


def test_each_mutant_is_a_program_that_differs_from_the_original():
    original = ast.unparse(ast.parse(SOURCE))
    sources = [mutant.source for mutant in mutants(PATH, SOURCE)]
    assert len(set(sources)) == len(sources)
    assert original not in sources
    assert all(ast.parse(source) for source in sources)


@pytest.mark.parametrize(("source", "expected"), [("X = 4\n", False), ("X = 5\n", True)])
def test_a_mutant_is_noticed_exactly_when_a_test_fails(tmp_path, source, expected):
    (tmp_path / "stepdown" / "clinical").mkdir(parents=True)
    (tmp_path / "tests" / "clinical").mkdir(parents=True)
    sample = tmp_path / PATH
    sample.write_text("X = 4\n")
    (tmp_path / "tests" / "clinical" / "test_sample.py").write_text(
        "import runpy\n\ndef test_x():\n"
        "    assert runpy.run_path('stepdown/clinical/sample.py')['X'] == 4\n"
    )

    assert noticed(Mutant(PATH, 1, "4 -> 5", source), tmp_path) is expected
    assert sample.read_text() == "X = 4\n"


def test_what_is_said_to_change_nothing_is_still_a_change_of_this_code():
    made = [
        mutant.place
        for path in CLINICAL.rglob("*.py")
        for mutant in mutants(path, path.read_text(encoding="utf-8"))
    ]

    assert {place: made.count(place) for place in SAME} == dict.fromkeys(SAME, 1)
    assert all(SAME.values())
