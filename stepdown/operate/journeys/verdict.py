"""What a replay found: counted per journey, told in lines or as JSON, with an exit status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from stepdown.operate.journeys.format import Journey
from stepdown.operate.journeys.pending import Counts
from stepdown.operate.journeys.playing import Judged, Played


class Status(IntEnum):
    """The exit status of a replay; the worst of its journeys."""

    PASSED = 0
    FAILED = 1
    FILE_ERROR = 2
    PENDING = 3

    @property
    def word(self) -> str:
        """As told to people and in JSON."""
        return self.name.lower()


@dataclass
class Verdict:
    """One journey, replayed. ``pinned`` is None where no file of pins says anything."""

    journey: Journey
    pinned: Counts | None
    whole: bool = True
    played: list[Played] = field(default_factory=list)

    @property
    def events(self) -> Mapping[str, int]:
        """How many events were played, wait, or were refused without anybody expecting it."""
        acted = [played.status for played in self.played if played.event.action]
        return {word: acted.count(word) for word in ("passed", "failed", "pending")}

    @property
    def expectations(self) -> Mapping[str, int]:
        """How many expectations passed, failed, and wait."""
        found = [judged.status for played in self.played for judged in played.judged]
        return {word: found.count(word) for word in ("passed", "failed", "pending")}

    @property
    def pending(self) -> Counts:
        """How much of what was replayed waits."""
        return Counts(self.events["pending"], self.expectations["pending"])

    @property
    def off_the_pin(self) -> bool:
        """True when the pending counts are not the pinned ones. Judged of a whole replay only."""
        return self.whole and self.pinned is not None and self.pinned != self.pending

    @property
    def status(self) -> Status:
        """Failed, else pending, else passed."""
        if self.events["failed"] or self.expectations["failed"] or self.off_the_pin:
            return Status.FAILED
        return Status.PASSED if self.pending == Counts() else Status.PENDING

    def lines(self) -> Iterator[str]:
        """Every expectation and every unexpected refusal, with file and line, then a summary."""
        yield f"{self.journey.key}: {self.journey.title}"
        for played in self.played:
            if played.status == "failed":
                at = f"{self.journey.path}:{played.event.line}"
                yield f"  failed   {played.event.at}  {played.event.action} was refused ({at})"
                yield f"           {played.refusal}"
            for judged in played.judged:
                yield from self._line(played, judged)
        yield f"  {self.summary()}"

    def _line(self, played: Played, judged: Judged) -> Iterator[str]:
        expectation = judged.expectation
        at = f" ({self.journey.path}:{expectation.line})" if judged.status == "failed" else ""
        id_ = f"{expectation.id} " if expectation.id else ""
        said = _shown(expectation.kind, expectation.value)
        yield f"  {judged.status:8} {played.event.at}  {id_}{said}{at}"
        if judged.said:
            yield f"           {judged.said}"

    def summary(self) -> str:
        """One line: what passed, what failed, what waits."""
        events, expectations = self.events, self.expectations
        text = (
            f"{self.status.word}: {expectations['passed']} expectations passed, "
            f"{expectations['failed']} failed, {expectations['pending']} pending; "
            f"{events['passed']} events played, {events['failed']} refused unexpectedly, "
            f"{events['pending']} pending."
        )
        if self.off_the_pin:
            text += f" Pinned as pending: {self.pinned}."
        elif self.pinned is None and self.pending != Counts():
            text += " Nothing is pinned for this journey."
        return text

    def data(self) -> dict[str, Any]:
        """The same as plain data, for ``--json``."""
        return {
            "journey": self.journey.key,
            "file": str(self.journey.path),
            "verdict": self.status.word,
            "events": dict(self.events),
            "expectations": dict(self.expectations),
            "pinned": None
            if self.pinned is None
            else {"events": self.pinned.events, "expectations": self.pinned.expectations},
            "results": [
                {
                    "at": str(played.event.at),
                    "line": judged.expectation.line,
                    "id": judged.expectation.id or None,
                    "expected": _shown(judged.expectation.kind, judged.expectation.value),
                    "status": judged.status,
                    "said": judged.said or None,
                }
                for played in self.played
                for judged in played.judged
            ],
            "refused": [
                {
                    "at": str(played.event.at),
                    "line": played.event.line,
                    "action": played.event.action,
                    "said": played.refusal,
                }
                for played in self.played
                if played.status == "failed"
            ],
        }


def overall(verdicts: Iterable[Verdict]) -> Status:
    """Failed if any failed, else pending if any is, else passed."""
    found = {verdict.status for verdict in verdicts}
    for status in (Status.FAILED, Status.PENDING):
        if status in found:
            return status
    return Status.PASSED


def as_data(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Every verdict as plain data, with the exit status."""
    status = overall(verdicts)
    return {
        "verdict": status.word,
        "status": int(status),
        "journeys": [verdict.data() for verdict in verdicts],
    }


def _shown(kind: str, value: Any) -> str:
    """An expectation as its writer put it, on one line."""
    return f"{kind}: {_flow(value)}"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
