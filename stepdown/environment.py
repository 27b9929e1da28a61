"""Reading the environment: each variable by what it may say, each wrong value answered in a sentence.

A sentence names the variable, what is wrong with its value, and what would be right. The
value of a secret is never part of one.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

KNOWN = (
    "DATABASE_URL",
    "STEPDOWN_ACCESS_LOG",
    "STEPDOWN_AUDIT_KEY",
    "STEPDOWN_BACKUP_KEY_FILE",
    "STEPDOWN_CONTENT",
    "STEPDOWN_DATA",
    "STEPDOWN_DEBUG",
    "STEPDOWN_HOSTS",
    "STEPDOWN_LOG",
    "STEPDOWN_METRICS_TOKEN",
    "STEPDOWN_ORIGINS",
    "STEPDOWN_SECRET_KEY",
    "STEPDOWN_SECRET_KEY_FORMER",
    "STEPDOWN_TLS",
)
"""Every variable that a deployment may set; docs/guide/operate.md lists the same ones."""

OF_THE_HOUSE = ("STEPDOWN_RUN", "STEPDOWN_CHROMIUM", "STEPDOWN_POSTGRES")
"""Set by ``stepdown serve`` for its workers, or read by tests only."""

SHORTEST_SECRET = 16

Said = ValueError
"""What is raised: one sentence or two."""


def unknown() -> list[str]:
    """Variables that begin like ours and mean nothing: a slip of the fingers, often."""
    known = {*KNOWN, *OF_THE_HOUSE}
    return sorted(name for name in os.environ if name.startswith("STEPDOWN_") and name not in known)


def yes_or_no(name: str, default: str) -> bool:
    """A yes/no variable."""
    value = os.environ.get(name, default).strip().lower()
    if value not in {"1", "0", "yes", "no", "true", "false"}:
        raise Said(f"{name} is {value!r}. Set it to yes or no.")
    return value in {"1", "yes", "true"}


def one_of(name: str, default: str, *choices: str) -> str:
    """A variable that holds one of a few words."""
    value = os.environ.get(name, default).strip().lower()
    if value not in choices:
        raise Said(f"{name} is {value!r}. Set it to one of {', '.join(choices)}.")
    return value


def tls() -> str:
    """``no``; ``yes``: a proxy in front speaks it; ``own``: ``stepdown serve`` does."""
    value = os.environ.get("STEPDOWN_TLS", "no").strip().lower()
    if value == "own":
        return value
    return "yes" if yes_or_no("STEPDOWN_TLS", "no") else "no"


def data(default: Path) -> Path:
    """The data folder; it need not be there yet, but must not be a file."""
    told = os.environ.get("STEPDOWN_DATA", "")
    if "STEPDOWN_DATA" in os.environ and not told.strip():
        raise Said("STEPDOWN_DATA is empty. Name a folder, or leave it out.")
    path = Path(told or default).expanduser().resolve()
    if path.exists() and not path.is_dir():
        raise Said(f"STEPDOWN_DATA names {path}, which is not a folder. Name a folder.")
    return path


HOST = re.compile(
    r"\.?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\]"
)


def hosts() -> list[str]:
    """Names under which the site may be asked, without port or ``https://``."""
    told = os.environ.get("STEPDOWN_HOSTS", "localhost,127.0.0.1,[::1]")
    names = [each.strip().lower() for each in told.split(",") if each.strip()]
    if not names:
        raise Said("STEPDOWN_HOSTS is empty. Give the names tablets use: ward.example.org")
    for name in names:
        if name == "*":
            raise Said(
                "STEPDOWN_HOSTS is '*'. Give the names tablets use, as in ward.example.org: "
                "a page that answers to any name can be borrowed by another site."
            )
        if not HOST.fullmatch(name):
            raise Said(
                f"STEPDOWN_HOSTS has {name!r}, which is no host name. Give names without "
                "https:// and without a port, joined by commas: ward.example.org,10.0.0.5"
            )
    return names


def origins() -> list[str]:
    """Full origins that may send forms, behind a proxy."""
    told = [each.strip() for each in os.environ.get("STEPDOWN_ORIGINS", "").split(",")]
    found = [each for each in told if each]
    for origin in found:
        parts = urlsplit(origin)
        whole = parts.scheme in {"http", "https"} and parts.netloc and not parts.path.strip("/")
        if not whole or parts.query or parts.fragment:
            raise Said(
                f"STEPDOWN_ORIGINS has {origin!r}. Give scheme and name only, joined by "
                "commas: https://ward.example.org"
            )
    return [origin.rstrip("/") for origin in found]


def content() -> None:
    """Return quietly when every folder of STEPDOWN_CONTENT is there."""
    for each in os.environ.get("STEPDOWN_CONTENT", "").split(os.pathsep):
        if each and not Path(each).is_dir():
            raise Said(
                f"STEPDOWN_CONTENT names {each}, which is not a folder. Name folders that are "
                f"there, joined by {os.pathsep!r}, or leave it out."
            )


def metrics_token() -> str:
    """The word a collector of figures shows; empty: nobody is given any."""
    token = os.environ.get("STEPDOWN_METRICS_TOKEN", "")
    if token and (len(token) < SHORTEST_SECRET or not token.isascii() or " " in token):
        raise Said(
            f"STEPDOWN_METRICS_TOKEN must have at least {SHORTEST_SECRET} letters and figures "
            "and no space. Leave it out, and /metrics is not there."
        )
    return token


def secret(name: str, file: str, folder: Path) -> str:
    """A secret from the environment, else from a private file made on first use.

    The file lies beside, never inside, the database: whoever can alter rows
    cannot also re-seal the audit chain.
    """
    if name in os.environ:
        if len(os.environ[name]) < SHORTEST_SECRET:
            raise Said(
                f"{name} has {len(os.environ[name])} characters. Give it at least "
                f"{SHORTEST_SECRET}, or leave it out and one is made."
            )
        return os.environ[name]
    path = folder / "keys" / file
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = path.with_name(f"{file}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_urlsafe(48))
        # Linked only when whole: two processes that start together read the same one.
        with suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    try:
        found = path.read_text(encoding="ascii").strip()
    except ValueError:
        found = ""
    if len(found) < SHORTEST_SECRET:
        raise Said(
            f"The key in {path} is empty or damaged. Put back the copy you keep; if this is a "
            f"new house without records, remove the file and one is made. (Or set {name}.)"
        )
    return found


def former_keys() -> list[str]:
    """Web keys of before: what they signed or sealed still opens."""
    keys = [key for key in os.environ.get("STEPDOWN_SECRET_KEY_FORMER", "").split(",") if key]
    for place, key in enumerate(keys, start=1):
        if len(key) < SHORTEST_SECRET:
            raise Said(
                f"STEPDOWN_SECRET_KEY_FORMER: key {place} has {len(key)} characters. Give whole "
                "former keys, joined by commas, or leave it out."
            )
    return keys


def database(url: str, *, synchronous: str = "FULL") -> dict[str, Any]:
    """One Django database from a URL: ``sqlite:///path`` or ``postgres://user:pw@host/name``.

    ``synchronous`` is for SQLite: FULL waits for the disk at each commit.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous};"
                    " PRAGMA foreign_keys=ON; PRAGMA cache_size=-4000;"
                ),
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _database_name(parts),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": _port(parts),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,  # a restarted server is noticed before it is asked
            "OPTIONS": _postgres_options(parts.query),
        }
    begins = f"begins with {parts.scheme!r}" if parts.scheme else "does not say which kind it is"
    raise Said(
        f"DATABASE_URL {begins}. Use sqlite:///path/to/file "
        "or postgres://user:password@host:port/name."
    )


def _database_name(parts: Any) -> str:
    name = unquote(parts.path[1:])
    if not name or "/" in name:
        raise Said(
            "DATABASE_URL does not name one database after the host. Use "
            "postgres://user:password@host:port/name."
        )
    return name


def _port(parts: Any) -> str:
    try:
        return str(parts.port or "")
    except ValueError as error:
        raise Said(
            "DATABASE_URL has a port that is no number from 1 to 65535. Use "
            "postgres://user:password@host:port/name; write %3A for a colon and %40 for an @ "
            "in the password."
        ) from error


def _postgres_options(query: str) -> dict[str, Any]:
    """What the URL says after "?". A statement met a second time is not planned again.

    Nor is one compiled (``jit``): over ten million observations PostgreSQL takes the board's
    statement for a long one and compiles it for 190 ms, to run it in 6.

    Behind a pooler that cannot keep plans, ``prepare_threshold=`` (nothing) turns that off.
    """
    options: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    threshold = options.pop("prepare_threshold", "1")
    if threshold and not threshold.isdecimal():
        raise Said(
            f"DATABASE_URL says prepare_threshold={threshold}. Give a whole number, or nothing "
            "behind a pooler that keeps no plans."
        )
    options.setdefault("options", "-c jit=off")
    return options | {
        "server_side_binding": True,
        "prepare_threshold": int(threshold) if threshold else None,
    }
