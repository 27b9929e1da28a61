"""What one actor's role lets them see, asked of the permission matrix once per page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from stepdown.records.access import Actor, may


@dataclass(frozen=True, slots=True)
class Sight:
    """The reads (and the two acts pages link to) that the active role has.

    ``scores`` covers scales and vital signs. ``dues`` is seen by whoever may read
    or take them: a technician who only takes vital signs still needs to know when
    those are due, and is told of no other look.
    """

    scores: bool
    dues: bool
    records: bool
    pregnancy: bool
    allergies: bool
    goals: bool
    use: bool
    targets: bool
    breaks_glass: bool
    rounds: bool

    @classmethod
    def of(cls, actor: Actor) -> Self:
        """What this actor may see, by the matrix."""
        scores, records = may(actor, "observations", "R"), may(actor, "observations", "C")
        return cls(
            scores=scores,
            dues=scores or records,
            records=records,
            pregnancy=may(actor, "pregnancy_test", "R"),
            allergies=may(actor, "allergies", "R"),
            goals=may(actor, "goals", "R"),
            use=may(actor, "substance_use", "R"),
            targets=may(actor, "personal_targets", "R"),
            breaks_glass=may(actor, "break_glass", "C"),
            rounds=may(actor, "rounds", "R"),
        )
