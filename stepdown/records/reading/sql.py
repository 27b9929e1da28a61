"""SQL words for reading much in one statement, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Func, OuterRef, Subquery, TextField
from django.db.models.functions import Coalesce, JSONObject

from stepdown.clinical.schedules import COMPLETE
from stepdown.records.models import VITALS, Observation, PregnancyEntry
from stepdown.records.reading import joined

SIDES, APART = "=", "|"
"""Between a time and its total, and between two of them, in one joined text."""


class JoinedPoints(Func):
    """All ``(when, total)`` of a subquery as one text, in no promised order.

    A plain function and no Django aggregate: the subquery is already one group.
    """

    arity = 2
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        when, total = self.get_source_expressions()
        return self._joined(
            compiler, f"group_concat({{}} || '{SIDES}' || ifnull({{}}, ''), '{APART}')", when, total
        )

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        when, total = self.get_source_expressions()
        return self._joined(
            compiler,
            f"string_agg({{}}::text || '{SIDES}' || coalesce({{}}::text, ''), '{APART}')",
            when,
            total,
        )

    def _joined(self, compiler: Any, template: str, when: Any, total: Any) -> Any:
        at, at_parameters = compiler.compile(when)
        points, points_parameters = compiler.compile(total)
        return template.format(at, points), (*at_parameters, *points_parameters)


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

    Vital signs have only ``done_``: what was measured is always complete.

    Args:
        values: with the vital signs as measured, where the kind is ``vitals``.
    """
    columns = {}
    for kind in kinds:
        with_values = values and kind == VITALS
        columns[f"done_{kind}"] = newest(kind, episode, complete=True, values=with_values)
        if kind != VITALS:
            columns[f"last_{kind}"] = newest(kind, episode)
    return columns


def points_since(kind: str, episode: str, since: datetime) -> Subquery:
    """The standing totals of an outer row's episode since a time, as one text; NULL for none."""
    readings = Observation.objects.of(kind).filter(
        episode=OuterRef(episode), occurred_at__gte=since
    )
    told = readings.standing().order_by().values(told=JoinedPoints("occurred_at", "total"))
    return Subquery(told, output_field=TextField())


def signs_since(episode: str, since: datetime) -> Subquery:
    """The standing vital signs of an outer row's episode since a time; see :func:`signs`."""
    readings = Observation.objects.of(VITALS).filter(
        episode=OuterRef(episode), occurred_at__gte=since
    )
    return joined.joined(readings.standing(), at="occurred_at", key="id", values="values")


def signs(newest: Told | None, text: str | None) -> dict[str, tuple[str, datetime]]:
    """The latest measurement of each vital sign: decimal text in its unit, and when.

    A set of signs says nothing of a sign that is not in it, so an older one stands.

    Args:
        newest: the newest set, however old it is.
        text: what :func:`signs_since` fetched.
    """
    sets = sorted(
        (joined.known(each["at"]), each["key"], _values(each["values"]))
        for each in joined.told(text)
    )
    found = {sign: (value, newest.at) for sign, value in newest.values.items()} if newest else {}
    for at, _key, values in sets:
        found |= {sign: (value, at) for sign, value in values.items()}
    return found


def _values(kept: str | dict[str, str]) -> dict[str, str]:
    """Vital signs as a database hands them on: SQLite leaves an inner object as text."""
    values: dict[str, str] = json.loads(kept) if isinstance(kept, str) else kept
    return values


CONCLUSIVE = (PregnancyEntry.Result.POSITIVE, PregnancyEntry.Result.NEGATIVE)


def pregnancy(episode: str) -> Coalesce:
    """The newest result of an outer row's episode; a test not done or failed takes none back."""
    tests = PregnancyEntry.objects.standing().filter(episode=OuterRef(episode)).newest()
    told = tests.values("result")
    return Coalesce(Subquery(told.filter(result__in=CONCLUSIVE)[:1]), Subquery(told[:1]))


def points(told: str) -> list[tuple[datetime, int | None]]:
    """What :func:`points_since` fetched, oldest first; a missing total is a gap."""
    pairs = sorted(each.split(SIDES) for each in told.split(APART) if each)
    return [(_moment(at), int(total) if total else None) for at, total in pairs]


def _moment(text: str) -> datetime:
    """A time as a database writes it, aware: SQLite leaves its UTC unsaid."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


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

    SQLite hands an inner object on as text.
    """
    if text is None:
        return None
    found = json.loads(text)
    return Told(
        _moment(found["at"]),
        found["outcome"],
        found["total"],
        found["band"],
        found["severity"],
        _values(found.get("values", {})),
    )
