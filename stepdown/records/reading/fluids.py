"""What was told of drinks and losses, and what it adds up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from stepdown.clinical import hydration
from stepdown.clinical.hydration import Balance
from stepdown.records.models import Episode, FluidEntry

SHOWN = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Fluids:
    """The entries of the last two days, newest first, and the running totals."""

    entries: tuple[FluidEntry, ...]
    struck: frozenset[object]
    balances: tuple[Balance, ...]


def of(episode: Episode, now: datetime) -> Fluids:
    """One statement: the entries of the last 48 hours. Totals count only what still stands."""
    told = tuple(
        FluidEntry.objects.filter(episode=episode, occurred_at__gt=now - SHOWN)
        .select_related("actor")
        .newest()
    )
    gone = frozenset(row.replaces_id for row in told if row.replaces_id)
    standing = [row for row in told if not row.is_void and row.pk not in gone]
    fluids = [hydration.Fluid(row.occurred_at, row.kind, row.volume_ml) for row in standing]
    return Fluids(
        tuple(row for row in told if not row.is_void),
        gone,
        tuple(
            hydration.balance(fluids, until=now, hours=hours) for hours in hydration.WINDOWS_HOURS
        ),
    )
