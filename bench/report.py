"""Writing what was measured: JSON for comparison, a table for people."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Any

WORDS = {
    "record_1": "record COWS and vital signs, one client",
    "record_8": "the same, eight clients",
    "floor_1": "the floor, one client",
    "floor_8": "the floor, eight clients",
    "board": "board of 40 beds",
    "board_304": "board poll, unchanged",
    "chart_36": "chart, 36 entries",
    "chart_500": "chart, 14 days with 500 entries",
}


def write(rows: list[dict[str, Any]], folder: Path, *, observations: int, passes: int) -> None:
    """``results/latest.json`` and the table between the marks of README.md."""
    about = {
        "observations": observations, "passes": passes, "cores": os.cpu_count(),
        "python": platform.python_version(),
    }  # fmt: skip
    (folder / "results").mkdir(exist_ok=True)
    (folder / "results" / "latest.json").write_text(
        json.dumps({"about": about, "rows": rows}, indent=1) + "\n"
    )
    between_marks(folder / "README.md", "measured", table(rows, about))
    print(table(rows, about))


def between_marks(readme: Path, name: str, words: str) -> None:
    """Put ``words`` where the marks of this name stand, in place of what stood there."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _begin, rest = readme.read_text().partition(begin)
    _old, found, after = rest.partition(end)
    if not found:
        raise ValueError(
            f"{readme} has no place for {name}: {begin} and {end} on lines of their own."
        )
    readme.write_text(f"{before}{begin}\n{words}\n{end}{after}")


def table(rows: list[dict[str, Any]], about: dict[str, Any]) -> str:
    """The rows as a Markdown table, with what they were measured on."""
    lines = [
        (
            f"Measured with {about['observations']:,} observations, {about['cores']} cores, Python "
            f"{about['python']}, medians of {about['passes']} interleaved passes."
        ),
        "",
        "| what | engine | p50 ms | p95 ms | max ms | a second | statements | of the floor | kB |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        ratio = "" if row["ratio_to_floor"] is None else f"{row['ratio_to_floor']:.0%}"
        kilo = "" if not row["bytes"] else f"{row['bytes'] / 1000:.0f}"
        lines.append(
            f"| {WORDS[row['name']]} | {row['engine']} | {row['p50_ms']} | {row['p95_ms']} | "
            f"{row['max_ms']} | {row['per_second']} | {row['queries'] or ''} | {ratio} | {kilo} |"
        )
    weights = {row["engine"]: row["rss_mb"] for row in rows if row["rss_mb"]}
    lines += ["", *(f"A web worker held {mb} MB on {engine}." for engine, mb in weights.items())]
    return "\n".join(lines)
