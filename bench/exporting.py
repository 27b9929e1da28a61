"""How fast an export streams, and in how much memory: ``python -m bench.exporting [--engine ...]``.

Each export runs in a process of its own. The floor is the same table read through a bare
cursor of the driver into ``csv.writer``: what is above it is ours (pseudonyms, versions,
local times, digests, whether a row stands).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
POSTGRES = os.environ.get("STEPDOWN_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
DATABASE = "stepdown_bench_exporting"


def main() -> int:
    """Build a history on each engine, export it in each format, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres", "both"], default="sqlite")
    parser.add_argument("--observations", type=int, default=1_000_000)
    parser.add_argument("--part", help="used by itself: what a process of its own measures")
    args = parser.parse_args()
    if args.part:
        print(json.dumps(part(args.part)))
        return 0
    rows: list[dict[str, Any]] = []
    for engine in ["sqlite", "postgres"] if args.engine == "both" else [args.engine]:
        with tempfile.TemporaryDirectory(prefix="stepdown-exporting-") as made:
            env = _environment(engine, Path(made))
            sizes = [str(args.observations), "40", "1000"]
            known = str(Path(made) / "known.json")
            subprocess.run(
                [sys.executable, "-m", "bench.prepare", known, *sizes], env=env, check=True
            )
            for what in ("floor", "csv", "parquet", "tenth"):
                told = subprocess.run(
                    [sys.executable, "-m", "bench.exporting", "--part", what],
                    env=env, check=True, capture_output=True, text=True,
                )  # fmt: skip
                rows.append({"engine": engine, "what": what} | json.loads(told.stdout))
                print(_line(rows[-1]), flush=True)
            _drop(engine)
    (HERE / "results" / "exporting.json").write_text(json.dumps(rows, indent=1) + "\n")
    return 0


def _environment(engine: str, folder: Path) -> dict[str, str]:
    url = f"sqlite:///{folder}/app.sqlite3"
    if engine == "postgres":
        import psycopg

        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {DATABASE}")
        url = f"{POSTGRES.rsplit('/', 1)[0]}/{DATABASE}"
    return dict(os.environ) | {
        "DATABASE_URL": url, "STEPDOWN_DATA": str(folder / "data"), "STEPDOWN_LOG": "error",
        "DJANGO_SETTINGS_MODULE": "stepdown.settings",
    }  # fmt: skip


def _drop(engine: str) -> None:
    if engine == "postgres":
        import psycopg

        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def part(what: str) -> dict[str, Any]:
    """Rows, seconds and peak memory of one measurement in this process."""
    import django

    django.setup()
    from stepdown import clock

    before = _peak_mb()
    with tempfile.TemporaryDirectory(prefix="stepdown-exported-") as made:
        begun, busy = clock.ticks(), _busy_s()
        rows = _floor(Path(made)) if what == "floor" else _export(Path(made), what)
        took, busy = clock.ticks() - begun, _busy_s() - busy
    return {
        "cpu_seconds": round(busy, 2), "rows_per_cpu_second": round(rows / busy),
        "rows": rows, "seconds": round(took, 2), "rows_per_second": round(rows / took),
        "peak_mb": round(_peak_mb(), 1), "peak_mb_before": round(before, 1),
    }  # fmt: skip


def _busy_s() -> float:
    """Seconds of a core that this process has used: what is left of a busy machine's noise."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _floor(folder: Path) -> int:
    import csv

    from django.db import connection

    rows = 0
    with (
        (folder / "floor.csv").open("w", newline="") as stream,
        connection.chunked_cursor() as found,
    ):
        found.execute("SELECT * FROM records_observation")
        put = csv.writer(stream)
        while batch := found.fetchmany(5_000):
            put.writerows(batch)
            rows += len(batch)
    return rows


def _export(folder: Path, what: str) -> int:
    """The observations, as the command streams them; ``tenth`` is a tenth of the time, as CSV."""
    from datetime import timedelta

    from stepdown import clock
    from stepdown.operate.exports import files
    from stepdown.records.access import Actor
    from stepdown.records.models import Assignment, Export
    from stepdown.records.reading import exporting
    from stepdown.records.transactions import one_moment

    now = clock.now()
    by = Actor.of(Assignment.objects.select_related("user", "facility").get())
    kind = "parquet" if what == "parquet" else "csv"
    export = Export.told(
        by, at=now, submission=None, purpose="quality", words="The bench of exports",
        datasets=["observations"], file_format=kind, identified=False,
        since=now - timedelta(days=60) if what == "tenth" else None,
    )  # fmt: skip
    scope = exporting.Scope(export, by, now)
    with one_moment():
        (dataset,) = exporting.datasets(scope)
        return files.write(dataset, folder, kind, files.sink(kind)).rows


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['engine']:9} {row['what']:8} {row['rows']:>10,} rows {row['seconds']:>7.2f} s "
        f"{row['rows_per_second']:>8,}/s, {row['rows_per_cpu_second']:>8,} a second of a core, peak {row['peak_mb']:.0f} MB"
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stepdown.settings")
    raise SystemExit(main())
