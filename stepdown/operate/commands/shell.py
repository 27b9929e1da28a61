"""A Python prompt that knows the records.

For looking. What is changed from here has no audit event, and `stepdown verify` says so.
"""

from __future__ import annotations

import argparse

from django.core.management import call_command

from stepdown.operate.console import warn


def arguments(parser: argparse.ArgumentParser) -> None:
    """--command."""
    parser.add_argument("-c", "--command", help="run these words instead of a prompt")


def run(args: argparse.Namespace) -> int:
    """Open the prompt."""
    warn("For looking only: a change made here breaks the sealed chain.")
    call_command("shell", command=args.command)
    return 0
