"""Look a deployment over: keys, folder, database, clock, TLS, content, notes of verify and backup.

Each line says ok, warn or fail, and what to do. The exit status is 1 when something fails,
so that a timer can tell. Nothing is changed, and nothing of anybody in care is read.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from stepdown.operate import doctor
from stepdown.operate.console import say


def arguments(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="one JSON list instead of lines")


def run(args: argparse.Namespace) -> int:
    """Say every finding; 0 where none fails."""
    found = list(doctor.findings())
    if args.json:
        say(json.dumps([asdict(each) for each in found], indent=1))
    else:
        for each in found:
            say(f"{each.state:5} {each.what:12} {each.said}")
        counts = {state: sum(each.state == state for each in found) for state in ("warn", "fail")}
        say(f"{len(found)} looked at: {counts['fail']} fail, {counts['warn']} to know of.")
    return 1 if any(each.state == doctor.FAIL for each in found) else 0
