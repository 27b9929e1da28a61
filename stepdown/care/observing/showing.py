"""A form as the page shows it: what to ask, what was answered last time, what is wrong.

Only built when a page is drawn; recording never comes through here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.care.observing import amounts
from stepdown.care.observing.fields import NOT_SCORED, SEEN, Outcome, name_beside
from stepdown.care.observing.forms import ReadingForm
from stepdown.care.observing.signs import VitalShown, vital_shown
from stepdown.clinical import instruments
from stepdown.clinical.instruments import Band, Instrument, Item, Part
from stepdown.content import library
from stepdown.records.ids import new_id
from stepdown.records.models import Episode, Observation
from stepdown.web import times

LOOKED_BACK = 12
"""Readings fetched to find the last answers: nobody sleeps through more looks in a row."""


@dataclass(frozen=True, slots=True)
class OptionShown:
    """One answer as a button. ``is_previous`` ghosts it; it is never chosen for anybody."""

    code: str
    points: int | None
    short: str
    text: str
    is_chosen: bool
    is_previous: bool


@dataclass(frozen=True, slots=True)
class ItemShown:
    """One question, with its number and what the script needs to know of it."""

    number: int
    item: Item
    name: str
    options: tuple[OptionShown, ...]
    errors: tuple[str, ...]
    condition: str
    typed: str = ""
    before: str = ""

    @property
    def question(self) -> str:
        """What is asked, where the heading does not say it already."""
        return "" if self.item.text.rstrip(".") == self.item.label else self.item.text

    @property
    def heading(self) -> str:
        """The item's name, with the scale's own numbering where it has one (C-SSRS counts 1 to 6)."""
        if self.item.short_label[:1].isdigit():
            return self.item.short_label
        return f"{self.number}. {self.item.label}"


@dataclass(frozen=True, slots=True)
class Previous:
    """The newest readings of one scale: ``seen`` is what a conflict is measured against."""

    seen: UUID | None = None
    reading: Observation | None = None

    @property
    def answers(self) -> dict[str, str]:
        """Item key -> option chosen last time."""
        return self.reading.chosen() if self.reading else {}

    @property
    def total(self) -> int | None:
        """The last total in points, where the last answers had one."""
        return self.reading.total if self.reading else None


@dataclass(frozen=True, slots=True)
class Reason:
    """The dialog of a scale that was not scored, as filled in."""

    outcome_name: str
    signs_name: str
    breaths_name: str
    reason_name: str
    outcome: str = ""
    signs: tuple[str, ...] = ()
    breaths: str = ""
    words: str = ""
    outcome_errors: tuple[str, ...] = ()
    breaths_errors: tuple[str, ...] = ()
    words_errors: tuple[str, ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the page draws of one form."""

    form: ReadingForm
    instrument: Instrument | None
    items: tuple[ItemShown, ...]
    front: tuple[VitalShown, ...]
    folded: tuple[VitalShown, ...]
    previous: Previous
    errors: tuple[tuple[str, str, str], ...]
    values: Mapping[str, Any]
    submission: str
    seen: str
    total: int | None = None
    at_least: int | None = None
    left: int = 0
    band: Band | None = None
    parts: tuple[Part, ...] = ()
    reason: Reason | None = None
    previous_at: str = ""
    beside: ItemShown | None = None

    @property
    def change(self) -> int | None:
        """Points since the last total, where both exist."""
        if self.total is None or self.previous.total is None:
            return None
        return self.total - self.previous.total

    @property
    def opens_fold(self) -> bool:
        """True when something behind the fold is filled in or wrong."""
        return any(each.typed or each.errors for each in self.folded)


def previous(episode: Episode, key: str) -> Previous:
    """The newest reading of a scale, and the newest that stands and has answers."""
    found = list(Observation.objects.of(key).for_episode(episode).standing().newest()[:LOOKED_BACK])
    answered = (each for each in found if each.answers)
    return Previous(found[0].pk if found else None, next(answered, None))


def sheet(
    form: ReadingForm,
    episode: Episode,
    last: Previous,
    *,
    now: datetime,
    initial: Mapping[str, Any] | None = None,
) -> Sheet:
    """The form as drawn. ``initial`` fills a correction with what it corrects."""
    values = dict(initial or {}) if not form.is_bound else _posted(form)
    questions = form.unusual(episode) if form.is_bound else {}
    shown = [
        vital_shown(form, vital, values, questions.get(vital.key, ""), episode.target(vital.key))
        for vital in form.shown_vitals.values()
    ]
    scale = form.instrument
    front = [each for each in shown if each.vital.key in amounts.UP_FRONT]
    folded = [each for each in shown if each.vital.key not in amounts.UP_FRONT]
    if not front:
        front, folded = folded, []
    drawn = Sheet(
        form=form,
        instrument=scale,
        items=_items(form, scale, values, last) if scale else (),
        front=tuple(front),
        folded=tuple(folded),
        previous=last,
        errors=_errors(form),
        values=values,
        previous_at=times.short(last.reading.occurred_at, now) if last.reading else "",
        submission=_submission(form),
        beside=_beside(form, values),
        seen=str(last.seen or ""),
    )
    if scale is None:
        return drawn
    return _counted(drawn, scale)


def _submission(form: ReadingForm) -> str:
    """The number this page was sent with, kept while nothing is recorded; else a new one."""
    told = form.cleaned_data.get("submission") if form.is_bound else None
    return str(told or new_id())


def _posted(form: ReadingForm) -> dict[str, Any]:
    many = {"confirmed", form.name_of("seen_signs", "_")}
    read = form.data.getlist if hasattr(form.data, "getlist") else lambda name: form.data.get(name)
    return {name: read(name) if name in many else form.data.get(name, "") for name in form.fields}


def _counted(drawn: Sheet, scale: Instrument) -> Sheet:
    """The same sheet with what its answers come to so far."""
    form = drawn.form
    answers = dict(form.answers) or {
        item.item.key: item.typed
        for item in drawn.items
        if item.typed and item.item.option(item.typed) is not None
    }
    total = at_least = band = None
    parts: tuple[Part, ...] = ()
    left = len(instruments.missing_items(scale, answers))
    try:
        at_least = instruments.lower_bound(scale, answers)
        if not left:
            result = instruments.score(scale, answers)
            total, band, parts = result.total, result.band, result.parts
    except instruments.ImpossibleAnswer:
        left = max(left, 1)
    return replace(
        drawn,
        total=total,
        at_least=at_least,
        band=band,
        parts=parts,
        left=left,
        reason=_reason(form, scale, drawn.values),
    )


def _reason(form: ReadingForm, scale: Instrument, values: Mapping[str, Any]) -> Reason:
    outcome, signs, breaths, reason = (
        form.name_of(each, "_") for each in ("outcome", "seen_signs", "breaths", "reason")
    )

    def wrong(name: str) -> tuple[str, ...]:
        return tuple(str(each) for each in form.errors.get(name, []))

    return Reason(
        outcome,
        signs,
        breaths,
        reason,
        outcome=str(values.get(outcome, "")),
        signs=tuple(values.get(signs) or ()),
        breaths=str(values.get(breaths, "")),
        words=str(values.get(reason, "")),
        outcome_errors=wrong(outcome),
        breaths_errors=wrong(breaths),
        words_errors=wrong(reason),
        is_open=values.get("do") == NOT_SCORED
        or any(each.startswith(f"{scale.key}_") for each in form.errors),
    )


def _items(
    form: ReadingForm, scale: Instrument, values: Mapping[str, Any], last: Previous
) -> tuple[ItemShown, ...]:
    before = last.answers
    drawn = []
    for number, item in enumerate(scale.items, start=1):
        name = form.name_of(item.key)
        chosen = form.answers.get(item.key) or values.get(name, "")
        drawn.append(
            ItemShown(
                number=number,
                item=item,
                name=name,
                options=tuple(
                    OptionShown(
                        option.code,
                        option.points,
                        option.short,
                        option.text,
                        is_chosen=option.code == chosen,
                        is_previous=before.get(item.key) == option.code,
                    )
                    for option in item.options
                ),
                errors=tuple(str(each) for each in form.errors.get(name, [])),
                condition=_condition(scale, item),
                typed=chosen,
                before=before.get(item.key, ""),
            )
        )
    return tuple(drawn)


def _beside(form: ReadingForm, values: Mapping[str, Any]) -> ItemShown | None:
    """The one question beside the vital signs; nothing is ever chosen for anybody."""
    if form.beside is None:
        return None
    name, item = name_beside(form.beside), form.beside.items[0]
    chosen = form.told_beside or values.get(name, "")
    options = tuple(
        OptionShown(each.code, each.points, each.short, each.text, each.code == chosen, False)
        for each in item.options
    )
    wrong = tuple(str(each) for each in form.errors.get(name, []))
    return ItemShown(1, item, name, options, wrong, "")


def _condition(scale: Instrument, item: Item) -> str:
    """The branch in words, for whoever reads the page without the script."""
    told = []
    for each in item.asked_when:
        asked = scale.item(each.item)
        if asked is None:
            continue
        if each.at_least is not None:
            words = _("Only after {n} or more to: {item}.")
            told.append(words.format(n=each.at_least, item=asked.label))
            continue
        answers = [o.short for o in asked.options if o.code in each.answered]
        told.append(
            _('Only after "{answer}" to: {item}.').format(
                answer=_(" or ").join(answers), item=asked.label
            )
        )
    return " ".join(told)


def _errors(form: ReadingForm) -> tuple[tuple[str, str, str], ...]:
    """(field id, label, message) for the summary, in the order of the page."""
    if not form.is_bound:
        return ()
    found = []
    order = ["__all__", *form.fields]
    for name in sorted(form.errors, key=lambda each: order.index(each) if each in order else 0):
        for message in form.errors[name]:
            target = f"id_{name}" if name != "__all__" else ""
            found.append((target, label_of(form, name), str(message)))
    return tuple(found)


def label_of(form: ReadingForm, name: str) -> str:
    """What a field is called on the page."""
    if vital := form.shown_vitals.get(name.removesuffix("-unit")):
        return vital.label
    if form.beside is not None and name == name_beside(form.beside):
        return form.beside.items[0].label
    if form.instrument is not None:
        item = form.instrument.item(name.removeprefix(f"{form.instrument.key}-"))
        if item is not None:
            return item.label
        own = {
            "outcome": _("What happened"),
            "reason": _("Reason"),
            "breaths": _("Breaths a minute"),
        }
        if (key := name.removeprefix(f"{form.instrument.key}_")) in own:
            return own[key]
    return {
        "occurred_at": _("Time"),
        "context": _("Why now"),
        "note": _("Note"),
        "why": _("Reason"),
    }.get(name, "")


def reasons() -> list[tuple[str, str]]:
    """The answers of the dialog: why there is no score."""
    return [
        *library.codes("not_scored").choices(),
        (Outcome.PARTIAL.value, _("Left unfinished")),
    ]


def signs() -> list[tuple[str, str]]:
    """What can be seen of somebody asleep."""
    return [(key, str(label)) for key, label in SEEN.items()]
