"""What somebody typed is kept while they sign in again or unlock.

A form that arrives without a valid sign-in is not saved and not lost: its fields ride
along, encrypted, in the sign-in or lock page, and are offered again afterwards. Secrets
and files never ride along. Fields typed by one person are never offered to another, and
where it cannot be told who typed them they are offered to nobody.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account.forms import LoginForm
from cryptography.fernet import InvalidToken
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from stepdown import clock
from stepdown.web import authors
from stepdown.web.sealing import box

FIELD = "kept"
"""The one hidden input in which everything rides along, sealed; logs never show its value."""

TO = "kept_to"
SESSION = "kept"
PURPOSE = "kept form"
LASTS = timedelta(hours=12)
UNSPOKEN = frozenset({"submission", "submission_id", "id", "version", "seen_version", "next"})
SECRETS = frozenset({"csrfmiddlewaretoken", "password", "secret", "pin", "otp"})


@dataclass(frozen=True, slots=True)
class Kept:
    """Fields of a form that was not saved, where it was going, and whose it was if known."""

    to: str
    fields: tuple[tuple[str, str], ...]
    by: str

    @property
    def sealed(self) -> str:
        """The whole as the value of :data:`FIELD`, unreadable outside this server."""
        told = json.dumps([self.to, self.by, self.fields]).encode()
        return box(PURPOSE).encrypt_at_time(zlib.compress(told), _seconds()).decode()

    def is_of(self, user_id: Any) -> bool:
        """True for the person who typed it; for nobody where that is not known."""
        return bool(self.by) and self.by == str(user_id)

    @property
    def shown(self) -> list[tuple[str, str]]:
        """The fields as their owner may read them, without what the page sent by itself."""
        return [
            (name.replace("_", " ").replace("-", " "), value)
            for name, value in self.fields
            if value.strip() and name not in UNSPOKEN
        ]


def is_secret(name: str) -> bool:
    """True for a field whose value is never written into a page again."""
    last = name.rsplit("-", 1)[-1].lower()
    return last in SECRETS or last.startswith(("password", "pin_")) or last.endswith("_pin")


def is_local(path: str) -> bool:
    """True for an address inside this site."""
    return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)


def of(request: HttpRequest, *, is_fresh: bool = True) -> Kept | None:
    """What a posted form holds, to be kept; None where there is nothing.

    ``is_fresh`` says that the form passed the check against forged posts: it was then
    drawn since the last sign-in in this browser.
    """
    if request.method in ("GET", "HEAD"):
        return None
    by = authors.of_form(request)
    if not by and is_fresh:
        held = getattr(getattr(request, "visit", None), "held", None)
        by = str(held.user.pk) if held else authors.of_present(request)
    fields = tuple(
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if not is_secret(name)
    )
    return Kept(request.get_full_path(), fields, by) if fields else None


def riding_along(posted: QueryDict) -> Kept | None:
    """What rode along in a sign-in or unlock form; None where nothing of ours did."""
    return _opened(posted.get(FIELD, ""))


def _opened(sealed: Any) -> Kept | None:
    try:
        told = box(PURPOSE).decrypt_at_time(
            str(sealed).encode(), ttl=int(LASTS.total_seconds()), current_time=_seconds()
        )
    except InvalidToken:
        return None
    to, by, fields = json.loads(zlib.decompress(told))
    return Kept(to, tuple((name, value) for name, value in fields), by)


def _seconds() -> int:
    return int(clock.now().timestamp())


def stash(request: HttpRequest) -> None:
    """Put what rode along into the session, sealed as it came, until its owner decides."""
    if riding_along(request.POST) is not None:
        request.session[SESSION] = request.POST[FIELD]


def stashed(session: SessionBase) -> Kept | None:
    """What the session keeps for its owner, if anything."""
    return _opened(session.get(SESSION, ""))


def sign_in_page(request: HttpRequest, riding: Kept | None = None) -> HttpResponse:
    """The sign-in page, with what was posted (or was riding along already) in it."""
    found = riding or of(request)
    context = {
        "form": LoginForm(request=request),
        "kept": found,
        "next": found.to if found else "",
    }
    return render(request, "account/login.html", context, status=401)


def lock_page(
    request: HttpRequest, status: int, error: str = "", riding: Kept | None = None
) -> HttpResponse:
    """The lock page: no name of anybody in care, only whose screen it is."""
    visit = request.visit  # type: ignore[attr-defined]
    kept = riding_along(request.POST) if error else riding or of(request)
    back = request.POST.get("next", "/") if error else request.get_full_path()
    context = {
        "who": visit.held.user if visit.held else None,
        "kept": kept,
        "error": error,
        "next": back if is_local(back) else "/",
    }
    return render(request, "lock/locked.html", context, status=status)
