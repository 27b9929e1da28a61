"""What monitoring needs to know of a person: allergies, use, pregnancy, goal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.content import library
from stepdown.records import audit
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.errors import Conflict, Refused
from stepdown.records.models import (
    AllergyEntry,
    Episode,
    GoalEntry,
    PregnancyEntry,
    SubstanceUse,
)

Statement = AllergyEntry.Statement
Certainty = SubstanceUse.Certainty
Result = PregnancyEntry.Result


def record_allergy(
    episode: Episode,
    *,
    statement: str = Statement.LISTED,
    substance: str = "",
    reaction: str = "",
    severity: str = "",
    reason: str = "",
    by: Actor,
    at: datetime,
    submission: UUID,
) -> AllergyEntry:
    """Record an allergy, that none is known, or that it could not be asked (and why).

    An allergy is never turned away: it replaces a statement that none was known or
    that nobody could be asked, which stays readable.

    Raises:
        Refused: an allergy without a substance; *unable* without a reason; *none
            known* or *unable* beside an allergy that stands.
    """
    if statement not in Statement.values:
        raise Refused(_("Not recorded: choose an allergy, none known, or could not be asked."))
    if statement != Statement.LISTED and substance.strip():
        raise Refused(
            _("Not recorded: a substance was named beside that statement. Record the allergy."),
            {"substance": _("Clear this, or choose allergy.")},
        )
    if statement == Statement.LISTED and not substance.strip():
        raise Refused(
            _("Not recorded: name what the person is allergic to."),
            {"substance": _("Name the substance.")},
        )
    if severity and library.codes("allergy_severity").code(severity) is None:
        raise Refused(
            _("Not recorded: choose the severity from the list."),
            {"severity": _("Choose one.")},
        )
    if statement == Statement.UNABLE and not reason.strip():
        raise Refused(
            _("Not recorded: say why allergies could not be asked."), {"reason": _("Say why.")}
        )

    def write() -> AllergyEntry:
        with audit.action("allergies.record", by=by, at=at, episode_id=episode.pk) as ledger:
            current = _open(episode, by=by, at=at)
            said_before = _statement_before(current, statement)
            row = AllergyEntry.told(
                by,
                at=at,
                submission=submission,
                episode=current,
                statement=statement,
                substance=substance.strip(),
                reaction=reaction.strip(),
                severity=severity,
                reason=reason.strip(),
                replaces=said_before,
                why=_("Told anew.") if said_before else "",
            )
            ledger.created(row)
            return row

    return telling.once(
        AllergyEntry, submission, write, by=by, about=episode.pk, apart_from=frozenset({"why"})
    )


def _statement_before(episode: Episode, statement: str) -> AllergyEntry | None:
    """The statement about no allergy in particular that a new entry takes the place of."""
    standing = AllergyEntry.objects.standing().filter(episode=episode)
    if statement != Statement.LISTED and standing.filter(statement=Statement.LISTED).exists():
        raise Refused(
            _("Not recorded: an allergy is on record. Correct that entry first, with the reason.")
        )
    before: AllergyEntry | None = standing.exclude(statement=Statement.LISTED).newest().first()
    return before


def correct_allergy(
    old: AllergyEntry, *, why: str, by: Actor, at: datetime, submission: UUID
) -> AllergyEntry:
    """Strike out an allergy entry made in error; it stays readable.

    Raises:
        Refused: no reason. Conflict: already corrected.
    """
    if not why.strip():
        raise Refused(_("Not struck out: say why."), {"why": _("Say why.")})

    def write() -> AllergyEntry:
        with audit.action("allergies.correct", by=by, at=at, episode_id=old.episode_id) as ledger:
            current = _open(old.episode, by=by, at=at)
            if old.is_void or AllergyEntry.objects.filter(replaces=old).exists():
                raise Conflict(
                    _("Not struck out: this entry was corrected already. Open the newer one.")
                )
            row = AllergyEntry.told(
                by,
                at=at,
                submission=submission,
                episode=current,
                statement=old.statement,
                substance=old.substance,
                replaces=old,
                is_void=True,
                why=why.strip(),
            )
            ledger.created(row)
            return row

    return telling.once(AllergyEntry, submission, write, by=by, about=old.episode_id)


SUBSTANCES = {"opioid": "opioid_type", "co_use": "co_use"}
"""Category -> the code set its substances are chosen from."""


@dataclass(frozen=True, slots=True)
class Use:
    """One substance as told. ``last_used_at`` is empty exactly when it is unknown."""

    category: str
    substance: str
    certainty: str
    last_used_at: datetime | None = None
    route: str = ""
    amount: str = ""
    days_per_week: int | None = None
    years: Decimal | None = None
    supply: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def columns(self) -> dict[str, Any]:
        """The same as columns of a :class:`SubstanceUse`."""
        return {
            "category": self.category,
            "substance": self.substance,
            "certainty": self.certainty,
            "last_used_at": self.last_used_at,
            "route": self.route,
            "amount": self.amount.strip(),
            "days_per_week": self.days_per_week,
            "years": self.years,
            "supply": dict(self.supply),
            "note": self.note.strip(),
        }


def record_use(
    episode: Episode, use: Use, *, by: Actor, at: datetime, submission: UUID
) -> SubstanceUse:
    """Record the use of one substance. Told again, the newer telling stands beside the older.

    Raises:
        Refused: unknown substance, route or certainty; one that is not on the list and
            not named in the note; a last use in the future;
            a certainty without a time, or a time said to be unknown (N20).
    """
    wrong = wrong_use(use, at)
    if wrong:
        raise Refused(_("Not recorded. ") + " ".join(wrong.values()), wrong)

    def write() -> SubstanceUse:
        with audit.action("substance_use.record", by=by, at=at, episode_id=episode.pk) as ledger:
            current = _open(episode, by=by, at=at)
            row = SubstanceUse.told(
                by, at=at, submission=submission, episode=current, **use.columns()
            )
            ledger.created(row)
            return row

    return telling.once(SubstanceUse, submission, write, by=by, about=episode.pk)


def wrong_use(use: Use, at: datetime) -> dict[str, str]:
    """What of a use cannot be kept: field -> what to do about it; empty when it can."""
    wrong = {}
    if use.category not in SubstanceUse.Category.values:
        wrong["category"] = _("Say whether it is an opioid or another substance.")
    elif library.codes(SUBSTANCES[use.category]).code(use.substance) is None:
        wrong["substance"] = _("Choose the substance from the list; 'other' is on it.")
    elif use.substance == SubstanceUse.OTHER and not use.note.strip():
        wrong["note"] = _("Name the substance that is not on the list.")
    if use.route and library.codes("route").code(use.route) is None:
        wrong["route"] = _("Choose the route from the list.")
    if use.certainty not in Certainty.values:
        wrong["certainty"] = _("Say how sure the time of last use is.")
    elif use.certainty == Certainty.UNKNOWN and use.last_used_at is not None:
        wrong["last_used_at"] = _("A time was entered and called unknown. Choose one of the two.")
    elif use.certainty != Certainty.UNKNOWN and use.last_used_at is None:
        wrong["last_used_at"] = _("Enter the time of last use, or say that it is unknown.")
    if use.last_used_at is not None and use.last_used_at > at + telling.CLOCK_TOLERANCE:
        wrong["last_used_at"] = _("The last use is in the future.")
    if use.years is not None and not (use.years.is_finite() and 0 <= use.years <= 100):
        wrong["years"] = _("Years are 0 to 100.")
    if use.days_per_week is not None and not 0 <= use.days_per_week <= 7:
        wrong["days_per_week"] = _("Days per week are 0 to 7.")
    beliefs, contents = library.codes("supply_belief"), library.codes("adulterant_suspected")
    if any(
        contents.code(content) is None or beliefs.code(belief) is None
        for content, belief in use.supply.items()
    ):
        wrong["supply"] = _("Answer yes, no or unknown for each.")
    return wrong


@dataclass(frozen=True, slots=True)
class Pregnancy:
    """Whether pregnancy is possible, and what the test said, as told."""

    applies: str
    result: str = Result.NOT_DONE
    lot: str = ""
    control_ok: bool | None = None
    second_reader: str = ""
    reason: str = ""

    def columns(self) -> dict[str, Any]:
        """The same as columns of a :class:`PregnancyEntry`."""
        return {
            "applies": self.applies,
            "result": self.result,
            "lot": self.lot.strip(),
            "control_ok": self.control_ok,
            "second_reader": self.second_reader.strip(),
            "reason": self.reason.strip(),
        }


def record_pregnancy(
    episode: Episode,
    *,
    applies: str,
    result: str = Result.NOT_DONE,
    lot: str = "",
    control_ok: bool | None = None,
    second_reader: str = "",
    reason: str = "",
    by: Actor,
    at: datetime,
    submission: UUID,
) -> PregnancyEntry:
    """Record whether pregnancy is possible, and the test. Unknown is never no.

    Raises:
        Refused: no answer; a person who can be pregnant without a test or a
            reason; a result without a control line; an invalid test called negative.
    """
    test = Pregnancy(applies, result, lot, control_ok, second_reader, reason)
    if wrong := wrong_pregnancy(test):
        raise Refused(_("Not recorded. ") + " ".join(wrong.values()), wrong)

    def write() -> PregnancyEntry:
        with audit.action("pregnancy.record", by=by, at=at, episode_id=episode.pk) as ledger:
            current = _open(episode, by=by, at=at)
            row = PregnancyEntry.told(
                by, at=at, submission=submission, episode=current, **test.columns()
            )
            ledger.created(row)
            return row

    return telling.once(PregnancyEntry, submission, write, by=by, about=episode.pk)


def wrong_pregnancy(test: Pregnancy) -> dict[str, str]:
    """What of a pregnancy entry would mislead: field -> what to do about it."""
    wrong = {}
    if test.applies == "no" and test.result == Result.POSITIVE:
        wrong["applies"] = _("The test is positive: then the person can be pregnant.")
    if test.applies not in ("yes", "no", "unknown"):
        wrong["applies"] = _("Answer yes, no or unknown.")
    if test.result not in Result.values:
        wrong["result"] = _("Choose a result, or not done.")
    if test.result == Result.NOT_DONE and not test.reason.strip():
        wrong["reason"] = _("Say why no test was done.")
    if test.result in (Result.NEGATIVE, Result.POSITIVE) and test.control_ok is not True:
        wrong["control_ok"] = _("Without its control line a test says nothing: record it invalid.")
    return wrong


def record_goal(
    episode: Episode, words: str, *, by: Actor, at: datetime, submission: UUID
) -> GoalEntry:
    """Keep what the person wants, in their own words, exactly as said.

    Raises:
        Refused: nothing was written.
    """
    if not words.strip():
        raise Refused(_("Not recorded: write what the person said."), {"words": _("Empty.")})

    def write() -> GoalEntry:
        with audit.action("goals.record", by=by, at=at, episode_id=episode.pk) as ledger:
            current = _open(episode, by=by, at=at)
            row = GoalEntry.told(by, at=at, submission=submission, episode=current, words=words)
            ledger.created(row)
            return row

    return telling.once(GoalEntry, submission, write, by=by, about=episode.pk)


def _open(episode: Episode, *, by: Actor, at: datetime) -> Episode:
    current = telling.must_see(episode, by=by, at=at)
    telling.must_be_open(current)
    return current
