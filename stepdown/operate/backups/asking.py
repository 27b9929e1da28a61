"""The secret of a backup, from whoever runs a command: a key file, a pipe, or the keyboard."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from stepdown.operate.backups.sealing import Secret
from stepdown.operate.console import Stopped

VARIABLE = "STEPDOWN_BACKUP_KEY_FILE"


def arguments(parser: argparse.ArgumentParser) -> None:
    """--key-file and --passphrase-from-stdin."""
    parser.add_argument(
        "--key-file", type=Path, metavar="FILE", help=f"the key, else {VARIABLE} names it"
    )
    parser.add_argument(
        "--passphrase-from-stdin", action="store_true", help="read the passphrase from there"
    )


def secret(args: argparse.Namespace, *, twice: bool = False) -> Secret:
    """What encrypts or opens a backup. ``twice`` asks for a new passphrase again.

    Raises:
        Stopped: none was given, or it cannot be used.
    """
    try:
        if args.passphrase_from_stdin:
            return Secret.passphrase(sys.stdin.readline().rstrip("\r\n"))
        if file := args.key_file or os.environ.get(VARIABLE):
            return Secret.key_file(Path(file))
        if not sys.stdin.isatty():
            raise Stopped(
                f"A backup is encrypted: name a key with --key-file (or {VARIABLE}), or give a "
                "passphrase with --passphrase-from-stdin.",
                status=2,
            )
        words = getpass.getpass("Passphrase: ")
        if twice and words != getpass.getpass("The same again: "):
            raise Stopped("Nothing was backed up: the two passphrases differ.")
        return Secret.passphrase(words)
    except ValueError as error:
        raise Stopped(str(error), status=2) from error
