"""A large unit's history, made in bulk: invented people, plausible scores, ids spread.

The history goes into the tables directly: no action wrote it, so the chain does not
answer for it and ``stepdown verify`` would say so. What is measured is what the pages
and the actions do on top of it.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from bench.bulk import without_indexes
from stepdown.clinical import instruments
from stepdown.content import library
from stepdown.records import guards, snapshots
from stepdown.records.actions.beds import founding
from stepdown.records.actions.monitoring.preparing import judged
from stepdown.records.actions.people.accounts import NewAccount
from stepdown.records.models import (
    Assignment,
    Bed,
    BedStay,
    Episode,
    Facility,
    Observation,
    Person,
    Segment,
)

ZONE = "America/Los_Angeles"
COLUMNS = [field.column for field in Observation._meta.concrete_fields]
EVERY = timedelta(hours=4)


def build(count: int, *, current: int, past: int, now: datetime, seed: int = 7) -> dict[str, Any]:
    """Fill an empty, migrated database; returns what a client needs to ask for.

    Of the current people one has 14 days with about 500 entries, the others 36.
    """
    chance = random.Random(seed)
    facility, nurse = _house(current, now)
    people = [_stay(facility, n, n < current, now, chance) for n in range(current + past)]
    chance.shuffle(people)
    here = [e for e in people if e.closed_at is None]
    long_stay, short_stay = here[0], here[1]
    for bed, episode in zip(Bed.objects.order_by("position"), here, strict=True):
        BedStay.objects.create(
            facility=facility, bed=bed, episode=episode, started_at=episode.arrived_at
        )
    guards.remove(connection)
    with without_indexes(Observation._meta.db_table):
        made = _load(_rows(people, count, facility, nurse, now, chance, long_stay))
    guards.install(connection)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return {
        "observations": made,
        "unit": facility.units.get().code,
        "assignment": str(nurse.pk),
        "here": [str(e.pk) for e in here],
        "long_stay": str(long_stay.pk),
        "short_stay": str(short_stay.pk),
    }


def _house(beds: int, now: datetime) -> tuple[Facility, Assignment]:
    founding.deploy(demo=True, at=now)
    facility = founding.found(
        code="bench", name="Measured House", zone=ZONE,
        units=[
            {"code": "u1", "name": "Unit", "beds": [{"label": f"{n:03}"} for n in range(1, beds + 1)]}
        ],
        staff=[NewAccount("nurse", "Nurse Measured", "RN", licence_number="1", licence_state="CA")],
        at=now - timedelta(days=700),
    )  # fmt: skip
    return facility, Assignment.objects.select_related("user", "facility").get(facility=facility)


def _stay(
    facility: Facility, n: int, is_here: bool, now: datetime, chance: random.Random
) -> Episode:
    days = 14 if is_here else chance.randint(30, 600)
    arrived = now - timedelta(days=days, hours=chance.random() * 4)
    person = Person.objects.create(
        id=uuid4(), facility=facility, legal_name=f"Invented Person{n}", pronouns="they/them"
    )
    episode = Episode.objects.create(
        id=uuid4(), facility=facility, person=person, code=f"{n:04X}", state="WITHDRAWAL",
        phase="PRE_DOSE", arrived_at=arrived, admitted_at=arrived,
        closed_at=None if is_here else arrived + timedelta(days=20),
    )  # fmt: skip
    Segment.objects.create(facility=facility, episode=episode, level="WM_RES", started_at=arrived)
    return episode


def _rows(
    people: list[Episode],
    count: int,
    facility: Facility,
    nurse: Assignment,
    now: datetime,
    chance: random.Random,
    long_stay: Episode,
) -> Iterator[tuple[Any, ...]]:
    scores, vitals = _scores(chance), _vitals(chance)
    current = [e for e in people if e.closed_at is None]
    past = [e for e in people if e.closed_at is not None]
    for_current = 500 + 36 * (len(current) - 1)
    each = max(2, (count - for_current) // max(1, len(past)))
    for episode in people:
        if episode is long_stay:
            entries, step = 500, timedelta(days=14) / 250
        elif episode.closed_at is None:
            entries, step = 36, EVERY
        else:
            entries, step = each, timedelta(days=20) / (each // 2 + 1)
        for place in range(entries // 2):
            at = (episode.closed_at or now) - step * place - timedelta(minutes=chance.random() * 9)
            yield _row(episode, facility, nurse, at, chance.choice(vitals))
            yield _row(episode, facility, nurse, at, chance.choice(scores))


def _row(
    episode: Episode, facility: Facility, nurse: Assignment, at: datetime, fields: dict[str, Any]
) -> tuple[Any, ...]:
    values: dict[str, Any] = {
        "id": uuid4(), "facility_id": facility.pk, "occurred_at": at, "recorded_at": at,
        "actor_id": nurse.user_id, "role": "RN", "submission_id": uuid4(), "replaces_id": None,
        "is_void": False, "why": "", "episode_id": episode.pk, "outcome": "complete",
        "context": "scheduled", "answers": "{}", "values": "{}", "total": None, "at_least": None,
        "band": "", "severity": None, "asked_twice": "[]", "note": "", "reason": "",
        "is_downtime": False,
        "parts": None,
        "raised": None,
    } | fields  # fmt: skip
    return tuple(values[str(column)] for column in COLUMNS)


def _scores(chance: random.Random) -> list[dict[str, Any]]:
    cows = library.instrument("cows")
    kept = snapshots.keep(cows, kind="instrument", key="cows")
    made = []
    for _each in range(300):
        answers = {
            item.key: chance.choice(item.options[:3]).code
            for item in cows.items
            if item.derived_from is None
        }
        whole = instruments.with_derived(
            cows, answers, {"heart_rate_bpm": Decimal(chance.randint(62, 118))}
        )
        result = instruments.score(cows, whole)
        stored = {}
        for item in cows.items:
            option = item.option(whole[item.key])
            assert option is not None
            stored[item.key] = [option.code, option.points]
        made.append(
            {
                "kind": "cows", "answers": json.dumps(stored), "total": result.total,
                "at_least": result.total, "band": result.banded.key,
                "severity": result.banded.severity, "snapshot_id": kept,
            }
        )  # fmt: skip
    return made


def _vitals(chance: random.Random) -> list[dict[str, Any]]:
    kept = snapshots.keep(library.vital_signs(), kind="vitals", key="vitals")
    made = []
    for _each in range(300):
        values = {
            "systolic_mmhg": Decimal(chance.randint(105, 148)),
            "diastolic_mmhg": Decimal(chance.randint(62, 92)),
            "heart_rate_bpm": Decimal(chance.randint(62, 118)),
            "respiratory_rate_bpm": Decimal(chance.randint(12, 20)),
            "temperature_c": Decimal(chance.randint(362, 379)) / 10,
            "spo2_percent": Decimal(90 if chance.random() < 0.03 else chance.randint(95, 99)),
        }
        kept_values = json.dumps({key: str(value) for key, value in values.items()})
        made.append({"kind": "vitals", "snapshot_id": kept, "values": kept_values} | judged(values))
    return made


def _load(rows: Iterator[tuple[Any, ...]]) -> int:
    """Into the table as fast as the engine takes them; says how far on standard error."""
    table = Observation._meta.db_table
    made = 0
    batch: list[tuple[Any, ...]] = []
    listed = ", ".join(f'"{column}"' for column in COLUMNS)
    for row in rows:
        batch.append(row)
        if len(batch) == 20_000:
            _insert(table, listed, batch)
            made += len(batch)
            batch.clear()
            sys.stderr.write(f"\r  {made:,} observations")
    _insert(table, listed, batch)
    sys.stderr.write(f"\r  {made + len(batch):,} observations\n")
    return made + len(batch)


def _insert(table: str, listed: str, batch: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                for row in batch:
                    copy.write_row(row)
            return
        cursor.execute("BEGIN IMMEDIATE")
        marks = ", ".join("?" for _column in COLUMNS)
        raw = connection.connection
        raw.executemany(
            f"INSERT INTO {table} ({listed}) VALUES ({marks})",
            [tuple(_sqlite(value) for value in row) for row in batch],
        )
        cursor.execute("COMMIT")


def _sqlite(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value
