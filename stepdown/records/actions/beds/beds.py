"""Beds: moving people between them, and saying which can be used."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stepdown.records import audit
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.audit import Ledger
from stepdown.records.errors import Conflict, Refused
from stepdown.records.models import Bed, BedStay, Episode


def occupy(bed: Bed, episode: Episode, *, at: datetime, ledger: Ledger) -> BedStay:
    """Put somebody in a free bed, inside the caller's transaction.

    Raises:
        Refused: the bed is not in use now, with its reason.
        Conflict: somebody else is in it; the database decides (N7).
    """
    if bed.status != Bed.Status.READY:
        raise Refused(
            _("Not done: bed {bed} is not in use ({why}). Choose another bed.").format(
                bed=bed.label, why=bed.status_note or Bed.Status(bed.status).label
            ),
            {"bed": _("This bed is not in use.")},
        )
    try:
        with transaction.atomic():
            stay = BedStay(
                facility_id=bed.facility_id, bed=bed, episode=episode, started_at=at
            )
            ledger.created(stay)
            return stay
    except IntegrityError as error:
        ledger.rows.remove(stay) if stay in ledger.rows else None
        raise Conflict(
            _("Not done: bed {bed} is taken. One bed holds one person; choose another.").format(
                bed=bed.label
            ),
            {"bed": _("This bed is taken.")},
        ) from error


def move(
    episode: Episode, bed: Bed, *, by: Actor, at: datetime, submission: UUID,
    seen_version: int | None = None,
) -> BedStay:
    """Move somebody to another bed; the stay in the old one ends, and is kept.

    Raises:
        Refused, Conflict: as in :func:`occupy`; or there is no bed to move from;
            or the stay changed since ``seen_version``.
    """
    with audit.action("beds.move", by=by, at=at, episode_id=episode.pk) as ledger:
        current = telling.must_see(episode, by=by, at=at)
        telling.must_be_open(current)
        old = current.bed_stays.select_related("bed").filter(ended_at=None).first()
        if old is not None and old.bed_id == bed.pk:
            return old
        telling.must_be_version(current, seen_version)
        if bed.facility_id != current.facility_id:
            raise Refused(_("Not done: that bed is not in this facility."))
        if old is not None:
            old.ended_at = at
            old.save(update_fields=["ended_at"])
            ledger.wrote(old)
        stay = occupy(bed, current, at=at, ledger=ledger)
        current.version += 1
        current.save(update_fields=["version"])
        ledger.wrote(current)
        return stay


def set_status(
    bed: Bed, status: str, *, note: str = "", by: Actor, at: datetime, submission: UUID
) -> Bed:
    """Say that a bed is ready, being cleaned, or blocked (with the reason).

    Raises:
        Refused: blocked without a reason; unknown status; somebody is in it.
    """
    if status not in Bed.Status.values:
        raise Refused(_("Not done: a bed is ready, being cleaned or blocked."))
    if status == Bed.Status.BLOCKED and not note.strip():
        raise Refused(_("Not done: say why the bed is blocked."), {"note": _("Say why.")})
    with audit.action("beds.set_status", by=by, at=at) as ledger:
        current = Bed.objects.get(pk=bed.pk, facility=by.facility)
        if status != Bed.Status.READY and current.stays.filter(ended_at=None).exists():
            raise Refused(
                _("Not done: somebody is in bed {bed}. Move them first.").format(bed=bed.label)
            )
        current.status, current.status_note = status, note
        current.save(update_fields=["status", "status_note"])
        ledger.wrote(current)
        return current
