"""What a doctor looks at in a deployment. Each finding is a sentence, with the way on."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, connections

from stepdown import clock, environment
from stepdown.content import library
from stepdown.operate import ages, readiness
from stepdown.operate.surroundings import database_name
from stepdown.records import guards, snapshots, verifying
from stepdown.records.models import Deployment, Facility, Signature

OK, WARN, FAIL = "ok", "warn", "fail"

LEAST_FREE_MB, LITTLE_FREE_MB = 500, 5_000
SKEW_FAILS, SKEW_WARNS = timedelta(minutes=2), timedelta(seconds=10)
"""A clock further off than an action tolerates stamps readings into the future."""
VERIFY_WITHIN, BACKUP_WITHIN = timedelta(days=2), timedelta(days=2)
POSTGRES_AT_LEAST = 150_000
SQLITE_AT_LEAST = (3, 37, 0)
REMOTE = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "ceph", "glusterfs"}
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and a sentence."""

    what: str
    state: str
    said: str


Check = Callable[[], Iterator[Finding]]


def findings() -> Iterator[Finding]:
    """Everything, in the order in which it is put right; a check that breaks is a finding."""
    for name, check in CHECKS:
        try:
            yield from check()
        except DatabaseError as error:
            kind = type(error).__name__
            yield Finding(name, FAIL, f"{database_name()} does not answer ({kind}). Start it.")
        except OSError as error:
            yield Finding(name, FAIL, f"Could not be looked at: {error.strerror}.")


def _environment() -> Iterator[Finding]:
    odd = environment.unknown()
    for name in odd:
        yield Finding(
            "environment", WARN,
            f"{name} means nothing to this release. Look for a slip: docs/guide/operate.md "
            "lists them.",
        )  # fmt: skip
    if settings.DEBUG:
        yield Finding(
            "environment", FAIL,
            "STEPDOWN_DEBUG is on: a fault would show source and values. Take it out.",
        )  # fmt: skip
    elif not odd:
        yield Finding("environment", OK, "Every STEPDOWN_ variable is known, and debugging is off.")


def _keys() -> Iterator[Finding]:
    for name, file in (("STEPDOWN_SECRET_KEY", "web.key"), ("STEPDOWN_AUDIT_KEY", "audit.key")):
        path = Path(settings.STEPDOWN_DATA) / "keys" / file
        if name in os.environ:
            yield Finding("keys", OK, f"{name} comes from the environment. Keep a copy elsewhere.")
        elif not path.exists():
            yield Finding("keys", FAIL, f"{path} is not there. Put back the copy you keep.")
        elif path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Finding("keys", FAIL, f"Others can read {path}. Run: chmod 600 {path}")
        else:
            yield Finding("keys", OK, f"{path} is there, and only its owner reads it.")


def _folder() -> Iterator[Finding]:
    data = Path(settings.STEPDOWN_DATA)
    if not data.is_dir():
        yield Finding("data folder", FAIL, f"{data} is not there. Run: stepdown migrate")
        return
    if not os.access(data, os.W_OK):
        yield Finding("data folder", FAIL, f"{data} cannot be written to by this account.")
    kind = _filesystem(data)
    if kind in REMOTE:
        yield Finding(
            "data folder", FAIL,
            f"{data} lies on a network file system ({kind}), whose locks cannot be trusted. Move "
            "it to a local disk.",
        )  # fmt: skip
    else:
        yield Finding("data folder", OK, f"{data} is on a local disk ({kind or 'kind not told'}).")
    if data.stat().st_mode & stat.S_IRWXO:
        yield Finding(
            "data folder", WARN, f"Every account here can enter {data}. Run: chmod 750 {data}"
        )
    free = shutil.disk_usage(data).free // 1_000_000
    state = FAIL if free < LEAST_FREE_MB else WARN if free < LITTLE_FREE_MB else OK
    more = "" if state == OK else " Make room: a full disk stops the recording of doses."
    yield Finding("disk", state, f"{free:,} MB are free.{more}")


def _filesystem(folder: Path) -> str:
    """Kind of the file system a folder lies on; empty where the machine does not tell."""
    best, kind = "", ""
    try:
        mounts = Path("/proc/self/mounts").read_text().splitlines()
    except OSError:
        return ""
    for line in mounts:
        _device, point, each, *_rest = line.split(" ")
        inside = str(folder) == point or str(folder).startswith(f"{point.rstrip('/')}/")
        if inside and len(point) >= len(best):
            best, kind = point, each
    return kind


def _database() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            yield from _sqlite(cursor)
        else:
            yield from _postgres(cursor)


def _sqlite(cursor: Any) -> Iterator[Finding]:
    version = sqlite3.sqlite_version
    fits = sqlite3.sqlite_version_info >= SQLITE_AT_LEAST
    wanted = "" if fits else " Use 3.37 or newer."
    yield Finding("database", OK if fits else FAIL, f"SQLite {version} answers.{wanted}")
    for alias in connections:
        with connections[alias].cursor() as each:
            mode = each.execute("PRAGMA journal_mode").fetchone()[0]
        name = Path(str(connections[alias].settings_dict["NAME"])).name
        if mode == "wal":
            yield Finding("database", OK, f"{name} keeps a write-ahead log: readers never wait.")
        else:
            yield Finding(
                "database", WARN, f"{name} is in mode {mode}, not wal. Is the disk a local one?"
            )


def _postgres(cursor: Any) -> Iterator[Finding]:
    cursor.execute(
        "SELECT current_setting('server_version_num')::int, version(), clock_timestamp()"
    )
    number, words, there = cursor.fetchone()
    shown = words.split(" on ")[0]
    if number < POSTGRES_AT_LEAST:
        yield Finding("database", FAIL, f"{shown} answers. Use PostgreSQL 15 or newer.")
    else:
        yield Finding("database", OK, f"{shown} answers.")
    skew = abs(clock.now() - there.astimezone(UTC))
    state = FAIL if skew > SKEW_FAILS else WARN if skew > SKEW_WARNS else OK
    more = "" if state == OK else " Let both machines keep time by NTP."
    said = f"This machine's clock and the database's differ by {skew.total_seconds():.1f} s.{more}"
    yield Finding("clock", state, said)


def _set_up() -> Iterator[Finding]:
    count = readiness.unapplied()
    if count:
        yield Finding(
            "migrations",
            FAIL,
            f"{count} migrations of this release are missing. Run: stepdown migrate",
        )
        return
    yield Finding("migrations", OK, "The database is at this release.")
    lacking = [name for alias in connections for name in guards.missing(connections[alias])]
    if lacking:
        yield Finding(
            "guards",
            FAIL,
            f"{len(lacking)} triggers are gone ({lacking[0]}). Run: stepdown migrate",
        )
    else:
        yield Finding("guards", OK, "Every trigger that keeps records from being changed is there.")
    deployment = Deployment.objects.first()
    if deployment is None:
        yield Finding(
            "purpose", FAIL, "Nobody said what this database is for. Run: stepdown migrate"
        )
    elif deployment.demo:
        yield Finding(
            "purpose", WARN,
            "This database is a demonstration: anybody walks in. Never put a real person in it.",
        )  # fmt: skip
    else:
        yield Finding("purpose", OK, "This database is for real people.")
    facilities = list(Facility.objects.order_by("code"))
    if not facilities:
        yield Finding("facility", FAIL, "There is no facility yet. Run: stepdown facility FILE")
    for each in facilities:
        yield from _facility(each)


def _facility(facility: Facility) -> Iterator[Finding]:
    if verifying.key_fits(facility):
        yield Finding("facility", OK, f"The audit key fits the last entry of {facility.name}.")
    else:
        yield Finding(
            "facility", FAIL,
            f"The last entry of {facility.name} was sealed with another key. Put back keys/audit.key.",
        )  # fmt: skip


def _zones() -> Iterator[Finding]:
    wanted = {"UTC"}
    with suppress(DatabaseError):  # the database has a finding of its own
        wanted |= set(Facility.objects.values_list("zone", flat=True))
    gone = sorted(zone for zone in wanted if not _known(zone))
    if gone:
        yield Finding(
            "time zones", FAIL,
            f"This machine does not know {', '.join(gone)}. Install its time zone data (tzdata).",
        )  # fmt: skip
    else:
        yield Finding("time zones", OK, f"Known here: {', '.join(sorted(wanted))}.")


def _known(zone: str) -> bool:
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return False
    return True


def _web() -> Iterator[Finding]:
    local = {"localhost", "127.0.0.1", "[::1]"}
    named = [host for host in settings.ALLOWED_HOSTS if host not in local]
    if settings.STEPDOWN_TLS == "no":
        said = "TLS is off: right on this machine alone, and nowhere else."
        state = OK
        if named:
            state = FAIL
            said = (
                f"STEPDOWN_HOSTS names {', '.join(named)} and TLS is off: passwords and charts "
                "would cross the network in the clear. Serve with --certificate, or set "
                "STEPDOWN_TLS=yes behind a proxy that speaks it."
            )
        yield Finding("tls", state, said)
    else:
        by = "a proxy" if settings.STEPDOWN_TLS == "yes" else "stepdown serve"
        yield Finding("tls", OK, f"TLS is spoken by {by}; cookies go over it alone.")
        if not named:
            yield Finding(
                "tls", WARN, "STEPDOWN_HOSTS names this machine only: set the name tablets use."
            )
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        host = origin.split("://")[1].rsplit(":", 1)[0] if "]" not in origin else origin
        if settings.STEPDOWN_TLS != "no" and origin.startswith("http://"):
            yield Finding(
                "origins", WARN, f"STEPDOWN_ORIGINS has {origin}; with TLS it is https://"
            )
        if host.lower() not in settings.ALLOWED_HOSTS:
            yield Finding(
                "origins",
                WARN,
                f"STEPDOWN_ORIGINS has {origin}, which STEPDOWN_HOSTS does not name.",
            )
    if not settings.STEPDOWN_METRICS_TOKEN:
        yield Finding("figures", OK, "/metrics is not there; STEPDOWN_METRICS_TOKEN would open it.")
    else:
        yield Finding("figures", OK, "/metrics answers to whoever shows its token.")


def _content() -> Iterator[Finding]:
    problems = library.problems()
    for error in problems:
        yield Finding("content", FAIL, f"Not sound: {error}")
    if problems:
        return
    yield Finding("content", OK, "All reviewed content is sound.")
    try:
        signed = set(
            Signature.objects.filter(subject_kind="content").values_list("digest", flat=True)
        )
    except DatabaseError:
        return
    things = {
        f"{folder}/{key}": snapshots.digest_of(thing)
        for folder, found in library.everything().items()
        for key, thing in found.items()
    }
    unsigned = sorted(name for name, digest in things.items() if digest not in signed)
    if unsigned:
        few = ", ".join(unsigned[:5]) + (" ..." if len(unsigned) > 5 else "")
        yield Finding(
            "content", WARN,
            f"{len(unsigned)} of {len(things)} files are not signed here and show as draft: {few}",
        )  # fmt: skip


def _notes() -> Iterator[Finding]:
    now = clock.now()
    yield _age("verify", ages.last_verified(), now, VERIFY_WITHIN, "Run: stepdown verify")
    yield _age("backup", ages.last_backup(), now, BACKUP_WITHIN, "See docs/guide/backup.md")


def _age(what: str, at: datetime | None, now: datetime, within: timedelta, way: str) -> Finding:
    if at is None:
        return Finding(what, WARN, f"No {what} is noted here. {way}")
    hours = (now - at).total_seconds() / 3600
    late = now - at > within
    return Finding(
        what,
        WARN if late else OK,
        f"The last {what} was {hours:,.0f} h ago.{f' {way}' if late else ''}",
    )


CHECKS: tuple[tuple[str, Check], ...] = (
    ("environment", _environment),
    ("keys", _keys),
    ("data folder", _folder),
    ("database", _database),
    ("migrations", _set_up),
    ("time zones", _zones),
    ("tls", _web),
    ("content", _content),
    ("notes", _notes),
)
