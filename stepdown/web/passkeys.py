"""Passkeys: kept on somebody's own phone or key, unlocked there, and both factors in one.

On a shared tablet nobody types a name: the passkey says whose it is. All else is as with a
password: a lockout counts for it, the account and its role must run, the role is chosen
afterwards, and each sign-in and refusal is in the sealed log. allauth does the ceremony.
"""

from __future__ import annotations

import struct
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm
from allauth.mfa.webauthn.internal import auth, flows
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib import messages
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stepdown.records.models import User
from stepdown.web import accounts, door, kept
from stepdown.web.access import before_role

LONGEST_NAME = 40
LONGEST_CREDENTIAL = 20_000
"""Characters of what a browser sends; far more than any key needs."""


def of(user: Any) -> QuerySet[Authenticator]:
    """Somebody's passkeys, the oldest first."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(
        user_id=user.pk, type=Authenticator.Type.WEBAUTHN
    ).order_by("pk")
    return found


def used_now(request: HttpRequest) -> bool:
    """True when this session began with a passkey instead of a password."""
    return bool(flows.did_use_passwordless_login(request, request.user))


MALFORMED = (struct.error, KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What reading raises of what no browser sends; the library does not check its shape."""

_NO_KEY = gettext_lazy("No passkey was made. Try again; the device asks for its own lock.")


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """What the browser made, and what its owner calls it."""

    name = forms.CharField(
        label=gettext_lazy("What you call it"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=gettext_lazy("My phone, the blue key. You tell them apart by it."),
    )
    passwordless = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages.update(required=_NO_KEY, invalid=_NO_KEY)

    def clean_name(self) -> str:
        given = str(self.cleaned_data["name"]).strip()
        return given or _("Passkey {number}").format(number=of(self.user).count() + 1)

    def clean(self) -> dict[str, Any]:
        """Only a key that asked for its owner's finger, face or code counts as both factors."""
        try:
            given: dict[str, Any] = super().clean()
            credential = given.get("credential")
            if not credential or self.errors:
                return given
            made = auth.parse_registration_response(credential)
        except MALFORMED as error:
            raise ValidationError(_NO_KEY) from error
        else:
            if not made.response.attestation_object.auth_data.is_user_verified():
                raise ValidationError(
                    _("Not added: this key did not ask who you are. Set a code or finger on it.")
                )
        return given


class Add(AddWebAuthnView):  # type: ignore[misc]
    """Add a passkey; it counts as shown in this session."""

    form_class = PasskeyForm
    template_name = "mfa/passkeys/add.html"

    def get_form_class(self) -> type[PasskeyForm]:
        return PasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.request.user
        shown["options"] = auth.begin_registration(user, passwordless=True)
        shown["form"] = kwargs.get("form") or self.get_form()
        return shown

    def get_success_url(self) -> str:
        if self.did_generate_recovery_codes:
            return reverse("mfa_view_recovery_codes")
        return reverse("passkeys")

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 422
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        self.request.session[door.SECOND_FACTOR] = True
        accounts.log(self.request, "passkey.add", self.request.user)
        messages.success(self.request, _("Your passkey is added. You can sign in with it alone."))
        return response


@never_cache
@require_http_methods(["GET", "POST"])
@before_role
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def overview(request: HttpRequest) -> HttpResponseBase:
    """One's own passkeys: their names, when they were last used; rename and remove."""
    if request.method == "POST":
        return _changed(request)
    return render(request, "mfa/passkeys/list.html", {"passkeys": _listed(request)})


def _listed(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "pk": each.pk,
            "name": each.wrap().name,
            "made": each.created_at,
            "used": each.last_used_at,
        }
        for each in of(request.user)
    ]


def _changed(request: HttpRequest) -> HttpResponseBase:
    wanted = request.POST.get("key", "")
    found = of(request.user).filter(pk=int(wanted)).first() if _is_key(wanted) else None
    if found is None:
        messages.warning(request, _("Nothing was changed: there is no such passkey of yours."))
        return redirect("passkeys")
    name = found.wrap().name
    if request.POST.get("do") == "name":
        given = request.POST.get("name", "").strip()[:LONGEST_NAME]
        if given:
            flows.rename_authenticator(request, found, given)
            messages.success(request, _("It is called {name} now.").format(name=given))
        else:
            messages.warning(request, _("Nothing was changed: type a name."))
        return redirect("passkeys")
    if request.POST.get("do") != "remove":
        return render(request, "mfa/passkeys/remove.html", {"key": found.pk, "name": name})
    flows.remove_authenticator(request, found)
    accounts.log(request, "passkey.remove", request.user)  # type: ignore[arg-type]
    messages.success(request, _("{name} is removed. It opens nothing any more.").format(name=name))
    return redirect("passkeys")


def _is_key(told: str) -> bool:
    return told.isascii() and told.isdigit() and len(told) < 18


class _SignInForm(LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey shown at the door. A locked account stays locked, whatever it shows."""

    credential = forms.JSONField(required=True, widget=forms.HiddenInput)

    def clean_credential(self) -> Authenticator:
        told = self.cleaned_data["credential"]
        if not isinstance(told, dict) or not isinstance(told.get("response"), dict):
            raise ValidationError(_REFUSED)
        self.claimed = _claimed(told)
        if self.claimed is not None and self.is_locked(self.claimed):
            raise ValidationError(_REFUSED, code="locked")
        try:
            found: Authenticator = super().clean_credential()
        except MALFORMED as error:
            raise ValidationError(_REFUSED) from error
        return found

    def is_locked(self, user: User) -> bool:
        """True while too many wrong tries stand against this account from here."""
        allowed = AxesProxyHandler.is_allowed(self.request, {"username": user.username})
        return not allowed

    claimed: User | None = None
    request: HttpRequest


_REFUSED = gettext_lazy("This passkey opens no account here. Sign in with your password.")


def _claimed(told: dict[str, Any]) -> User | None:
    """Whose passkey it says it is; None where it names nobody."""
    try:
        found: User = auth.extract_user_from_response(told)
    except (ValidationError, UnicodeDecodeError, AttributeError):
        return None
    return found


class SignIn(LoginWebAuthnView):  # type: ignore[misc]
    """Sign in with a passkey alone; the role is chosen after it."""

    def get_form_class(self) -> type[_SignInForm]:
        return _SignInForm

    def get_form(self, form_class: Any = None) -> _SignInForm:
        form: _SignInForm = super().get_form(form_class)
        form.request = self.request
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if len(request.POST.get("credential", "")) > LONGEST_CREDENTIAL:
            return self.form_invalid(self.get_form())
        response: HttpResponseBase = super().post(request, *args, **kwargs)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        claimed: User | None = form.claimed
        if claimed is not None and form.is_locked(claimed):
            return accounts.locked_out(self.request, {})
        if claimed is not None:  # counted and on record as a wrong password is
            user_login_failed.send(
                sender=User, credentials={"username": claimed.username}, request=self.request
            )
        messages.warning(self.request, _REFUSED)
        return redirect("account_login")

    def form_valid(self, form: Any) -> HttpResponse:
        kept.stash(self.request)
        shown: Authenticator = form.cleaned_data["credential"]
        onward = self.request.POST.get("next", "")
        login = Login(
            user=shown.user, redirect_url=accounts.with_next(reverse("choose_role"), onward)
        )
        response: HttpResponse = flows.perform_passwordless_login(self.request, shown, login)
        return response

    def get_success_url(self) -> str:
        return reverse("choose_role")

    def get_authenticated_redirect_url(self) -> str:
        return self.get_success_url()
