"""Where a command finds itself: its settings, its database, and errors in plain words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from stepdown.operate.console import Stopped

IN_A_DEMONSTRATION = frozenset({"demo"})
"""Commands that keep their data apart, so that nobody's own database is ever filled."""


DRIVER = "install the extra, stepdown[postgres]."


def choose(command: str) -> None:
    """Point a demonstration at a data folder of its own, unless a database is named."""
    if command in IN_A_DEMONSTRATION:  # its console speaks to a person
        os.environ.setdefault("STEPDOWN_LOG", "warning")
    if command in IN_A_DEMONSTRATION and "DATABASE_URL" not in os.environ:
        here = Path(__file__).resolve().parents[2] / "var"
        os.environ["STEPDOWN_DATA"] = str(Path(os.environ.get("STEPDOWN_DATA", here)) / "demo")


def set_up() -> None:
    """Read the settings and load the models.

    Raises:
        Stopped: a setting of the environment has a value that cannot be used.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stepdown.settings")
    try:
        django.setup()
    except (ValueError, ImproperlyConfigured) as error:
        said = str(error)
        if "psycopg" in said:
            said = f"DATABASE_URL names PostgreSQL, whose driver is not here: {DRIVER}"
        raise Stopped(said, status=2) from error
    except OSError as error:
        raise Stopped(f"The data folder cannot be used: {error}.", status=2) from error


@contextmanager
def plain_words() -> Iterator[None]:
    """Answer what an operator can put right with a sentence, and no trace.

    Raises:
        Stopped: an action refused, content has a fault, or the database does not answer.
    """
    from django.db import DatabaseError

    from stepdown.content.errors import ContentError
    from stepdown.records.errors import Refused

    try:
        yield
    except (Refused, ContentError) as error:
        raise Stopped(str(error)) from error
    except DatabaseError as error:
        raise Stopped(
            f"{database_name()} does not answer as it should: {_first_line(error)}"
        ) from error


def database_name() -> str:
    """The database in use, without its password."""
    from django.conf import settings

    parts = urlsplit(settings.DATABASE_URL)
    if parts.scheme == "sqlite":
        return f"The database {parts.path[1:]}"
    return f"The database {parts.path[1:]} on {parts.hostname or 'this machine'}"


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
