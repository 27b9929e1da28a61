"""What answers have raised, and what of it still stands.

Each reading keeps what its answers raised, and the kind of look that ends it. A raise
stands until such a look was completed at that moment or later; where it leads to no other
look, until the same scale was completed again. A correction takes back what the corrected
answers raised. Nothing here knows a scale by name: an alert engine may take this over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery, TextField

from stepdown.clinical.schedules import COMPLETE
from stepdown.records.models import Observation
from stepdown.records.reading import sql


@dataclass(frozen=True, slots=True)
class Raised:
    """One thing that an answer raised: of which scale, by which of its rules, ended by what."""

    at: datetime
    kind: str
    rule: str
    look: str


@dataclass(frozen=True, slots=True)
class Row:
    """A standing reading that raised something; ``key`` orders readings of one moment."""

    at: datetime
    key: str
    kind: str
    rules: Mapping[str, str]


Done = Mapping[str, Iterable[tuple[datetime, str]]]
"""Kind -> when it was completed, and the reading's key."""


def still_open(rows: Iterable[Row], done: Done) -> tuple[Raised, ...]:
    """What nobody has answered yet with the look it asks for, oldest first."""
    found = [
        Raised(row.at, row.kind, rule, look)
        for row in rows
        for rule, look in row.rules.items()
        if not any(_ends(row, look, at, key) for at, key in done.get(look, ()))
    ]
    return tuple(sorted(found, key=lambda each: each.at))


def _ends(row: Row, look: str, at: datetime, key: str) -> bool:
    if look == row.kind:
        return (at, key) > (row.at, row.key)
    return at >= row.at


def column(episode: str) -> Subquery:
    """Every standing reading of an outer row's episode that raised something, as one text."""
    rows = Observation.objects.filter(episode=OuterRef(episode), raised__isnull=False).standing()
    told = rows.order_by().values(told=sql.JoinedTexts("occurred_at", "id", "kind", "raised"))
    return Subquery(told, output_field=TextField())


def settle(beds: Iterable[dict[str, Any]], *, episode: str, column: str) -> None:
    """Leave in each bed's column only what still stands, as :func:`read` takes it.

    One query, and only where an answer has raised something during a stay here.

    Args:
        beds: rows as a page fetched them; ``column`` is changed in place.
        episode: the column with the key of the stay.
    """
    raised = {bed[episode]: sql.rows(bed[column]) for bed in beds if bed.get(column)}
    if not raised:
        return
    rows = {
        stay: [Row(sql.moment(at), _plain(key), kind, json.loads(rules))
               for at, key, kind, rules in found]
        for stay, found in raised.items()
    }  # fmt: skip
    looks = {look for found in rows.values() for row in found for look in row.rules.values()}
    first = min(row.at for found in rows.values() for row in found)
    told = Observation.objects.filter(
        episode__in=rows, kind__in=looks, outcome=COMPLETE, occurred_at__gte=first
    ).standing()
    done: dict[UUID, dict[str, list[tuple[datetime, str]]]] = {stay: {} for stay in rows}
    for stay, kind, at, key in told.values_list("episode_id", "kind", "occurred_at", "id"):
        done[stay].setdefault(kind, []).append((at, key.hex))
    for bed in beds:
        if bed.get(column):
            stay = bed[episode]
            bed[column] = _text(still_open(rows[stay], done[stay]))


def read(text: str | None) -> tuple[Raised, ...]:
    """What :func:`settle` left."""
    return tuple(
        Raised(sql.moment(at), kind, rule, look) for at, kind, rule, look in sql.rows(text)
    )


def _text(found: Iterable[Raised]) -> str:
    return sql.APART.join(
        sql.SIDES.join((each.at.isoformat(), each.kind, each.rule, each.look)) for each in found
    )


def _plain(key: str) -> str:
    """A reading's key as both databases write it."""
    return key.replace("-", "")
