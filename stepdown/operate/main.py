"""The ``stepdown`` command: what an operator runs.

Each command is a file in ``operate/commands``: ``arguments(parser)`` says what it takes,
``run(args)`` does it and returns the exit status. 0 is done, 1 is no, 2 is a question
wrongly put.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

from stepdown.operate.console import Stopped, warn

COMMANDS = {
    "migrate": "set up the database, or bring it up to this release",
    "serve": "serve the pages",
    "demo": "fill a unit with invented people, keep it moving, and serve it",
    "replay": "replay journeys and judge every expectation",
    "verify": "recompute the sealed chains, and name what was altered",
    "backup": "write everything into one encrypted file, and restore it to be sure",
    "restore": "make a backup the database again, where there is none",
    "move": "move a SQLite database to PostgreSQL",
    "facility": "set up a facility with its units and beds",
    "account": "open an account for somebody who works here",
    "doctor": "look this deployment over, and say what to put right",
    "export": "take records out of the house, signed and under pseudonyms",
    "content": "check or list what was reviewed: scales, limits, states",
    "shell": "a Python prompt that knows the records",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    if not words or words[0] in ("-h", "--help"):
        print(_overview())
        return 0 if words else 2
    name, rest = words[0], words[1:]
    if name not in COMMANDS:
        warn(f"There is no command {name!r}. Try one of: {', '.join(COMMANDS)}.")
        return 2
    try:
        return _run(name, rest)
    except Stopped as stopped:
        warn(str(stopped))
        return stopped.status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader went away: `stepdown content list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _overview() -> str:
    listed = "\n".join(f"  {name:9} {what}" for name, what in COMMANDS.items())
    return (
        "usage: stepdown COMMAND ...\n\n"
        f"{listed}\n\n"
        "stepdown COMMAND --help tells what each takes. Settings come from the environment:\n"
        "DATABASE_URL, STEPDOWN_DATA and others, listed in docs/guide/operate.md."
    )


def _run(name: str, words: list[str]) -> int:
    from stepdown.operate import surroundings

    parser = argparse.ArgumentParser(prog=f"stepdown {name}")
    surroundings.choose(name)
    surroundings.set_up()
    command = import_module(f"stepdown.operate.commands.{name}")
    parser.description = command.__doc__
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    command.arguments(parser)
    args = parser.parse_args(words)
    with surroundings.plain_words():
        status: int = command.run(args)
    return status


if __name__ == "__main__":
    sys.exit(main())
