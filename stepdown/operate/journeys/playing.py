"""Playing a journey: event by event through the real actions, judged right after each."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from stepdown.operate.journeys import bindings, pending
from stepdown.operate.journeys.checks import CHECKS
from stepdown.operate.journeys.format import Event, Expectation, Journey
from stepdown.operate.journeys.house import House
from stepdown.records.errors import Refused

Status = Literal["passed", "failed", "pending"]


@dataclass(frozen=True)
class Judged:
    """One expectation and how it came out; ``said`` tells what was found, or why it waits."""

    expectation: Expectation
    status: Status
    said: str = ""


@dataclass(frozen=True)
class Played:
    """One event and how it went.

    ``refusal`` is the message of an action that refused, expected or not. An event
    is ``failed`` when it was refused and nobody expected that.
    """

    journey: Journey
    event: Event
    status: Status
    refusal: str
    judged: tuple[Judged, ...]


@dataclass(frozen=True)
class Due:
    """One step of one journey, and the instant (UTC) at which it is to be played."""

    at: datetime
    player: Player
    step: pending.Step

    def play(self) -> Played:
        """Play it now."""
        return self.player.play(self.step)


class Player:
    """One journey in one house, as far as it has been played."""

    def __init__(self, journey: Journey, house: House) -> None:
        self.journey = journey
        self.house = house
        self.person = bindings.Person(journey.person, house, journey.facility.zone)

    def due(self) -> Iterator[Due]:
        """Every step of the journey in order of time."""
        for step in pending.plan(self.journey):
            yield Due(self.journey.instant(step.event), self, step)

    def play(self, step: pending.Step) -> Played:
        """Do what ``step`` says, unless it is pending, and judge what it expects."""
        event, at = step.event, self.journey.instant(step.event)
        refusal = self._do(event, at) if event.action and not step.pending else None
        judged = tuple(
            Judged(expectation, "pending", reason)
            if reason
            else self._judge(expectation, refusal, at)
            for expectation, reason in step.expectations
        )
        status: Status = "passed"
        if step.pending:
            status = "pending"
        elif refusal is not None and not event.refusal_expected:
            status = "failed"
        return Played(self.journey, event, status, refusal or "", judged)

    def _do(self, event: Event, at: datetime) -> str | None:
        """Run the action. Returns the message of a refusal, None when it was done."""
        actor = self.house.actors[event.by]
        if not actor.assignment.runs_at(at):
            return f"{actor.user.name} does not work here on {event.at.day}."
        telling = bindings.Telling(actor, at, self._submission(event), event.label)
        try:
            bindings.DO[event.action](self.person, event.given, telling)
        except (Refused, bindings.CannotPlay) as error:
            return str(error)
        return None

    def _judge(self, expectation: Expectation, refusal: str | None, at: datetime) -> Judged:
        if expectation.kind == "refused":
            said = _refused(expectation.value, refusal)
        else:
            try:
                said = CHECKS[expectation.kind](self.person, expectation.value, at)
            except bindings.CannotPlay as error:
                said = str(error)
        return Judged(expectation, "failed" if said else "passed", said)

    def _submission(self, event: Event) -> UUID:
        """The same for the same event at the same time, so playing twice tells once."""
        return uuid5(NAMESPACE_URL, f"stepdown:{self.journey.key}:{event.line}:{event.at}")


def in_order(players: Iterable[Player]) -> Iterator[Due]:
    """The steps of several journeys as one ward lives them."""
    return heapq.merge(*(player.due() for player in players), key=lambda due: due.at)


def _refused(fragment: str, refusal: str | None) -> str:
    if refusal is None:
        return "it was not refused"
    return "" if fragment.casefold() in refusal.casefold() else f"refused otherwise: {refusal}"
