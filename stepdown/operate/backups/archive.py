"""The parts of a backup in their order: what it is, rows, attachments, and what must add up.

The parts are a tar archive, so that anything opens it. ``begin.json`` says what the backup
is of, ``end.json`` how many rows each table has and their digest.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.db import connections

from stepdown.operate.backups import tables
from stepdown.operate.backups.sealing import NotOpened, Sealer
from stepdown.operate.backups.tables import Present, Progress, Sum, Table
from stepdown.operate.console import Stopped
from stepdown.records import canonical
from stepdown.records.transactions import one_moment
from stepdown.records.verifying import Anchor

BEGIN, END = "begin.json", "end.json"
ROWS, FILES = "tables", "attachments"
PART = 4 * 1024 * 1024
"""Bytes of rows in one part, about; this is what stays in memory."""

SMALLEST = 3
"""How hard gzip tries: more costs time and saves little."""


@dataclass(frozen=True, slots=True)
class Ends:
    """A facility, and where its chains ended when the backup was taken."""

    facility: str
    code: str
    zone: str
    anchor: Anchor


def attachments() -> Path:
    """Where attachments lie, each under the digest of what is in it."""
    return Path(settings.STEPDOWN_DATA) / FILES


# --- writing ----------------------------------------------------------------------------------


@contextmanager
def frozen() -> Iterator[Present]:
    """One moment of all databases, to be read while others go on writing.

    The reads first: what they noted of the writes is then never ahead of them.
    """
    with ExitStack() as views:
        for alias in dict.fromkeys([settings.ACCESS_ALIAS, "default"]):
            views.enter_context(one_moment(alias))
        yield Present()


def described(present: Present, *, at: datetime) -> dict[str, Any]:
    """What a backup says of itself before its rows: no name of anybody.

    Raises:
        Stopped: nobody has said what this database is for.
    """
    deployment = present.model("Deployment").objects.first()
    if deployment is None:
        raise Stopped("Nobody has said what this database is for. Run: stepdown migrate")
    made = canonical.plain(deployment.created_at)
    return {
        "format": 1,
        "at": canonical.plain(at),
        "release": settings.STEPDOWN_RELEASE,
        "engine": _engine(),
        "demo": deployment.demo,
        "deployment": canonical.digest(f"{made} {deployment.demo}")[:8],
        "facilities": [_written(each) for each in _ends(present)],
        "migrations": [list(each) for each in present.migrations],
        "tables": {
            table.name: [[each.name, each.kind] for each in table.columns]
            for table in present.tables
        },
        "rows": {table.name: tables.count(table) for table in present.tables},
        "left_out": list(tables.LEFT_OUT),
    }


def _engine() -> str:
    connection = connections["default"]
    version = ".".join(str(part) for part in connection.get_database_version())
    return f"{connection.vendor} {version}"


def _ends(present: Present) -> Iterator[Ends]:
    writes = {each.pk: each for each in present.model("ChainHead").objects.all()}
    heads = present.model("AccessHead").objects.using(settings.ACCESS_ALIAS)
    reads = {each.pk: each for each in heads.all()}
    for facility in present.model("Facility").objects.order_by("code"):
        ends = [
            (head.seq, head.mac) if head else (0, "")
            for head in (writes.get(facility.pk), reads.get(facility.pk))
        ]
        yield Ends(str(facility.pk), facility.code, facility.zone, Anchor(ends[0], ends[1]))


def _written(ends: Ends) -> dict[str, Any]:
    anchor = {"writes": list(ends.anchor.writes), "reads": list(ends.anchor.reads)}
    return {"id": ends.facility, "code": ends.code, "zone": ends.zone} | anchor


def ends_in(begin: dict[str, Any]) -> list[Ends]:
    """The facilities of a backup and the ends of their chains."""
    return [
        Ends(
            each["id"],
            each["code"],
            each["zone"],
            Anchor(
                (int(each["writes"][0]), each["writes"][1]),
                (int(each["reads"][0]), each["reads"][1]),
            ),
        )
        for each in begin["facilities"]
    ]


def write(
    target: IO[bytes] | Sealer,
    present: Present,
    begin: dict[str, Any],
    progress: Progress,
    *,
    packed: bool = True,
    files: bool = True,
) -> dict[str, Any]:
    """Write every part to ``target``; returns what the last one says. Memory stays flat."""
    at = datetime.fromisoformat(begin["at"])
    with ExitStack() as closing:
        stream: Any = target
        if packed:
            zipped = gzip.GzipFile("", "wb", SMALLEST, target, mtime=at.timestamp())
            stream = closing.enter_context(zipped)
        tar = closing.enter_context(
            tarfile.open(mode="w|", fileobj=stream, format=tarfile.PAX_FORMAT)
        )
        parts = _Parts(tar, int(at.timestamp()))
        parts.add(BEGIN, _json(begin))
        counts = begin["rows"]
        sums = {t.name: _rows(parts, t, counts[t.name], progress) for t in present.tables}
        end: dict[str, Any] = {
            "tables": {name: {"rows": s.rows, "sha256": s.sha256} for name, s in sums.items()},
            "attachments": _files(parts, progress) if files else {},
        }
        parts.add(END, _json(end))
    return end


class _Parts:
    """A tar archive that keeps no list of what went into it."""

    def __init__(self, tar: tarfile.TarFile, at: int) -> None:
        self._tar, self._at = tar, at

    def add(self, name: str, data: bytes) -> None:
        self.stream(name, len(data), io.BytesIO(data))

    def stream(self, name: str, size: int, source: IO[bytes]) -> None:
        about = tarfile.TarInfo(name)
        about.size, about.mtime, about.mode = size, self._at, 0o600
        self._tar.addfile(about, source)
        self._tar.members.clear()  # type: ignore[attr-defined]


def _rows(parts: _Parts, table: Table, count: int, progress: Progress) -> Sum:
    rows, digest, number = 0, sha256(), 0
    waiting = bytearray()

    def flush() -> None:
        nonlocal number
        number += 1
        parts.add(f"{ROWS}/{table.name}/{number:06}.jsonl", bytes(waiting))
        waiting.clear()

    for some, block in tables.lines(table):
        rows += some
        digest.update(block)
        waiting += block
        if len(waiting) >= PART:
            flush()
        progress(f"rows of {table.name}", rows, count)
    if waiting:
        flush()
    return Sum(rows, digest.hexdigest())


def _files(parts: _Parts, progress: Progress) -> dict[str, Any]:
    folder = attachments()
    found = sorted(each for each in folder.rglob("*") if each.is_file() and each.name[0] != ".")
    kept = {}
    for number, file in enumerate(found, start=1):
        name = file.relative_to(folder).as_posix()
        with file.open("rb") as stream:
            kept[name] = _digest(stream)
            stream.seek(0)
            parts.stream(f"{FILES}/{name}", file.stat().st_size, stream)
        progress("attachments", number, len(found))
    return kept


def _digest(stream: IO[bytes]) -> str:
    digest = sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"


# --- reading ----------------------------------------------------------------------------------


@contextmanager
def parts(source: IO[bytes], *, packed: bool = True) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The parts of a backup in their order, each to be read before the next.

    Raises:
        NotOpened: it is not a backup, or not whole.
    """
    try:
        stream: Any = gzip.GzipFile(fileobj=source, mode="rb") if packed else source
        yield _members(stream)
    except (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile) as error:
        raise NotOpened("What is in this backup cannot be read: it is not whole.") from error


def _members(stream: Any) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(mode="r|", fileobj=stream) as tar:
        for member in tar:
            part: Any = tar.extractfile(member) if member.isreg() else None
            if part is None:
                raise NotOpened(f"This backup holds {member.name!r}, which no backup of ours does.")
            yield member.name, part
            tar.members.clear()  # type: ignore[attr-defined]
    while stream.read(1 << 20):  # so that its end was seen
        pass


def begun(members: Iterator[tuple[str, IO[bytes]]]) -> dict[str, Any]:
    """What the first part says.

    Raises:
        NotOpened: it is not there.
    """
    name, part = next(members, ("", io.BytesIO()))
    if name != BEGIN:
        raise NotOpened("This backup does not say what it is of.")
    found: dict[str, Any] = json.load(part)
    return found


def table_of(name: str) -> str:
    """The table whose rows a part holds; nothing where it holds none."""
    folder, _slash, rest = name.partition("/")
    return rest.partition("/")[0] if folder == ROWS else ""


def file_of(name: str) -> PurePosixPath | None:
    """The attachment that a part is, below the folder of attachments.

    Raises:
        NotOpened: it would lie outside.
    """
    path = PurePosixPath(name)
    if path.parts[:1] != (FILES,):
        return None
    inside = PurePosixPath(*path.parts[1:])
    if path.is_absolute() or ".." in path.parts or not inside.parts:
        raise NotOpened(f"This backup holds {name!r}, which no backup of ours does.")
    return inside
