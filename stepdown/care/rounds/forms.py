"""What is tapped on a round: where, and only where needed with whom, why late."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stepdown.content import library
from stepdown.records.actions.monitoring.rounds import Seen
from stepdown.web import walltime
from stepdown.web.signing_forms import SubmissionField


class RoundForm(forms.Form):
    """One person on one round. After ``is_valid()``: ``seen`` and ``occurred_at`` (None: now).

    ``place`` is the button that was pressed. Nothing is chosen beforehand.
    """

    submission = SubmissionField()
    place = forms.ChoiceField(
        label=_("Where and how"),
        error_messages={
            "required": _("Choose where the person was."),
            "invalid_choice": _("Choose where the person was."),
        },
    )
    with_whom = forms.CharField(label=_("With whom"), max_length=100, required=False, strip=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False, strip=False)
    at = forms.CharField(label=_("Walked earlier"), required=False, max_length=40)
    late_reason = forms.CharField(
        label=_("Why it is told late"), max_length=200, required=False, strip=False
    )
    which_hour = forms.CharField(required=False, max_length=1)
    downtime = forms.BooleanField(label=_("Written on paper during a downtime"), required=False)

    def __init__(self, *args: Any, zone: ZoneInfo, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["place"]
        place.choices = library.codes("round_place").choices()  # type: ignore[attr-defined]
        self.zone, self.now = zone, now
        self.occurred_at: datetime | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if text := str(cleaned.get("at", "")).strip():
            try:
                which = str(cleaned.get("which_hour", ""))
                self.occurred_at = walltime.instant(text, self.zone, now=self.now, which=which)
            except ValidationError as error:
                self.add_error("at", error)
        return cleaned

    @property
    def seen(self) -> Seen:
        """What was told, as the action takes it."""
        said = self.cleaned_data
        return Seen(
            said["place"], said["with_whom"], said["note"], said["late_reason"], said["downtime"]
        )


class StrikeForm(forms.Form):
    """Why a round is struck out."""

    submission = SubmissionField()
    why = forms.CharField(label=_("What was wrong"), max_length=500, strip=False, required=False)
