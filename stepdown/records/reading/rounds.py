"""Who lies where in a unit, and when each was last seen on a round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from stepdown.records.access import Actor
from stepdown.records.models import BedStay, Episode, SafetyRound


@dataclass(frozen=True, slots=True)
class Walked:
    """One person of a unit, as a round needs them. ``place`` is empty when never seen."""

    episode_id: UUID
    bed: str
    name: str
    code: str
    last_at: datetime | None
    place: str


def of_unit(unit_code: str, actor: Actor, now: datetime) -> list[Walked]:
    """Everybody in a bed of this unit whom this actor may see, in the order of the beds.

    One statement, whatever the history.
    """
    told = SafetyRound.objects.standing().filter(episode=OuterRef("episode")).newest()
    lying = (
        BedStay.objects.filter(
            Q(ended_at=None),
            facility=actor.facility,
            bed__unit__code=unit_code,
            episode__in=Episode.objects.visible_to(actor, now).open(),
        )
        .select_related("bed", "episode__person")
        .annotate(
            last_at=Subquery(told.values("occurred_at")[:1]),
            place=Subquery(told.values("place")[:1]),
        )
        .order_by("bed__position", "bed__label")
    )
    return [
        Walked(
            each.episode_id,
            each.bed.label,
            each.episode.person.short,
            each.episode.code,
            each.last_at,
            each.place or "",
        )
        for each in lying
    ]


def of_stay(episode: Episode, count: int = 30) -> list[SafetyRound]:
    """The latest rounds of one stay, newest first, corrected and struck ones too."""
    told = SafetyRound.objects.filter(episode=episode).select_related("actor")
    return list(told.newest()[:count])
