"""An action that is not in the register cannot run, and the register lists only real ones."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from stepdown.content import library
from stepdown.content.access import LETTERS
from stepdown.records import actions, audit
from stepdown.records.actions.register import ACTIONS
from stepdown.records.models import Role
from tests.records.world import World, nothing_saved

SOURCE = Path(next(iter(actions.__path__)))
NAME = re.compile(r"[a-z_]+\.[a-z_]+")


def named_in_the_source() -> set[str]:
    """Every name that stands in a function which calls ``audit.action``."""
    found: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        for function in ast.walk(ast.parse(file.read_text())):
            if isinstance(function, ast.FunctionDef) and any(map(_opens_action, _own(function))):
                found |= {text for text in map(_text, ast.walk(function)) if NAME.fullmatch(text)}
    return found


def _own(function: ast.FunctionDef) -> list[ast.AST]:
    return list(ast.walk(function))


def _opens_action(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "action"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "audit"
    )


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_every_action_in_the_source_is_in_the_register_and_the_other_way_round():
    assert named_in_the_source() == set(ACTIONS)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_an_action_stands_on_a_row_of_the_matrix_that_somebody_may_use(name):
    row, letter = ACTIONS[name]

    assert letter in LETTERS
    assert any(library.permissions().cell(row, role).allows(letter) for role in Role.values)


def test_an_action_without_a_row_cannot_run(world: World):
    with (
        nothing_saved(),
        pytest.raises(KeyError),
        audit.action("doses.give", by=world.by("MD"), at=world.now),
    ):
        pytest.fail("It ran.")
