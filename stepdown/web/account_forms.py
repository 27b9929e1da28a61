"""Choosing the PIN that reopens one's own screen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stepdown.records.actions.people import accounts
from stepdown.records.errors import Refused
from stepdown.web.signing_forms import SecretField, SigningForm


class PinForm(SigningForm):
    """A new PIN, twice, and the PIN or password held so far."""

    pin = SecretField(label=gettext_lazy("New PIN, 4 to 8 figures"), max_length=8)
    pin_again = SecretField(label=gettext_lazy("The same PIN again"), max_length=8)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("pin", "pin_again"):
            field = self.fields[name]
            field.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})
            field.error_messages["required"] = _("Type the PIN.")
        self.fields["secret"].label = _("Your password, or the PIN you have now")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("pin") != given.get("pin_again"):
            self.add_error("pin_again", forms.ValidationError(_("The two PINs differ.")))
        return given

    def save(self) -> bool:
        """Set it; False when the PIN itself was refused, which the form then says."""
        try:
            accounts.set_pin(
                self.cleaned_data["pin"],
                by=self.request.actor,
                at=self.request.now,
                submission=self.cleaned_data["submission"],
            )
        except Refused as refused:
            self.refuse(refused.message, refused.fields)
            return False
        return True
