"""What was entered at the bedside, read and checked before anybody records it.

The fields follow from content: one per vital sign, one per item of the scale. A scale's
fields carry its key (``cows-sweating``), so that no two things share a name. Only the
action records; what it needs the database for (personal targets, another nurse's score)
is not judged here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stepdown.care.observing import amounts
from stepdown.care.observing.amounts import Amount
from stepdown.care.observing.fields import (
    NOT_ASKED,
    NOT_SCORED,
    ONLY_VITALS,
    SCORE,
    SEEN,
    Outcome,
    fields_of,
    name_beside,
)
from stepdown.clinical import instruments, vitals
from stepdown.clinical.instruments import Instrument, Item
from stepdown.clinical.vitals import Vital
from stepdown.content import library
from stepdown.records.actions.monitoring.readings import Reading, Scale
from stepdown.records.errors import Refused
from stepdown.records.models import Episode, Observation
from stepdown.web import walltime

BREATHING = "respiratory_rate_bpm"


class ReadingForm(forms.Form):
    """Vital signs and at most one scale, told together.

    ``instrument`` is None where only vital signs are recorded. ``shown_vitals`` are the
    signs the page offers. ``beside`` is a scale of one question that goes with them
    (sedation) and may be left out. After ``is_valid()``, ``result`` is what the action takes.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        instrument: Instrument | None,
        shown_vitals: Sequence[Vital],
        beside: Instrument | None = None,
        zone: ZoneInfo,
        now: datetime,
        unchanged: tuple[str, datetime] | None = None,
        given: Mapping[str, Decimal] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.instrument, self.beside = instrument, beside
        self.shown_vitals = {vital.key: vital for vital in shown_vitals}
        self.zone, self.now, self.unchanged = zone, now, unchanged
        self.given = dict(given or {})
        self.amounts: dict[str, Amount] = {}
        self.answers: dict[str, str] = {}
        self.told_beside = ""
        self.result = Reading(now)
        self.fields = fields_of(instrument, shown_vitals, beside)

    def name_of(self, key: str, mark: str = "-") -> str:
        """The field name of an item (``cows-sweating``) or of the scale itself (``cows_seen``)."""
        return f"{self.instrument.key}{mark}{key}" if self.instrument else key

    # --- reading, in the order a message can name what is wrong ----------------

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        moment = self._moment(cleaned)
        self._read_vitals(cleaned)
        self._read_beside(cleaned)
        scale = self._scale(cleaned)
        if not self.errors and scale is None and not self.amounts and not self.told_beside:
            raise ValidationError(
                _("Nothing to record yet: enter a vital sign or answer the scale.")
            )
        if not self.errors:
            self.result = self._reading(cleaned, moment, scale)
        return cleaned

    def _moment(self, cleaned: Mapping[str, Any]) -> datetime:
        text = cleaned.get("occurred_at", "")
        if self.unchanged is not None and text == self.unchanged[0]:
            return self.unchanged[1]
        if not text:
            return self.now
        try:
            return walltime.instant(
                text, self.zone, now=self.now, which=cleaned.get("which_hour", "")
            )
        except ValidationError as error:
            self.add_error("occurred_at", error)
            return self.now

    def _read_vitals(self, cleaned: Mapping[str, Any]) -> None:
        for key, vital in self.shown_vitals.items():
            if text := cleaned.get(key, "").strip():
                self._read(vital, key, text, cleaned.get(f"{key}-unit", ""))
        if breaths := str(cleaned.get(self.name_of("breaths", "_"), "")).strip():
            self._read_breaths(breaths)
        values = {key: read.value for key, read in self.amounts.items()}
        for found in vitals.check_together(library.vitals(), values):
            self.add_error(found.vital, found.message)

    def _read_beside(self, cleaned: Mapping[str, Any]) -> None:
        """The answer to the question beside the vital signs; none is an answer too."""
        if self.beside is None or not (code := cleaned.get(name_beside(self.beside), "")):
            return
        item = self.beside.items[0]
        if item.option(code) is None:
            self.add_error(name_beside(self.beside), _not_offered(item, code))
        else:
            self.told_beside = code

    def _read(self, vital: Vital, name: str, text: str, unit: str) -> None:
        try:
            self.amounts[vital.key] = amounts.amount(vital, text[: amounts.LONGEST + 1], unit)
        except ValidationError as error:
            self.add_error(name, error)

    def _read_breaths(self, text: str) -> None:
        """Breaths counted beside the bed of somebody asleep are a breathing rate like any other."""
        name, before = self.name_of("breaths", "_"), self.amounts.get(BREATHING)
        self._read(library.vitals()[BREATHING], name, text, "")
        counted = self.amounts.get(BREATHING)
        if before is not None and counted is not None and before.value != counted.value:
            self.add_error(
                name,
                _("Two breathing rates were entered: {first} and {second}. Keep one.").format(
                    first=amounts.shown(before.value), second=amounts.shown(counted.value)
                ),
            )

    def _scale(self, cleaned: Mapping[str, Any]) -> Scale | None:
        scale = self.instrument
        if scale is None:
            return None
        self._read_answers(scale, cleaned)
        wish = cleaned.get("do") or SCORE
        if wish == NOT_SCORED:
            return self._not_scored(scale, cleaned)
        if wish == ONLY_VITALS:
            self._nothing_answered(scale)
            return None
        self._every_item(scale)
        return self._told(scale, cleaned, Outcome.COMPLETE, "")

    def _read_answers(self, scale: Instrument, cleaned: Mapping[str, Any]) -> None:
        for item in scale.items:
            name = self.name_of(item.key)
            code = _as_kept(item, cleaned.get(name, ""))
            if item.derived_from is not None:
                if code or self.data.get(item.key):
                    self.add_error(
                        name,
                        _(
                            "{item} follows from the vital sign and cannot be set. Enter the vital "
                            "sign instead."
                        ).format(item=item.label),
                    )
            elif code and item.option(code) is None:
                self.add_error(name, _not_offered(item, code))
            elif code:
                self.answers[item.key] = code
        for key, code in self._derived(scale).items():
            self.answers[key] = code
        asked = instruments.asked_items(scale, self.answers)
        for item in scale.items:
            if item.key in self.answers and item not in asked:
                self.add_error(
                    self.name_of(item.key),
                    _(
                        "{item} is not asked after these answers. Clear it, or correct the answer "
                        "that leads to it."
                    ).format(item=item.label),
                )

    def _derived(self, scale: Instrument) -> dict[str, str]:
        values = self.given | {key: read.value for key, read in self.amounts.items()}
        return {
            item.key: instruments.derive(item, values[item.derived_from.vital]).code
            for item in scale.items
            if item.derived_from is not None and item.derived_from.vital in values
        }

    def _every_item(self, scale: Instrument) -> None:
        """Each item left out is named; one missing item never gives a total."""
        for item in instruments.missing_items(scale, self.answers):
            if item.derived_from is None:
                name, words = self.name_of(item.key), still_to_answer(scale, item)
            else:
                name = item.derived_from.vital
                words = _("Enter the {sign}: {item} follows from it.").format(
                    sign=library.vitals()[name].label.lower(), item=item.label
                )
                if name not in self.fields:  # a correction, whose vital signs are another entry
                    name = self.name_of(item.key)
            if not self.has_error(name):
                self.add_error(name, words)

    def _nothing_answered(self, scale: Instrument) -> None:
        by_hand = [
            item for item in scale.items if item.derived_from is None and item.key in self.answers
        ]
        if by_hand:
            self.add_error(
                None,
                ngettext(
                    "{count} answer to {scale} would be lost. Save the scale too, or clear it.",
                    "{count} answers to {scale} would be lost. Save the scale too, or clear them.",
                    len(by_hand),
                ).format(count=len(by_hand), scale=scale.short_name),
            )
        elif not self.amounts and not self.told_beside and not self.errors:
            self.add_error(None, _("No vital sign was entered."))

    def _not_scored(self, scale: Instrument, cleaned: Mapping[str, Any]) -> Scale:
        outcome = str(cleaned.get(self.name_of("outcome", "_"), ""))
        reason = str(cleaned.get(self.name_of("reason", "_"), "")).strip()
        if outcome not in (*NOT_ASKED, Outcome.PARTIAL):
            self.add_error(self.name_of("outcome", "_"), _("Choose what happened."))
            return Scale()
        by_hand = [
            item for item in scale.items if item.derived_from is None and item.key in self.answers
        ]
        if outcome == Outcome.PARTIAL and not by_hand:
            self.add_error(
                self.name_of("outcome", "_"), _("Nothing was answered. Choose another reason.")
            )
        if outcome != Outcome.PARTIAL and by_hand:
            self.add_error(
                self.name_of("outcome", "_"),
                ngettext(
                    '{count} item is answered. Choose "Left unfinished", or clear it.',
                    '{count} items are answered. Choose "Left unfinished", or clear them.',
                    len(by_hand),
                ).format(count=len(by_hand)),
            )
        if needed := self._reason_needed(outcome, reason, cleaned):
            self.add_error(self.name_of("reason", "_"), needed)
        if outcome != Outcome.PARTIAL:
            self.answers = {}
        return self._told(scale, cleaned, outcome, reason)

    def _reason_needed(self, outcome: str, reason: str, cleaned: Mapping[str, Any]) -> str:
        """Asleep needs something seen, not words; a "no" may go without any."""
        if outcome == Outcome.ASLEEP:
            seen = cleaned.get(self.name_of("seen_signs", "_")) or BREATHING in self.amounts
            return (
                "" if seen or reason else _("Say what you saw: chest rising, or breaths a minute.")
            )
        if reason or outcome == Outcome.REFUSED:
            return ""
        return {
            Outcome.PARTIAL: _("Say why it was left unfinished."),
            Outcome.UNABLE: _("Say what makes it impossible now."),
            Outcome.OFF_UNIT: _("Say where, and with whom."),
        }[Outcome(outcome)]

    def _told(
        self, scale: Instrument, cleaned: Mapping[str, Any], outcome: str, reason: str
    ) -> Scale:
        by_hand = {
            item.key: self.answers[item.key]
            for item in scale.items
            if item.derived_from is None and item.key in self.answers
        }
        seen: UUID | None = cleaned.get(self.name_of("seen", "_"))
        return Scale(answers=by_hand, outcome=outcome, reason=reason, seen=seen, checks_seen=True)

    def _reading(
        self, cleaned: Mapping[str, Any], moment: datetime, scale: Scale | None
    ) -> Reading:
        note = cleaned.get("note", "")
        if scale is not None and scale.outcome == Outcome.ASLEEP:
            signs = cleaned.get(self.name_of("seen_signs", "_")) or []
            told = [str(SEEN[sign]) for sign in signs]
            note = "\n".join(each for each in (". ".join(told), note) if each)
        values = {key: read.value for key, read in self.amounts.items()}
        key = self.instrument.key if self.instrument else ""
        scales = {key: scale} if scale is not None else {}
        if self.beside is not None and self.told_beside:
            scales[self.beside.key] = Scale({self.beside.items[0].key: self.told_beside})
        return Reading(
            occurred_at=moment,
            context=cleaned.get("context") or Observation.Context.SCHEDULED,
            vitals=self.given | values,
            scales=scales,
            confirmed=self._confirmed(cleaned) | frozenset(self.given),
            note=note,
            downtime=bool(cleaned.get("downtime")),
        )

    def _confirmed(self, cleaned: Mapping[str, Any]) -> frozenset[str]:
        """Unusual values measured again: a tick counts for the number it was given for."""
        ticked = cleaned.get("confirmed") or []
        return frozenset(key for key in ticked if self._still_the_number(key))

    def _still_the_number(self, key: str) -> bool:
        asked = self.data.get(f"{key}-asked")
        read = self.amounts.get(key)
        return asked is None or read is None or asked == amounts.shown(read.value)

    def take(self, refused: Refused) -> None:
        """Show what the action refused, beside the fields it named."""
        for key, words in refused.fields.items():
            name = key if key in self.fields else self.name_of(key)
            if name not in self.fields:
                name = self.name_of(key, "_")
            # An unusual value is no mistake: its question stands beside it (see ``unusual``).
            if name in self.fields and key not in self.shown_vitals:
                self.add_error(name, words)
        self.add_error(None, refused.message)

    # --- what is asked twice ---------------------------------------------------

    def unusual(self, episode: Episode) -> dict[str, str]:
        """Vital key -> question, for each unusual value that nobody has confirmed yet."""
        ticked = self.data.getlist("confirmed") if hasattr(self.data, "getlist") else []
        found = {}
        for key, read in self.amounts.items():
            question = amounts.unusual(library.vitals()[key], read, episode.target(key))
            if question and not (key in ticked and self._still_the_number(key)):
                found[key] = question
        return found


def _as_kept(item: Item, typed: str) -> str:
    """An answer as it is kept: a number without spaces and leading zeros around it."""
    if item.number is None:
        return typed
    text = typed.strip()
    return str(int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else text


def still_to_answer(scale: Instrument, item: Item) -> str:
    """The sentence that names one item left out."""
    if item.number is not None:
        return _("Enter a number for {item}.").format(item=item.label)
    words = _("Choose a score for {item}.") if scale.is_sum else _("Choose an answer for {item}.")
    return words.format(item=item.label)


def _not_offered(item: Item, code: str) -> str:
    if (number := item.number) is not None:
        return _("{item} is a whole number from {low} to {high} ({unit}), not {answer}.").format(
            item=item.label,
            low=number.lowest,
            high=number.highest,
            unit=number.unit,
            answer=code[:20],
        )
    return _('{item} cannot be "{answer}". Choose one of: {options}.').format(
        item=item.label, answer=code[:20], options=", ".join(o.short for o in item.options)
    )
