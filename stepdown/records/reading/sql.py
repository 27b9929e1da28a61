"""SQL words for reading much in one statement, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Aggregate, CharField, Func, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject

from stepdown.clinical.schedules import COMPLETE
from stepdown.records.models import VITALS, Observation


class EpochSeconds(Func):
    """A time as whole seconds since 1970, in UTC, as text: cheaper to fetch than a datetime."""

    arity = 1
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="strftime('%%%%s', %(expressions)s)")

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="FLOOR(EXTRACT(EPOCH FROM %(expressions)s))::text"
        )


class Joined(Aggregate):
    """The texts of a group, joined by spaces, in no promised order."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="group_concat(%(expressions)s, ' ')")

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="string_agg(%(expressions)s, ' ')")


def newest(
    kind: str, episode: str, *, complete: bool = False, place: int = 0, values: bool = False
) -> Subquery:
    """One standing reading of an outer row's episode as the text of a JSON object, or NULL.

    Args:
        episode: the outer column that holds the episode's key.
        complete: only readings that were completed.
        place: 0 for the newest, 1 for the one before.
        values: with the vital signs as measured.

    A late entry counts by when it happened; of two at the same moment, the one told
    later is the newer.
    """
    readings = Observation.objects.of(kind).filter(episode=OuterRef(episode)).standing()
    if complete:
        readings = readings.filter(outcome=COMPLETE)
    columns = {
        "at": "occurred_at",
        "outcome": "outcome",
        "total": "total",
        "band": "band",
        "severity": "severity",
    }
    if values:
        columns["values"] = "values"
    found = readings.newest().values(told=JSONObject(**columns))
    return Subquery(found[place : place + 1], output_field=TextField())


def newest_of(kinds: Iterable[str], episode: str, *, values: bool) -> dict[str, Subquery]:
    """Columns ``done_<kind>`` (newest complete) and ``last_<kind>`` (newest of any outcome).

    Args:
        values: with the vital signs as measured, where the kind is ``vitals``.
    """
    columns = {}
    for kind in kinds:
        with_values = values and kind == VITALS
        columns[f"done_{kind}"] = newest(kind, episode, complete=True, values=with_values)
        columns[f"last_{kind}"] = newest(kind, episode)
    return columns


def points_since(kind: str, episode: str, since: datetime) -> Subquery:
    """The standing totals of an outer row's episode since a time: ``"<seconds>=<total> ..."``.

    A reading without a total leaves its side empty. NULL when there is none.
    """
    readings = Observation.objects.of(kind).filter(
        episode=OuterRef(episode), occurred_at__gte=since
    )
    told = Concat(
        EpochSeconds("occurred_at"),
        Value("="),
        Coalesce(Cast("total", CharField()), Value("")),
        output_field=TextField(),
    )
    grouped = readings.standing().order_by().values("episode").annotate(told=Joined(told))
    return Subquery(grouped.values("told"), output_field=TextField())


def points(told: str) -> list[tuple[datetime, int | None]]:
    """What :func:`points_since` fetched, oldest first; a missing total is a gap."""
    pairs = sorted(each.split("=") for each in told.split())
    return [
        (datetime.fromtimestamp(int(seconds), UTC), int(total) if total else None)
        for seconds, total in pairs
    ]


@dataclass(frozen=True, slots=True)
class Told:
    """A reading as :func:`newest` fetched it."""

    at: datetime
    outcome: str
    total: int | None
    band: str
    severity: int | None
    values: dict[str, str]


def told(text: str | None) -> Told | None:
    """Read the text of :func:`newest`; None where there was no such reading.

    SQLite leaves the UTC of its times unsaid, and hands an inner object on as text.
    """
    if text is None:
        return None
    found = json.loads(text)
    at, values = datetime.fromisoformat(found["at"]), found.get("values", {})
    return Told(
        at if at.tzinfo else at.replace(tzinfo=UTC),
        found["outcome"],
        found["total"],
        found["band"],
        found["severity"],
        json.loads(values) if isinstance(values, str) else values,
    )
