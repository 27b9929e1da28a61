"""Check or list what was reviewed: scales, limits, states, settings.

``check`` reads every file against its schema, its own worked examples and the others.
``list`` shows each scale with its version and digest, and whether it is signed here.
"""

from __future__ import annotations

import argparse

from stepdown.content import library
from stepdown.operate.console import Progress, say
from stepdown.operate.readiness import unapplied
from stepdown.records.actions.access.settings import signed_digests
from stepdown.records.models import Facility


def arguments(parser: argparse.ArgumentParser) -> None:
    """check or list."""
    parser.add_argument("what", choices=["check", "list"])


def run(args: argparse.Namespace) -> int:
    """0 when the content is sound."""
    return _check() if args.what == "check" else _list()


def _check() -> int:
    began = Progress()
    problems = library.problems()
    for problem in problems:
        say(str(problem))
    if problems:
        say(f"{len(problems)} faults.")
        return 1
    say(f"All content is sound ({began.elapsed:.1f} s).")
    return 0


def _list() -> int:
    for key, instrument in library.instruments().items():
        digest = library.digest(instrument)
        signed = ", ".join(_signed_at(digest)) or "unsigned"
        say(f"{key:24} {instrument.version:24} {digest[:12]}  {instrument.evidence:9} {signed}")
    return 0


def _signed_at(digest: str) -> list[str]:
    """Codes of the facilities that signed it; none where no database is set up."""
    if unapplied():
        return []
    return [each.code for each in Facility.objects.all() if digest in signed_digests(each)]
