"""What in a journey can be judged today, and what has to wait.

An expectation that follows something Stepdown cannot do yet is *pending* when
that something could have changed it: never passed, never failed. How many are
pending is pinned per file in ``journeys/pending.yaml``, and may only fall.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stepdown.content.reading import read
from stepdown.operate.journeys import shape, support
from stepdown.operate.journeys.format import Event, Expectation, Journey, find_beside

PINS = "pending.yaml"
"""The file of pinned counts, beside journeys or in a directory above them."""


@dataclass(frozen=True)
class Step:
    """One event of a journey. ``pending`` says why it cannot run; empty when it can.

    ``expectations`` pairs each expectation with the reason why it cannot be
    judged; empty when it can.
    """

    event: Event
    pending: str
    expectations: tuple[tuple[Expectation, str], ...]


@dataclass(frozen=True)
class Counts:
    """How much of a journey is pending."""

    events: int = 0
    expectations: int = 0

    def __str__(self) -> str:
        return f"{self.events} events, {self.expectations} expectations"


def plan(journey: Journey) -> tuple[Step, ...]:
    """Every event of ``journey`` with what can run and what can be judged today."""
    doubts: dict[str, Event] = {}
    steps = []
    for event in journey.events:
        reason = _waits(event, doubts)
        if reason:
            for facet in support.touches(event.action):
                doubts.setdefault(facet, event)
        judged = tuple((e, reason or _unjudged(e, doubts)) for e in event.expect)
        steps.append(Step(event, reason, judged))
    return tuple(steps)


def count(steps: Iterable[Step]) -> Counts:
    """How many events and expectations in ``steps`` are pending."""
    listed = list(steps)
    events = sum(1 for step in listed if step.pending)
    return Counts(events, sum(1 for s in listed for _, reason in s.expectations if reason))


def pins_for(journey: Path) -> Mapping[str, Counts] | None:
    """The pinned counts that apply to a journey file: journey key -> counts.

    They stand in :data:`PINS` beside the file or in a directory above it.
    None when there is no such file; then nothing is pinned.

    Raises:
        ContentError: the file of pins cannot be read.
    """
    found = find_beside(journey, PINS)
    if found is None:
        return None
    document = read(found)
    shape.check(document, document.data, (), "pending")
    return {key: Counts(**counts) for key, counts in document.data.items()}


def _waits(event: Event, doubts: Mapping[str, Event]) -> str:
    """Why ``event`` cannot run: its action is not built, or it needs one that is not."""
    if not event.action:
        return ""
    if event.why:
        return event.why
    action = support.ACTIONS[event.action]
    needed = action.reads | action.refused_by if event.refusal_expected else action.reads
    return _doubt(needed, doubts)


def _unjudged(expectation: Expectation, doubts: Mapping[str, Event]) -> str:
    if expectation.kind in support.NOT_YET_EXPECTED:
        return support.NOT_YET_EXPECTED[expectation.kind]
    return _doubt(support.EXPECTATIONS[expectation.kind], doubts)


def _doubt(facets: Iterable[str], doubts: Mapping[str, Event]) -> str:
    for facet in sorted(facets):
        if facet in doubts:
            event = doubts[facet]
            return f"waits for {event.action} at {event.at}: {event.why or 'pending itself'}"
    return ""
