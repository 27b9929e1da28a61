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
from stepdown.records.errors import Conflict, NotPermitted, Refused
from stepdown.records.models import Bed, BedStay, Episode


def occupy(bed: Bed, episode: Episode, *, at: datetime, ledger: Ledger) -> BedStay:
    """Put somebody in a free bed, inside the caller's transaction.

    Raises:
        Refused: the bed is not in use now, with its reason.
        Conflict: somebody else is in it; the database decides (N7).
    """
    bed = Bed.objects.get(pk=bed.pk)
    if bed.status != Bed.Status.READY:
        raise Refused(
            _("Not done: bed {bed} is not in use ({why}). Choose another bed.").format(
                bed=bed.label, why=bed.status_note or Bed.Status(bed.status).label
            ),
            {"bed": _("This bed is not in use.")},
        )
    if (until := _in_use_until(bed, at)) is not None:
        raise Refused(
            _("Not done: bed {bed} was in use until {time}. Enter a later time.").format(
                bed=bed.label, time=episode.facility.local(until).strftime("%H:%M, %d %b")
            ),
            {"occurred_at": _("The bed was in use then.")},
        )
    try:
        with transaction.atomic():
            stay = BedStay(facility_id=bed.facility_id, bed=bed, episode=episode, started_at=at)
            ledger.created(stay)
            return stay
    except IntegrityError as error:
        raise Conflict(
            _("Not done: bed {bed} is taken. One bed holds one person; choose another.").format(
                bed=bed.label
            ),
            {"bed": _("This bed is taken.")},
        ) from error


def _in_use_until(bed: Bed, at: datetime) -> datetime | None:
    """When the last stay that reaches past ``at`` ended; None if the bed was free by then."""
    later = bed.stays.filter(ended_at__gt=at).order_by("-ended_at").first()
    return later.ended_at if later else None


def move(
    episode: Episode,
    bed: Bed,
    *,
    by: Actor,
    at: datetime,
    submission: UUID,
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
            ledger.changed(old, "ended_at")
        stay = occupy(bed, current, at=at, ledger=ledger)
        current.version += 1
        ledger.changed(current, "version")
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
        current = Bed.objects.filter(pk=bed.pk, facility=by.facility).first()
        if current is None:
            raise NotPermitted(_("Not done: that bed is not in this facility."))
        if status != Bed.Status.READY and current.stays.filter(ended_at=None).exists():
            raise Refused(
                _("Not done: somebody is in bed {bed}. Move them first.").format(bed=bed.label)
            )
        current.status, current.status_note = status, note.strip()
        ledger.changed(current, "status", "status_note")
        return current
