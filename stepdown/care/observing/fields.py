"""The fields of a bedside form, made from content once and shared by every form after.

A field keeps nothing of what is typed into it, so one set serves all forms of a scale;
making some forty anew for each form would cost more than judging what was entered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from stepdown.clinical.instruments import Instrument
from stepdown.clinical.vitals import Vital
from stepdown.records.models import Observation

Outcome = Observation.Outcome

SCORE, NOT_SCORED, ONLY_VITALS = "score", "not_scored", "vitals"
"""What the pressed button says: all of it; why there is no score; vital signs and no scale."""

NOT_ASKED = (Outcome.ASLEEP, Outcome.REFUSED, Outcome.UNABLE, Outcome.OFF_UNIT)

SEEN = {
    "chest_rising": gettext_lazy("Chest rising and falling"),
    "rousable": gettext_lazy("Rousable to voice"),
}
"""What can be seen of somebody asleep without waking them."""


class Text(forms.CharField):
    """Text kept exactly as typed: words are evidence, even when they look like code."""

    def __init__(self, length: int, **kwargs: Any) -> None:
        super().__init__(max_length=length, required=False, strip=False, **kwargs)


Scales = tuple[Instrument | None, Instrument | None]

_made: dict[tuple[int, int, tuple[str, ...]], tuple[Scales, dict[str, forms.Field]]] = {}


def fields_of(
    instrument: Instrument | None, vitals: Sequence[Vital], beside: Instrument | None = None
) -> dict[str, forms.Field]:
    """Field name -> field, in the order of the page. ``beside`` is asked with the vital signs."""
    key = id(instrument), id(beside), tuple(vital.key for vital in vitals)
    made = _made.get(key)
    if made is None or made[0][0] is not instrument or made[0][1] is not beside:
        fields = {**_always(vitals), **_vitals(vitals)}
        if beside is not None:
            fields |= {name_beside(beside): forms.CharField(required=False, strip=False)}
        if instrument is not None:
            fields |= _scale(instrument)
        made = _made[key] = ((instrument, beside), fields)
    return dict(made[1])


def name_beside(scale: Instrument) -> str:
    """The field of a scale with one question, as its own page would call it."""
    return f"{scale.key}-{scale.items[0].key}"


def _always(vitals: Sequence[Vital]) -> dict[str, forms.Field]:
    return {
        "submission": forms.UUIDField(
            error_messages={
                "required": gettext_lazy("This page has lost its number. Save once more."),
                "invalid": gettext_lazy("This page's number is damaged. Save once more."),
            }
        ),
        "do": forms.ChoiceField(
            required=False, choices=[(each, each) for each in (SCORE, NOT_SCORED, ONLY_VITALS)]
        ),
        "context": forms.ChoiceField(
            required=False,
            choices=Observation.Context.choices,
            error_messages={
                "invalid_choice": gettext_lazy("Choose why this look is taken from the list.")
            },
        ),
        "occurred_at": forms.CharField(required=False, max_length=40),
        "which_hour": forms.CharField(required=False, max_length=1),
        "downtime": forms.BooleanField(required=False),
        "note": Text(1000),
        "confirmed": forms.MultipleChoiceField(
            required=False, choices=[(vital.key, vital.key) for vital in vitals]
        ),
    }


def _vitals(vitals: Sequence[Vital]) -> dict[str, forms.Field]:
    made: dict[str, forms.Field] = {}
    for vital in vitals:
        made[vital.key] = forms.CharField(required=False)
        if vital.entry_units:
            made[f"{vital.key}-unit"] = forms.CharField(required=False)
    return made


def _scale(instrument: Instrument) -> dict[str, forms.Field]:
    key = instrument.key
    made: dict[str, forms.Field] = {
        f"{key}-{item.key}": forms.CharField(required=False, strip=False)
        for item in instrument.items
    }
    return made | {
        f"{key}_outcome": forms.CharField(required=False),
        f"{key}_reason": Text(500),
        f"{key}_seen_signs": forms.MultipleChoiceField(required=False, choices=list(SEEN.items())),
        f"{key}_breaths": forms.CharField(required=False),
        f"{key}_seen": forms.UUIDField(required=False),
    }
