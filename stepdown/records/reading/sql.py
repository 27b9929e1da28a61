"""SQL words for reading much in one statement, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Func, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Coalesce, JSONObject

from stepdown.clinical.schedules import COMPLETE
from stepdown.records.models import RED, VITALS, Observation, PregnancyEntry

SIDES, APART = "\x1f", "\x1e"
"""Between the columns of a row, and between two rows, in one joined text."""


class JoinedTexts(Func):
    """All rows of a subquery as one text, in no promised order; an empty cell is "".

    A plain function and no Django aggregate: the subquery is already one group. On
    SQLite it takes half the time of a JSON array.
    """

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self._joined(compiler, "group_concat({row}, '{apart}')", "ifnull({cell}, '')")

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self._joined(compiler, "string_agg({row}, '{apart}')", "coalesce({cell}::text, '')")

    def _joined(self, compiler: Any, rows: str, cell: str) -> Any:
        cells, parameters = [], []
        for source in self.get_source_expressions():
            sql, of_source = compiler.compile(source)
            cells.append(cell.format(cell=sql))
            parameters += of_source
        return rows.format(row=f" || '{SIDES}' || ".join(cells), apart=APART), tuple(parameters)


def rows(text: str | None) -> list[list[str]]:
    """What :class:`JoinedTexts` put together, in order of the first column, then the second."""
    return sorted(row.split(SIDES) for row in text.split(APART)) if text else []


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

    Vital signs have only ``done_``, the newest full set: a set with less is no look that
    was tried in vain, and :func:`signs` tells what was measured.

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
    told = readings.standing().order_by().values(told=JoinedTexts("occurred_at", "total"))
    return Subquery(told, output_field=TextField())


def sets_since(episode: str, since: datetime) -> Subquery:
    """The standing sets of vital signs since a time, for :func:`signs`."""
    return _sets(episode, Q(occurred_at__gte=since))


def red_sets_before(episode: str, since: datetime) -> Subquery:
    """The standing sets before a time in which a sign was red when it was told."""
    return _sets(episode, Q(occurred_at__lt=since, band=RED))


def _sets(episode: str, which: Q) -> Subquery:
    found = Observation.objects.of(VITALS).filter(which, episode=OuterRef(episode)).standing()
    told = found.order_by().values(told=JoinedTexts("occurred_at", "id", "values"))
    return Subquery(told, output_field=TextField())


Signs = dict[str, tuple[str, datetime]]
"""Vital sign -> its latest measurement, decimal text in its unit, and when."""


def signs(newest: Told | None, *texts: str | None) -> Signs:
    """The latest measurement of each vital sign.

    A set of signs says nothing of a sign that is not in it, so an older one stands.

    Args:
        newest: the newest full set, however old it is.
        texts: what :func:`sets_since` and :func:`red_sets_before` fetched.
    """
    sets = [(newest.at, "", newest.values)] if newest else []
    for at, key, values in (row for text in texts for row in rows(text)):
        sets.append((moment(at), key, json.loads(values)))
    found: Signs = {}
    for when, _key, measured in sorted(sets, key=lambda each: each[:2]):
        found |= {sign: (value, when) for sign, value in measured.items()}
    return found


def as_row(at: datetime, key: UUID, values: Mapping[str, str]) -> str:
    """One set of vital signs, read otherwise, as :func:`sets_since` tells it."""
    return SIDES.join((at.isoformat(), str(key), json.dumps(values)))


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
    return [(moment(at), int(total) if total else None) for at, total in rows(told)]


def moment(text: str) -> datetime:
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
        moment(found["at"]),
        found["outcome"],
        found["total"],
        found["band"],
        found["severity"],
        _values(found.get("values", {})),
    )
