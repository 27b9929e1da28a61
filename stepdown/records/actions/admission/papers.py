"""Consents, notices and the admission order: signed, never by default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.content import library
from stepdown.records import audit, signing, snapshots
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.errors import Refused
from stepdown.records.models import AdmissionOrder, Consent, Episode

Decision = Consent.Decision


@dataclass(frozen=True, slots=True)
class Paper:
    """One document as it was put to a person, and what they decided."""

    kind: str
    decision: str
    language: str
    read_by: str
    capacity: str
    interpreter: str = ""
    copy_given: bool | None = None
    reason: str = ""

    def columns(self) -> dict[str, Any]:
        """The same as columns of a :class:`Consent`, with the list of documents it names."""
        return {
            "kind": self.kind,
            "decision": self.decision,
            "language": self.language.strip(),
            "read_by": self.read_by.strip(),
            "capacity": self.capacity,
            "interpreter": self.interpreter.strip(),
            "copy_given": self.copy_given,
            "reason": self.reason.strip(),
            "snapshot_id": snapshots.keep(
                library.codes("consent_type"), kind="codes", key="consent_type"
            ),
        }


def wrong_paper(paper: Paper) -> dict[str, str]:
    """What of a consent is unanswered or cannot be: field -> what to do about it."""
    wrong = {}
    if library.codes("consent_type").code(paper.kind) is None:
        wrong["kind"] = _("Choose the document.")
    if paper.decision not in Decision.values:
        wrong["decision"] = _("Say what the person decided.")
    if not paper.language.strip():
        wrong["language"] = _("Name the language it was given in.")
    if not paper.read_by.strip():
        wrong["read_by"] = _("Say who read it: the person, staff, or an interpreter.")
    if paper.capacity not in ("yes", "no"):
        wrong["capacity"] = _("Say whether the person can decide now.")
    elif paper.capacity == "no" and paper.decision == Decision.GIVEN:
        wrong["decision"] = _("Somebody who cannot decide now cannot consent now. Offer it again.")
    if paper.decision in (Decision.DECLINED, Decision.UNABLE) and not paper.reason.strip():
        wrong["reason"] = _("Write what was said, or why it was not possible.")
    return wrong


def record_consent(
    episode: Episode,
    *,
    kind: str,
    decision: str,
    language: str,
    read_by: str,
    capacity: str,
    interpreter: str = "",
    copy_given: bool | None = None,
    reason: str = "",
    by: Actor,
    at: datetime,
    submission: UUID,
    proof: signing.Proof,
) -> Consent:
    """Record what a person decided about one document, signed by who put it to them.

    Raises:
        Refused: something of the document, decision, language, reader or capacity
            is unanswered; *unable* or *said no* without what was said; consent
            *given* by somebody recorded as not able to decide.
        NotSigned: see :func:`stepdown.records.signing.sign`.
    """
    paper = Paper(kind, decision, language, read_by, capacity, interpreter, copy_given, reason)
    if wrong := wrong_paper(paper):
        raise Refused(_("Not recorded. ") + " ".join(wrong.values()), wrong)

    def write() -> Consent:
        with audit.action("consents.record", by=by, at=at, episode_id=episode.pk) as ledger:
            current = telling.must_see(episode, by=by, at=at)
            telling.must_be_open(current)
            row = Consent.told(by, at=at, submission=submission, episode=current, **paper.columns())
            ledger.created(row)
            signing.sign_row(
                row, meaning="put to the person", by=by, at=at, proof=proof, ledger=ledger
            )
            return row

    return telling.once(Consent, submission, write, by=by, about=episode.pk)


def admit(
    episode: Episode,
    text: str,
    *,
    by: Actor,
    at: datetime,
    submission: UUID,
    proof: signing.Proof,
) -> AdmissionOrder:
    """Order an admission: written and signed by a prescriber.

    Raises:
        Refused: empty. NotPermitted: not a prescriber. NotSigned: see ``signing.sign``.
    """
    if not text.strip():
        raise Refused(_("Not ordered: write the order."), {"text": _("Write the order.")})

    def write() -> AdmissionOrder:
        with audit.action("orders.admit", by=by, at=at, episode_id=episode.pk) as ledger:
            current = telling.must_see(episode, by=by, at=at)
            telling.must_be_open(current)
            row = AdmissionOrder.told(
                by, at=at, submission=submission, episode=current, text=text.strip()
            )
            ledger.created(row)
            signing.sign_row(
                row, meaning="ordered admission", by=by, at=at, proof=proof, ledger=ledger
            )
            return row

    return telling.once(AdmissionOrder, submission, write, by=by, about=episode.pk)
