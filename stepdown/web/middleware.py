"""What every request passes: who asks and when, and what happens when an action says no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from stepdown import clock
from stepdown.records.errors import Refused
from stepdown.web import access, answers, authors, door, handed, idle, trouble, typed
from stepdown.web.door import Standing

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ActorMiddleware:
    """Sets ``request.now``, ``request.actor`` and the facility's time zone; guards every view.

    A view asks for a sign-in and a role unless it is marked otherwise
    (``stepdown.web.access``).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now = clock.now()
        trouble.begins(request)
        request.now = request.told_at = now  # type: ignore[attr-defined]
        request.typed = None  # type: ignore[attr-defined]
        request.htmx = request.headers.get("HX-Request") == "true"  # type: ignore[attr-defined]
        visit = door.read(request, now)
        request.visit = visit  # type: ignore[attr-defined]
        request.actor = visit.actor  # type: ignore[attr-defined]
        if visit.held is None:
            return self.get_response(request)
        is_handed = visit.standing is Standing.HANDED
        if is_handed and not access.is_shown_while_handed(request.path_info):
            return _unstored(answers.to_the_form(request))
        with timezone.override(visit.held.facility.tz):
            response = _unstored(self.get_response(request))
        if is_handed:
            response[handed.HEADER] = "1"
        if visit.actor is not None:
            idle.renew(request, response, visit.actor.user.pk, now)
            authors.note(request, response, visit.actor.user.pk)
            typed.note(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Turn away whoever may not come as far as this view. Runs after the CSRF check."""
        standing: Standing = request.visit.standing  # type: ignore[attr-defined]
        if standing is Standing.HANDED:
            return None  # only pages of the form come this far
        if standing is Standing.WORKING and access.answers_while_handed(view):
            return answers.nothing_handed(request)
        if standing is Standing.WORKING:
            return typed.read(request, view)
        if access.is_open(view):
            return None
        if standing is Standing.LOCKED:
            allowed = access.answers_while_locked(view)
        elif standing in (Standing.ROLELESS, Standing.UNPROVEN):
            allowed = access.needs_no_role(view)
        else:
            allowed = False
        return None if allowed else answers.turn_away(request, standing, view)


def _unstored(response: HttpResponseBase) -> HttpResponseBase:
    """What is shown to somebody signed in is kept by no browser: going back asks us again."""
    if "Cache-Control" not in response:
        response["Cache-Control"] = "private, no-store"
    return response


class RefusalMiddleware:
    """Turns an uncaught refusal of an action into a page in plain words."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Refuse what no database can store before any view reads it."""
        return answers.unreadable(request) if answers.has_nul(request) else None

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer a refusal; every other exception goes on as it is."""
        if isinstance(exception, Refused):
            return answers.refused(request, exception)
        return None
