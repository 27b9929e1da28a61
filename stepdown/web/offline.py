"""What a device is given so that it can go on without a connection, and what it tells later.

The worker keeps style sheets and scripts; sheets and entries are kept sealed by the pages
(``static/js/offline``). Nothing here reads or writes anything about a stay, but for the
note that an entry was thrown away unsent.
"""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from csp.utils import build_policy
from django import forms
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from stepdown.records import audit
from stepdown.records.models import Episode
from stepdown.web import idle, typed
from stepdown.web.access import asks, open_page
from stepdown.web.request import Request

STATIC = Path(__file__).parent / "static"
WORKER = STATIC / "js" / "offline" / "worker.js"
SHELL = "/offline/shell/"
KEPT = ("css", "js", "fonts", "vendor", "mark.svg")

MOST_KEYS, WINDOW_S = 120, 3600
"""So often in an hour one sign-in may ask for its keys: each page of a busy hour, twice over."""


@cache
def _files() -> tuple[tuple[str, ...], str]:
    """Addresses of everything a page is drawn with, and a digest of it all."""
    found = sorted(
        file
        for name in KEPT
        for file in ([STATIC / name] if (STATIC / name).is_file() else (STATIC / name).rglob("*"))
        if file.is_file()
    )
    whole = sha256(settings.STEPDOWN_RELEASE.encode())
    for file in found:
        whole.update(file.read_bytes())
    urls = (f"{settings.STATIC_URL}{file.relative_to(STATIC).as_posix()}" for file in found)
    return tuple(urls), whole.hexdigest()[:16]


@require_safe
@open_page
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: the same for everybody, new with each release, never from a cache."""
    files, version = _files()
    given = {
        "version": version,
        "files": files,
        "static": settings.STATIC_URL,
        "shell": SHELL,
        "headers": {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": build_policy(),
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
            "Cache-Control": "no-store",
        },
    }
    words = f"const GIVEN = {json.dumps(given)};\n{WORKER.read_text(encoding='utf-8')}"
    return HttpResponse(
        words,
        content_type="text/javascript; charset=utf-8",
        headers={"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"},
    )


@require_safe
@open_page
def shell(request: HttpRequest) -> HttpResponse:
    """What stands in for every page that is not kept; it names nobody, whoever asks."""
    request.actor = None  # type: ignore[attr-defined]
    return render(request, "offline/shell.html")


@never_cache
@require_safe
def waits(request: Request) -> HttpResponse:
    """What waits on this device. The list itself is only on the device."""
    return render(request, "offline/waits.html")


@never_cache
@require_POST
@asks("own_account", "U")
def key(request: Request) -> HttpResponse:
    """One's own keys for this device, and a stamp of the time; logged, and not without end."""
    try:
        device = UUID(request.POST.get("device", ""))
    except ValueError:
        return HttpResponse(_("This device did not say which it is."), status=422)
    if not _within_rate(request.session, request.now):
        return HttpResponse(_("Asked too often. Try again in an hour."), status=429)
    actor = request.actor
    audit.looked("device.key", by=actor, at=request.now, detail=f"device {device}")
    given: dict[str, Any] = {
        "keys": [b64encode(each).decode() for each in typed.keys(actor.user.pk, device)],
        "stamp": typed.stamp(actor, request.now),
        "working": str(actor.assignment.pk),
        "now": int(request.now.timestamp() * 1000),
        "lasts_ms": int(typed.limit(actor.facility).total_seconds() * 1000),
        "idle_ms": idle.limit_s(actor.facility) * 1000,
    }
    return JsonResponse(given)


def _within_rate(session: SessionBase, now: datetime) -> bool:
    began, asked = session.get("device_keys", (0, 0))
    if now.timestamp() - began > WINDOW_S:
        began, asked = int(now.timestamp()), 0
    session["device_keys"] = (began, asked + 1)
    return bool(asked < MOST_KEYS)


class Discarded(forms.Form):
    """An entry that its author threw away before it was sent: which, and why."""

    path = forms.CharField(max_length=300)
    what = forms.CharField(max_length=60)
    typed = forms.RegexField(r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}Z$")
    reason = forms.CharField(
        max_length=90, error_messages={"required": _("Not discarded: say why.")}
    )


@never_cache
@require_POST
@asks("own_account", "U")
def discarded(request: Request) -> HttpResponse:
    """Log that an entry was thrown away unsent, with its author's reason; never what it said."""
    form = Discarded(request.POST)
    if not form.is_valid():
        words = " ".join(str(each) for errors in form.errors.values() for each in errors)
        return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
    told = form.cleaned_data
    audit.looked(
        "typed.discarded",
        by=request.actor,
        at=request.now,
        episode_id=_stay(request, told["path"]),
        detail=f"{told['what']}, typed {told['typed']}: {told['reason']}",
    )
    return HttpResponse(status=204)


def _stay(request: Request, path: str) -> UUID | None:
    """The stay a form was about, if it is one of this facility. Nothing of it is told."""
    try:
        found: UUID | None = resolve(path).kwargs.get("episode_id")
    except Resolver404:
        return None
    if found is None:
        return None
    here = Episode.objects.filter(pk=found, facility=request.actor.facility)
    return found if here.exists() else None
