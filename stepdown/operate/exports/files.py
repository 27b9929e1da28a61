"""Writing an export into a folder: a file for each dataset, a dictionary and a manifest.

A file has its name only once it is whole; until then it ends in ``.part``. Nothing is
readable for other accounts of the machine.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from stepdown.content import library
from stepdown.operate.console import Stopped
from stepdown.operate.exports import csvs
from stepdown.records.actions.access.exports import Written
from stepdown.records.models import Export
from stepdown.records.reading.exporting import Column, Dataset, Row, as_utc

PART = ".part"
DICTIONARY, MANIFEST = "dictionary.csv", "manifest.json"

REDISCLOSURE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
"""The short notice of 42 CFR 2.32(a)(2)."""

Progress = Callable[[str, int], None]


class Sink(Protocol):
    """What takes the rows of one dataset."""

    def write(self, rows: list[Row]) -> None:
        """Take some rows."""

    def close(self) -> None:
        """There are no more."""


class Digesting:
    """A file that knows its length and its SHA-256 while it is written."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.digest, self.bytes = stream, sha256(), 0
        self.closed = False

    def write(self, data: Any) -> int:
        """Write bytes; returns how many."""
        self.digest.update(data)
        self.bytes += len(data)
        return self.stream.write(data)

    def flush(self) -> None:
        """Pass on what waits."""
        self.stream.flush()

    def tell(self) -> int:
        """How many bytes there are."""
        return self.bytes

    def close(self) -> None:
        """Nothing: whoever opened the file closes it."""
        self.closed = True


def sink(file_format: str) -> Callable[[Digesting, tuple[Column, ...]], Sink]:
    """What writes a format.

    Raises:
        Stopped: Parquet is asked for and its library is not here.
    """
    if file_format == "csv":
        return csvs.Csv
    try:
        from stepdown.operate.exports import parquets
    except ImportError as error:
        raise Stopped(
            "Not exported: Parquet needs a library that is not here. Install the extra, "
            "stepdown[parquet], or take --format csv.",
            status=2,
        ) from error
    return parquets.Parquet


def prepare(folder: Path) -> None:
    """Make a folder for the files, readable for nobody else.

    Raises:
        Stopped: something lies in it, or it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise Stopped(f"Not exported: {folder} is not empty. Name a new folder: --into")
        if not os.access(folder, os.W_OK):
            raise _unusable(folder, "it cannot be written to")
    except OSError as error:
        raise _unusable(folder, error.strerror or type(error).__name__) from error


def _unusable(folder: Path, why: str) -> Stopped:
    return Stopped(f"Not exported: {folder} cannot be used ({why}). Name another: --into")


def write(
    dataset: Dataset,
    folder: Path,
    file_format: str,
    made: Callable[[Digesting, tuple[Column, ...]], Sink],
    told: Progress = lambda _name, _count: None,
) -> Written:
    """Write one dataset; returns its name, rows, bytes and digest."""
    name = f"{dataset.name}.{file_format}"
    part = folder / f"{name}{PART}"
    count = 0
    with _private(part) as stream:
        digesting = Digesting(stream)
        taking = made(digesting, dataset.columns)
        while rows := list(islice(dataset.rows, AT_ONCE)):
            taking.write(rows)
            count += len(rows)
            told(dataset.name, count)
        taking.close()
        stream.flush()
        os.fsync(stream.fileno())
    part.rename(folder / name)
    return Written(name, count, digesting.bytes, digesting.digest.hexdigest())


AT_ONCE = 10_000
"""Rows that are held at a time; of Parquet, one group of rows."""


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _digested(path: Path, text: str, rows: int) -> Written:
    data = text.encode()
    with _private(path) as stream:
        stream.write(data)
    return Written(path.name, rows, len(data), sha256(data).hexdigest())


def write_dictionary(datasets: list[Dataset], folder: Path) -> Written:
    """What each column means, its kind, unit and codes."""
    lines = [
        (each.name, column.name, column.kind, column.unit, column.words, column.codes)
        for each in datasets
        for column in each.columns
    ]
    head = ("dataset", "column", "kind", "unit", "meaning", "codes")
    return _digested(folder / DICTIONARY, csvs.text([head, *lines]), len(lines))


def write_manifest(
    export: Export, files: list[Written], folder: Path, *, facility: str, release: str
) -> Written:
    """What the files are, for whom and what for, with their digests and the notice of part 2."""
    purpose = library.codes("export_purpose").code(export.purpose)
    told = {
        "export": str(export.pk),
        "facility": facility,
        "begun": as_utc(export.recorded_at),
        "purpose": purpose.label if purpose else export.purpose,
        "purpose_in_words": export.words,
        "since": export.since and as_utc(export.since),
        "until": export.until and as_utc(export.until),
        "kinds": export.kinds or "all",
        "ids": "of the house" if export.identified else "pseudonyms of this purpose",
        "notice": REDISCLOSURE,
        "care": (
            "Pseudonyms and exact times do not make anybody anonymous. Names, birth dates and "
            "free words are left out. Rows whose column stands is false do not count. Rows are "
            "in no order. Text that begins like a formula has an apostrophe before it in CSV."
        ),
        "release": release,
        "files": [
            {"name": each.name, "rows": each.rows, "bytes": each.bytes, "sha256": each.sha256}
            for each in files
        ],
    }
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    return _digested(folder / MANIFEST, text, 0)


def remove(folder: Path) -> None:
    """Take away what was written of an export that broke off."""
    for path in _ours(folder):
        with suppress(OSError):
            path.unlink()


def _ours(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if path.is_file())


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file that this module wrote, as texts."""
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
