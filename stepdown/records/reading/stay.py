"""One stay as the head of every chart page shows it: who, where, which day, what they want."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from stepdown.records import access
from stepdown.records.access import Actor
from stepdown.records.models import (
    AllergyEntry,
    BedStay,
    BreakGlass,
    Episode,
    GoalEntry,
    Person,
    PregnancyEntry,
)
from stepdown.records.reading import drafts
from stepdown.records.reading.drafts import Drafts
from stepdown.records.reading.prepared import Prepared
from stepdown.records.reading.sight import Sight

EPISODE = tuple(f.attname for f in Episode._meta.concrete_fields if f.name != "facility")
PERSON = tuple(f.attname for f in Person._meta.concrete_fields)


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay this actor may see, with person and facility at hand.

    Attributes:
        goal: the newest of what the person said they want; "" where none is told or seen.
        open_until: when an emergency opening by this actor ends; None without one.
        is_pregnant: a positive test stands, and the reader may know.
    """

    episode: Episode
    bed: str
    goal: str
    open_until: datetime | None
    is_pregnant: bool
    drafts: Drafts


def stay(actor: Actor, episode_id: UUID, sight: Sight, now: datetime) -> Stay | None:
    """The stay, if this actor may see it. One query, asked anew for each page."""
    if not access.knows_the_people(actor):
        return None
    found = _STAY.rows(
        actor.role,
        sight.goals,
        sight.pregnancy,
        drafts.fingerprint(),
        user=actor.user.pk,
        facility=actor.facility.pk,
        now=now,
        episode=episode_id,
    )
    if not found:
        return None
    row = found[0]
    episode = Episode(facility=actor.facility, **{name: row[name] for name in EPISODE})
    episode.person = Person(**{name: row[f"person__{name}"] for name in PERSON})
    return Stay(
        episode,
        row["bed"] or "",
        row.get("goal") or "",
        row["open_until"],
        row.get("test") == PregnancyEntry.Result.POSITIVE,
        Drafts.of(row),
    )


def _stay(
    role: str,
    goals: bool,
    pregnancy: bool,
    _content: str,
    *,
    user: UUID,
    facility: UUID,
    now: datetime,
    episode: UUID,
) -> QuerySet[Any, Any]:
    opened = BreakGlass.objects.filter(episode=OuterRef("pk"), actor_id=user, until__gt=now)
    lying = BedStay.objects.filter(episode=OuterRef("pk"), ended_at=None)
    columns: dict[str, Any] = {
        "open_until": Subquery(opened.order_by("-until").values("until")[:1]),
        "bed": Subquery(lying.values("bed__label")[:1]),
    }
    if goals:
        told = GoalEntry.objects.standing().filter(episode=OuterRef("pk")).newest()
        columns["goal"] = Subquery(told.values("words")[:1])
    if pregnancy:
        tests = PregnancyEntry.objects.standing().filter(episode=OuterRef("pk")).newest()
        columns["test"] = Subquery(tests.values("result")[:1])
    visible = Episode.objects.filter(access.rule(role, user=user, facility=facility, now=now))
    found: QuerySet[Any, Any] = visible.filter(pk=episode).values(
        *EPISODE, *(f"person__{name}" for name in PERSON), **columns, **Drafts.annotations()
    )
    return found


_STAY = Prepared(_stay)


def is_closed_to(actor: Actor, episode_id: UUID) -> bool:
    """True for a restricted stay of the house that this actor could open in an emergency."""
    return (
        access.knows_the_people(actor)
        and access.may(actor, "break_glass", "C")
        and Episode.objects.filter(
            pk=episode_id, facility_id=actor.facility.pk, is_restricted=True
        ).exists()
    )


def allergies(episode: Episode) -> list[AllergyEntry]:
    """What is on record about allergies, oldest first; empty means nobody has asked yet."""
    rows = _ALLERGIES.rows(episode=episode.pk)
    return [AllergyEntry(**row) for row in rows]


def _allergies(*, episode: UUID) -> QuerySet[Any, Any]:
    standing = AllergyEntry.objects.standing().filter(episode=episode)
    found: QuerySet[Any, Any] = standing.order_by("occurred_at", "id").values(
        "statement", "substance", "reaction", "severity", "reason"
    )
    return found


_ALLERGIES = Prepared(_allergies)
