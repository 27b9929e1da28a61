"""When the database cannot: what is said, whether anything was saved, and the way on.

The sentence promises only what is known. A transaction that ended is recorded, whatever
failed after it; one that was cut off while it ended may be either; all else left nothing.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

from django.db import InterfaceError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext as _

from stepdown.records import transactions
from stepdown.web import answers, kept

BEFORE = "stepdown_committed_before"
"""Where a request keeps how much its thread had recorded before it."""


class Kind(Enum):
    """What ails the database."""

    FULL = "full"
    READ_ONLY = "read only"
    LOST = "lost"
    BUSY = "busy"


_SQLITE = {
    "SQLITE_FULL": Kind.FULL,
    "SQLITE_READONLY": Kind.READ_ONLY,
    "SQLITE_CANTOPEN": Kind.LOST,
    "SQLITE_IOERR": Kind.FULL,
    "SQLITE_BUSY": Kind.BUSY,
}
"""SQLite's own names of its errors, by how they begin."""

_POSTGRESQL = {
    "53100": Kind.FULL,
    "25006": Kind.READ_ONLY,
    "53300": Kind.BUSY,
    "55P03": Kind.BUSY,
    "40P01": Kind.BUSY,
    "57P0": Kind.LOST,
    "08": Kind.LOST,
}
"""PostgreSQL's codes (Appendix A of its manual), by how they begin."""

_SYSTEM = {
    errno.ENOSPC: Kind.FULL,
    errno.EDQUOT: Kind.FULL,
    errno.EFBIG: Kind.FULL,
    errno.EROFS: Kind.READ_ONLY,
}


def kind_of(error: BaseException | None) -> Kind | None:
    """What ails the database, by an exception or one that it came from; None for a fault of ours."""
    for each in _causes(error):
        if (found := _by_code(each)) is not None:
            return found
    if any(isinstance(each, InterfaceError) for each in _causes(error)):
        return Kind.LOST
    return None


def _by_code(error: BaseException) -> Kind | None:
    name = getattr(error, "sqlite_errorname", None) or ""
    code = getattr(error, "sqlstate", None)
    for table, said in ((_SQLITE, name), (_POSTGRESQL, code or "")):
        for begins, kind in table.items():
            if said.startswith(begins):
                return kind
    if isinstance(error, OSError) and not isinstance(error, ConnectionError):
        return _SYSTEM.get(error.errno or 0)
    # A connection that broke carries no code: nobody was left to send one.
    is_of_driver = type(error).__module__.startswith("psycopg")
    return Kind.LOST if is_of_driver and type(error).__name__ == "OperationalError" else None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def begins(request: HttpRequest) -> None:
    """Note how much this thread had recorded before this request."""
    request.META[BEFORE] = transactions.committed()


@dataclass(frozen=True, slots=True)
class Said:
    """What is told: was it saved, why not, and what to do."""

    saved: str
    why: str
    on: str

    def __str__(self) -> str:
        return f"{self.saved} {self.why} {self.on}"


def said(request: HttpRequest, kind: Kind) -> Said:
    """The sentences for this request."""
    why = {
        Kind.FULL: _("The disk that holds the record is full, or cannot be written."),
        Kind.READ_ONLY: _("The record can be read and not written at present."),
        Kind.LOST: _("The connection to the record was lost."),
        Kind.BUSY: _("The record is taken by others for too long."),
    }[kind]
    on = {
        Kind.FULL: _("Write on paper, and tell whoever runs Stepdown here: they make room."),
        Kind.READ_ONLY: _("Write on paper, and tell whoever runs Stepdown here."),
        Kind.LOST: _("Wait a moment, then send it again."),
        Kind.BUSY: _("Wait a moment, then send it again."),
    }[kind]
    if request.method in ("GET", "HEAD"):
        saved = _("This page cannot be shown now.")
    elif transactions.committed() != request.META.get(BEFORE, transactions.committed()):
        saved = _("Recorded; only the page after it could not be shown.")
        on = _("Open the page again before you send anything.")
    elif kind is Kind.LOST:
        saved = _("It is not sure whether this was recorded: send it again, it counts once.")
    else:
        saved = _("Not recorded: nothing of this was saved. What you typed is still here.")
    return Said(saved, why, on)


def answer(request: HttpRequest, kind: Kind, number: str) -> HttpResponse:
    """The page, or the sentence for a script; drawn without the database. 503."""
    words, status = said(request, kind), HTTPStatus.SERVICE_UNAVAILABLE
    if answers.asks_by_script(request):
        return HttpResponse(str(words), status=status, content_type="text/plain; charset=utf-8")
    found = kept.of(request, is_fresh=False)
    context = {
        "said": words,
        "kept": found,
        "token": request.POST.get("csrfmiddlewaretoken", "") if found else "",
        "again": request.get_full_path(),
        "number": number,
    }
    return HttpResponse(loader.get_template("503.html").render(context), status=status)
