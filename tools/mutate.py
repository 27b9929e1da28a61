"""Change the clinical code in small wrong ways, and see whether a test notices (``make long``).

Each mutant differs from ``stepdown/clinical`` in one comparison, number, sign or
condition. It lives in a copy; the checkout is never touched. A mutant that every
test still passes is printed: either a test is missing, or the change means nothing; then
it belongs into ``SAME``, with its reason, and is not tried again.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

CLINICAL = Path("stepdown/clinical")
NEEDED = ("stepdown", "tests", "pyproject.toml")
TIMEOUT_S = 120
ENOUGH = 0.9
NOT_CODE = {"annotation", "decorator_list", "returns"}

OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
}

SAME: dict[tuple[str, str, str], str] = {
    (
        "schedules.py",
        "if minutes is None or (at := _later(tried.at, minutes)) <= due.at:",
        "(at := _later(tried.at, minutes)) <= due.at -> (at := _later(tried.at, minutes)) < due.at",
    ): "an offer at the very moment the look is due moves it by nothing",
    (
        "vitals.py",
        "return value.quantize(Decimal(1).scaleb(-vital.decimals), rounding=ROUND_HALF_UP)",
        "1 -> 2",
    ): "quantize asks this number for its exponent only",
}
"""File, line and change -> why no test can tell the two apart."""


@dataclass(frozen=True)
class Mutant:
    """One wrong version of one file."""

    path: Path
    line: int
    what: str
    source: str
    code: str = ""

    @property
    def place(self) -> tuple[str, str, str]:
        """As ``SAME`` names it: whatever else changes in the file, this stays."""
        return self.path.name, self.code, self.what

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every small wrong version of one node."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            if type(operator) in OTHER:
                changed = copy.deepcopy(node)
                changed.ops[place] = OTHER[type(operator)]()  # type: ignore[call-overload]
                yield f"{ast.unparse(node)} -> {ast.unparse(changed)}", changed
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in OTHER:
        swapped = copy.deepcopy(node)
        swapped.op = OTHER[type(node.op)]()  # type: ignore[assignment]
        yield f"{ast.unparse(node)} -> {ast.unparse(swapped)}", swapped
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"{ast.unparse(node)} -> {ast.unparse(node.operand)}", node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        value = not node.value if isinstance(node.value, bool) else node.value + 1
        yield f"{node.value} -> {value}", ast.copy_location(ast.Constant(value), node)


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs when a function is called; not types, not decorators."""
    yield tree
    for field, value in ast.iter_fields(tree):
        if field not in NOT_CODE:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _code(child)


def mutants(path: Path, source: str) -> Iterator[Mutant]:
    """Every mutant of one module, in the order of its lines."""
    tree, lines = ast.parse(source), source.splitlines()
    for parent in _code(tree):
        for field, value in ast.iter_fields(parent):
            if field in NOT_CODE:
                continue
            for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if not isinstance(child, ast.AST):
                    continue
                for what, changed in _changes(child):
                    _put(parent, field, place, changed)
                    line = getattr(child, "lineno", 0)
                    code = lines[line - 1].strip() if line else ""
                    yield Mutant(path, line, what, ast.unparse(tree), code)
                    _put(parent, field, place, child)


def _put(parent: ast.AST, field: str, place: int | None, node: ast.AST) -> None:
    if place is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[place] = node


def noticed(mutant: Mutant, copied: Path) -> bool:
    """Whether the clinical tests fail, or never end, with this mutant in a copy of the project."""
    file = copied / mutant.path
    original = file.read_text(encoding="utf-8")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO", "PYTEST"))}
    file.write_text(mutant.source, encoding="utf-8")
    try:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "--no-header", "--doctest-modules"]
            + ["-p", "no:cacheprovider", "tests/clinical", "stepdown/clinical"],
            check=False,
            cwd=copied,
            env={**inherited, "PYTHONPATH": str(copied), "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        file.write_text(original, encoding="utf-8")
    return run.returncode != 0


def survivors(found: list[Mutant], workers: int) -> Iterator[Mutant]:
    """The mutants nobody noticed, as they turn up; one copy of the project per worker."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        free: SimpleQueue[Path] = SimpleQueue()
        for number in range(workers):
            copied = Path(folder) / str(number)
            for name in NEEDED:
                if Path(name).is_dir():
                    shutil.copytree(name, copied / name)
                else:
                    shutil.copy(name, copied / name)
            free.put(copied)

        def survived(mutant: Mutant) -> bool:
            copied = free.get()
            try:
                return not noticed(mutant, copied)
            finally:
                free.put(copied)

        for done, (mutant, alive) in enumerate(
            zip(found, pool.map(survived, found), strict=True), start=1
        ):
            if done % 50 == 0:
                print(f"{done} of {len(found)}", file=sys.stderr, flush=True)
            if alive:
                yield mutant


def main() -> int:
    """Print the survivors and the share that was noticed; 1 if that is under 90 %."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", type=Path, help="default: all of stepdown/clinical")
    parser.add_argument("--every", type=int, default=1, help="try every n-th mutant only")
    options = parser.parse_args()
    modules = options.modules or sorted(CLINICAL.rglob("*.py"))
    found = [m for path in modules for m in mutants(path, path.read_text(encoding="utf-8"))]
    found = [each for each in found if each.place not in SAME][:: options.every]
    if not found:
        print("No clinical code to change.")
        return 1
    alive = 0
    for mutant in survivors(found, os.cpu_count() or 1):
        alive += 1
        print(mutant, flush=True)
    share = 1 - alive / len(found)
    print(f"{len(found)} mutants, {alive} unnoticed: {share:.1%} noticed, {ENOUGH:.0%} asked for.")
    return int(share < ENOUGH)


if __name__ == "__main__":
    sys.exit(main())
