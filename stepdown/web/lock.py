"""Locking the screen and opening it again, in seconds and without losing the page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from stepdown.records import audit
from stepdown.web import answers, idle, kept, tries
from stepdown.web.access import while_locked
from stepdown.web.door import Visit


@require_POST
@while_locked
def lock(request: HttpRequest) -> HttpResponseBase:
    """Lock at once; the page underneath stays as it is."""
    visit: Visit = request.visit  # type: ignore[attr-defined]
    if visit.held is not None and not request.session.get(idle.LOCKED):
        idle.lock(request.session)
        _note("lock", request)
    if answers.asks_by_script(request):
        return HttpResponse(status=204)
    return redirect(_back(request))


@require_POST
@while_locked
def unlock(request: HttpRequest) -> HttpResponseBase:
    """Open the screen with one's own PIN or password; the fifth wrong one signs out.

    Whose screen it is, the session says; nobody else's PIN or password opens it.
    """
    visit: Visit = request.visit  # type: ignore[attr-defined]
    held = visit.held
    assert held is not None  # the door lets nobody without a role come this far
    secret = request.POST.get("secret") or request.POST.get("password") or ""
    wrong = tries.reserve(request)
    if wrong <= tries.LIMIT and (held.user.pin_is(secret) or held.user.check_password(secret)):
        tries.forget(request)
        idle.begin(request.session, request.now)  # type: ignore[attr-defined]
        _note("unlock", request)
        return _opened(request)
    _note("unlock.refused", request)
    if wrong >= tries.LIMIT:
        return _ended(request)
    left = tries.LIMIT - wrong
    error = (
        _("That is not your PIN or password.")
        + " "
        + ngettext(
            "%(left)d try left before you are signed out.",
            "%(left)d tries left before you are signed out.",
            left,
        )
        % {"left": left}
    )
    if answers.asks_by_script(request):
        return HttpResponse(error, status=403, content_type="text/plain; charset=utf-8")
    return kept.lock_page(request, status=403, error=error)


def _opened(request: HttpRequest) -> HttpResponse:
    if answers.asks_by_script(request):
        return HttpResponse(status=204)
    kept.stash(request)
    if kept.stashed(request.session) is not None:
        return redirect("kept")
    return redirect(_back(request))


def _ended(request: HttpRequest) -> HttpResponse:
    riding = kept.riding_along(request.POST)
    logout(request)
    request.actor = None  # type: ignore[attr-defined]
    words = _("You were signed out after too many wrong tries. Sign in again to go on.")
    if answers.asks_by_script(request):
        return HttpResponse(words, status=401, content_type="text/plain; charset=utf-8")
    messages.warning(request, words)
    if riding is not None:
        return kept.sign_in_page(request, riding)
    return redirect("account_login")


def _back(request: HttpRequest) -> str:
    onward = request.POST.get("next", "/")
    return onward if kept.is_local(onward) else "/"


def _note(what: str, request: HttpRequest) -> None:
    held = request.visit.held  # type: ignore[attr-defined]
    audit.signed_in(
        what,
        facility_id=held.facility.pk,
        user_id=held.user.pk,
        role=held.role,
        at=request.now,  # type: ignore[attr-defined]
    )


@require_POST
def touch(request: HttpRequest) -> HttpResponse:
    """Somebody is typing: the middleware renews the cookie; nothing is written."""
    return HttpResponse(status=204)
