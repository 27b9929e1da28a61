"""Taking the tablet back: the PIN or password of whoever handed it over, and nobody else's."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from stepdown.care.handing import state
from stepdown.care.handing.state import Form, How
from stepdown.records import audit
from stepdown.web import handed, idle, tries
from stepdown.web.access import while_handed
from stepdown.web.addresses import address


@require_http_methods(["GET", "POST"])
@while_handed
def take_back(request: HttpRequest) -> HttpResponse:
    """Open the tablet for who handed it over; the fifth wrong try signs out.

    A form that still runs goes on until the PIN was right: whoever only looks at this
    page can go back to it.
    """
    found = state.of(request)
    if request.method == "GET":
        return _asked(request, found)
    user = found.by.user
    secret = request.POST.get("secret", "")
    wrong = tries.reserve(request)
    if wrong <= tries.LIMIT and (user.pin_is(secret) or user.check_password(secret)):
        return _opened(request, found)
    _note("handover.refused", request, found)
    if wrong >= tries.LIMIT:
        return _signed_out(request, found)
    left = tries.LIMIT - wrong
    error = (
        _("That is not your PIN or password.")
        + " "
        + ngettext(
            "%(left)d try left before this tablet is signed out.",
            "%(left)d tries left before this tablet is signed out.",
            left,
        )
        % {"left": left}
    )
    return _asked(request, found, error, status=403)


def _asked(request: HttpRequest, found: Form, error: str = "", status: int = 200) -> HttpResponse:
    context = {"form": found, "who": found.by.user, "error": error}
    return render(request, "handing/back.html", context, status=status)


def _opened(request: HttpRequest, found: Form) -> HttpResponse:
    if not found.how:
        found.end(How.TAKEN_BACK)
    tries.forget(request)
    handed.take_back(request.session)
    idle.begin(request.session, found.now)
    _note("handover.taken_back", request, found)
    stay = found.handover.episode_id
    return HttpResponseRedirect(address("handing:told", stay, found.handover.pk), status=303)


def _signed_out(request: HttpRequest, found: Form) -> HttpResponse:
    """Too many wrong tries. What was answered goes into the record first: nothing waits here."""
    if not found.how:
        found.end(How.CLOSED)
    logout(request)
    messages.warning(
        request,
        _(
            "This tablet was signed out after too many wrong tries. What was answered on it is "
            "kept. Sign in again to go on."
        ),
    )
    return redirect("account_login")


def _note(what: str, request: HttpRequest, found: Form) -> None:
    audit.signed_in(
        what,
        facility_id=found.by.facility.pk,
        user_id=found.by.user.pk,
        role=found.by.role,
        at=found.now,
        detail=str(found.handover.pk),
    )
