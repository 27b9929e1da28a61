"""Correcting what was told at admission, and striking out what was entered in error.

The old entry stays readable. A correction keeps the moment at which the entry was first
told: a slip put right in an older consent must not outrank a later withdrawal. Somebody
who changes their mind is told anew; that is neither a correction nor an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.records import access, audit, signing
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.actions.admission.arrival import two_identifiers
from stepdown.records.actions.admission.history import (
    Pregnancy,
    Use,
    wrong_pregnancy,
    wrong_use,
)
from stepdown.records.actions.admission.papers import Paper, wrong_paper
from stepdown.records.audit import Ledger
from stepdown.records.errors import Conflict, NotPermitted, NotSigned, Refused
from stepdown.records.models import Consent, IdentityCheck, PregnancyEntry, SubstanceUse

Fact = IdentityCheck | Consent | SubstanceUse | PregnancyEntry
Told = TypeVar("Told", IdentityCheck, Consent, SubstanceUse, PregnancyEntry)

ROWS: dict[type[Any], str] = {
    IdentityCheck: "identity",
    Consent: "consents",
    SubstanceUse: "substance_use",
    PregnancyEntry: "pregnancy_test",
}
"""The row of the permission matrix that each of these entries stands on."""

SAYS: dict[type[Any], tuple[str, ...]] = {
    IdentityCheck: ("first", "second"),
    Consent: ("kind", "decision", "language", "read_by", "interpreter", "capacity", "copy_given",
              "reason", "snapshot_id"),
    SubstanceUse: ("category", "substance", "route", "amount", "days_per_week", "years",
                   "last_used_at", "certainty", "supply", "note"),
    PregnancyEntry: ("applies", "result", "lot", "control_ok", "second_reader", "reason"),
}  # fmt: skip
"""The columns that hold what was said, without who said it and when."""


def correct_identity(
    old: IdentityCheck,
    first: str,
    second: str,
    *,
    why: str,
    by: Actor,
    at: datetime,
    submission: UUID,
) -> IdentityCheck:
    """Put right which two identifiers were matched.

    Raises:
        Refused: as in ``arrival.identify``; no reason; nothing differs; struck out.
        NotPermitted: somebody else's entry (see :func:`require_own`).
        Conflict: corrected or struck out already.
    """
    first, second = two_identifiers(first, second)
    says = {"first": first, "second": second}
    return _replace(old, says, why=why, by=by, at=at, submission=submission)


def correct_consent(
    old: Consent,
    paper: Paper,
    *,
    why: str,
    by: Actor,
    at: datetime,
    submission: UUID,
    proof: signing.Proof,
) -> Consent:
    """Put right what was written of a decision, signed by who corrects it.

    A person who withdraws their consent decides anew: ``papers.record_consent``.

    Raises:
        Refused: as in ``papers.record_consent``; no reason; nothing differs; struck out.
        NotPermitted, Conflict: as in :func:`correct_identity`.
        NotSigned: see ``signing.sign``.
    """
    if wrong := wrong_paper(paper):
        raise Refused(_("Not corrected. ") + " ".join(wrong.values()), wrong)
    says = paper.columns()
    return _replace(old, says, why=why, by=by, at=at, submission=submission, proof=proof)


def correct_use(
    old: SubstanceUse, use: Use, *, why: str, by: Actor, at: datetime, submission: UUID
) -> SubstanceUse:
    """Put right what was written of the use of a substance; unknown is an answer (N20).

    Raises:
        Refused: as in ``history.record_use``; a last use after this was told; no reason;
            nothing differs; struck out.
        NotPermitted, Conflict: as in :func:`correct_identity`.
    """
    wrong = wrong_use(use, at)
    latest = old.occurred_at + telling.CLOCK_TOLERANCE
    if "last_used_at" not in wrong and use.last_used_at is not None and use.last_used_at > latest:
        wrong["last_used_at"] = _("This is after it was told. Tell a later use as a new entry.")
    if wrong:
        raise Refused(_("Not corrected. ") + " ".join(wrong.values()), wrong)
    return _replace(old, use.columns(), why=why, by=by, at=at, submission=submission)


def correct_pregnancy(
    old: PregnancyEntry,
    test: Pregnancy,
    *,
    why: str,
    by: Actor,
    at: datetime,
    submission: UUID,
) -> PregnancyEntry:
    """Put right what was written of a pregnancy test. A second test is a new entry.

    Raises:
        Refused: as in ``history.record_pregnancy``; no reason; nothing differs; struck out.
        NotPermitted, Conflict: as in :func:`correct_identity`.
    """
    if wrong := wrong_pregnancy(test):
        raise Refused(_("Not corrected. ") + " ".join(wrong.values()), wrong)
    return _replace(old, test.columns(), why=why, by=by, at=at, submission=submission)


def void(
    old: Told,
    *,
    why: str,
    by: Actor,
    at: datetime,
    submission: UUID,
    proof: signing.Proof | None = None,
) -> Told:
    """Strike out an entry made in error: it counts for nothing and stays readable.

    What was told before it stands again. A consent was signed, so its strike is, too.

    Raises:
        Refused: no reason; struck out already.
        NotPermitted, Conflict: as in :func:`correct_identity`.
        NotSigned: a consent without ``proof``; or as in ``signing.sign``.
    """
    return _replace(old, None, why=why, by=by, at=at, submission=submission, proof=proof)


def may_correct(old: Fact, by: Actor) -> bool:
    """True where this role corrects such entries, and this one.

    Who records and may not amend (U) answers for what they told in this role, no more.
    """
    row = ROWS[type(old)]
    own = (old.actor_id, old.role) == (by.user.pk, by.role)
    return access.may(by, row, "C") and (own or access.may(by, row, "U"))


def require_own(old: Fact, by: Actor) -> None:
    """Return quietly where :func:`may_correct`.

    Raises:
        NotPermitted: the role does not record such entries; or somebody else told it,
            or the same person in another role, and the role amends no others.
    """
    access.require(by, ROWS[type(old)], "C")
    if not may_correct(old, by):
        raise NotPermitted(
            _(
                "Not done: your role corrects only its own entries, and {who} ({role}) told this "
                "one. Ask them; meanwhile record what is true as a new entry."
            ).format(who=old.actor.name, role=old.role)
        )


def _action(old: Fact, *, is_void: bool, by: Actor, at: datetime) -> AbstractContextManager[Ledger]:
    names = {
        IdentityCheck: ("identity.correct", "identity.void"),
        Consent: ("consents.correct", "consents.void"),
        SubstanceUse: ("substance_use.correct", "substance_use.void"),
        PregnancyEntry: ("pregnancy.correct", "pregnancy.void"),
    }
    name = names[type(old)][is_void]
    return audit.action(name, by=by, at=at, episode_id=old.episode_id)


def _replace(
    old: Told,
    says: Mapping[str, Any] | None,
    *,
    why: str,
    by: Actor,
    at: datetime,
    submission: UUID,
    proof: signing.Proof | None = None,
) -> Told:
    """The entry that takes the place of ``old``: saying this, or (None) struck out."""
    require_own(old, by)
    is_void = says is None
    given = {name: getattr(old, name) for name in SAYS[type(old)]}
    told_now = given | dict(says or {})
    _check(old, why, is_void=is_void, differs=_differs(given, told_now))
    if isinstance(old, Consent) and proof is None:
        raise NotSigned(_("Not signed: show again who you are, with your PIN or password."))

    def write() -> Told:
        with _action(old, is_void=is_void, by=by, at=at) as ledger:
            current = telling.must_see(old.episode, by=by, at=at)
            telling.must_be_open(current)
            _refuse_second(old, submission, by)
            row = type(old).told(
                by,
                at=at,
                submission=submission,
                occurred_at=old.occurred_at,
                episode=current,
                replaces=old,
                is_void=is_void,
                why=why.strip(),
                **told_now,
            )
            ledger.created(row)
            if proof is not None:
                meaning = "struck out, entered in error" if is_void else "corrected"
                signing.sign_row(row, meaning=meaning, by=by, at=at, proof=proof, ledger=ledger)
            return row

    row = telling.once(type(old), submission, write, by=by, about=old.episode_id)
    if row.replaces_id != old.pk:
        raise telling.sent_before()
    return row


def _differs(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return any(after[name] != said for name, said in before.items() if name != "snapshot_id")


def _check(old: Fact, why: str, *, is_void: bool, differs: bool) -> None:
    """Return quietly where this entry can be corrected, or struck out, with this reason."""
    done = _("Not struck out") if is_void else _("Not corrected")
    if not why.strip():
        words = _("Say why.") if is_void else _("Say what was wrong.")
        raise Refused(f"{done}. {words}", {"why": words})
    if old.is_void:
        raise Refused(
            _("{done}: it is struck out already. Record what is true as a new entry.").format(
                done=done
            )
        )
    if not is_void and not differs:
        raise Refused(
            _("{done}: this says the same as before. Change what was wrong.").format(done=done)
        )


def _refuse_second(old: Fact, submission: UUID, by: Actor) -> None:
    later = type(old)._default_manager.select_related("actor").filter(replaces=old).first()
    if later is None or later.submission_id == submission:
        return
    words = (
        _("Not done: {who} struck this out at {time} ({why}). Record what is true as a new entry.")
        if later.is_void
        else _("Not done: {who} corrected this at {time} ({why}). Look at the newer entry.")
    )
    raise Conflict(
        words.format(
            who=later.actor.name,
            time=by.facility.local(later.recorded_at).strftime("%H:%M, %d %b"),
            why=later.why,
        )
    )
