"""What is asked when somebody comes: each form is one part of the intake."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stepdown.care.admissions.fields import (
    YES_NO,
    YES_NO_UNKNOWN,
    WallTimeForm,
    codes,
    free_text,
    listed,
    one_of,
    suggesting,
    ward_time,
)
from stepdown.content import library
from stepdown.records.models import Bed, Person, SubstanceUse
from stepdown.records.reading.known import Found
from stepdown.web import walltime
from stepdown.web.signing_forms import SigningForm, SubmissionField

NO_BED = "none"
NEW_PERSON = "new"

READERS = [
    ("person", _("The person themself")),
    ("staff", _("Staff, aloud")),
    ("interpreter", _("An interpreter")),
    ("support", _("Somebody they brought")),
]

Category = SubstanceUse.Category


class BedField(forms.ChoiceField):
    """A bed of this facility. Whether it is still free, the action decides."""

    def __init__(self, beds: Iterable[Bed], *, or_none: bool) -> None:
        self.beds = list(beds)
        choices = [(str(bed.pk), bed.label) for bed in self.beds]
        if or_none:
            choices.append((NO_BED, str(_("No bed yet"))))
        super().__init__(
            label=_("Bed"),
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choose a bed."),
                "invalid_choice": _("There is no such bed here. Choose another."),
            },
        )

    def clean(self, value: Any) -> Bed | None:
        """The chosen bed, or None where no bed was said outright."""
        chosen = super().clean(value)
        return next((bed for bed in self.beds if str(bed.pk) == chosen), None)


class PersonField(forms.ChoiceField):
    """Which of the people known here has come, or that it is somebody new. Nobody is chosen."""

    def __init__(self, found: Found) -> None:
        self.found = found
        super().__init__(
            label=_("Has this person been here before?"),
            choices=[
                *((str(each.person.pk), each.person.called) for each in found.people),
                (NEW_PERSON, str(_("Somebody new"))),
            ],
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Say whether it is one of these people, or somebody new."),
                "invalid_choice": _("Choose one of these people, or somebody new."),
            },
        )

    def clean(self, value: Any) -> Person | None:
        """The person who has come back, or None for somebody new."""
        chosen = super().clean(value)
        people = (each.person for each in self.found.people)
        return next((person for person in people if str(person.pk) == chosen), None)


class ArriveForm(WallTimeForm):
    """Who has come, and where they will lie. What is not known stays said to be unknown."""

    submission = SubmissionField()
    legal_name = free_text(
        _("Name"),
        120,
        required=True,
        help_text=_(
            "As the person gives it. It may be all that is known. Of somebody who has been here "
            "before, part of the name or the birth date finds them."
        ),
        error_messages={"required": _("Enter the name the person gives.")},
    )
    preferred_name = free_text(_("Wants to be called"), 60)
    pronouns = free_text(_("Pronouns"), 40, widget=suggesting("pronouns"))
    born_on = forms.CharField(
        label=_("Birth date"),
        required=False,
        max_length=20,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    born_unknown = forms.BooleanField(label=_("The birth date is not known"), required=False)
    language = free_text(_("Preferred language"), 40)
    needs_interpreter = one_of(
        _("Needs an interpreter"), YES_NO_UNKNOWN, _("Say yes, no, or not known.")
    )
    goal = free_text(
        _("What the person wants from treatment, in their own words"),
        500,
        lines=2,
        help_text=_("Kept exactly as said, and shown at the top of the chart."),
    )
    occurred_at = ward_time(_("Came earlier?"), help_text=_("Empty means now."))

    def __init__(
        self, *args: Any, beds: Iterable[Bed], found: Found | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bed"] = BedField(beds, or_none=True)
        self.found = found or Found()
        if self.found.people:
            self.fields["person"] = PersonField(self.found)

    @property
    def person(self) -> Person | None:
        """Who was said to be the same person; None for somebody new."""
        chosen: Person | None = self.cleaned_data.get("person")
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        text, unknown = str(cleaned.get("born_on", "")).strip(), cleaned.get("born_unknown")
        self.born: date | None = None
        if text and unknown:
            self.add_error("born_on", _("A date was entered and called unknown. Keep one."))
        elif text:
            try:
                self.born = walltime.day(text)
            except ValidationError as error:
                self.add_error("born_on", error)
        elif not unknown and not (self.person and self.person.born_on):
            self.add_error("born_on", _("Enter the birth date, or say that it is not known."))
        return cleaned


class IdentityForm(forms.Form):
    """Two identifiers that were matched with the person."""

    submission = SubmissionField()
    first = listed(_("First identifier"), "identifier", required=True)
    second = listed(_("Second, different identifier"), "identifier", required=True)


class ConsentForm(SigningForm):
    """One document put to the person, and what they decided. Signed by who put it to them."""

    kind = listed(_("Document"), "consent_type", required=True)
    decision = one_of(
        _("What the person decided"),
        codes("consent_decision"),
        _("Say what the person decided."),
    )
    language = free_text(
        _("Language it was given in"),
        40,
        required=True,
        error_messages={"required": _("Name the language it was given in.")},
    )
    read_by = one_of(_("Read by"), READERS, _("Say who read it."))
    interpreter = free_text(
        _("Interpreter"), 80, help_text=_("Name or number, where there was one.")
    )
    capacity = one_of(_("Able to decide now"), YES_NO, _("Say whether the person can decide now."))
    copy_given = one_of(_("Copy given"), YES_NO, _("Say whether a copy was given."))
    reason = free_text(
        _("What was said"),
        500,
        lines=2,
        help_text=_("Needed when the person said no or could not decide."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("read_by") == "interpreter" and not cleaned.get("interpreter", "").strip():
            self.add_error("interpreter", _("Say who interpreted."))
        return cleaned


class AllergyForm(forms.Form):
    """One allergy, none known, or not able to say and why."""

    submission = SubmissionField()
    statement = one_of(_("Allergies"), codes("allergy_statement"), _("Say which it is."))
    substance = free_text(_("Substance"), 120)
    reaction = free_text(_("Reaction"), 120)
    severity = listed(_("How severe"), "allergy_severity")
    reason = free_text(_("Why it could not be asked"), 500)


def why_field() -> forms.CharField:
    """What was wrong with an entry."""
    return free_text(
        _("What was wrong"), 500, required=True, lines=2, error_messages={"required": _("Say why.")}
    )


class StrikeForm(forms.Form):
    """Why an entry was made in error."""

    submission = SubmissionField()
    why = why_field()


class SignedStrikeForm(SigningForm):
    """Why a signed entry was made in error, signed by who strikes it out."""

    why = why_field()


def _substances() -> list[tuple[Any, Any]]:
    grouped = ((Category.OPIOID, "opioid_type"), (Category.CO_USE, "co_use"))
    return [
        ("", _("Choose")),
        *(
            (
                library.codes(name).name,
                [(f"{category}:{code}", label) for code, label in library.codes(name).choices()],
            )
            for category, name in grouped
        ),
    ]


class UseForm(WallTimeForm):
    """The use of one substance as told. A last use nobody knows is said to be unknown (N20)."""

    wall_time = "last_used_at"
    submission = SubmissionField()
    substance = forms.ChoiceField(
        label=_("Substance"),
        choices=_substances,
        error_messages={"required": _('Choose the substance; "other" is on the list.')},
    )
    route = listed(_("How it is taken"), "route")
    amount = free_text(_("How much, in the person's words"), 80)
    days_per_week = forms.IntegerField(
        label=_("Days a week"),
        required=False,
        min_value=0,
        max_value=7,
        error_messages={"invalid": _("Enter 0 to 7.")},
    )
    years = forms.CharField(label=_("For how many years"), required=False, max_length=6)
    certainty = one_of(
        _("How sure is the time of last use"),
        codes("certainty"),
        _('Say how sure the time is. "Not known" is an answer.'),
    )
    last_used_at = ward_time(_("Last used"), help_text=_("By the ward's clock."))
    note = free_text(_("Note"), 500, lines=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beliefs = library.codes("adulterant_suspected").choices()
        for code, label in self.beliefs:
            if code != "unknown":
                self.fields[f"supply_{code}"] = one_of(label, YES_NO_UNKNOWN, required=False)

    def clean_years(self) -> Decimal | None:
        """Years with at most one decimal; a comma will do."""
        text = str(self.cleaned_data["years"]).strip().replace(",", ".")
        if not text:
            return None
        whole, _point, rest = text.partition(".")
        if not (text.isascii() and whole.isdigit() and (rest.isdigit() or not rest)):
            raise ValidationError(_("Enter a number of years, for instance 6 or 0.5."))
        years = Decimal(text)
        if len(rest) > 1 or years > 100:
            raise ValidationError(_("Enter 0 to 100 years, with at most one decimal."))
        return years

    @property
    def beliefs_asked(self) -> list[forms.BoundField]:
        """One question for each thing the supply may hold."""
        return [self[name] for name in self.fields if name.startswith("supply_")]

    @property
    def supply(self) -> dict[str, str]:
        """Each belief that was answered."""
        return {
            code: self.cleaned_data[f"supply_{code}"]
            for code, _label in self.beliefs
            if self.cleaned_data.get(f"supply_{code}")
        }


class PregnancyForm(forms.Form):
    """Whether pregnancy is possible, and the test. Unknown is never no."""

    submission = SubmissionField()
    applies = one_of(_("Could the person be pregnant"), codes("pregnancy_applies"))
    result = one_of(_("Test"), codes("pregnancy_result"))
    lot = free_text(_("Lot"), 40)
    control_ok = one_of(_("Control line seen"), YES_NO, required=False)
    second_reader = free_text(_("Second reader"), 80)
    reason = free_text(
        _("Why no test"), 500, help_text=_("Needed when the test was not done or does not apply.")
    )


class GoalForm(forms.Form):
    """What the person wants, in their own words."""

    submission = SubmissionField()
    words = free_text(
        _("In the person's own words"),
        500,
        lines=3,
        required=True,
        error_messages={"required": _("Write what the person said.")},
    )


class OrderForm(SigningForm):
    """A prescriber's order to admit."""

    text = free_text(
        _("Order"), 1000, lines=3, required=True, error_messages={"required": _("Write the order.")}
    )


class ChangeForm(forms.Form):
    """Something that changes the stay itself, as it was when the page was shown."""

    submission = SubmissionField()
    seen_version = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=2_000_000_000,
        error_messages={"required": _("This page is damaged. Open it again.")},
    )


class MoveForm(ChangeForm):
    """To which free bed somebody moves."""

    def __init__(self, *args: Any, beds: Iterable[Bed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bed"] = BedField(beds, or_none=False)


class TargetForm(ChangeForm):
    """The range a prescriber expects of one vital sign of this person."""

    vital = forms.ChoiceField(
        label=_("Vital sign"),
        choices=lambda: [
            ("", _("Choose")),
            *((key, f"{sign.label} ({sign.unit})") for key, sign in library.vitals().items()),
        ],
        error_messages={"required": _("Choose one.")},
    )
    low = forms.CharField(label=_("Lowest expected"), required=False, max_length=12)
    high = forms.CharField(label=_("Highest expected"), required=False, max_length=12)
    reason = free_text(
        _("Why"), 500, required=True, lines=2, error_messages={"required": _("Say why.")}
    )

    def clean_low(self) -> Decimal | None:
        """The lower side, or None."""
        return self._limit("low")

    def clean_high(self) -> Decimal | None:
        """The upper side, or None."""
        return self._limit("high")

    def _limit(self, name: str) -> Decimal | None:
        text = str(self.cleaned_data[name]).strip().replace(",", ".")
        if not text:
            return None
        if not text.isascii() or not text.replace(".", "", 1).isdigit():
            raise ValidationError(_("Enter a number."))
        return Decimal(text)
