"""What was told so far, part by part, in words; and what an admission still lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from stepdown.care.admissions.forms import READERS
from stepdown.care.admissions.parts import PARTS, Part
from stepdown.clinical import episodes as guards
from stepdown.content import library
from stepdown.records import facts
from stepdown.records.access import Actor, may
from stepdown.records.actions.admission import corrections
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
    """One entry: what, the details, who and when; and what took its place, where it counts no more."""

    entry: Any
    words: str
    details: tuple[str, ...] = ()
    is_voice: bool = False
    later: Any = None
    may_strike: bool = False
    may_correct: bool = False


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


def lapsed(episode: Episode, actor: Actor, part: Part | None = None) -> tuple[Needed, ...]:
    """What an admission demanded and does not stand any more, of one part or of all.

    Nothing before an admission, and nothing once the stay has ended. It undoes neither.
    """
    if episode.admitted_at is None or episode.closed_at is not None:
        return ()
    if part is not None and not part.documents:
        return ()
    return tuple(
        each
        for each in readiness(episode, actor).missing
        if part is None or each.key in part.documents
    )


def so_far(part: Part, episode: Episode, actor: Actor, now: datetime) -> list[Line]:
    """The entries of one part, newest first; nothing for a role that does not read them.

    What was corrected or struck out stays, with who did it, when and why.
    """
    if not part.may_read(actor):
        return []
    model, line = LINES[part.slug]
    rows = list(model.objects.filter(episode=episode).newest().select_related("actor"))
    replaced = {row.replaces_id: row for row in rows if row.replaces_id}
    can_tell = part.may_tell(actor) and episode.closed_at is None
    told = []
    for row in rows:
        if row.is_void:
            continue
        later = replaced.get(row.pk)
        of_own = can_tell and later is None and _may_correct(row, actor)
        told.append(
            replace(
                line(row, now),
                later=later,
                may_correct=of_own and part.slug in CORRECTED,
                may_strike=of_own and part.slug in STRUCK,
            )
        )
    return _with_decisions(told) if part.slug == "consents" else told


def of_entry(part: Part, row: Any, now: datetime) -> Line:
    """One entry in words, with the newest entry that took its place."""
    newest = None
    while (later := type(row).objects.select_related("actor").filter(replaces=newest or row)
           .first()) is not None:  # fmt: skip
        newest = later
    return replace(LINES[part.slug][1](row, now), later=newest)


def _may_correct(row: Any, actor: Actor) -> bool:
    return type(row) not in corrections.ROWS or corrections.may_correct(row, actor)


def _with_decisions(lines: list[Line]) -> list[Line]:
    """Consents with what became of them: of each document, the latest decision counts."""
    said = []
    latest: dict[str, str] = {}
    given = {
        line.entry.kind
        for line in lines
        if line.later is None and line.entry.decision == Consent.Decision.GIVEN
    }
    for line in lines:
        kind, decision = line.entry.kind, line.entry.decision
        note = ""
        if line.later is None and kind in latest:
            note = _("A later decision counts.")
        elif line.later is None:
            latest[kind] = decision
            if decision == Consent.Decision.DECLINED and kind in given:
                note = _("This withdraws what was given before.")
        said.append(replace(line, details=(*line.details, note)) if note else line)
    return said


def _label(name: str, code: str) -> str:
    found = library.codes(name).code(code)
    return found.label if found else code


def _identity(row: IdentityCheck, now: datetime) -> Line:
    return Line(row, " + ".join(_label("identifier", each) for each in (row.first, row.second)))


def _consent(row: Consent, now: datetime) -> Line:
    readers = dict(READERS)
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
    return Line(row, words, tuple(details))


def _allergy(row: AllergyEntry, now: datetime) -> Line:
    severity = _label("allergy_severity", row.severity) if row.severity else ""
    return Line(row, str(row), tuple(each for each in (severity, row.reason) if each))


def _use(row: SubstanceUse, now: datetime) -> Line:
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
    return Line(row, _label(listed, row.substance), tuple(details))


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


def _pregnancy(row: PregnancyEntry, now: datetime) -> Line:
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
    return Line(row, _label("pregnancy_result", row.result), tuple(details))


def _goal(row: GoalEntry, now: datetime) -> Line:
    return Line(row, row.words, is_voice=True)


def _order(row: AdmissionOrder, now: datetime) -> Line:
    return Line(row, row.text)


LINES: dict[str, tuple[Any, Callable[[Any, datetime], Line]]] = {
    "identity": (IdentityCheck, _identity),
    "consents": (Consent, _consent),
    "allergies": (AllergyEntry, _allergy),
    "use": (SubstanceUse, _use),
    "pregnancy": (PregnancyEntry, _pregnancy),
    "goal": (GoalEntry, _goal),
    "order": (AdmissionOrder, _order),
}
"""The entries of each part, and how one is put in words."""

CORRECTED = frozenset({"identity", "consents", "use", "pregnancy"})
STRUCK = CORRECTED | {"allergies"}
"""Parts whose entries are put right in place, and those that are struck out."""
