"""A red sign stands until the same sign is measured again, however long ago it was.

A page looks for each vital sign by itself in the last day's sets, and further back only
in sets that held a red one. Whether such an old red sign was measured again since, in a
set that was not red, is asked here: one query more, and only where it matters.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from stepdown.records.models import VITALS, Observation
from stepdown.records.reading import sql


def ask_again(
    beds: Iterable[dict[str, Any]], *, episode: str, full: str, recent: str, reds: str
) -> None:
    """Put every set since an old red one beside those of the last day, where one may stand.

    Args:
        beds: rows as a page fetched them; the column ``recent`` is changed in place.
        episode: the column with the key of the stay; ``full``, ``recent`` and ``reds``
            those of ``sql.newest``, ``sql.sets_since`` and ``sql.red_sets_before``.
    """
    open_to_doubt: dict[UUID, dict[str, Any]] = {}
    for bed in beds:
        if bed.get(reds) and _may_stand(bed[full], bed[recent], bed[reds]):
            open_to_doubt[bed[episode]] = bed
    if not open_to_doubt:
        return
    told = Observation.objects.of(VITALS).filter(episode__in=open_to_doubt).standing()
    rows: dict[UUID, list[str]] = {}
    for stay, at, key, values in told.values_list("episode_id", "occurred_at", "id", "values"):
        rows.setdefault(stay, []).append(sql.as_row(at, key, values))
    for stay, bed in open_to_doubt.items():
        bed[recent] = sql.APART.join(rows.get(stay, []))


@lru_cache(maxsize=2048)
def _may_stand(full: str | None, recent: str | None, reds: str) -> bool:
    """True where a sign of an old red set has no newer measurement among those at hand."""
    newest = sql.told(full)
    old = sql.signs(None, reds)
    if newest and all(sign in newest.values and at <= newest.at for sign, (_v, at) in old.items()):
        return False
    known = sql.signs(newest, recent)
    return any(sign not in known or known[sign][1] < at for sign, (_v, at) in old.items())
