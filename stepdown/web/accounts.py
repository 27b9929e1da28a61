"""Signing in: how allauth and axes fit this house.

Nobody signs up, a lockout says so plainly, wrong one-time codes count as wrong
passwords do, and each sign-in and refusal is in the sealed log of reads.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.views import LoginView
from allauth.core import context
from allauth.mfa import signals as mfa
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from stepdown import clock
from stepdown.records import audit
from stepdown.records.models import Assignment, User
from stepdown.web import door, kept
from stepdown.web.door import Standing


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by the people who run the facility, never by visitors."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponseBase | None:
        """Refuse an account that has ended or has no running role, before the second factor."""
        if roles_of(user, request.now):  # type: ignore[attr-defined]
            return None
        log(request, "sign_in.ended", user)
        messages.warning(
            request,
            _(
                "Not signed in: this account, or its role, has ended or has not begun. "
                "Ask the program director."
            ),
        )
        return redirect("account_login")

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ask for the password again unless it, or a code, was typed a moment ago."""
        request = context.request
        typed = get_authentication_records(request, request.user)
        newest = max((record["at"] for record in typed), default=0.0)
        age = float(_now(request).timestamp()) - float(newest)
        return age > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing of our own accord: the next page shows who is signed in."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail leaves this house (operations.md section 9)."""


def roles_of(user: User, now: Any) -> list[Assignment]:
    """The roles somebody may work in at ``now``, by facility and role."""
    found = user.assignments.select_related("facility", "user").order_by("facility__name", "role")
    return [assignment for assignment in found if assignment.runs_at(now)]


def log(request: HttpRequest, what: str, user: User | None, role: str = "") -> None:
    """Put a sign-in, a lock or a refusal into the log of each facility it concerns."""
    if user is None:
        return
    houses = set(user.assignments.values_list("facility_id", flat=True))
    for facility_id in sorted(houses, key=UUID.__str__):
        audit.signed_in(what, facility_id=facility_id, user_id=user.pk, role=role, at=_now(request))


def _now(request: HttpRequest | None) -> Any:
    return getattr(request, "now", None) or clock.now()


class SignIn(LoginView):  # type: ignore[misc]
    """The sign-in page; what rides along in it is kept once the password was right."""

    def form_valid(self, form: Any) -> HttpResponse:
        kept.stash(self.request)
        response: HttpResponse = super().form_valid(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data(**kwargs)
        onward = self.request.POST.get("next") or self.request.GET.get("next") or ""
        shown["next"] = onward if kept.is_local(onward) else ""
        shown["kept"] = kept.riding_along(self.request.POST)
        return shown

    def get_success_url(self) -> str:
        """Always by way of the role; the page that was asked for follows it."""
        onward = self.get_next_url() or ""
        return with_next(reverse("choose_role"), onward)

    def get_authenticated_redirect_url(self) -> str:
        return self.get_success_url()


def with_next(url: str, onward: str) -> str:
    """``url``, and the page that was asked for after it, where that is one of ours."""
    return f"{url}?{urlencode({'next': onward})}" if kept.is_local(onward) else url


class SecondFactor(AuthenticateView):  # type: ignore[misc]
    """The one-time code. Five wrong codes lock out like five wrong passwords."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request._login_stage.login.user  # type: ignore[attr-defined]
        if not AxesProxyHandler.is_allowed(request, {"username": user.username}):
            return locked_out(request, {})
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class SetUpSecondFactor(ActivateTOTPView):  # type: ignore[misc]
    """Set up here, it counts as shown in this session."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        self.request.session[door.SECOND_FACTOR] = True
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data(**kwargs)
        # Drawn by allauth from the key alone: the page may hold it as it is.
        shown["totp_svg"] = mark_safe(shown["totp_svg"])
        return shown


def counted_name(request: HttpRequest | None, credentials: Any) -> str:
    """The name under which failures are counted: as accounts are found, without regard to case."""
    given = (credentials or {}).get("username") or (request.POST.get("login") if request else "")
    return str(given or "").strip().casefold()[:60]


def locked_out(
    request: HttpRequest, credentials: dict[str, Any], *args: Any, **kwargs: Any
) -> HttpResponse:
    """The page after too many wrong passwords: how long, and whom to ask."""
    minutes = round(float(settings.AXES_COOLOFF_TIME) * 60)
    return render(request, "account/locked_out.html", {"minutes": minutes}, status=429)


def _refused(sender: Any, credentials: Any, request: HttpRequest | None = None, **kw: Any) -> None:
    if request is None:
        return
    name = str(credentials.get("username") or "")[:60].replace("\x00", "")
    log(request, "sign_in.refused", User.objects.filter(username__iexact=name).first())


def _wrong_code(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    user_login_failed.send(sender=User, credentials={"username": user.username}, request=request)


def _has_second_factor(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    request.session[door.SECOND_FACTOR] = True


def _lost_second_factor(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    counts = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    if not Authenticator.objects.filter(user=user, type__in=counts).exists():
        request.session.pop(door.SECOND_FACTOR, None)


def _left(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    visit = getattr(request, "visit", None)
    if visit is not None and visit.held is not None and visit.standing is not Standing.ENDED:
        log(request, "sign_out", user, visit.held.role)


def connect() -> None:
    """Listen to allauth, axes and Django; called once when the app is ready."""
    user_login_failed.connect(_refused, dispatch_uid="stepdown.refused")
    user_logged_out.connect(_left, dispatch_uid="stepdown.left")
    mfa.authentication_failed.connect(_wrong_code, dispatch_uid="stepdown.wrong_code")
    mfa.authenticator_used.connect(_has_second_factor, dispatch_uid="stepdown.used")
    mfa.authenticator_removed.connect(_lost_second_factor, dispatch_uid="stepdown.removed")
