"""What sources say of the course of opioid withdrawal, kept apart source by source.

A number stays in the unit its source gives. Sources disagree; what is made of them is
an envelope that holds every one of them, never an average.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final, Literal, TypeVar

from stepdown.clinical.instruments import Evidence

StageKey = Literal["before", "anticipatory", "early", "developed", "waning", "protracted"]
STAGES: Final[tuple[StageKey, ...]] = (
    "before",
    "anticipatory",
    "early",
    "developed",
    "waning",
    "protracted",
)
"""In the order in which they come."""

Of = Literal["onset", "peak", "end"]
PARTS: Final[tuple[Of, ...]] = ("onset", "peak", "end")

Signs = Literal["nothing", "first", "early", "later"]
SIGNS: Final[tuple[Signs, ...]] = ("nothing", "first", "early", "later")
"""The furthest symptoms that are there; ``first`` are those of the anticipatory stage."""

Direction = Literal["earlier", "later", "stronger"]
"""What is seen, against the clock: ahead of it, behind it, or stronger than is usual."""

Tag = Literal["C", "S", "U", "D"]
"""Confirmed in the named source, secondary source only, unverified, derived here."""

Unit = Literal["min", "h", "d", "wk"]
LASTS: Final[dict[str, timedelta]] = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "wk": timedelta(weeks=1),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says of the onset, peak or end, counted from the last use or the dose.

    ``words`` are the source's; a statement without numbers is only shown. ``or_longer``:
    the source names no latest time.
    """

    of: Of
    words: str
    source: str
    tag: Tag
    at_least: int | None = None
    at_most: int | None = None
    unit: Unit = "h"
    or_longer: bool = False
    note: str = ""
    evidence: Evidence = "draft"

    @property
    def earliest(self) -> timedelta | None:
        """The earliest time named, or None where none is."""
        return None if self.at_least is None else self.at_least * LASTS[self.unit]

    @property
    def latest(self) -> timedelta | None:
        """The latest time named, or None where none is."""
        return None if self.at_most is None else self.at_most * LASTS[self.unit]

    @property
    def says(self) -> tuple[timedelta | None, timedelta | None, bool]:
        """What tells two statements apart: the range, and whether it is open."""
        return self.earliest, self.latest, self.or_longer


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a source says that no range can hold."""

    words: str
    source: str
    tag: Tag
    evidence: Evidence = "draft"


@dataclass(frozen=True, slots=True)
class Opioid:
    """One kind of opioid. ``codes`` are those of ``codes/opioid_type.yaml`` that it covers.

    ``also`` names kinds whose statements speak of this one too; ``members`` those that
    it may be any of. ``asks_supply``: what else the supply held matters, answered or not.
    ``plain`` is for the person, at a reading age of about twelve.
    """

    key: str
    name: str
    plain: str
    codes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    remarks: tuple[Remark, ...] = ()
    asks_supply: bool = False


@dataclass(frozen=True, slots=True)
class StageFinding:
    """One finding of a stage, and the symptoms of the catalogue that show it; none: not asked."""

    name: str
    symptoms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageInfo:
    """One stage: its window for short-acting opioids as the source words it, and its findings."""

    key: StageKey
    name: str
    plain: str
    source: str
    tag: Tag
    words: str = ""
    at_least: int | None = None
    at_most: int | None = None
    unit: Unit = "h"
    findings: tuple[StageFinding, ...] = ()

    @property
    def begins(self) -> timedelta | None:
        """When the window begins; None without a window."""
        return None if self.at_least is None else self.at_least * LASTS[self.unit]

    @property
    def ends(self) -> timedelta | None:
        """When the window ends; None without a window."""
        return None if self.at_most is None else self.at_most * LASTS[self.unit]


@dataclass(frozen=True, slots=True)
class Slack:
    """How far off, in hours both ways, a last use of this certainty may be."""

    certainty: str
    at_most: int
    source: str
    tag: Tag


@dataclass(frozen=True, slots=True)
class Supply:
    """What a supply may hold besides; ``adds`` is the kind whose course it then brings."""

    code: str
    words: str
    think: str
    source: str
    tag: Tag
    adds: str | None = None


@dataclass(frozen=True, slots=True)
class SeenRule:
    """Which stages these signs fit with a score of these severities, or without a score."""

    signs: Signs
    severities: tuple[int, ...]
    fits: tuple[StageKey, ...]
    unscored: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask where clock and signs differ. A question, never a diagnosis."""

    when: Direction
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What may not be known, and what would settle it."""

    key: str
    words: str
    settle: str


@dataclass(frozen=True, slots=True)
class Above:
    """A vital sign that shows it, strictly above this value in the sign's own unit."""

    vital: str
    above: Decimal


@dataclass(frozen=True, slots=True)
class Raised:
    """A scale whose answers show it: the scale's own rule that raises it at once."""

    instrument: str
    raises: str


@dataclass(frozen=True, slots=True)
class OtherSign:
    """A sign that is not part of opioid withdrawal.

    With neither a vital sign nor a scale that shows it, no field asks for it.
    """

    key: str
    name: str
    plain: str
    think_of: tuple[str, ...]
    source: str
    tag: Tag
    vital: Above | None = None
    scale: Raised | None = None


@dataclass(frozen=True, slots=True)
class Rise:
    """The rise of a score, in points, that is taken for withdrawal set off by a medicine."""

    points: int
    minutes: int
    words: str
    source: str
    tag: Tag


@dataclass(frozen=True, slots=True)
class Precipitated:
    """Withdrawal that a medicine sets off; its statements count from the dose."""

    key: str
    name: str
    plain: str
    codes: tuple[str, ...]
    statements: tuple[Statement, ...]
    rise: Rise
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class WithdrawalCourses:
    """All that is reviewed of the course of withdrawal; signed as one.

    ``otherwise`` is the kind for what no other covers; ``windows_for`` the kind of which the
    stages' own windows speak.
    """

    key: str
    name: str
    version: str
    source: str
    caution: str
    opioids: tuple[Opioid, ...]
    otherwise: str
    windows_for: str
    stages: tuple[StageInfo, ...]
    slack: tuple[Slack, ...]
    supplies: tuple[Supply, ...]
    seen: tuple[SeenRule, ...]
    seen_source: str
    strong_from: int
    strong_source: str
    questions: tuple[Question, ...]
    unknowns: tuple[Gap, ...]
    remarks: tuple[Remark, ...]
    signs: tuple[OtherSign, ...]
    precipitated: tuple[Precipitated, ...]
    evidence: Evidence = "draft"

    def opioid(self, key: str) -> Opioid:
        """The kind with this key.

        Raises:
            KeyError: there is none.
        """
        return _one(self.opioids, key)

    def covering(self, code: str) -> Opioid:
        """The kind that covers this code; ``otherwise`` for one that none covers."""
        found = (each for each in self.opioids if code in each.codes)
        return next(found, self.opioid(self.otherwise))

    def stage(self, key: StageKey) -> StageInfo:
        """One stage.

        Raises:
            KeyError: there is none.
        """
        return _one(self.stages, key)

    def speaking_of(self, opioid: Opioid) -> tuple[tuple[Opioid, Statement], ...]:
        """Every statement that speaks of this kind, with the kind it stands under."""
        found = [(opioid, statement) for statement in opioid.statements]
        for key in (*opioid.also, *opioid.members):
            found += [pair for pair in self.speaking_of(self.opioid(key)) if pair not in found]
        return tuple(found)

    def disagree(self, opioid: Opioid, part: Of) -> bool:
        """Whether sources name different ranges for one part of this kind's course."""
        said = {
            statement.says
            for _kind, statement in self.speaking_of(opioid)
            if statement.of == part and statement.says != NOTHING_SAID
        }
        return len(said) > 1


NOTHING_SAID: Final = (None, None, False)


T = TypeVar("T", Opioid, StageInfo)


def _one(among: tuple[T, ...], key: str) -> T:
    for each in among:
        if each.key == key:
            return each
    raise KeyError(key)
