"""What was told in one submission stays consistent when part of it is corrected.

The COWS pulse follows from the heart rate. When the heart rate turns out wrong, the
score that stood on it is told again, in the same action; when it is struck out, the
score has no total any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from stepdown.clinical import instruments
from stepdown.clinical.instruments import Instrument
from stepdown.content import library
from stepdown.records.actions.monitoring import preparing
from stepdown.records.models import VITALS, Observation

Outcome = Observation.Outcome


def vitals_beside(scale: Observation) -> Mapping[str, Decimal] | None:
    """The vital signs that stand of those told with ``scale``; None where there are none."""
    told = Observation.objects.filter(submission_id=_first(scale).submission_id, kind=VITALS)
    for row in told:
        stands = _as_it_stands(row)
        if stands is not None:
            return {key: Decimal(value) for key, value in stands.values.items()}
    return None


def scales_beside(vitals: Observation) -> Iterator[Observation]:
    """The scales that stand of those told with ``vitals``."""
    told = Observation.objects.filter(submission_id=_first(vitals).submission_id)
    for row in told.exclude(kind=VITALS):
        stands = _as_it_stands(row)
        if stands is not None:
            yield stands


def told_again(scale: Observation, taken: Mapping[str, Decimal]) -> dict[str, Any] | None:
    """The fields of ``scale`` with its derived items following ``taken``; None if unchanged.

    Scored by the content as it was then, from its snapshot.
    """
    if scale.outcome not in (Outcome.COMPLETE, Outcome.PARTIAL):
        return None
    known = library.restore(Instrument, scale.snapshot.text)
    derived = {item.key for item in known.items if item.derived_from is not None}
    by_hand = {key: code for key, code in scale.chosen().items() if key not in derived}
    answers = instruments.with_derived(known, by_hand, taken)
    if answers == scale.chosen():
        return None
    return {
        "kind": scale.kind,
        "context": scale.context,
        "note": scale.note,
        "reason": scale.reason,
        "is_downtime": scale.is_downtime,
        "occurred_at": scale.occurred_at,
        "snapshot_id": scale.snapshot_id,
    } | preparing.result(known, answers)


def _first(row: Observation) -> Observation:
    while row.replaces_id is not None:
        row = Observation.objects.get(pk=row.replaces_id)
    return row


def _as_it_stands(row: Observation) -> Observation | None:
    """The newest telling of ``row``; None when it was struck out."""
    while (later := Observation.objects.filter(replaces=row).first()) is not None:
        row = later
    return None if row.is_void else row
