"""Choosing a role, the PIN, and what was typed before a sign-in ended."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account import views as account
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stepdown.records import audit
from stepdown.records.models import Assignment, Role
from stepdown.web import door, kept, passkeys
from stepdown.web.access import before_role
from stepdown.web.account_forms import PinForm
from stepdown.web.accounts import roles_of
from stepdown.web.page import page, posted
from stepdown.web.request import Request


@never_cache
@require_http_methods(["GET", "POST"])
@before_role
def choose_role(request: HttpRequest) -> HttpResponseBase:
    """Choose the one role to work in. With a single role there is nothing to choose."""
    held = request.visit.held  # type: ignore[attr-defined]
    roles = roles_of(request.user, request.now)  # type: ignore[arg-type,attr-defined]
    if not roles:
        logout(request)
        messages.warning(
            request,
            _("You were signed out: no role of yours is open. Ask the program director."),
        )
        return redirect("account_login")
    if request.method == "POST":
        wanted = request.POST.get("role", "")
        chosen = next((role for role in roles if str(role.pk) == wanted), None)
        if chosen is not None:
            return work_as(request, chosen)
    elif len(roles) == 1 and held is None:
        return work_as(request, roles[0])
    content = {
        "roles": roles,
        "held": held,
        "next": _next(request),
        "error": request.method == "POST",
    }
    return render(request, "role/choose.html", content, status=422 if content["error"] else 200)


def work_as(request: HttpRequest, chosen: Assignment, how: str = "sign_in") -> HttpResponse:
    """Begin work in a role, or switch to it, and go on to the page that was asked for."""
    before = request.visit.held  # type: ignore[attr-defined]
    if before is not None and before.assignment.pk == chosen.pk:
        return redirect(_next(request))
    shown = "with a passkey" if passkeys.used_now(request) else ""
    what, detail = (how, shown) if before is None else ("role.switch", f"from {before.role}")
    now = request.now  # type: ignore[attr-defined]
    audit.signed_in(
        what,
        facility_id=chosen.facility_id,
        user_id=chosen.user_id,
        role=chosen.role,
        at=now,
        detail=detail,
    )
    door.begin(request.session, chosen, now)
    if kept.stashed(request.session) is not None:
        return redirect("kept")
    return redirect(_next(request))


def _next(request: HttpRequest) -> str:
    onward = request.POST.get("next") or request.GET.get("next") or "/"
    return onward if kept.is_local(onward) else "/"


@never_cache
@require_http_methods(["GET", "POST"])
def what_was_kept(request: Request) -> HttpResponseBase:
    """Offer what was typed before the sign-in ended, to the person who typed it."""
    found = kept.stashed(request.session)
    if request.method == "POST":
        request.session.pop(kept.SESSION, None)
        onward = request.POST.get(kept.TO, "")
        if "kept_send" in request.POST and kept.is_local(onward):
            return SendOn(onward)
        messages.info(request, _("Thrown away. Nothing was saved."))
        return redirect("/")
    if found is None:
        return redirect("/")
    if not found.is_of(request.actor.user.pk):
        request.session.pop(kept.SESSION)
        messages.warning(request, _not_shown(found))
        return redirect("/")
    return render(request, "account/kept.html", {"kept": found})


def _not_shown(found: kept.Kept) -> str:
    if found.by:
        return _(
            "Another person was typing here before you signed in. What they typed was not "
            "saved and is not shown to you."
        )
    return _(
        "Something was typed here before you signed in, and it cannot be told by whom. It was "
        "not saved and is not shown. If it was yours, type it again."
    )


class SendOn(HttpResponseRedirect):
    """Have the browser send the same fields to the page they were meant for (RFC 9110, 307)."""

    status_code = 307


@never_cache
@require_http_methods(["GET", "POST"])
def set_pin(request: Request) -> HttpResponseBase:
    """Choose the PIN that reopens one's own locked screen and signs."""
    form = PinForm(posted(request), request=request)
    if form.is_valid() and form.save():
        messages.success(request, _("Your PIN is set. It opens your locked screen and signs."))
        return redirect("account_home")
    status = 422 if form.errors else 200
    return page(request, "account/pin.html", "card", {"form": form}, status)


def change_password(request: Request) -> HttpResponseBase:
    """Change one's own password; an account that was opened without one has none to change."""
    if request.actor.user.has_usable_password():
        answered: HttpResponseBase = account.password_change(request)
        return answered
    messages.warning(
        request,
        _("This account has no password to change."),
    )
    return redirect("account_home")


def account_home(request: Request) -> HttpResponse:
    """One's own account: role, PIN, second factor, recovery codes."""
    user = request.actor.user
    return render(
        request,
        "account/home.html",
        {
            "roles": roles_of(user, request.now),
            "has_pin": bool(user.pin),
            "has_password": user.has_usable_password(),
            "second_factor": bool(request.session.get(door.SECOND_FACTOR)),
            "passkeys": passkeys.of(user).count(),
            "role_label": Role(request.actor.role).label,
        },
    )


@before_role
def second_factor(request: HttpRequest) -> HttpResponseBase:
    """Why a second factor is asked for, on the way to setting it up."""
    visit = request.visit  # type: ignore[attr-defined]
    if visit.standing is not door.Standing.UNPROVEN:
        return redirect(_next(request))
    onward = urlencode(
        {"next": f"{reverse('second_factor')}?{urlencode({'next': _next(request)})}"}
    )
    return render(
        request, "mfa/needed.html", {"onward": f"{reverse('mfa_activate_totp')}?{onward}"}
    )
