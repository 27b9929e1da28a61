"""One row for each observation, with everything its reader must know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from stepdown.care.chart import wording
from stepdown.clinical.instruments import Instrument
from stepdown.content import library
from stepdown.records import access
from stepdown.records.access import VITALS_ONLY, Actor
from stepdown.records.models import VITALS, Episode, Observation
from stepdown.records.reading.history import Page, Told
from stepdown.web import times
from stepdown.web.addresses import address

LATE = timedelta(minutes=15)
"""An entry told so long after it happened says so. Nothing clinical hangs on it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One observation in words, and what may be done about it."""

    reading: Observation
    name: str
    result: str
    severity: int | None
    parts: tuple[tuple[str, int | None], ...]
    signs: tuple[tuple[str, bool], ...]
    answers: SafeString
    wording: str
    context: str
    late_by: str
    state: str
    replaced_by: Observation | None
    told_by: str
    correct_url: str
    strike_url: str

    @property
    def is_struck(self) -> bool:
        """True for what no longer stands: its words are shown struck through."""
        return self.state in ("corrected", "struck")


def rows(page: Page, episode: Episode, actor: Actor) -> list[Row]:
    """The rows of one page."""
    is_open = episode.closed_at is None
    return [_row(told, actor, is_open=is_open) for told in page.entries]


def _row(told: Told, actor: Actor, *, is_open: bool) -> Row:
    reading = told.reading
    known = library.codes("context").code(reading.context)
    behind = reading.recorded_at - reading.occurred_at
    correct, strike = _ways(told, actor) if is_open else ("", "")
    return Row(
        reading=reading,
        name=wording.name_of(reading.kind),
        result=_result(told),
        severity=reading.severity,
        parts=() if reading.is_void else tuple(wording.parts(reading, told.instrument)),
        signs=tuple(
            (wording.sign(key, reading.values[key]), key in reading.asked_twice)
            for key in reading.values
        ),
        answers=_answers(told),
        wording=f"{told.instrument.name}, {told.instrument.version}" if told.instrument else "",
        context=known.label if known else reading.context,
        late_by=times.span(behind.total_seconds()) if behind >= LATE else "",
        state=_state(told),
        replaced_by=told.replaced_by,
        told_by=_told_by(reading, actor),
        correct_url=correct,
        strike_url=strike,
    )


def _told_by(reading: Observation, actor: Actor) -> str:
    """That the person told it alone, and who gave them the tablet; nothing otherwise."""
    report = getattr(reading, "self_report", None)
    if report is None:
        return ""
    return _("Told by the person on a tablet, handed over by {who}, {role}, at {time}").format(
        who=report.handover.actor.name,
        role=report.handover.role,
        time=f"{actor.facility.local(report.handover.occurred_at):%H:%M}",
    )


def _state(told: Told) -> str:
    if told.reading.is_void:
        return "void"
    if told.replaced_by is None:
        return "standing"
    return "struck" if told.replaced_by.is_void else "corrected"


def _result(told: Told) -> str:
    reading = told.reading
    if reading.is_void:
        return _("Struck out an entry")
    return "" if reading.kind == VITALS else wording.result(reading, told.instrument)


def _answers(told: Told) -> SafeString:
    """The answers in the words of the version they were given in, in its order; "" for none.

    Fifty scales to a page have some five hundred of them, hence no template.
    """
    scale, answers = told.instrument, told.reading.answers
    order = [item.key for item in scale.items] if scale else list(answers)
    return mark_safe("".join(_answer(scale, key, *answers[key]) for key in order if key in answers))


def _answer(scale: Instrument | None, key: str, code: str, points: int | None) -> str:
    item = scale.item(key) if scale else None
    option = item.option(code) if item else None
    worth = "" if points is None else f"<b>{points}</b> "
    return (
        f"<dt>{escape(item.label if item else key)}</dt>"
        f"<dd>{worth}{escape(option.text if option else code)}</dd>"
    )


def _ways(told: Told, actor: Actor) -> tuple[str, str]:
    """Where this entry is corrected or struck out, for a role that records its kind."""
    reading = told.reading
    if not told.is_standing or not access.may(actor, "observations", "C"):
        return "", ""
    if reading.kind != VITALS and access.condition(actor, "observations", "C") in VITALS_ONLY:
        return "", ""
    return (
        address("observing:correct", reading.pk),
        address("observing:strike", reading.pk),
    )
