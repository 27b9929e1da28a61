"""The one signature mechanism: exact words, person, role, licence, time, proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from stepdown.records import canonical
from stepdown.records.access import Actor
from stepdown.records.audit import Ledger
from stepdown.records.errors import NotSigned
from stepdown.records.models import Deployment, Role, Signature, User

PROOF_LASTS = timedelta(minutes=2)
"""How long after typing a PIN or password a signature may still use it."""

LICENSED = frozenset({Role.MD, Role.PRES, Role.RN, Role.LVN})
"""Roles that sign under a licence (operations.md section 1)."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody has just shown who they are, and how."""

    user: User
    method: str
    at: datetime


def prove(user: User, secret: str, *, at: datetime) -> Proof:
    """Check a PIN or password typed for a signature.

    Raises:
        NotSigned: it is neither. Callers count the attempts.
    """
    if user.pin_is(secret):
        return Proof(user, Signature.Method.PIN, at)
    if secret and user.check_password(secret):
        return Proof(user, Signature.Method.PASSWORD, at)
    raise NotSigned(
        _("Not signed: that is not your PIN or password. Nothing was saved. Type it again."),
        {"secret": _("Not your PIN or password.")},
    )


def replayed(user: User, *, at: datetime) -> Proof:
    """The proof a replayed journey signs with; only where no real person's record is kept.

    Raises:
        NotSigned: this database was not made for a demonstration (N22).
    """
    if not Deployment.objects.filter(demo=True).exists():
        raise NotSigned(_("Not signed: a replay signs only in a demonstration database."))
    return Proof(user, Signature.Method.REPLAY, at)


def sign(
    subject: Any,
    *,
    meaning: str,
    words: str,
    by: Actor,
    at: datetime,
    proof: Proof,
    ledger: Ledger,
) -> Signature:
    """Put a name to ``words``, the canonical text of ``subject``.

    Raises:
        NotSigned: the proof is another person's or has grown old; or the role
            needs a licence and none is valid today, local time.
    """
    if proof.user.pk != by.user.pk or not timedelta(0) <= at - proof.at <= PROOF_LASTS:
        raise NotSigned(_("Not signed: show again who you are, with your PIN or password."))
    today = by.facility.local(at).date()
    if by.role in LICENSED and not by.assignment.licence_valid_on(today):
        raise NotSigned(
            _(
                "Not signed: no licence valid today ({today}) is on file for {name} as {role}. "
                "Ask whoever keeps the accounts to renew it."
            ).format(today=today.isoformat(), name=by.user.name, role=by.role)
        )
    signature = Signature(
        facility_id=by.facility.pk,
        signer=by.user,
        role=by.role,
        licence=f"{by.assignment.licence_state} {by.assignment.licence_number}".strip(),
        signed_at=at,
        meaning=meaning,
        subject_kind="content" if isinstance(subject, str) else type(subject).__name__.lower(),
        subject_id=str(getattr(subject, "pk", subject)),
        digest=canonical.digest(words),
        method=proof.method,
    )
    ledger.created(signature)
    return signature


def sign_row(
    row: Any, *, meaning: str, by: Actor, at: datetime, proof: Proof, ledger: Ledger
) -> Signature:
    """Sign a record over its canonical text, in the transaction that writes it."""
    return sign(
        row,
        meaning=meaning,
        words=canonical.row_text(row),
        by=by,
        at=at,
        proof=proof,
        ledger=ledger,
    )
