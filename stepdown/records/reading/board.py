"""The board: every bed of a unit, and whoever is in it, in three queries.

The unit with the version of its pages; the people in it, as far as this actor may
see them; and the beds with the newest reading of each kind, found by its index
(episode, kind, -occurred_at) as architecture 6 measured. Whatever the history, a
bed costs the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import get_language

from stepdown.clinical.schedules import Schedule
from stepdown.records import access
from stepdown.records.access import Actor
from stepdown.records.models import (
    Bed,
    BreakGlass,
    ChainHead,
    Episode,
    Facility,
    Person,
    PregnancyEntry,
    Unit,
)
from stepdown.records.reading import drafts, lasting, monitoring, raised, readings, sql
from stepdown.records.reading.drafts import Drafts
from stepdown.records.reading.flags import PREGNANT, Flag
from stepdown.records.reading.monitoring import LookDue
from stepdown.records.reading.prepared import Prepared
from stepdown.records.reading.readings import SCALE, Missed, Score
from stepdown.records.reading.sight import Sight

SPARK_HOURS = 48

STAY = "stay__episode_id"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A unit of the same facility, as a link to it needs it; ``is_here`` marks the one shown."""

    code: str
    name: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Ward:
    """A unit, the end of its facility's chain of writes, and which content is unsigned.

    ``units`` are all units of the facility by name, this one among them.
    """

    unit: Unit
    units: tuple[Neighbour, ...]
    writes: ChainHead
    drafts: Drafts


@dataclass(frozen=True, slots=True)
class Occupant:
    """Somebody in a bed, as far as the reader may see.

    Of a restricted stay the reader is not invited to, nothing is here but the key
    of the stay, and that only for who may break the glass.
    """

    is_visible: bool
    episode_id: UUID | None = None
    is_restricted: bool = False
    name: str = ""
    code: str = ""
    state: str = ""
    stage: str = ""
    day: int = 0
    score: Score | None = None
    missed: Missed | None = None
    points: str = ""
    dues: tuple[LookDue, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One bed in its place on the board."""

    key: str
    label: str
    about: str
    status: str
    note: str
    occupant: Occupant | None


@dataclass(frozen=True, slots=True)
class Board:
    """All beds in order, and when time alone will next change what is shown.

    ``midnight`` ends the local day; ``spark_from`` and ``spark_to`` bound the sparklines.
    """

    places: tuple[Place, ...]
    midnight: datetime
    spark_from: datetime
    spark_to: datetime
    until: datetime


def ward(actor: Actor, code: str) -> Ward | None:
    """The unit with this code at the actor's facility, or None. One query.

    Whether anybody may look at it is the caller's question.
    """
    rows = _WARD.rows(drafts.fingerprint(), facility=actor.facility.pk)
    found = next((row for row in rows if row["code"] == code), None)
    if found is None:
        return None
    unit = Unit(facility=actor.facility, **{key: found[key] for key in ("id", "code", "name")})
    writes = ChainHead(facility_id=actor.facility.pk, seq=found["seq"] or 0, mac=found["mac"] or "")
    units = tuple(Neighbour(row["code"], row["name"], row is found) for row in rows)
    return Ward(unit, units, writes, Drafts.of(found))


def _ward(_content: str, *, facility: UUID) -> QuerySet[Any, Any]:
    """Every unit of a facility, so that the page of one also leads to the others."""
    head = ChainHead.objects.filter(pk=OuterRef("facility_id"))
    units = Unit.objects.filter(facility_id=facility).order_by("name", "code")
    return units.values(
        "id",
        "code",
        "name",
        seq=Subquery(head.values("seq")),
        mac=Subquery(head.values("mac")),
        **Drafts.annotations(),
    )


_WARD = Prepared(_ward)


def board(unit: Unit, actor: Actor, sight: Sight, now: datetime) -> Board:
    """Every bed of the unit as this actor sees it at ``now``.

    Two queries, one more where an old red sign may still stand, and one where an answer
    has raised something.
    """
    facility = actor.facility
    schedule = monitoring.schedule_for(facility)
    spark_to, midnight = next_hour(now), midnight_after(now, facility)
    spark_from = spark_to - timedelta(hours=SPARK_HOURS)
    signs_since = readings.signs_since(now)
    seen = {row[0]: row for row in _people(unit, actor, now)}
    beds = _BEDS.rows(
        sight.scores,
        sight.dues,
        sight.pregnancy,
        readings.watched(monitoring.kinds(schedule), scores=sight.scores),
        unit=unit.pk,
        **({"since": spark_from, "signs_since": signs_since} if sight.scores else {}),
    )
    lasting.ask_again(beds, episode="episode", full="done_vitals", recent="signs", reds="reds")
    raised.settle(beds, episode="episode", column="raised")
    ground = _Ground(schedule, facility, midnight, signs_since)
    about = (drafts.fingerprint(), get_language() or "", sight.scores)
    places, changes = [], [spark_to, midnight, *_closings(seen.values(), actor, now)]
    for bed in beds:
        key, label, words, status, note, episode_id = list(bed.values())[:OWN_COLUMNS]
        occupant = None
        if (person := seen.get(episode_id)) is not None:
            newest = tuple(bed.items())[OWN_COLUMNS:]
            occupant = _occupant(ground, about, person, newest)
            changes += [moment for due in occupant.dues for moment in (due.at, due.late_from)]
        elif episode_id is not None:
            occupant = Occupant(False, episode_id=episode_id if sight.breaks_glass else None)
        places.append(Place(key.hex, label, words, status, note, occupant))
    until = min(change for change in changes if change > now)
    return Board(tuple(places), midnight, spark_from, spark_to, until)


def next_hour(now: datetime) -> datetime:
    """The next full hour: sparklines end there, and so hold still within an hour."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def midnight_after(now: datetime, facility: Facility) -> datetime:
    """The next local midnight, when the day of stay changes, in UTC."""
    tomorrow = facility.local(now).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=facility.tz).astimezone(UTC)


PERSON = (
    "pk", "code", "state", "phase", "arrived_at", "admitted_at", "is_restricted",
    "person__legal_name", "person__preferred_name",
)  # fmt: skip
RESTRICTED = PERSON.index("is_restricted")


def _people(unit: Unit, actor: Actor, now: datetime) -> list[tuple[Any, ...]]:
    """Who is in a bed of the unit, of those this actor may see; asked anew for each page."""
    if not access.knows_the_people(actor):
        return []
    rows = _SEEN.rows(
        actor.role, user=actor.user.pk, facility=actor.facility.pk, now=now, unit=unit.pk
    )
    return [tuple(row.values()) for row in rows]


def _seen(
    role: str, *, user: UUID, facility: UUID, now: datetime, unit: UUID
) -> QuerySet[Any, Any]:
    visible = Episode.objects.filter(access.rule(role, user=user, facility=facility, now=now))
    found: QuerySet[Any, Any] = visible.filter(
        bed_stays__ended_at=None, bed_stays__bed__unit=unit
    ).values(*PERSON)
    return found


_SEEN = Prepared(_seen)


def _closings(people: Iterable[tuple[Any, ...]], actor: Actor, now: datetime) -> Iterable[datetime]:
    """When restricted stays that this actor opened in an emergency close again for them.

    A query of its own, but only where somebody here is restricted.
    """
    restricted = [person[0] for person in people if person[RESTRICTED]]
    if not restricted:
        return []
    opened = BreakGlass.objects.filter(
        episode__in=restricted, actor_id=actor.user.pk, role=actor.role, until__gt=now
    )
    return opened.values_list("until", flat=True)


def _beds(
    scores: bool,
    dues: bool,
    pregnancy: bool,
    kinds: tuple[str, ...],
    *,
    unit: UUID,
    since: datetime | None = None,
    signs_since: datetime | None = None,
) -> QuerySet[Any, Any]:
    """The beds in their order, each with the newest readings of the stay in it."""
    columns: dict[str, Any] = {}
    if dues:
        columns |= sql.newest_of(kinds, STAY, values=scores)
    if scores and since is not None and signs_since is not None:
        columns["before"] = sql.newest(SCALE, STAY, complete=True, place=1)
        columns["points"] = sql.points_since(SCALE, STAY, since)
        columns["signs"] = sql.sets_since(STAY, signs_since)
        columns["reds"] = sql.red_sets_before(STAY, signs_since)
        columns["raised"] = raised.column(STAY)
    if pregnancy:
        columns["pregnancy"] = sql.pregnancy(STAY)
    found: QuerySet[Any, Any] = (
        Bed.objects.filter(unit_id=unit)
        .annotate(
            stay=FilteredRelation("stays", condition=Q(stays__ended_at=None)),
            episode=F(STAY),
            **columns,
        )
        .order_by("position", "label")
        .values("id", "label", "about", "status", "status_note", "episode", *columns)
    )
    return found


_BEDS = Prepared(_beds)
OWN_COLUMNS = 6
"""How many of them describe the bed; the others are the newest readings."""


class _Ground:
    """What all beds of one page share, compared by value; ``midnight`` ends the local day."""

    __slots__ = ("facility", "key", "midnight", "schedule", "signs_since")

    def __init__(
        self, schedule: Schedule, facility: Facility, midnight: datetime, signs_since: datetime
    ) -> None:
        self.schedule, self.facility, self.midnight = schedule, facility, midnight
        self.signs_since = signs_since
        self.key = (id(schedule), facility.pk, facility.zone, midnight, signs_since)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ground) and other.key == self.key


@lru_cache(maxsize=2048)
def _occupant(
    ground: _Ground,
    about: tuple[str, str, bool],
    person: tuple[Any, ...],
    told: tuple[tuple[str, str | None], ...],
) -> Occupant:
    """One person in a bed, from what the database told. Pure, so a bed without news is free.

    Args:
        about: the content's fingerprint, the language, whether the reader sees scores.
        told: the newest readings, by column.
    """
    key, code, state, phase, arrived_at, admitted_at, is_restricted, legal, preferred = person
    columns = dict(told)
    stay = Episode(
        state=state,
        phase=phase,
        arrived_at=arrived_at,
        admitted_at=admitted_at,
        facility=ground.facility,
    )
    newest = readings.read(
        columns, stay, ground.schedule, scores=about[2], since=ground.signs_since
    )
    flags = newest.flags
    if columns.get("pregnancy") == PregnancyEntry.Result.POSITIVE:
        flags = tuple(sorted((*flags, PREGNANT), key=lambda flag: flag.rank))
    return Occupant(
        is_visible=True,
        episode_id=key,
        is_restricted=is_restricted,
        name=Person(legal_name=legal, preferred_name=preferred).short,
        code=code,
        state=state,
        stage=stay.stage_label,
        day=stay.day_on(ground.midnight - timedelta(microseconds=1)),
        score=newest.score,
        missed=newest.missed,
        points=columns.get("points") or "",
        dues=newest.dues,
        flags=flags,
    )
