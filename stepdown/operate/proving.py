"""Somebody at the console proves who they are, as at a screen; wrong tries count there and here."""

from __future__ import annotations

from datetime import datetime, timedelta

from stepdown.operate.console import Stopped
from stepdown.records import audit, signing
from stepdown.records.access import Actor
from stepdown.records.errors import NotSigned
from stepdown.records.models import AccessEvent, AccessHead
from stepdown.records.signing import Proof

LIMIT = 5
WITHIN = timedelta(minutes=15)
"""Five refused tries in a quarter of an hour, at whichever screen, and the console waits."""

LOOKED_THROUGH = 20_000
"""Events of the log of reads that are looked through for them, the newest first."""


def prove(by: Actor, secret: str, *, at: datetime) -> Proof:
    """Check a password or PIN typed at the console.

    Raises:
        Stopped: it is neither, or there were too many tries; on record either way.
    """
    if refused_lately(by, at) >= LIMIT:
        _note(by, at)
        raise Stopped(
            f"Not done: {LIMIT} wrong tries for this account. Wait "
            f"{int(WITHIN.total_seconds() // 60)} minutes. This try is on record."
        )
    try:
        return signing.prove(by.user, secret, at=at)
    except NotSigned as error:
        _note(by, at)
        raise Stopped(
            "Not done: that is not the password of this account. Nothing left the house. "
            "This try is on record."
        ) from error


def _note(by: Actor, at: datetime) -> None:
    audit.signed_in(
        "signature.refused",
        facility_id=by.facility.pk,
        user_id=by.user.pk,
        role=by.role,
        at=at,
        detail="console",
    )


def refused_lately(by: Actor, at: datetime) -> int:
    """How often a signature of this account was refused within the last quarter of an hour."""
    head = AccessHead.objects.filter(pk=by.facility.pk).first()
    newest = head.seq if head else 0
    return AccessEvent.objects.filter(
        facility_id=by.facility.pk,
        seq__gt=newest - LOOKED_THROUGH,
        what="signature.refused",
        actor_id=by.user.pk,
        at__gt=at - WITHIN,
    ).count()
