"""Forms of the facility's own pages: settings, accounts, beds, signing content."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stepdown.content.settings import FacilitySetting
from stepdown.records.actions.people.accounts import NewAccount
from stepdown.records.errors import Refused
from stepdown.records.models import Assignment, Bed, Role
from stepdown.web.request import Request
from stepdown.web.signing_forms import SigningForm, SubmissionField

YES_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
EMPLOYMENT = [
    (Assignment.Employment.STAFF, gettext_lazy("Staff")),
    (Assignment.Employment.AGENCY, gettext_lazy("Agency, ends by itself")),
    (Assignment.Employment.STUDENT, gettext_lazy("Student or orientee, ends by itself")),
]
BED_STATUS = [
    (Bed.Status.READY, gettext_lazy("Ready")),
    (Bed.Status.CLEANING, gettext_lazy("Being cleaned")),
    (Bed.Status.BLOCKED, gettext_lazy("Blocked")),
]


class RefusableForm(forms.Form):
    """A form that can show what an action refused, beside the fields it named."""

    submission = SubmissionField()

    def refuse(self, refused: Refused) -> None:
        """Show a refusal; the fields keep what was typed."""
        named = {name: words for name, words in refused.fields.items() if name in self.fields}
        for name, words in named.items():
            self.add_error(name, words)
        if not named:
            self.add_error(None, refused.message)


class SettingForm(SigningForm):
    """A new value for one setting, with the reason, signed."""

    value = forms.CharField(label=gettext_lazy("New value"), max_length=80)
    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Stays on record beside the old value."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(
        self, *args: Any, setting: FacilitySetting, current: str, request: Request, **kwargs: Any
    ) -> None:
        self.setting, self.current = setting, current
        initial = {"value": current, "seen": current}
        super().__init__(*args, request=request, initial=initial, **kwargs)
        if setting.type == "yes_no":
            self.fields["value"] = forms.ChoiceField(
                label=_("New value"), choices=YES_NO, widget=forms.RadioSelect
            )
        else:
            self.fields["value"].help_text = setting.help
        self.order_fields(["value", "why", "seen", "submission", "secret"])

    def clean_value(self) -> str:
        """The value as text, in the setting's range."""
        given: str = self.cleaned_data["value"].strip()
        try:
            self.setting.value(given)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return given

    def clean_seen(self) -> str:
        """The value this page was opened with; another one now means somebody changed it."""
        seen: str = self.cleaned_data["seen"]
        if seen != self.current:
            raise ValidationError(
                _("Somebody changed this to {value} after your page was shown.").format(
                    value=self.current
                )
            )
        return seen


class RoleForm(RefusableForm):
    """A role and how long it lasts."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[("", gettext_lazy("Choose a role")), *Role.choices]
    )
    employment = forms.ChoiceField(
        label=gettext_lazy("Works here as"), choices=EMPLOYMENT, widget=forms.RadioSelect
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("The role ends with this day, at midnight. Empty: it has no end."),
    )

    def __init__(self, *args: Any, now: datetime, zone: ZoneInfo, **kwargs: Any) -> None:
        self.zone = zone
        super().__init__(*args, **kwargs)
        self.fields["employment"].initial = Assignment.Employment.STAFF
        self.fields["last_day"].widget.attrs["min"] = f"{now.astimezone(zone):%Y-%m-%d}"

    @property
    def expires_at(self) -> datetime | None:
        """The instant the role ends: the midnight after its last day, on the wall."""
        last: date | None = self.cleaned_data.get("last_day")
        if last is None:
            return None
        return datetime.combine(last + timedelta(days=1), time(), tzinfo=self.zone)

    def refuse(self, refused: Refused) -> None:
        """An action speaks of an instant where this form asks a day."""
        fields = dict(refused.fields)
        if "expires_at" in fields:
            fields["last_day"] = fields.pop("expires_at")
        super().refuse(Refused(refused.message, fields))


class AccountForm(RoleForm):
    """Somebody who starts working here."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    name = forms.CharField(label=gettext_lazy("Name, as colleagues know it"), max_length=120)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters. Tell it in person; they change it."),
    )
    licence_number = forms.CharField(
        label=gettext_lazy("Licence number"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Without one that is valid, the role cannot sign."),
    )
    licence_state = forms.CharField(
        label=gettext_lazy("State, two letters"), required=False, max_length=2
    )
    licence_expires_on = forms.DateField(
        label=gettext_lazy("Licence valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    trained_in_vitals = forms.BooleanField(
        label=gettext_lazy("Trained in taking vital signs"), required=False
    )

    field_order = ("name", "username", "password", "role", "employment", "last_day")

    def new_account(self) -> NewAccount:
        """What was typed, as the action takes it."""
        given = self.cleaned_data
        return NewAccount(
            username=given["username"],
            name=given["name"],
            role=given["role"],
            employment=given["employment"],
            password=given["password"],
            expires_at=self.expires_at,
            licence_number=given["licence_number"],
            licence_state=given["licence_state"],
            licence_expires_on=given["licence_expires_on"],
            trained_in_vitals=given["trained_in_vitals"],
        )


class CloseForm(RefusableForm):
    """Switching an account off, confirmed by a press."""


class BedForm(RefusableForm):
    """Whether a bed can be used, and why not."""

    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=BED_STATUS)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Needed when a bed is blocked. No name of a person."),
    )


class SignContentForm(SigningForm):
    """A medical director's signature under exactly the words on the page."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, digest: str, request: Request, **kwargs: Any) -> None:
        self.shown_digest = digest
        super().__init__(*args, request=request, initial={"digest": digest}, **kwargs)

    def clean_digest(self) -> str:
        """What was read must still be what is signed."""
        given: str = self.cleaned_data["digest"]
        if given != self.shown_digest:
            raise ValidationError(
                _("This content changed after your page was shown. Read it again.")
            )
        return given
