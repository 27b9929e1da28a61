"""The course of one stay: every reading that stands, what is due, which symptoms are there.

One query, oldest first by when it happened: an entry told late takes its place in time.
A reading that was corrected or struck out is never among those that stand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import ExpressionWrapper, F, QuerySet, TextField

from stepdown.clinical import symptoms
from stepdown.clinical.schedules import COMPLETE, Look
from stepdown.clinical.symptoms import Finding, Reading
from stepdown.content import library
from stepdown.records.models import VITALS, Episode, Observation
from stepdown.records.reading import monitoring, raised, readings, sql
from stepdown.records.reading.flags import Flag
from stepdown.records.reading.monitoring import LookDue, Looked
from stepdown.records.reading.prepared import Prepared
from stepdown.records.reading.readings import SCREEN
from stepdown.records.reading.sight import Sight


class Entry(NamedTuple):
    """One reading as recorded; the names are the columns' own (``models.Observation``).

    ``key`` and ``replaces`` are as the database keeps them, good for comparing only, and
    so are ``told_at`` (read it as ``recorded_at``) and ``answers``. ``values`` is vital
    sign -> decimal text in the sign's own unit.
    """

    key: Any
    kind: str
    occurred_at: datetime
    told_at: datetime
    outcome: str
    total: int | None
    at_least: int | None
    band: str
    severity: int | None
    answers: str
    values: dict[str, str]
    replaces: Any
    is_void: bool
    is_downtime: bool
    why: str
    parts: str | None
    raised: str | None

    @property
    def is_complete(self) -> bool:
        """True for vital signs, and for a scale of which every item was answered."""
        return self.outcome == COMPLETE

    @property
    def recorded_at(self) -> datetime:
        """When it was recorded."""
        return when(self.told_at)

    @property
    def is_correction(self) -> bool:
        """True for an entry that took another's place."""
        return self.replaces is not None

    def results(self) -> dict[str, tuple[int, str, int | None]]:
        """Part of a scale without a whole -> its points, its band, its severity."""
        return {key: (told[0], told[1], told[2]) for key, told in _kept(self.parts).items()}

    def chosen(self) -> dict[str, str]:
        """Item key -> option code as chosen at the time."""
        return {item: code for item, (code, _points) in json.loads(self.answers).items()}


@dataclass(frozen=True, slots=True)
class Course:
    """What one stay's readings say, as far as the reader may see.

    ``entries`` stand, oldest first; ``corrections`` are those that took another's
    place, struck out or told anew, in the order in which they were told. Without the
    right to read scores both are empty, and only ``dues`` are known.
    """

    entries: tuple[Entry, ...] = ()
    corrections: tuple[Entry, ...] = ()
    dues: tuple[LookDue, ...] = ()
    findings: tuple[Finding, ...] = ()

    def of(self, kind: str) -> tuple[Entry, ...]:
        """The readings of one kind that stand, oldest first."""
        return tuple(entry for entry in self.entries if entry.kind == kind)

    def kinds(self) -> tuple[str, ...]:
        """Every kind of which a reading stands, in the order of first appearance."""
        return tuple(dict.fromkeys(entry.kind for entry in self.entries))


def course(episode: Episode, sight: Sight) -> Course:
    """The course of a stay the actor was found to see. One query, or none without the right."""
    if not sight.dues:
        return Course()
    told = [_entry(row) for row in _READINGS.rows(episode=episode.pk)]
    gone = {entry.replaces for entry in told}
    standing = tuple(entry for entry in told if not entry.is_void and entry.key not in gone)
    dues = _dues(standing, episode, sight)
    if not sight.scores:
        return Course(dues=dues)
    corrections = sorted(
        (entry for entry in told if entry.is_correction), key=lambda entry: entry.recorded_at
    )
    return Course(standing, tuple(corrections), dues, _findings(standing))


COLUMNS = {
    "key": "id",
    "kind": "kind",
    "occurred_at": "occurred_at",
    "told_at": "recorded_at",
    "outcome": "outcome",
    "total": "total",
    "at_least": "at_least",
    "band": "band",
    "severity": "severity",
    "answers": "answers",
    "values": "values",
    "replaces": "replaces_id",
    "is_void": "is_void",
    "is_downtime": "is_downtime",
    "why": "why",
    "parts": "parts",
    "raised": "raised",
}
"""Field of an entry -> column, taken as the database keeps it.

Turning every cell of five hundred rows into an object takes longer than finding them.
"""

OCCURRED, VALUES, KIND = (Entry._fields.index(name) for name in ("occurred_at", "values", "kind"))

NO_VALUES: dict[str, str] = {}
"""What a scale has measured; shared, and never changed."""


def _entry(row: dict[str, Any]) -> Entry:
    cells = list(row.values())
    cells[OCCURRED] = when(cells[OCCURRED])
    cells[VALUES] = json.loads(cells[VALUES]) if cells[KIND] == VITALS else NO_VALUES
    return Entry._make(cells)


def when(kept: datetime) -> datetime:
    """A time as a database keeps it, aware: SQLite leaves its UTC unsaid."""
    return kept if kept.tzinfo else kept.replace(tzinfo=UTC)


def _readings(*, episode: UUID) -> QuerySet[Any, Any]:
    as_kept = {
        f"kept_{name}": ExpressionWrapper(F(column), output_field=TextField())
        for name, column in COLUMNS.items()
    }
    told = Observation.objects.filter(episode_id=episode).order_by("occurred_at", "id")
    rows: QuerySet[Any, Any] = told.annotate(**as_kept).values(*as_kept)
    return rows


_READINGS = Prepared(_readings)


def _dues(standing: Iterable[Entry], episode: Episode, sight: Sight) -> tuple[LookDue, ...]:
    """The next looks of this stay, soonest first; none once it has ended.

    Who reads no scores is told of vital signs alone, as on the board.
    """
    if episode.closed_at is not None:
        return ()
    latest: dict[str, Entry] = {}
    done: dict[str, Entry] = {}
    readings_that_stand = tuple(standing)
    for entry in readings_that_stand:
        latest[entry.kind] = entry
        if entry.is_complete:
            done[entry.kind] = entry
    schedule = monitoring.schedule_for(episode.facility)
    looked = [
        Looked(kind, _look(done.get(kind)), _look(latest.get(kind)))
        for kind in monitoring.kinds(schedule)
        if sight.scores or kind == VITALS
    ]
    stay = monitoring.stay_of(episode)
    open_ones = _raised(readings_that_stand)
    return monitoring.looks_due(schedule, stay, looked, episode.facility.tz, open_ones)


def stands_out(course: Course, now: datetime) -> tuple[Flag, ...]:
    """What to act on, gravest first, as the tile of this stay says it at ``now``."""
    signs: sql.Signs = {}
    full: Entry | None = None
    for entry in course.of(VITALS):
        signs |= {sign: (value, entry.occurred_at) for sign, value in entry.values.items()}
        full = entry if entry.is_complete else full
    screens = course.of(SCREEN)
    done = [entry for entry in screens if entry.is_complete]
    since = readings.signs_since(now)
    sedation = {}
    for kind in readings.sedation_scales():
        told = course.of(kind)
        sedation[kind] = _told(told), _told([entry for entry in told if entry.is_complete])
    return readings.stands_out(
        signs,
        _look(full),
        since,
        _told(screens),
        _told(done),
        sedation,
        _raised(course.entries),
    )


def _raised(standing: Iterable[Entry]) -> tuple[raised.Raised, ...]:
    """What answers raised during this stay, as far as nobody has looked after it."""
    rows: list[raised.Row] = []
    done: dict[str, list[tuple[datetime, str]]] = {}
    for entry in standing:
        key = str(entry.key).replace("-", "")
        if rules := _kept(entry.raised):
            rows.append(raised.Row(entry.occurred_at, key, entry.kind, rules))
        if entry.is_complete:
            done.setdefault(entry.kind, []).append((entry.occurred_at, key))
    return raised.still_open(rows, done) if rows else ()


def _kept(text: str | None) -> dict[str, Any]:
    """A column of JSON as the database keeps it; nothing where it is empty."""
    return json.loads(text) or {} if text else {}


def _told(entries: Sequence[Entry]) -> sql.Told | None:
    if not entries:
        return None
    last = entries[-1]
    return sql.Told(last.occurred_at, last.outcome, last.total, last.band, last.severity, {})


def _look(entry: Entry | None) -> Look | None:
    return Look(entry.occurred_at, entry.outcome, entry.band or None) if entry else None


def _findings(standing: Iterable[Entry]) -> tuple[Finding, ...]:
    """Which symptoms these readings show; what was told of one moment is one reading."""
    catalogue = library.symptoms()
    scales = {each.item.instrument for each in catalogue.symptoms if each.item}
    signs = {each.vital.vital for each in catalogue.symptoms if each.vital}
    moments: dict[datetime, tuple[_Answers, dict[str, Decimal]]] = {}
    for entry in standing:
        if entry.kind == VITALS:
            values = {key: Decimal(text) for key, text in entry.values.items() if key in signs}
            if values:
                moments.setdefault(entry.occurred_at, (_Answers(), {}))[1].update(values)
        elif entry.kind in scales:
            moments.setdefault(entry.occurred_at, (_Answers(), {}))[0].told[entry.kind] = entry
    return symptoms.findings(
        catalogue, [Reading(at, answers, vitals) for at, (answers, vitals) in moments.items()]
    )


class _Answers(Mapping[str, dict[str, str]]):
    """What each scale answered at one moment, read when asked: the last few looks decide."""

    __slots__ = ("_read", "told")

    def __init__(self) -> None:
        self.told: dict[str, Entry] = {}
        self._read: dict[str, dict[str, str]] = {}

    def __getitem__(self, kind: str) -> dict[str, str]:
        if kind not in self._read:
            self._read[kind] = self.told[kind].chosen()
        return self._read[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self.told)

    def __len__(self) -> int:
        return len(self.told)
