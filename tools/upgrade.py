"""Upgrade a database that the last release filled, and see that its history is the same.

Checks out the newest ``v*`` tag behind this commit, fills a demonstration with that code,
sums up every table, migrates with the present code, sums up the same columns again, and
verifies the sealed chains against the ends that the old code noted.

    python -m tools.upgrade                 # exit status 0: the same history
    python -m tools.upgrade --freeze FILE   # a small backup of that release, for the tests

The old code runs with the packages of the present one: a release that needs others is set
up by hand.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AUDIT_KEY = "a key for tests only, too"
WEB_KEY = "a key for tests only"
JOURNEYS = ("journeys/a.yaml",)

GONE: frozenset[str] = frozenset()
"""Tables and ``table.column`` that a migration takes away on purpose, each with its reason here."""

FILL = """
from pathlib import Path
from stepdown.operate import surroundings
surroundings.set_up()
from stepdown.operate.commands import demo
print(demo.fill(Path("journeys")).tally)
"""


class Failed(Exception):
    """The upgrade did not leave the same history, or could not be tried."""


def newest_tag(root: Path = ROOT) -> str:
    """The newest version tag that this commit came after; empty where the clone has none."""
    words = ["git", "tag", "--list", "v*", "--merged", "HEAD^", "--sort=-version:refname"]
    found = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    return next(iter(found.stdout.split()), "")


@contextmanager
def code_of(tag: str) -> Iterator[Path]:
    """The tree of a release in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="stepdown-upgrade-") as folder:
        tree = Path(folder) / "code"
        words = ["git", "worktree", "add", "--quiet", "--detach", str(tree), tag]
        subprocess.run(words, cwd=ROOT, check=True)
        try:
            yield tree
        finally:
            words = ["git", "worktree", "remove", "--force", str(tree)]
            subprocess.run(words, cwd=ROOT, check=False)


def run(tree: Path, data: Path, url: str, *words: str) -> str:
    """Run Python on the code of a tree; returns what it said.

    Raises:
        Failed: it ended with another status than 0 or, for replays, 3.
    """
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("STEPDOWN_", "DJANGO_"))
    }
    environment |= {
        "PYTHONPATH": str(tree),
        "STEPDOWN_DATA": str(data),
        "DATABASE_URL": url,
        "STEPDOWN_AUDIT_KEY": AUDIT_KEY,
        "STEPDOWN_SECRET_KEY": WEB_KEY,
    }
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode not in ((0, 3) if "replay" in words else (0,)):
        said = f"{ended.stdout}{ended.stderr}".strip()
        raise Failed(f"{' '.join(words[:4])} ended with {ended.returncode}:\n{said[-2000:]}")
    return ended.stdout


def stepdown(tree: Path, data: Path, url: str, *words: str) -> str:
    """A command of an operator, as the release in that tree has it."""
    return run(tree, data, url, "-m", "stepdown.operate.main", *words)


SUM = """
import json, sys
from stepdown.operate import surroundings
surroundings.set_up()
from stepdown.operate.backups import archive, tables
wanted = json.loads(sys.argv[1])
with archive.frozen() as present:
    print(json.dumps({t.name: tables.history(t, wanted.get(t.name)) for t in present.tables}))
"""

History = dict[str, dict[str, object]]


def history(data: Path, url: str, before: History | None = None) -> History:
    """Per table its columns, rows and digest; of the columns ``before`` had, where it is given."""
    columns = {name: each["columns"] for name, each in (before or {}).items()}
    said = run(ROOT, data, url, "-c", SUM, json.dumps(columns))
    found: History = json.loads(said.splitlines()[-1])
    return found


def differences(before: History, after: History) -> Iterator[str]:
    """What of the old history is not there, or not the same, any more."""
    for name, old in before.items():
        if name in GONE or name in MADE_ANEW:
            continue
        new = after.get(name)
        if new is None:
            yield f"{name} is gone"
        elif new["rows"] != old["rows"]:
            yield f"{name} had {old['rows']} rows and has {new['rows']}"
        elif new["sha256"] != old["sha256"]:
            yield f"{name} has other rows than before"


MADE_ANEW = frozenset({"auth_permission", "django_content_type"})
"""What the code itself lists there grows with each model."""


def upgraded(tag: str, url_of: Callable[[Path], str], told: Callable[[str], None]) -> None:
    """Fill with the old code, migrate with the present, compare and verify.

    Raises:
        Failed: with the first thing that is not as it was.
    """
    with code_of(tag) as tree, tempfile.TemporaryDirectory(prefix="stepdown-upgraded-") as folder:
        data = Path(folder)
        url = url_of(data)
        told(f"{tag}: {run(tree, data, url, '-c', FILL).strip()}")
        stepdown(tree, data, url, "verify")
        before = history(data, url)
        told(stepdown(ROOT, data, url, "migrate").strip())
        after = history(data, url, before)
        for difference in differences(before, after):
            raise Failed(f"After the upgrade from {tag}, {difference}.")
        rows = sum(int(str(each["rows"])) for each in before.values())
        told(f"{rows:,} rows in {len(before)} tables are the same.")
        told(stepdown(ROOT, data, url, "verify").strip())


def freeze(tag: str, file: Path, key: Path) -> None:
    """A small backup of a database as that release left it, its migrations not yet brought up."""
    with code_of(tag) as tree, tempfile.TemporaryDirectory(prefix="stepdown-frozen-") as folder:
        data = Path(folder)
        url = sqlite(data)
        stepdown(tree, data, url, "migrate", "--demo")
        stepdown(tree, data, url, "replay", "--into-demo", *JOURNEYS)
        stepdown(
            ROOT, data, url, "backup", "--unverified", "--to", str(data), "--key-file", str(key)
        )
        (made,) = data.glob("*.backup")
        made.rename(file)


def sqlite(data: Path) -> str:
    """A database file in the data folder."""
    return f"sqlite:///{data}/stepdown.sqlite3"


def main() -> int:
    """0 when the history is the same; 2 where there is nothing to upgrade from."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--freeze", type=Path, metavar="FILE")
    parser.add_argument("--key-file", type=Path, metavar="FILE")
    args = parser.parse_args()
    tag = newest_tag()
    if not tag:
        print("There is no v* tag behind this commit (git fetch --tags).", file=sys.stderr)
        return 2
    try:
        if args.freeze:
            freeze(tag, args.freeze, args.key_file)
        else:
            upgraded(tag, sqlite, print)
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
