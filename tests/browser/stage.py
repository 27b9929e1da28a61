"""A stage for our scripts: real templates and static files, answered without a server.

A test says what each address answers, so that lost connections, refusals and races
happen exactly when it wants them. The content security policy is the real one.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import RequestFactory
from django.urls import include, path

from stepdown.web import icons

HOME = "http://stepdown.test"
STATIC = Path(icons.__file__).parent / "static"
Answer = Callable[["Asked"], dict[str, Any] | None]


@dataclass(frozen=True)
class Asked:
    """One request as the stage received it."""

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, list[str]]


@dataclass
class Stage:
    """What the addresses answer, and what was asked. None from an answer is a lost connection."""

    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def to(self, path: str) -> list[Asked]:
        """What was asked of one address so far."""
        return [one for one in self.asked if one.path == path]

    def play(self, route: Any) -> None:
        """Answer one request of the browser."""
        parts = urlsplit(route.request.url)
        if parts.path.startswith("/static/"):
            file = STATIC / parts.path.removeprefix("/static/")
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            route.fulfill(body=file.read_bytes(), content_type=kind)
            return
        sent = route.request.post_data or ""
        asked = Asked(route.request.method, parts.path, dict(route.request.headers), parse_qs(sent))
        self.asked.append(asked)
        known = self.pages.get(parts.path)
        answer: dict[str, Any] | None = known(asked) if known else {"status": 404}
        if answer is None:
            route.abort("connectionfailed")
            return
        given: dict[str, Any] = {"content_type": "text/html"}
        headers = {"Content-Security-Policy": build_policy(), **answer.get("headers", {})}
        route.fulfill(**(given | answer | {"headers": headers}))


def draw(blocks: str, now: Any, **context: Any) -> str:
    """A whole page inside the frame, as a nurse sees it."""
    user = SimpleNamespace(pk="nurse-1", get_username=lambda: "marta")
    request = RequestFactory().get("/")
    request.now = now  # type: ignore[attr-defined]
    request.actor = SimpleNamespace(user=user, role="RN")  # type: ignore[attr-defined]
    template = '{% extends "base.html" %}{% load i18n static ui scales %}' + blocks
    given = {
        "request": request,
        "now": now,
        "nav": [SimpleNamespace(label="Ward", url="/", current=True)],
        "deployment": {"demo": False},
        "facility_zone": "UTC",
        "csrf_token": "token",
    }
    return engines["django"].from_string(template).render(given | context)


def _nothing(_request: HttpRequest) -> HttpResponse:
    """Addresses need a view to have a name; the stage answers before any view."""
    return HttpResponse(status=500)


_lock = [path(name, _nothing, name=name) for name in ("unlock", "lock", "touch")]
urlpatterns = [
    path("lock/", include((_lock, "lock"))),
    path("login", _nothing, name="account_login"),
    path("logout", _nothing, name="account_logout"),
    path("account", _nothing, name="account_home"),
]
