"""What Stepdown can do today, in one table, and what each thing can change or depends on.

A *facet* is a part of what the records know about a stay. An action that cannot
run yet leaves the facets it would touch in doubt; whatever reads a facet in
doubt is pending: not passed, not failed. A domain that is not listed in
``TOUCHES`` is taken to touch everything, so a new word never passes by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ARRIVAL = "arrival"  # that this stay has begun at all
STAY = "stay"  # state, bed, day of stay, whether the person is in the house
PHASE = "phase"  # the phase of the withdrawal state
READINGS = "readings"  # scores and vital signs
SYMPTOMS = "symptoms"  # symptoms present, from whatever field shows them
DUE = "due"  # what is to be done next, and when
LAST_USE = "last_use"  # when the person last used

FACETS = frozenset({ARRIVAL, STAY, PHASE, READINGS, SYMPTOMS, DUE, LAST_USE})
_NOTHING: frozenset[str] = frozenset()
_MOVES = frozenset({STAY, PHASE, DUE})

TOUCHES: Mapping[str, frozenset[str]] = {
    # what Stepdown does today; a single action may be named before its domain
    "admissions.arrive": FACETS,
    "admissions.identify": frozenset({STAY}),
    "allergies": frozenset({STAY}),
    "beds": frozenset({STAY}),
    "consents": frozenset({STAY}),
    "episodes": _MOVES,
    "goals": _NOTHING,
    "observations": frozenset({STAY, READINGS, SYMPTOMS, DUE}),
    "scales": frozenset({READINGS, DUE}),
    "orders.admit": _MOVES,
    "pregnancy": _MOVES,
    "substance_use": frozenset({STAY, LAST_USE}),
    "targets": frozenset({READINGS}),
    # what is still to be built and moves the person, or what is due for them
    "discharge": _MOVES,
    "handover": _MOVES,
    "hospital": _MOVES,
    "leaving": _MOVES,
    "orders": frozenset({PHASE, DUE}),
    "medication": frozenset({PHASE, DUE}),
    "fluids": frozenset({SYMPTOMS}),
    # what is still to be built and leaves all of the above as it is
    "aftercare": _NOTHING,
    "alerts": _NOTHING,
    "assessments": _NOTHING,
    "belongings": _NOTHING,
    "calls": _NOTHING,
    "controlled": _NOTHING,
    "counselling": _NOTHING,
    "disclosures": _NOTHING,
    "groups": _NOTHING,
    "handoff": _NOTHING,
    "incidents": _NOTHING,
    "measures": _NOTHING,
    "moud": _NOTHING,
    "naloxone": _NOTHING,
    "notes": _NOTHING,
    "plans": _NOTHING,
    "referral": _NOTHING,
    "releases": _NOTHING,
    "rounds": _NOTHING,
    "tests": _NOTHING,
    "worksheets": _NOTHING,
}


@dataclass(frozen=True)
class Limit:
    """A field for which only some values work today, and what is missing for the others."""

    field: str
    works: frozenset[str]
    why: str


@dataclass(frozen=True)
class Action:
    """An action that runs today.

    ``reads`` are the facets without which it cannot be tried; ``refused_by`` are
    the further facets that decide whether, and with what message, it is refused.
    """

    reads: frozenset[str]
    refused_by: frozenset[str] = _NOTHING
    limits: tuple[Limit, ...] = ()


_IN_THE_HOUSE = Action(frozenset({ARRIVAL}), frozenset({STAY}))

ACTIONS: Mapping[str, Action] = {
    "admissions.arrive": Action(
        frozenset({STAY}),
        limits=(
            Limit("track", frozenset({"WM_RES"}), "the way into outpatient care is not built yet"),
        ),
    ),
    "admissions.identify": _IN_THE_HOUSE,
    "allergies.record": _IN_THE_HOUSE,
    "beds.move": Action(frozenset({ARRIVAL, STAY})),
    "consents.record": _IN_THE_HOUSE,
    "episodes.transition": Action(
        # An order not yet recorded may change the phase after an admission, never undo it.
        frozenset({ARRIVAL, STAY}),
        refused_by=frozenset({PHASE, READINGS, DUE, LAST_USE}),
        limits=(
            Limit(
                "to", frozenset({"WITHDRAWAL"}), "only the step into withdrawal care is built yet"
            ),
        ),
    ),
    "goals.record": _IN_THE_HOUSE,
    "observations.amend": Action(frozenset({ARRIVAL, READINGS}), frozenset({STAY})),
    "observations.record": _IN_THE_HOUSE,
    "observations.void": Action(frozenset({ARRIVAL, READINGS}), frozenset({STAY})),
    "orders.admit": Action(frozenset({ARRIVAL}), frozenset({STAY, PHASE})),
    "pregnancy.record": _IN_THE_HOUSE,
    "scales.record": _IN_THE_HOUSE,
    "substance_use.record": _IN_THE_HOUSE,
    "targets.set": _IN_THE_HOUSE,
}

EXPECTATIONS: Mapping[str, frozenset[str]] = {
    "bed": frozenset({ARRIVAL, STAY}),
    "board": frozenset({ARRIVAL, STAY, READINGS, DUE}),
    "day": frozenset({ARRIVAL, STAY}),
    "last_use_hours": frozenset({ARRIVAL, LAST_USE}),
    "next_due": frozenset({ARRIVAL, STAY, READINGS, DUE}),
    "no_total": frozenset({ARRIVAL, READINGS}),
    "phase": frozenset({ARRIVAL, STAY, PHASE}),
    "refused": _NOTHING,  # decided by the event it stands on
    "score": frozenset({ARRIVAL, READINGS}),
    "state": frozenset({ARRIVAL, STAY}),
    "symptoms": frozenset({ARRIVAL, READINGS, SYMPTOMS}),
}

NOT_YET_EXPECTED: Mapping[str, str] = {
    "alert": "no safety rules run yet",
    "claim": "no check is written for this sentence yet",
    "dose_total": "no doses are recorded yet",
    "kpi": "no figures of the program are computed yet",
    "task": "no tasks are derived yet",
}


def touches(action: str) -> frozenset[str]:
    """The facets that ``action`` may change; all of them when nothing is known about it."""
    return TOUCHES.get(action) or TOUCHES.get(action.split(".")[0], FACETS)


def unsupported(action: str, given: Mapping[str, Any]) -> str:
    """Why ``action`` with these values cannot run today; empty when it can."""
    if action not in ACTIONS:
        return f"there is no {action} yet"
    for limit in ACTIONS[action].limits:
        if given.get(limit.field) not in limit.works:
            return limit.why
    return ""
