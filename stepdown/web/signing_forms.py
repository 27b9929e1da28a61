"""Forms that end in a signature: the PIN or password is typed again, and tries are counted.

class AdmissionOrderForm(SigningForm):
    text = forms.CharField(...)

form = AdmissionOrderForm(posted(request), request=request)
if form.is_valid():
    papers.admit(episode, form.cleaned_data["text"], by=request.actor, at=request.now,
                 submission=form.cleaned_data["submission"], proof=form.proof)
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stepdown.records import audit, signing
from stepdown.records.errors import NotSigned
from stepdown.records.ids import new_id
from stepdown.web import tries
from stepdown.web.context import DEMO_PIN
from stepdown.web.request import Request


def prove(request: Request, secret: str) -> signing.Proof:
    """Check the PIN or password of whoever works here; the fifth wrong one signs out.

    Raises:
        NotSigned: it is neither, or there were too many tries.
    """
    actor = request.actor
    wrong = tries.reserve(request)
    if wrong <= tries.LIMIT:
        try:
            proof = signing.prove(actor.user, secret, at=request.now)
        except NotSigned:
            _refuse(request)
            if wrong < tries.LIMIT:
                raise
        else:
            tries.forget(request)
            return proof
    logout(request)
    words = _("You were signed out after too many wrong tries. Nothing was saved.")
    raise NotSigned(words, {"secret": words})


def _refuse(request: Request) -> None:
    actor = request.actor
    audit.signed_in(
        "signature.refused",
        facility_id=actor.facility.pk,
        user_id=actor.user.pk,
        role=actor.role,
        at=request.now,
    )


class SecretField(forms.CharField):
    """A PIN or password: never drawn again, never stripped."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Your PIN or password"))
        kwargs.setdefault("max_length", 128)
        kwargs.setdefault("strip", False)
        kwargs.setdefault(
            "widget",
            forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "input"}),
        )
        kwargs.setdefault("error_messages", {"required": gettext_lazy("Type it to sign.")})
        super().__init__(**kwargs)


class SubmissionField(forms.UUIDField):
    """The submission's own id, made with the page, so that a doubled post has one effect."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.HiddenInput)
        kwargs.setdefault("initial", new_id)
        super().__init__(**kwargs)


class SigningForm(forms.Form):
    """A form that is signed. Checked last, so that a wrong field costs no try."""

    submission = SubmissionField()
    secret = SecretField()
    proof: signing.Proof

    def __init__(self, *args: Any, request: Request, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)
        if request.visit.demo:
            self.fields["secret"].help_text = _("Demonstration: the PIN is {pin}.").format(
                pin=DEMO_PIN
            )
        self.order_fields([*(name for name in self.fields if name != "secret"), "secret"])

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.proof = prove(self.request, self.cleaned_data["secret"])
        except NotSigned as refused:
            self.add_error("secret", ValidationError(refused.fields["secret"]))

    def refuse(self, message: str, fields: dict[str, str]) -> None:
        """Show what an action refused, beside the fields it named."""
        shown = {name: words for name, words in fields.items() if name in self.fields}
        for name, words in shown.items():
            self.add_error(name, words)
        self.add_error(None, message)
