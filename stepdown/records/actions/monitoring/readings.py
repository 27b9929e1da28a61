"""What one bedside submission holds, before anybody has judged it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale as filled in: item -> option code; or not scored, and why."""

    answers: Mapping[str, str] = field(default_factory=dict)
    outcome: str = "complete"
    reason: str = ""
    seen: UUID | None = None
    """The newest reading of this scale the recorder had in view; None if there was none."""
    checks_seen: bool = False
    """True where a page was shown, so that ``seen`` means something."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Vitals and scales of one person at one time, told together.

    ``vitals`` are in each vital's stored unit. ``confirmed`` names the unusual
    ones the recorder was asked about twice. ``typed_at`` is when it was typed, where that
    was on a device without a connection and was checked: limits of time go by it.
    """

    occurred_at: datetime
    context: str = "scheduled"
    vitals: Mapping[str, Decimal] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()
    note: str = ""
    downtime: bool = False
    typed_at: datetime | None = None
