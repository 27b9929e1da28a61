"""Filling the configured database, which is empty, from the parts of a backup; then judging it.

On PostgreSQL all of it is one transaction. On SQLite the files are not yet in their place
(``apart``). So a rebuilding that was cut off leaves nothing that could be served.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from stepdown import clock
from stepdown.operate import anchors
from stepdown.operate.backups import archive, filling, tables
from stepdown.operate.backups.sealing import NotOpened
from stepdown.operate.backups.tables import Migrations, Present, Progress, Table
from stepdown.operate.commands.migrate import migrate
from stepdown.operate.console import Stopped
from stepdown.operate.filling import without_waiting
from stepdown.operate.readiness import APP
from stepdown.records import audit, guards, verifying
from stepdown.records.models import Facility
from stepdown.records.verifying import Anchor

SHOWN = 5
ROOM_KB, USUAL_KB = 128 * 1024, 4000
"""Of each file that is kept in memory while it is filled, and otherwise (settings.py)."""

OTHER_KEY = (
    "sealed with another key. Put keys/audit.key (or STEPDOWN_AUDIT_KEY) of that time in its place"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of one rebuilding besides the rows."""

    anchors: Path | None = None
    """Ends of the chains noted earlier; those not beyond the backup must be found."""
    files: bool = False
    """Put the attachments into their place; else they are only held against their digests."""
    note: str = ""
    """What to seal into the log of reads of each facility at the end."""
    as_it_is: bool = False
    """Keep a record that is not as it was sealed, and say what is broken."""


@dataclass(slots=True)
class Outcome:
    """How it went, in words."""

    rows: int = 0
    migrated: int = 0
    said: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def rebuild(source: IO[bytes], wish: Wish, progress: Progress, *, packed: bool = True) -> Outcome:
    """Fill, compare, bring up to this release, verify.

    Raises:
        NotOpened: the backup is not whole. Stopped: what came out is not what went in.
    """
    for alias in connections:
        if connections[alias].introspection.table_names():
            raise Stopped("There is something in this database already. Nothing was written.")
    with archive.parts(source, packed=packed) as members:
        begin = archive.begun(members)
        _to(begin["migrations"])
        present = Present()
        _same_columns(present, begin)
        with _whole():
            return _rebuilt(members, begin, present, wish, progress)


@contextmanager
def _whole() -> Iterator[None]:
    """Everything or nothing. SQLite cannot change tables inside of it, and need not wait."""
    if connections["default"].vendor == "postgresql":
        with transaction.atomic():
            yield
    else:
        with without_waiting():
            yield


def known(begin: dict[str, Any]) -> Migrations:
    """The migrations a backup was taken under.

    Raises:
        Stopped: this release does not know one of them.
    """
    there = MigrationLoader(None).disk_migrations or {}
    wanted: Migrations = [(app, name) for app, name in begin["migrations"]]
    for app, name in wanted:
        if (app, name) not in there:
            raise Stopped(
                f"This backup was made by release {begin['release']}, which is newer than this one "
                f"({settings.STEPDOWN_RELEASE}): it has {app} {name}. Restore it with that release."
            )
    return wanted


def _to(migrations: Any) -> None:
    """Tables as they were when the backup was taken; nothing else, no guards yet."""
    wanted: Migrations = [(app, name) for app, name in migrations]
    with without_waiting() if settings.SQLITE else nullcontext():
        for alias in connections:
            executor = MigrationExecutor(connections[alias])
            targets = tables.leaves(executor.loader, wanted)
            if alias != "default":
                targets = [each for each in targets if each[0] == APP]
            executor.migrate(targets)


def _same_columns(present: Present, begin: dict[str, Any]) -> None:
    here = {t.name: [[each.name, each.kind] for each in t.columns] for t in present.tables}
    for name, columns in begin["tables"].items():
        if here.get(name) != columns:
            raise Stopped(f"The table {name} of this backup is not the one this release makes.")


def _rebuilt(
    members: Iterator[tuple[str, IO[bytes]]],
    begin: dict[str, Any],
    present: Present,
    wish: Wish,
    progress: Progress,
) -> Outcome:
    outcome = Outcome()
    end, files = _fill(members, begin, present, wish, progress)
    _compare(present, end, files, progress)
    outcome.rows = sum(each["rows"] for each in end["tables"].values())
    outcome.migrated = migrate()
    for alias in connections:
        guards.install(connections[alias])
    ends = {each.facility: each.anchor for each in archive.ends_in(begin)}
    for facility in Facility.objects.order_by("code"):
        _verify(facility, ends[str(facility.pk)], wish, outcome, progress)
    if wish.note:
        _note(wish.note, outcome)
    return outcome


def _fill(
    members: Iterator[tuple[str, IO[bytes]]],
    begin: dict[str, Any],
    present: Present,
    wish: Wish,
    progress: Progress,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Every row into its table; returns what must add up, and the digests of the attachments."""
    by_name = {table.name: table for table in present.tables}
    rows: dict[str, int] = {}
    files: dict[str, str] = {}
    end: dict[str, Any] | None = None
    lite = connections["default"].vendor == "sqlite"
    with _one_load() if lite else nullcontext():
        filling.empty(present)
        for member, part in members:
            if member == archive.END:
                end = json.load(part)
            elif table := by_name.get(archive.table_of(member)):
                name = table.name
                rows[name] = rows.get(name, 0) + filling.put(table, part)
                progress(f"rows of {name} written", rows[name], begin["rows"][name])
            elif inside := archive.file_of(member):
                files[str(inside)] = _file(part, str(inside), wish)
            else:
                raise NotOpened(f"This backup holds {member!r}, which no backup of ours does.")
        if end is None:
            raise NotOpened("This backup has no end: it is not whole.")
        filling.settled(present)
    return end, files


@contextmanager
def _one_load() -> Iterator[None]:
    """One transaction in each file, references looked at once at its end."""
    kept = [connections[alias] for alias in connections]
    for connection in kept:
        connection.disable_constraint_checking()
        filling.with_room(connection, ROOM_KB)
    try:
        with ExitStack() as loads:
            for connection in kept:
                loads.enter_context(transaction.atomic(using=connection.alias))
                loads.enter_context(filling.without_indexes(connection))
            yield
    finally:
        for connection in kept:
            filling.with_room(connection, USUAL_KB)
            connection.enable_constraint_checking()


def _file(part: IO[bytes], name: str, wish: Wish) -> str:
    """The digest of an attachment, put into its place where that is wished.

    Raises:
        Stopped: another file lies there.
    """
    place = archive.attachments() / name
    made = place.with_name(f".{secrets.token_hex(8)}")
    digest = sha256()
    with _new(made) if wish.files else open(os.devnull, "wb") as stream:
        while block := part.read(1 << 20):
            digest.update(block)
            stream.write(block)
    if wish.files and place.exists():
        made.unlink()
        if sha256(place.read_bytes()).hexdigest() != digest.hexdigest():
            raise Stopped(f"{place} is there already and is another file. Nothing was restored.")
    elif wish.files:
        made.rename(place)
    return digest.hexdigest()


def _new(file: Path) -> IO[bytes]:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _compare(
    present: Present, end: dict[str, Any], files: dict[str, str], progress: Progress
) -> None:
    """Read every table back, and hold it against what was read when the backup was taken.

    Raises:
        Stopped: the first table that is not the same.
    """
    for table in present.tables:
        wanted = end["tables"].get(table.name)
        _same(table, wanted, progress)
    if end["attachments"] and end["attachments"] != files:
        raise Stopped("The attachments are not those that were backed up.")


def _same(table: Table, wanted: dict[str, Any] | None, progress: Progress) -> None:
    found = tables.summed(table, progress, wanted["rows"] if wanted else 0)
    if wanted != {"rows": found.rows, "sha256": found.sha256}:
        count = f"{wanted['rows']:,}" if wanted else "no"
        raise Stopped(
            f"{table.name} is not what was backed up: {found.rows:,} rows of {count}, or one differs."
        )


def _verify(
    facility: Facility, end: Anchor, wish: Wish, outcome: Outcome, progress: Progress
) -> None:
    """Both chains against their seals, the ends in the backup, and those noted before it.

    Raises:
        Stopped: one does not fit, and it is not wished to keep it as it is.
    """
    noted = anchors.kept(wish.anchors, facility) if wish.anchors else []
    held = [_up_to(each, end) for each in noted]
    if not verifying.key_fits(facility):
        broken = [f"{facility.code}: {OTHER_KEY}"]
    else:
        # Closed at once where it was not read to its end: it holds a view of the database.
        with closing(_found(facility, [*held, end], progress)) as found:
            broken = [f"{facility.code}: {each}" for each in islice(found, SHOWN)]
    outcome.broken += broken
    if broken and not wish.as_it_is:
        raise Stopped(f"Not as it was sealed. {broken[0]}.")
    if not broken:
        outcome.said.append(
            f"{facility.code}: as it was sealed, {end.writes[0]:,} events and "
            f"{end.reads[0]:,} looks, {len(noted)} anchors held."
        )
    beyond = max((each.writes[0] for each in noted), default=0) - end.writes[0]
    if beyond > 0:
        outcome.said.append(
            f"{facility.code}: {beyond:,} events or more were recorded after this backup and are "
            "not in it."
        )


def _found(
    facility: Facility, ends: list[Anchor], progress: Progress
) -> Generator[verifying.Broken, None, None]:
    yield from verifying.verify(facility, ends, progress=progress)


def _up_to(noted: Anchor, end: Anchor) -> Anchor:
    """Only what a backup that ends here can answer for."""
    none = (0, "")
    return Anchor(
        noted.writes if noted.writes[0] <= end.writes[0] else none,
        noted.reads if noted.reads[0] <= end.reads[0] else none,
    )


def _note(what: str, outcome: Outcome) -> None:
    """On record, under a seal: this is a restored or moved database."""
    if outcome.broken:
        return
    for facility in Facility.objects.order_by("code"):
        audit.signed_in(
            what, facility_id=facility.pk, user_id=None, role="", at=clock.now(),
            detail=f"{outcome.rows} rows",
        )  # fmt: skip
