"""Names of backups, how one appears whole or not at all, and how old ones go.

``stepdown-<deployment>-<time>.backup`` was restored once and found the same;
``....unverified.backup`` was not. Anything else in the folder is none of ours.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from stepdown.operate.console import Stopped

SUFFIX, UNVERIFIED = ".backup", ".unverified.backup"
_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}


def name(deployment: str, at: datetime) -> str:
    """What a backup of this deployment is called, without its ending."""
    return f"stepdown-{deployment}-{at:%Y-%m-%dT%H%M%SZ}"


@contextmanager
def appearing(file: Path) -> Iterator[BinaryIO]:
    """Write a private file that gets its name only when it is whole and on the disk.

    Raises:
        Stopped: it is there already, the disk is full, or it cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(file.parent, ".stepdown-*.partial")
        partial = file.with_name(f".stepdown-{secrets.token_hex(8)}.partial")
        handle = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Stopped(f"Nothing was backed up: {file.parent}: {error.strerror}.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            _name(partial, file)
        _to_disk(file.parent)
    except OSError as error:
        if error.errno not in _FULL:
            raise Stopped(f"Nothing was backed up: {file}: {error.strerror}.") from error
        raise Stopped(
            f"Nothing was backed up: {file.parent} is full, or no larger file is allowed there. "
            "Make room, or name another folder with --to."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _name(partial: Path, file: Path) -> None:
    """Give it its name; what has that name already stays."""
    try:
        os.link(partial, file)
    except FileExistsError as error:
        raise Stopped(f"Nothing was backed up: {file} is there already.") from error
    except OSError:  # a file system without links
        if file.exists():
            raise Stopped(f"Nothing was backed up: {file} is there already.") from None
        partial.rename(file)


def verified(file: Path) -> Path:
    """Take the word "unverified" out of a backup's name; returns its new name."""
    better = file.with_name(file.name.removesuffix(UNVERIFIED) + SUFFIX)
    _name(file, better)
    file.unlink(missing_ok=True)
    _to_disk(file.parent)
    return better


def retire(folder: Path, deployment: str, keep: int) -> list[Path]:
    """Remove all but the newest ``keep`` verified backups of a deployment; returns what went."""
    ours = re.compile(rf"stepdown-{re.escape(deployment)}-\d{{4}}-\d\d-\d\dT\d{{6}}Z\.backup")
    found = sorted(each for each in folder.iterdir() if ours.fullmatch(each.name))
    old = found[:-keep]
    for file in old:
        file.unlink()
    return old


@contextmanager
def scratch(parent: Path, kind: str) -> Iterator[Path]:
    """A private folder that is gone afterwards; what a killed process left is swept first."""
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep(parent, f".{kind}-*")
    folder = parent / f".{kind}-{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(folder: Path, pattern: str) -> None:
    """Remove what nobody holds any more."""
    for left in folder.glob(pattern):
        with suppress(OSError):
            handle = os.open(left, os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            finally:
                os.close(handle)


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
