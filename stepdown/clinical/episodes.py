"""The states of an episode, and what a transition still lacks.

States, transitions and required documents are data. This module only compares them
with facts. A fact nobody stated never satisfies a requirement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stepdown.clinical.instruments import Evidence


@dataclass(frozen=True, slots=True)
class State:
    """One state: is the person on site, does a bed belong to it, is it the end."""

    key: str
    label: str
    meaning: str
    in_house: bool
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """Something a transition demands, and which stated facts satisfy it."""

    key: str
    label: str
    accepts: tuple[str, ...]
    supplied_by: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the transition table. ``built`` is False where software refuses it today."""

    key: str
    leave: tuple[str, ...]
    enter: str
    ordered_by: tuple[str, ...]
    executed_by: tuple[str, ...]
    who: str
    required: tuple[str, ...]
    demands: str
    must_never: str
    built: bool
    phase: str | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class EpisodeStates:
    """The whole table."""

    key: str
    version: str
    states: tuple[State, ...]
    phases: tuple[State, ...]
    documents: tuple[Document, ...]
    transitions: tuple[Transition, ...]
    source: str
    evidence: Evidence = "draft"

    def state(self, key: str) -> State:
        """The state with this key.

        Raises:
            KeyError: there is none.
        """
        for state in self.states:
            if state.key == key:
                return state
        raise KeyError(key)

    def document(self, key: str) -> Document:
        """The required document with this key.

        Raises:
            KeyError: there is none.
        """
        for document in self.documents:
            if document.key == key:
                return document
        raise KeyError(key)

    def transition(self, leave: str, enter: str) -> Transition | None:
        """The line for leaving one state and entering another (a state or a phase), if any."""
        return next(
            (each for each in self.transitions if leave in each.leave and each.enter == enter),
            None,
        )


@dataclass(frozen=True, slots=True)
class Missing:
    """One unmet requirement: what it is, which roles can supply it, and what to do."""

    key: str
    label: str
    supplied_by: tuple[str, ...]
    message: str


def missing_for(
    table: EpisodeStates, transition: Transition, facts: Mapping[str, str]
) -> tuple[Missing, ...]:
    """What a transition still lacks, in the order of the table. Empty when nothing does.

    Args:
        facts: document key -> what the record states of it. A key that is left out,
            or a value the document does not accept ("unknown" for one), is unmet.
    """
    return tuple(
        Missing(document.key, document.label, document.supplied_by, document.message)
        for document in map(table.document, transition.required)
        if facts.get(document.key) not in document.accepts
    )
