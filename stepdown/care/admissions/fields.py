"""The kinds of fields an intake asks with. Nothing is chosen for anybody beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stepdown.content import library
from stepdown.web import walltime

YES_NO = [("yes", _("Yes")), ("no", _("No"))]
YES_NO_UNKNOWN = [*YES_NO, ("unknown", _("Not known"))]


def free_text(label: Any, length: int, *, lines: int = 1, **kwargs: Any) -> forms.CharField:
    """Free text, kept exactly as typed; ``lines`` above 1 gives a box."""
    widget = forms.Textarea(attrs={"rows": lines}) if lines > 1 else forms.TextInput()
    kwargs.setdefault("required", False)
    kwargs.setdefault("widget", widget)
    return forms.CharField(label=label, max_length=length, strip=False, **kwargs)


def codes(name: str) -> Callable[[], list[tuple[str, str]]]:
    """The choices of a code set, read when a form is made."""
    return lambda: library.codes(name).choices()


def one_of(
    label: Any,
    choices: Iterable[tuple[Any, Any]] | Callable[[], Any],
    missing: Any = "",
    **kwargs: Any,
) -> forms.ChoiceField:
    """One answer of a few, all in sight, none chosen. ``missing`` names it when left out."""
    errors = {"required": missing or _("Choose one."), "invalid_choice": _("Choose one of these.")}
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages=errors,
        **kwargs,
    )


def listed(label: Any, name: str, *, required: bool = False, **kwargs: Any) -> forms.ChoiceField:
    """One answer of a long code set, as a list that opens; empty at first."""
    return forms.ChoiceField(
        label=label,
        choices=lambda: [("", _("Choose")), *library.codes(name).choices()],
        required=required,
        error_messages={
            "required": _("Choose one from the list."),
            "invalid_choice": _("Choose one from the list."),
        },
        **kwargs,
    )


def suggesting(name: str) -> forms.TextInput:
    """A text input that suggests an open code set; the page holds the list ``name-list``."""
    return forms.TextInput(attrs={"list": f"{name}-list"})


class WallTimeForm(forms.Form):
    """A form with one time on the ward's clock, in the field that ``wall_time`` names.

    Where that time came twice the form asks which (``which_hour``). ``moment`` is the
    instant afterwards, or None where nothing was entered. ``unchanged`` is an instant told
    before: left as it was shown, it stays to the second.
    """

    wall_time = "occurred_at"
    which_hour = forms.ChoiceField(
        label=_("Which of the two"), required=False, widget=forms.HiddenInput
    )

    def __init__(
        self,
        *args: Any,
        zone: ZoneInfo,
        now: datetime,
        unchanged: datetime | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.now, self.unchanged = zone, now, unchanged
        self.moment: datetime | None = None
        readings = walltime.which_hour(str(self.data.get(self.wall_time, "")), zone)
        asked = self.fields["which_hour"]
        asked.choices = [("", ""), *readings]  # type: ignore[attr-defined]
        if readings:
            asked.widget = forms.RadioSelect(choices=readings)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if text := str(cleaned.get(self.wall_time, "")).strip():
            which = cleaned.get("which_hour", "")
            if self.unchanged and not which and text == walltime.typed(self.unchanged, self.zone):
                self.moment = self.unchanged
                return cleaned
            try:
                self.moment = walltime.instant(text, self.zone, now=self.now, which=which)
            except ValidationError as error:
                self.add_error(self.wall_time, error)
        return cleaned


def ward_time(label: Any, **kwargs: Any) -> forms.CharField:
    """A date and a time by the ward's clock."""
    kwargs.setdefault("required", False)
    return forms.CharField(
        label=label,
        max_length=40,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        **kwargs,
    )
