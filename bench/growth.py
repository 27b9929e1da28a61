"""What history costs: the same unit over ever more past. ``python -m bench.growth``.

Each size has a PostgreSQL database of its own with the same 40 people in beds, and past
stays of some thousand entries each. All are served at once and asked in turn, so that a
slow minute of the machine falls on all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.client import Heard, run
from bench.newest import Newest
from bench.plot import curves
from bench.report import between_marks
from bench.scenarios import reads, records
from bench.servers import free_port, serving

HERE = Path(__file__).parent
SERVER = os.environ.get("STEPDOWN_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
CURRENT = 40
PAGES = ("board", "chart_36", "chart_500")
FLAT = 1.5
"""The largest size may take so many times as long as the smallest."""


def main() -> int:
    """Build what is missing, measure, and write table, figures and plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--requests", type=int, default=100, help="of each scenario in a pass")
    parser.add_argument("--keep", help="a folder for notes; the databases then stay as well")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stepdown-growth-") as made:
        folder = Path(args.keep or made)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            heard = _measured(args, folder)
        finally:
            if not args.keep:
                _drop(args.sizes)
    _write(heard, args)
    return 0


def _measured(args: argparse.Namespace, folder: Path) -> dict[int, dict[str, list[Heard]]]:
    ways = {size: _environment(size, folder) for size in args.sizes}
    notes = {size: folder / f"{size}.json" for size in args.sizes}
    for size, env in ways.items():
        if not notes[size].exists():
            _create(size)
        past = max(1, (size - 500 - 36 * (CURRENT - 1)) // 1000)
        sizes = [str(each) for each in (size, CURRENT, past)]
        subprocess.run(
            [sys.executable, "-m", "bench.prepare", str(notes[size]), *sizes], env=env, check=True
        )
    heard: dict[int, dict[str, list[Heard]]] = {size: {} for size in args.sizes}
    with ExitStack() as stack:
        asks = {}
        for size, env in ways.items():
            port = free_port()
            stack.enter_context(serving("stepdown.wsgi:application", port, env))
            known = json.loads(notes[size].read_text())
            pages = {name: ask for name, (ask, _status) in reads(known).items() if name in PAGES}
            to_app, _to_floor = records(known, "", Newest(env["DATABASE_URL"]))
            asks[size] = port, pages | {"record": to_app}
        for name in (*PAGES, "record"):  # records last: they lengthen what the charts show
            for each in range(args.passes):
                print(f"  {name}, pass {each + 1} of {args.passes}", file=sys.stderr)
                for size in args.sizes[:: 1 if each % 2 else -1]:
                    port, scenarios = asks[size]
                    got = run(port, scenarios[name], count=args.requests, clients=1, warm=10)
                    if set(got.statuses) - {200, 302, 303}:
                        raise SystemExit(f"{name} at {size:,} was answered {got.statuses}.")
                    heard[size].setdefault(name, []).append(got)
    return heard


def _environment(size: int, folder: Path) -> dict[str, str]:
    env = dict(os.environ) | {
        "DATABASE_URL": f"{SERVER.rsplit('/', 1)[0]}/{_name(size)}",
        "STEPDOWN_DATA": str(folder / f"data-{size}"),
        "DJANGO_SETTINGS_MODULE": "stepdown.settings",
    }
    env.pop("STEPDOWN_ACCESS_LOG", None)
    return env


def _name(size: int) -> str:
    return f"stepdown_growth_{size}"


def _create(size: int) -> None:
    import psycopg

    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {_name(size)} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {_name(size)}")


def _drop(sizes: list[int]) -> None:
    import psycopg

    with psycopg.connect(SERVER, autocommit=True) as server:
        for size in sizes:
            server.execute(f"DROP DATABASE IF EXISTS {_name(size)} WITH (FORCE)")


def _p50(heard: list[Heard]) -> float:
    return round(statistics.median(each.quantile(0.5) for each in heard), 2)


def _write(heard: dict[int, dict[str, list[Heard]]], args: argparse.Namespace) -> None:
    """``results/growth.json``, ``results/growth.svg``, and the table in README.md."""
    rows: list[dict[str, Any]] = []
    for name in ("record", *PAGES):
        p50 = {size: _p50(heard[size][name]) for size in args.sizes}
        p95 = {
            size: round(statistics.median(h.quantile(0.95) for h in heard[size][name]), 2)
            for size in args.sizes
        }
        times = round(p50[args.sizes[-1]] / p50[args.sizes[0]], 2)
        rows.append({"name": name, "p50_ms": p50, "p95_ms": p95, "times": times})
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    about = {"engine": "postgres", "passes": args.passes, "requests": args.requests}
    (folder / "growth.json").write_text(json.dumps({"about": about, "rows": rows}, indent=1) + "\n")
    (folder / "growth.svg").write_text(
        curves({row["name"]: row["p50_ms"] for row in rows}, flat=FLAT)
    )
    between_marks(HERE / "README.md", "growth", _table(rows, args.sizes))
    print(_table(rows, args.sizes))


def _table(rows: list[dict[str, Any]], sizes: list[int]) -> str:
    heads = " | ".join(f"{size:,}" for size in sizes)
    lines = [
        f"| p50 ms on PostgreSQL, by observations kept | {heads} | last to first |",
        f"| --- | {'---: | ' * len(sizes)}---: |",
    ]
    for row in rows:
        shown = " | ".join(str(row["p50_ms"][size]) for size in sizes)
        said = "" if row["times"] <= FLAT else f", above {FLAT}"
        lines.append(f"| {row['name']} | {shown} | {row['times']}{said} |")
    return "\n".join([*lines, "", "![p50 by observations kept](results/growth.svg)"])


if __name__ == "__main__":
    raise SystemExit(main())
