"""What is asked of one drink or one loss: one short form for each kind."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stepdown.content import library
from stepdown.records.actions.monitoring.fluids import CODES, Fluid
from stepdown.records.models import FluidEntry
from stepdown.web import walltime
from stepdown.web.signing_forms import SubmissionField

Kind, Seen = FluidEntry.Kind, FluidEntry.Seen

ASKS = {
    Kind.DRUNK: (),
    Kind.VOMITED: ("blood", "bile"),
    Kind.STOOL: ("blood",),
    Kind.URINE: ("is_dark",),
}
"""What is looked for in each kind of loss."""

LABELS = {"blood": _("Blood"), "bile": _("Bile"), "is_dark": _("Dark")}
WHAT = {Kind.DRUNK: _("What"), Kind.VOMITED: _("About how much"), Kind.STOOL: _("Type")}
SEEN = [(Seen.YES, _("Yes")), (Seen.NO, _("No")), (Seen.UNKNOWN, _("Not looked"))]


class FluidForm(forms.Form):
    """One kind of fluid. After ``is_valid()``: ``fluid`` and ``occurred_at`` (None: now)."""

    submission = SubmissionField()

    def __init__(self, *args: Any, kind: str, zone: ZoneInfo, now: datetime, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{kind}_%s")
        super().__init__(*args, **kwargs)
        self.kind, self.zone, self.now = Kind(kind), zone, now
        self.occurred_at: datetime | None = None
        if self.kind in CODES:
            self.fields["what"] = forms.ChoiceField(
                label=WHAT[self.kind],
                choices=library.codes(CODES[self.kind]).choices(),
                required=self.kind != Kind.VOMITED,
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Choose one."),
                    "invalid_choice": _("Choose one of these."),
                },
            )
        self.fields["volume_ml"] = forms.IntegerField(
            label=_("Measured (mL)"),
            required=False,
            help_text=_("Empty means not measured."),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input"}),
            error_messages={"invalid": _("Enter a whole number of mL.")},
        )
        for name in ASKS[self.kind]:
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name], choices=SEEN, required=False, initial=Seen.UNKNOWN,
                widget=forms.RadioSelect,
            )  # fmt: skip
        self.fields["note"] = forms.CharField(
            label=_("Note"), max_length=300, required=False, strip=False
        )
        self.fields["at"] = forms.CharField(
            label=_("Happened earlier"),
            required=False,
            help_text=_("Empty means now."),
            widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "input"}),
        )
        if readings := walltime.which_hour(str(self.data.get("at", "")), zone):
            self.fields["which_hour"] = forms.ChoiceField(
                label=_("Which of the two"), required=False, choices=readings,
                widget=forms.RadioSelect,
            )  # fmt: skip

    @property
    def title(self) -> str:
        """What it records, as the page says it."""
        return str(TITLES[self.kind])

    @property
    def fluid(self) -> Fluid:
        """What was told, as the action takes it."""
        said = self.cleaned_data
        told = {name: said.get(name) or Seen.UNKNOWN for name in ASKS[self.kind]}
        return Fluid(
            self.kind, said.get("what", ""), said.get("volume_ml"), note=said["note"], **told
        )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if text := str(cleaned.get("at", "")).strip():
            try:
                which = str(cleaned.get("which_hour", ""))
                self.occurred_at = walltime.instant(text, self.zone, now=self.now, which=which)
            except ValidationError as error:
                self.add_error("at", error)
        return cleaned


TITLES: dict[str, Any] = {
    Kind.DRUNK: _("Drank"),
    Kind.VOMITED: _("Vomited"),
    Kind.STOOL: _("Stool"),
    Kind.URINE: _("Urine"),
}


class StrikeForm(forms.Form):
    """Why an entry is struck out."""

    submission = SubmissionField()
    why = forms.CharField(label=_("What was wrong"), max_length=500, strip=False, required=False)
