"""Recording what somebody drank and lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.content import library
from stepdown.records import audit
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.actions.monitoring import striking
from stepdown.records.errors import Refused
from stepdown.records.models import Episode, FluidEntry

Kind, Seen = FluidEntry.Kind, FluidEntry.Seen

CODES = {Kind.DRUNK: "fluid_type", Kind.VOMITED: "emesis_class", Kind.STOOL: "bristol"}
"""Which code set says what it was. Urine needs none."""

LARGEST_ML = 5_000
"""More than one entry can hold. A limit of the form against slips, not a clinical one."""


@dataclass(frozen=True, slots=True)
class Fluid:
    """One drink or loss as it was told. ``volume_ml`` None: not measured."""

    kind: str
    what: str = ""
    volume_ml: int | None = None
    blood: str = Seen.UNKNOWN
    bile: str = Seen.UNKNOWN
    is_dark: str = Seen.UNKNOWN
    note: str = ""


def record(
    episode: Episode,
    fluid: Fluid,
    *,
    by: Actor,
    at: datetime,
    submission: UUID,
    occurred_at: datetime | None = None,
    typed_at: datetime | None = None,
) -> FluidEntry:
    """Record one drink or one loss.

    ``typed_at`` is when it was typed on a device without a connection, where that was
    checked: limits of time go by it.

    Raises:
        Refused: an unknown kind or code; a drink neither named nor measured; an impossible
            volume; a time ahead or too far back; the stay has ended.
        NotPermitted: the role records no fluids, or the chart is closed to it.
    """
    if wrong := wrong_with(fluid):
        raise Refused(_("Not recorded. ") + " ".join(wrong.values()), wrong)

    def write() -> FluidEntry:
        with audit.action("fluids.record", by=by, at=at, episode_id=episode.pk) as ledger:
            current = telling.must_see(episode, by=by, at=at)
            telling.must_be_open(current)
            telling.check_time(
                occurred_at or at, at=typed_at or at, facility=by.facility,
                since=current.arrived_at, downtime=False,
            )  # fmt: skip
            row = FluidEntry.told(
                by, at=at, submission=submission, occurred_at=occurred_at, episode=current,
                **_columns(fluid),
            )  # fmt: skip
            ledger.created(row)
            return row

    return telling.once(FluidEntry, submission, write, by=by, about=episode.pk)


def void(old: FluidEntry, *, why: str, by: Actor, at: datetime, submission: UUID) -> FluidEntry:
    """Mark a drink or a loss as entered in error; it stays readable.

    Raises:
        Refused: no reason; struck out already.
        NotPermitted: somebody else told it and the role does not amend.
    """
    striking.refuse(old, "fluids", why=why, by=by, submission=submission)

    def write() -> FluidEntry:
        with audit.action("fluids.void", by=by, at=at, episode_id=old.episode_id) as ledger:
            return striking.strike(
                old, ledger, why=why, by=by, at=at, submission=submission,
                kind=old.kind, what=old.what, volume_ml=old.volume_ml,
            )  # fmt: skip

    return telling.once(FluidEntry, submission, write, by=by, about=old.episode_id)


def wrong_with(fluid: Fluid) -> dict[str, str]:
    """What of it cannot be: field -> what to do about it."""
    wrong: dict[str, str] = {}
    if fluid.kind not in Kind.values:
        return {"kind": _("Say what it was: a drink, vomit, stool or urine.")}
    name = CODES.get(Kind(fluid.kind))
    known = library.codes(name).code(fluid.what) if name else None
    if name and known is None:
        if fluid.kind != Kind.VOMITED or fluid.what or fluid.volume_ml is None:
            wrong["what"] = _("Choose one.")
    elif not name and fluid.what:
        wrong["what"] = _("Urine has no kind to choose.")
    if fluid.volume_ml is not None and not 0 < fluid.volume_ml <= LARGEST_ML:
        wrong["volume_ml"] = _("Enter 1 to {most} mL, or leave it empty when not measured.").format(
            most=LARGEST_ML
        )
    asked = {"blood": (Kind.VOMITED, Kind.STOOL), "bile": (Kind.VOMITED,), "is_dark": (Kind.URINE,)}
    for field, kinds in asked.items():
        value = getattr(fluid, field)
        if value not in Seen.values:
            wrong[field] = _("Choose yes, no or not looked at.")
        elif value != Seen.UNKNOWN and fluid.kind not in kinds:
            wrong[field] = _("This is not asked here.")
    return wrong


def _columns(fluid: Fluid) -> dict[str, Any]:
    return {
        "kind": fluid.kind, "what": fluid.what, "volume_ml": fluid.volume_ml,
        "blood": fluid.blood, "bile": fluid.bile, "is_dark": fluid.is_dark,
        "note": fluid.note.strip(),
    }  # fmt: skip
