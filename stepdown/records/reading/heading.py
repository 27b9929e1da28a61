"""One stay as its pages head it: who, where, what was told at arrival, what has happened.

One query, whatever the history, and no column in it that the reader's role does not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
    PersonalTarget,
    SubstanceUse,
    Transition,
)
from stepdown.records.models.admission.documents import called
from stepdown.records.reading import drafts, sql
from stepdown.records.reading.drafts import Drafts
from stepdown.records.reading.joined import joined, known, moment, told
from stepdown.records.reading.prepared import Prepared
from stepdown.records.reading.sight import Sight


@dataclass(frozen=True, slots=True)
class Allergy:
    """One allergy as told, or the statement that there is none or that nobody could be asked."""

    statement: str
    substance: str
    reaction: str
    severity: str
    reason: str


@dataclass(frozen=True, slots=True)
class Use:
    """What was told last of one substance. ``last_used_at`` is None where it is not known.

    ``supply`` is what the person believes was in it: code -> yes, no or unknown.
    """

    category: str
    substance: str
    last_used_at: datetime | None
    certainty: str
    note: str = ""
    supply: Mapping[str, str] = field(default_factory=dict)
    days_per_week: int | None = None

    @property
    def called_by_note(self) -> bool:
        """True where the note is the substance's name: it is not on the list."""
        return self.substance == SubstanceUse.OTHER and bool(self.note)


@dataclass(frozen=True, slots=True)
class BedTaken:
    """Since when somebody lay in a bed."""

    at: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A move between states, or between phases of one."""

    at: datetime
    from_state: str
    to_state: str
    to_phase: str
    reason: str


@dataclass(frozen=True, slots=True)
class TargetSet:
    """A personal limit as it was set: decimal texts in the sign's unit, empty where open."""

    at: datetime
    vital: str
    low: str
    high: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay its reader may see. What the role does not read is empty.

    ``open_until`` is when this actor's emergency opening ends, None without one;
    ``goal`` the person's own words; ``pregnancy`` the newest test's result, empty where
    none was told.
    """

    episode: Episode
    bed: str
    drafts: Drafts
    open_until: datetime | None = None
    beds: tuple[BedTaken, ...] = ()
    moves: tuple[Moved, ...] = ()
    targets: tuple[TargetSet, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    uses: tuple[Use, ...] = ()
    goal: str = ""
    pregnancy: str = ""

    def opioids(self) -> tuple[Use, ...]:
        """The opioids: unknown uses first, then the latest use first."""
        return _ordered(self.uses, SubstanceUse.Category.OPIOID)

    def others(self) -> tuple[Use, ...]:
        """The other substances, in the same order."""
        return _ordered(self.uses, SubstanceUse.Category.CO_USE)


def _ordered(uses: Iterable[Use], category: str) -> tuple[Use, ...]:
    found = [(use.last_used_at, use) for use in uses if use.category == category]
    unknown = [use for at, use in found if at is None]
    dated = sorted(((at, use) for at, use in found if at is not None), key=lambda each: each[0])
    return (*unknown, *(use for _at, use in reversed(dated)))


def time_since_last_use(opioids: Iterable[Use], at: datetime) -> timedelta | None:
    """``facts.time_since_last_use`` of what a page has fetched already.

    None while nothing was told, and while the last use of any opioid is unknown: it
    could have been a moment ago (N20).
    """
    times = [use.last_used_at for use in opioids]
    dated = [time for time in times if time is not None]
    if not dated or len(dated) < len(times):
        return None
    return at - max(dated)


OWN = tuple(field.attname for field in Episode._meta.concrete_fields)
PERSON = ("legal_name", "preferred_name", "pronouns", "born_on")


def find(episode_id: UUID, actor: Actor, sight: Sight, now: datetime) -> Stay | None:
    """The stay, where this actor may see it in the role they work in. One query.

    A person in care has pages of their own; a chart is not one of them.
    """
    if not access.knows_the_people(actor):
        return None
    rows = _STAY.rows(
        drafts.fingerprint(),
        actor.role,
        sight,
        user=actor.user.pk,
        facility=actor.facility.pk,
        now=now,
        episode=episode_id,
    )
    return _read(rows[0], actor) if rows else None


def is_closed_to(episode_id: UUID, actor: Actor) -> bool:
    """True where such a stay is here, but restricted: somebody invited could open it."""
    return Episode.objects.filter(
        pk=episode_id, facility_id=actor.facility.pk, is_restricted=True
    ).exists()


def _stay(
    _content: str,
    role: str,
    sight: Sight,
    *,
    user: UUID,
    facility: UUID,
    now: datetime,
    episode: UUID,
) -> QuerySet[Any, Any]:
    here = OuterRef("pk")
    lying = BedStay.objects.filter(episode=here)
    opened = BreakGlass.objects.filter(episode=here, actor_id=user, role=role, until__gt=now)
    columns: dict[str, Any] = {
        "open_until": Subquery(opened.order_by("-until").values("until")[:1]),
        "bed": Subquery(lying.filter(ended_at=None).values("bed__label")[:1]),
        "beds": joined(lying, at="started_at", label="bed__label"),
        "moves": joined(
            Transition.objects.filter(episode=here, is_void=False),
            at="occurred_at",
            from_state="from_state",
            to_state="to_state",
            to_phase="to_phase",
            reason="reason",
        ),
        **Drafts.annotations(),
    }
    if sight.targets:
        columns["limits"] = joined(
            PersonalTarget.objects.filter(episode=here, is_void=False),
            at="occurred_at",
            vital="vital",
            low="low",
            high="high",
            reason="reason",
        )
    if sight.allergies:
        columns["allergies_told"] = joined(
            AllergyEntry.objects.standing().filter(episode=here),
            at="recorded_at",
            statement="statement",
            substance="substance",
            reaction="reaction",
            severity="severity",
            reason="reason",
        )
    if sight.use:
        columns["uses"] = joined(
            SubstanceUse.objects.standing().filter(episode=here),
            at="occurred_at",
            key="id",
            category="category",
            substance="substance",
            last="last_used_at",
            certainty="certainty",
            note="note",
            supply="supply",
            days="days_per_week",
        )
    if sight.goals:
        goals = GoalEntry.objects.standing().filter(episode=here).newest()
        columns["goal"] = Subquery(goals.values("words")[:1])
    if sight.pregnancy:
        columns["tested"] = sql.pregnancy("pk")
    visible = Episode.objects.filter(access.rule(role, user=user, facility=facility, now=now))
    found: QuerySet[Any, Any] = (
        visible.filter(pk=episode)
        .annotate(**columns)
        .values(*OWN, *(f"person__{name}" for name in PERSON), *columns)
    )
    return found


_STAY = Prepared(_stay)


def _read(row: dict[str, Any], actor: Actor) -> Stay:
    episode = Episode.from_db("default", OWN, [row[name] for name in OWN])
    episode.facility = actor.facility
    episode.person = Person(
        pk=episode.person_id, **{name: row[f"person__{name}"] for name in PERSON}
    )
    return Stay(
        episode,
        row["bed"] or "",
        Drafts.of(row),
        row["open_until"],
        beds=tuple(BedTaken(at, each["label"]) for at, each in _in_order(row["beds"])),
        moves=tuple(
            Moved(at, each["from_state"], each["to_state"], each["to_phase"], each["reason"])
            for at, each in _in_order(row["moves"])
        ),
        targets=tuple(
            TargetSet(at, each["vital"], each["low"], each["high"], each["reason"])
            for at, each in _in_order(row.get("limits"))
        ),
        allergies=tuple(
            Allergy(**{name: value for name, value in each.items() if name != "at"})
            for _at, each in _in_order(row.get("allergies_told"))
        ),
        uses=_newest_of_each(row.get("uses")),
        goal=row.get("goal") or "",
        pregnancy=row.get("tested") or "",
    )


def _in_order(text: str | None) -> list[tuple[datetime, dict[str, Any]]]:
    """Joined rows by their time, oldest first."""
    rows = [(known(each["at"]), each) for each in told(text)]
    return sorted(rows, key=lambda row: row[0])


def _newest_of_each(text: str | None) -> tuple[Use, ...]:
    """What was told last of each substance; a correction keeps its entry's place."""
    latest = {
        (each["category"], called(each["substance"], each["note"])): Use(
            each["category"],
            each["substance"],
            moment(each["last"]),
            each["certainty"],
            each["note"],
            _supply(each["supply"]),
            each["days"],
        )
        for _at, each in sorted(_in_order(text), key=lambda row: (row[0], row[1]["key"]))
    }
    return tuple(latest.values())


def _supply(kept: str | dict[str, str]) -> dict[str, str]:
    """What a supply may hold as a database hands it on: SQLite leaves an inner object as text."""
    supply: dict[str, str] = json.loads(kept) if isinstance(kept, str) else kept
    return supply
