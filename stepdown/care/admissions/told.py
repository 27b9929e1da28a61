"""What was told so far, part by part, in words; and what an admission still lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from stepdown.care.admissions.forms import READERS
from stepdown.care.admissions.parts import PARTS, Part
from stepdown.clinical import episodes as guards
from stepdown.content import library
from stepdown.records import facts
from stepdown.records.access import Actor, may
from stepdown.records.models import (
    AdmissionOrder,
    AllergyEntry,
    Consent,
    Episode,
    GoalEntry,
    IdentityCheck,
    PregnancyEntry,
    State,
    SubstanceUse,
)
from stepdown.web import times


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: what, the details, who and when."""

    entry: Any
    words: str
    details: tuple[str, ...] = ()
    is_struck: bool = False
    is_voice: bool = False
    strikes: UUID | None = None


@dataclass(frozen=True, slots=True)
class Needed:
    """One record an admission demands: is it there, who can supply it, and where."""

    key: str
    label: str
    is_there: bool
    message: str
    supplied_by: tuple[str, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """All that an admission demands, in the order of the table."""

    needed: tuple[Needed, ...] = field(default=())

    @property
    def missing(self) -> tuple[Needed, ...]:
        """What is not there yet."""
        return tuple(each for each in self.needed if not each.is_there)


def readiness(episode: Episode, actor: Actor) -> Readiness:
    """What the guard of an admission would say now. Says that a record is there, never what is in it."""
    table = library.episode_states()
    rule = table.transition(State.INTAKE, State.WITHDRAWAL)
    if rule is None:
        return Readiness()
    lacking = {each.key for each in guards.missing_for(table, rule, facts.admission(episode))}
    return Readiness(
        tuple(
            Needed(
                document.key,
                document.label,
                document.key not in lacking,
                document.message,
                document.supplied_by,
                _where(document.key, episode, actor),
            )
            for document in map(table.document, rule.required)
        )
    )


OBSERVED = {"vitals": "", "cows": "", "suicide_screen": "cssrs_screener"}
"""Documents that come from the bedside: the scale's own page, or the bedside sheet."""


def _where(document: str, episode: Episode, actor: Actor) -> str:
    if document in OBSERVED:
        if not may(actor, "observations", "C"):
            return ""
        scale = OBSERVED[document]
        name = "observing:scale" if scale else "observing:bedside"
        args = (episode.pk, scale) if scale else (episode.pk,)
        return f"{reverse(name, args=args)}?context=arrival"
    for part in PARTS:
        if document in part.documents and part.may_tell(actor):
            return reverse("admissions:part", args=(episode.pk, part.slug))
    return ""


def so_far(part: Part, episode: Episode, actor: Actor, now: datetime) -> list[Line]:
    """The entries of one part, newest first; nothing for a role that does not read them."""
    if not part.may_read(actor):
        return []
    return list(LISTS[part.slug](episode, part.may_tell(actor), now))


def _label(name: str, code: str) -> str:
    found = library.codes(name).code(code)
    return found.label if found else code


def _identity(episode: Episode, may_tell: bool, now: datetime) -> Iterator[Line]:
    for row in (
        IdentityCheck.objects.standing().filter(episode=episode).newest().select_related("actor")
    ):
        words = " + ".join(_label("identifier", each) for each in (row.first, row.second))
        yield Line(row, words)


def _consents(episode: Episode, may_tell: bool, now: datetime) -> Iterator[Line]:
    readers = dict(READERS)
    for row in Consent.objects.standing().filter(episode=episode).newest().select_related("actor"):
        details = [
            _("Language: {language}").format(language=row.language),
            _("Read by: {reader}").format(reader=readers.get(row.read_by, row.read_by)),
        ]
        if row.interpreter:
            details.append(_("Interpreter: {name}").format(name=row.interpreter))
        if row.copy_given is not None:
            details.append(_("Copy given") if row.copy_given else _("No copy given"))
        if row.reason:
            details.append(row.reason)
        words = f"{_label('consent_type', row.kind)}: {_label('consent_decision', row.decision)}"
        yield Line(row, words, tuple(details))


def _allergies(episode: Episode, may_tell: bool, now: datetime) -> Iterator[Line]:
    rows = list(AllergyEntry.objects.filter(episode=episode).newest().select_related("actor"))
    struck = {row.replaces_id: row for row in rows if row.is_void}
    for row in rows:
        if row.is_void:
            continue
        by = struck.get(row.pk)
        severity = _label("allergy_severity", row.severity) if row.severity else ""
        details = [each for each in (severity, row.reason) if each]
        if by is not None:
            details.append(_("Struck out by {who}: {why}").format(who=by.actor, why=by.why))
        can_strike = may_tell and by is None
        yield Line(
            row,
            str(row),
            tuple(details),
            is_struck=by is not None,
            strikes=row.pk if can_strike else None,
        )


def _use(episode: Episode, may_tell: bool, now: datetime) -> Iterator[Line]:
    for row in (
        SubstanceUse.objects.standing().filter(episode=episode).newest().select_related("actor")
    ):
        listed = "opioid_type" if row.category == SubstanceUse.Category.OPIOID else "co_use"
        details = [last_use(row, now)]
        if row.route:
            details.append(_label("route", row.route))
        if row.amount:
            details.append(row.amount)
        if row.days_per_week is not None:
            details.append(_("{days} days a week").format(days=row.days_per_week))
        if row.years is not None:
            details.append(_("for {years} years").format(years=f"{row.years.normalize():f}"))
        details += [
            f"{_label('adulterant_suspected', code)}: {_label('supply_belief', belief)}"
            for code, belief in row.supply.items()
        ]
        if row.note:
            details.append(row.note)
        yield Line(row, _label(listed, row.substance), tuple(details))


def last_use(row: SubstanceUse, now: datetime) -> str:
    """When it was last used and how sure that is; unknown stays unknown (N20)."""
    if row.last_used_at is None:
        return _("Last use: not known")
    return _("Last use: {time}, {age} ({certainty})").format(
        time=times.short(row.last_used_at, now),
        age=times.age(row.last_used_at, now),
        certainty=_label("certainty", row.certainty).lower(),
    )


def since_last_use(episode: Episode, actor: Actor, now: datetime) -> str:
    """Time since the latest opioid use in words; empty where the role does not read it."""
    if not may(actor, "substance_use", "R"):
        return ""
    since = facts.time_since_last_use(episode, now)
    if since is None:
        return _("not known")
    return times.span(since.total_seconds())


def _pregnancy(episode: Episode, may_tell: bool, now: datetime) -> Iterator[Line]:
    for row in (
        PregnancyEntry.objects.standing().filter(episode=episode).newest().select_related("actor")
    ):
        details = [
            _("Could be pregnant: {answer}").format(
                answer=_label("pregnancy_applies", row.applies).lower()
            )
        ]
        if row.lot:
            details.append(_("Lot {lot}").format(lot=row.lot))
        if row.control_ok is not None:
            details.append(_("Control line seen") if row.control_ok else _("No control line"))
        if row.second_reader:
            details.append(_("Second reader: {name}").format(name=row.second_reader))
        if row.reason:
            details.append(row.reason)
        yield Line(row, _label("pregnancy_result", row.result), tuple(details))


def _goals(episode: Episode, may_tell: bool, now: datetime) -> Iterator[Line]:
    for row in (
        GoalEntry.objects.standing().filter(episode=episode).newest().select_related("actor")
    ):
        yield Line(row, row.words, is_voice=True)


def _orders(episode: Episode, may_tell: bool, now: datetime) -> Iterator[Line]:
    for row in (
        AdmissionOrder.objects.standing().filter(episode=episode).newest().select_related("actor")
    ):
        yield Line(row, row.text)


LISTS: dict[str, Callable[[Episode, bool, datetime], Iterator[Line]]] = {
    "identity": _identity,
    "consents": _consents,
    "allergies": _allergies,
    "use": _use,
    "pregnancy": _pregnancy,
    "goal": _goals,
    "order": _orders,
}
