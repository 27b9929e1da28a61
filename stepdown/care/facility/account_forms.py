"""Forms about one account: a renewed licence, a second factor that is lost."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stepdown.care.facility.forms import RefusableForm
from stepdown.records.actions.people.licences import Licence

SALT = "stepdown.care.facility.licence"


class LicenceForm(RefusableForm):
    """The licence as its holder shows it now, over the one that is on file."""

    number = forms.CharField(label=gettext_lazy("Licence number"), max_length=40, required=False)
    state = forms.CharField(
        label=gettext_lazy("State, two letters"),
        max_length=2,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "characters"}),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Licence valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("The last day it is valid. Signing stops at midnight after it."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=400)

    def __init__(self, *args: Any, held: Licence, today: str, **kwargs: Any) -> None:
        kwargs["initial"] = {"number": held.number, "state": held.state, "seen": _sealed(held)}
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].widget.attrs["min"] = today

    def clean_seen(self) -> Licence:
        """The licence that was on file when the page was shown."""
        try:
            number, state, day = signing.loads(self.cleaned_data["seen"], salt=SALT)
        except signing.BadSignature as error:
            raise ValidationError(
                _("This page was not sent whole. Open it again."), code="seen"
            ) from error
        return Licence(number, state, parse_date(day) if day else None)

    @property
    def licence(self) -> Licence:
        """What was typed; what is missing or odd the action names."""
        given = self.cleaned_data
        return Licence(given["number"], given["state"], given["expires_on"])


def _sealed(held: Licence) -> str:
    day = held.expires_on.isoformat() if held.expires_on else ""
    return signing.dumps([held.number, held.state, day], salt=SALT)


class ResetForm(RefusableForm):
    """Why somebody's second factor is taken away."""

    reason = forms.CharField(
        label=gettext_lazy("Why, and how do you know who asks?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The privacy officer reads this."),
    )
