"""Pages for what went wrong, in plain words, inside the usual frame."""

from __future__ import annotations

import sys
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from stepdown.records import audit
from stepdown.records.access import Actor
from stepdown.records.models import Episode
from stepdown.web import access, answers, kept, telling, trouble
from stepdown.web.addresses import address
from stepdown.web.door import Standing, Visit

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: cannot be read; 413: too much of it."""
    if isinstance(exception, TOO_MUCH):
        return answers.unreadable(
            request,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            _("Nothing was saved: what was sent is larger than any form here. Shorten it."),
        )
    return answers.unreadable(request)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, for what Django itself refuses."""
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the same words for what is not there and what is not open to this person.

    A role that may break the glass is shown the door of a restricted stay instead, on
    whichever of its pages it was refused, and nothing of who it is.
    """
    return _emergency_door(request) or render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def _emergency_door(request: HttpRequest) -> HttpResponse | None:
    actor: Actor | None = getattr(request, "actor", None)
    found = request.resolver_match
    episode_id = found.kwargs.get("episode_id") if found else None
    if episode_id is None or not access.may(actor, "break_glass", "C"):
        return None
    assert actor is not None
    now: datetime = request.now  # type: ignore[attr-defined]
    here = Episode.objects.filter(pk=episode_id, facility=actor.facility, is_restricted=True)
    if not here.exists() or Episode.objects.visible_to(actor, now).filter(pk=episode_id).exists():
        return None
    audit.looked("refused", by=actor, at=now, episode_id=episode_id, detail=f"page {episode_id}")
    door = {"open_url": address("reports:break_glass", episode_id)}
    return render(request, "closed.html", door, status=HTTPStatus.FORBIDDEN)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database cannot; drawn without anything that could fail again."""
    number = telling.number_of(request)
    if (ails := trouble.kind_of(sys.exc_info()[1])) is not None:
        response = trouble.answer(request, ails, number)
        if number:
            response[telling.HEADER] = number
        return response
    page = loader.get_template("500.html").render({"number": number})
    return HttpResponseServerError(page, headers={telling.HEADER: number} if number else {})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page's token is stale: say so, and keep what was typed.

    What was typed is offered again only when the browser says that our own page
    sent it (a form planted on another site is not carried any further), and only to
    the person who was signed in when the page was drawn.
    """
    if request.visit.standing is Standing.HANDED:  # type: ignore[attr-defined]
        return answers.to_the_form(request)  # type: ignore[return-value]
    if answers.asks_by_script(request):
        return HttpResponse(
            _("Not saved: this page was open too long. Reload it and try again."),
            status=HTTPStatus.FORBIDDEN,
            content_type="text/plain; charset=utf-8",
        )
    ours = _is_ours(request, reason) and not access.leads_to_open(request.path)
    found = kept.of(request, is_fresh=False) if ours else None
    visit: Visit = request.visit  # type: ignore[attr-defined]
    if found is not None and found.by and visit.standing is Standing.NOBODY:
        return kept.sign_in_page(request, found)
    is_theirs = found is not None and visit.held is not None and found.is_of(visit.held.user.pk)
    if is_theirs and visit.standing is Standing.LOCKED:
        return kept.lock_page(request, HTTPStatus.LOCKED, riding=found)
    is_shown = is_theirs and visit.actor is not None
    context: dict[str, Any] = {
        "kept": found if is_shown else None,
        "withheld": found is not None and not is_shown,
        "again": request.get_full_path(),
    }
    return render(request, "account/stale.html", context, status=HTTPStatus.FORBIDDEN)


def _is_ours(request: HttpRequest, reason: str) -> bool:
    origin = request.headers.get("Origin", "")
    bad = reason.startswith(REASON_BAD_ORIGIN.split("%s")[0])
    return not bad and origin == f"{request.scheme}://{request.get_host()}"
