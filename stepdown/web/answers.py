"""What is said to those who cannot come in, and to what cannot be read."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from stepdown.records import audit
from stepdown.records.errors import Refused
from stepdown.web import context, handed, idle, kept
from stepdown.web.addresses import address
from stepdown.web.door import Standing

SIGN_IN_HEADER = "X-Stepdown-Sign-In"
LOCKED_HEADER = "X-Stepdown-Locked"
NUL = "\x00"


def asks_by_script(request: HttpRequest) -> bool:
    """True when a script waits for the answer, not a person in front of a new page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true" or idle.POLL in headers or "X-Stepdown-Fetch" in headers
    )


def turn_away(request: HttpRequest, standing: Standing, view: Any) -> HttpResponseBase:
    """The answer to somebody who may not come as far as a view."""
    if standing is Standing.LOCKED:
        return _locked(request)
    if standing is Standing.ROLELESS:
        return _onward(request, "choose_role")
    if standing is Standing.UNPROVEN:
        return _onward(request, "second_factor")
    if standing is Standing.ENDED:
        _end(request)
    return _sign_in(request)


def _onward(request: HttpRequest, name: str) -> HttpResponseBase:
    url = f"{reverse(name)}?{urlencode({'next': _back(request)})}"
    if asks_by_script(request):
        return HttpResponse(status=401, headers={SIGN_IN_HEADER: url})
    return redirect(url)


def _back(request: HttpRequest) -> str:
    """Where to return to: the page itself, or the page a form was on."""
    return request.get_full_path()


def _end(request: HttpRequest) -> None:
    """Sign out somebody whose account or role has ended, and say so."""
    held = request.visit.held  # type: ignore[attr-defined]
    audit.signed_in(
        "sign_out.ended",
        facility_id=held.facility.pk,
        user_id=held.user.pk,
        role=held.role,
        at=request.now,  # type: ignore[attr-defined]
    )
    logout(request)
    request.actor = None  # type: ignore[attr-defined]
    messages.warning(
        request,
        _(
            "You were signed out: your account, or the role {role}, has ended. "
            "Ask the program director to renew it."
        ).format(role=held.role),
    )


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    name = "demo_sign_in_page" if context.is_demo() else "account_login"
    url = f"{reverse(name)}?{urlencode({'next': _back(request)})}"
    if asks_by_script(request):
        return HttpResponse(status=401, headers={SIGN_IN_HEADER: url})
    if request.method not in ("GET", "HEAD") and request.POST:
        return kept.sign_in_page(request)
    return redirect(url)


def _locked(request: HttpRequest) -> HttpResponseBase:
    if asks_by_script(request):
        headers = {LOCKED_HEADER: "1", "HX-Trigger": "stepdown:locked", "HX-Reswap": "none"}
        return HttpResponse(status=423, headers=headers)
    return kept.lock_page(request, status=423)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A page for a refusal that no form has shown: what was wrong, and the way back."""
    template = {403: "403.html", 409: "409.html"}.get(refusal.status, "422.html")
    content = {
        "message": refusal.message,
        "again": request.path if request.method == "GET" else _from(request),
    }
    return render(request, template, content, status=refusal.status)


def _from(request: HttpRequest) -> str:
    """The page a form was on: the same address, as forms here post to their own page."""
    return request.path


def has_nul(request: HttpRequest) -> bool:
    """True when a NUL character was sent; PostgreSQL cannot store one, and nobody types one."""
    if NUL in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return True
    if request.method not in ("POST", "PUT", "PATCH"):
        return False
    return any(
        NUL in name or any(NUL in str(value) for value in values)
        for name, values in request.POST.lists()
    )


def unreadable(request: HttpRequest, status: int = 400, message: str = "") -> HttpResponse:
    """The page for what no honest form sends."""
    return render(request, "400.html", {"message": message}, status=status)


def to_the_form(request: HttpRequest) -> HttpResponseBase:
    """The only answer of a handed-over tablet to anything but its form: the form."""
    if asks_by_script(request):
        headers = {LOCKED_HEADER: "1", "HX-Trigger": "stepdown:locked", "HX-Reswap": "none"}
        words = _("This tablet is handed over. Take it back on the form's own page.")
        plain = "text/plain; charset=utf-8"
        return HttpResponse(words, status=423, headers=headers, content_type=plain)
    return HttpResponseRedirect(address(handed.FORM), status=303)


def nothing_handed(request: HttpRequest) -> HttpResponseBase:
    """Somebody opens the address of a handed-over form where none is: on to the first page."""
    if asks_by_script(request):
        return HttpResponse(status=204, headers={"HX-Redirect": "/"})
    return HttpResponseRedirect("/", status=303)
