"""Measure. ``python -m bench [--engine sqlite|postgres|both] [--observations N] [--passes N]``."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import report
from bench.client import Heard, run, tag
from bench.newest import Newest
from bench.scenarios import reads, records
from bench.servers import free_port, resident_mb, serving

HERE = Path(__file__).parent
POSTGRES = os.environ.get("STEPDOWN_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")


def main() -> int:
    """Run every scenario on every engine asked for, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres", "both"], default="sqlite")
    parser.add_argument("--observations", type=int, default=1_000_000)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--requests", type=int, default=300, help="in one run of a scenario")
    parser.add_argument("--current", type=int, default=40)
    parser.add_argument("--past", type=int, default=1000)
    parser.add_argument("--only", choices=["record", "pages"], help="leave the others out")
    parser.add_argument("--keep", help="a folder to build in and keep, for a second run")
    args = parser.parse_args()
    engines = ["sqlite", "postgres"] if args.engine == "both" else [args.engine]
    rows: list[dict[str, Any]] = []
    for engine in engines:
        with tempfile.TemporaryDirectory(prefix="stepdown-bench-") as made:
            folder = Path(args.keep or made) / engine
            folder.mkdir(parents=True, exist_ok=True)
            rows += measure(engine, folder, args)
    report.write(rows, HERE, observations=args.observations, passes=args.passes)
    return 0


def measure(engine: str, folder: Path, args: argparse.Namespace) -> list[dict[str, Any]]:
    """One engine: build, serve both, pass by pass, and sum up."""
    urls = _databases(engine, folder)
    env = dict(os.environ) | {
        "DATABASE_URL": urls["app"], "FLOOR_DATABASE_URL": urls["floor"],
        "STEPDOWN_DATA": str(folder / "data"), "DJANGO_SETTINGS_MODULE": "stepdown.settings",
    }  # fmt: skip
    env.pop("STEPDOWN_ACCESS_LOG", None)
    notes = folder / "known.json"
    if not notes.exists():
        print(f"{engine}: building {args.observations:,} observations", file=sys.stderr)
        sizes = [str(n) for n in (args.observations, args.current, args.past)]
        subprocess.run(
            [sys.executable, "-m", "bench.prepare", str(notes), *sizes], env=env, check=True
        )
    known = json.loads(notes.read_text())
    floor_env = env | {"DJANGO_SETTINGS_MODULE": "bench.floor.settings"}
    session = subprocess.run(
        [sys.executable, "-m", "bench.floor.setup"], env=floor_env, check=True,
        capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    ports = free_port(), free_port()
    with (
        serving("stepdown.wsgi:application", ports[0], env) as app,
        serving("bench.floor.wsgi:application", ports[1], floor_env),
    ):
        heard = _passes(ports, known, session, urls["app"], args)
        memory = resident_mb(app)
    return _summed(engine, heard, known, memory)


def _passes(
    ports: tuple[int, int],
    known: dict[str, Any],
    session: str,
    url: str,
    args: argparse.Namespace,
) -> dict[str, list[Heard]]:
    newest = Newest(url)
    heard: dict[str, list[Heard]] = {}
    asks = reads(known)
    app_record, floor_record = records(known, session, newest)
    # Pages first: thousands of measured records would give each person a month in an hour.
    for each in range(args.passes if args.only != "record" else 0):
        print(f"  pages, pass {each + 1} of {args.passes}", file=sys.stderr)
        for name, (ask, status) in asks.items():
            if hasattr(ask, "held"):
                ask.held["If-None-Match"] = tag(ports[0], ask)
            got = run(ports[0], ask, count=args.requests // 2, clients=1, warm=10)
            if set(got.statuses) != {status}:
                raise SystemExit(f"{name} was answered {got.statuses}, not {status}.")
            heard.setdefault(name, []).append(got)
    for each in range(args.passes if args.only != "pages" else 0):
        print(f"  records, pass {each + 1} of {args.passes}", file=sys.stderr)
        for clients in (1, 8):
            for name, port, ask in (
                ("floor", ports[1], floor_record),
                ("record", ports[0], app_record),
            ):
                count = args.requests * (1 if clients == 1 else 2)
                got = run(port, ask, count=count, clients=clients)
                heard.setdefault(f"{name}_{clients}", []).append(got)
    for name in ("record_1", "record_8"):
        for got in heard.get(name, []):
            if set(got.statuses) - {302, 303}:
                raise SystemExit(f"{name} was answered {got.statuses}.")
    return heard


def _databases(engine: str, folder: Path) -> dict[str, str]:
    if engine == "sqlite":
        return {n: f"sqlite:///{folder}/{n}.sqlite3" for n in ("app", "floor")}
    import psycopg

    urls = {}
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        for name in ("app", "floor"):
            database = f"stepdown_bench_{name}"
            if name == "floor" or not (folder / "known.json").exists():
                server.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
                server.execute(f"CREATE DATABASE {database}")
            urls[name] = f"{POSTGRES.rsplit('/', 1)[0]}/{database}"
    return urls


def _summed(
    engine: str, heard: dict[str, list[Heard]], known: dict[str, Any], memory: float
) -> list[dict[str, Any]]:
    rows = []
    floors = {c: heard.get(f"floor_{c}", []) for c in (1, 8)}
    for name, runs in heard.items():
        clients = 8 if name.endswith("_8") else 1
        floor = statistics.median([f.per_second for f in floors[clients]] or [1])
        queries = known["queries_record"] if name.startswith("record") else None
        seen = known["seen"].get({"board_304": "live"}.get(name, name))
        if seen and name != "board_304":
            queries = seen["queries"]
        rate = statistics.median(r.per_second for r in runs)
        rows.append(
            {
                "name": name, "engine": engine, "clients": clients,
                "p50_ms": round(statistics.median(r.quantile(0.5) for r in runs), 2),
                "p95_ms": round(statistics.median(r.quantile(0.95) for r in runs), 2),
                "max_ms": round(max(r.quantile(1) for r in runs), 1),
                "per_second": round(rate, 1), "queries": queries,
                "bytes": runs[-1].bytes_each or None,
                "rss_mb": None if name.startswith("floor") else round(memory, 1),
                "ratio_to_floor": round(rate / floor, 3) if name.startswith("record") else None,
            }
        )  # fmt: skip
    return rows


if __name__ == "__main__":
    raise SystemExit(main())
