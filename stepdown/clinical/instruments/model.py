"""What a rating scale is made of: items, answers, bands, parts, and what raises at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Answers = Mapping[str, str]
"""Item key -> code of the chosen option; for a number, the whole number as text."""

Evidence = Literal["confirmed", "draft"]
Method = Literal["sum", "count", "tier", "subscales"]
Group = Literal["withdrawal", "mood", "use", "recovery", "other"]
RatedBy = Literal["clinician", "patient", "either"]

MOST_DIGITS = 6
"""Far more than any scale asks for; a longer text is no answer."""


def whole(text: str) -> int | None:
    """A whole number written the one way we keep it (``14``, never ``014`` or ``14.0``)."""
    if not (text.isascii() and text.isdecimal()) or len(text) > MOST_DIGITS:
        return None
    return int(text) if str(int(text)) == text else None


@dataclass(frozen=True, slots=True)
class Option:
    """One answer an item offers. Points are the published ones, not a list position."""

    code: str
    points: int | None
    text: str
    short: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when ``item`` was answered so: one of ``answered``, or a number ``at_least`` so high."""

    item: str
    answered: tuple[str, ...] = ()
    at_least: int | None = None

    def holds(self, answers: Answers) -> bool:
        """True when the answers say so; an unanswered item never satisfies."""
        code = answers.get(self.item)
        if code is None or self.at_least is None:
            return code in self.answered
        number = whole(code)
        return number is not None and number >= self.at_least


@dataclass(frozen=True, slots=True)
class Step:
    """Up to and including ``at_most`` of the vital sign, the answer is ``option``."""

    at_most: Decimal
    option: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """An item that is computed from a vital sign and cannot be set by hand."""

    vital: str
    steps: tuple[Step, ...]
    above: str


@dataclass(frozen=True, slots=True)
class PointStep:
    """A number up to and including ``at_most`` is worth ``points``."""

    at_most: int
    points: int


@dataclass(frozen=True, slots=True)
class Number:
    """An item answered with a whole number: its range, its unit, and what it is worth.

    Without ``steps`` the number is its own points. ``low_text`` and ``high_text`` are the
    words at the two ends.
    """

    lowest: int
    highest: int
    unit: str
    low_text: str = ""
    high_text: str = ""
    steps: tuple[PointStep, ...] = ()

    def points(self, number: int) -> int:
        """What a number of the range is worth."""
        if not self.steps:
            return number
        return next(step.points for step in self.steps if number <= step.at_most)


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a scale: published anchors as its options, or a number.

    An item that is not ``scored`` is asked and kept, and counts nowhere. Points do not
    count while any condition of ``not_counted_when`` holds.
    """

    key: str
    label: str
    short_label: str
    text: str
    look_back: str
    options: tuple[Option, ...] = ()
    derived_from: Derivation | None = None
    asked_when: tuple[Condition, ...] = ()
    loinc: str | None = None
    evidence: Evidence = "draft"
    number: Number | None = None
    scored: bool = True
    not_counted_when: tuple[Condition, ...] = ()

    def option(self, code: str) -> Option | None:
        """The answer with this code, or None when the item does not offer it.

        A number in its range is an answer too, with the points it is worth.
        """
        if self.number is None:
            return next((option for option in self.options if option.code == code), None)
        value = whole(code)
        if value is None or not self.number.lowest <= value <= self.number.highest:
            return None
        return Option(code, self.number.points(value), f"{code} {self.number.unit}", code)

    def option_worth(self, points: int) -> Option | None:
        """The answer with these points; None when no option has them, or many numbers do."""
        if self.number is not None:
            return None if self.number.steps else self.option(str(points))
        return next((option for option in self.options if option.points == points), None)

    @property
    def allowed_points(self) -> tuple[int, ...]:
        """The published points of this item, as listed; empty where answers carry none."""
        if (number := self.number) is None:
            return tuple(option.points for option in self.options if option.points is not None)
        if number.steps:
            return tuple(step.points for step in number.steps)
        return tuple(range(number.lowest, number.highest + 1))

    @property
    def highest_points(self) -> int:
        """The most this item can add to a total."""
        return max(self.allowed_points, default=0) if self.scored else 0

    @property
    def lowest_points(self) -> int:
        """The least this item adds to a total once it is asked."""
        if not self.scored or self.not_counted_when:
            return 0
        return min(self.allowed_points, default=0)


@dataclass(frozen=True, slots=True)
class Band:
    """What a result means. ``severity`` is 0 (none) to 4 (severe), for shape and word.

    A sum band has limits in points. A tier has none: it holds when any of its
    conditions holds, and the mildest tier is the one without conditions. ``evidence``
    is that of the whole scale where the band has none of its own.
    """

    key: str
    label: str
    severity: int
    at_least: int | None = None
    at_most: int | None = None
    when_any: tuple[Condition, ...] = ()
    response: str = ""
    evidence: Evidence | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Subscale:
    """One part of a scale that has a result of its own, in its own direction."""

    key: str
    label: str
    items: tuple[str, ...]
    maximum: int
    bands: tuple[Band, ...]
    higher_is_worse: bool = True

    def band(self, key: str) -> Band | None:
        """The band with this key, or None."""
        return next((band for band in self.bands if band.key == key), None)


@dataclass(frozen=True, slots=True)
class RaiseExample:
    """A worked example of a raise: answers, finished or not, and whether it fires."""

    answers: Mapping[str, str]
    fires: bool


@dataclass(frozen=True, slots=True)
class Raise:
    """What somebody must be told at once, whatever the total, even of an unfinished scale.

    Fires when any condition holds, or when the points that are certain reach
    ``at_least``. It stands until the look it ``leads_to`` is done; where it leads to
    none, until the same scale is completed again.
    """

    key: str
    words: str
    act: str
    urgency: Literal["stop", "warn"]
    source: str
    examples: tuple[RaiseExample, ...]
    when_any: tuple[Condition, ...] = ()
    at_least: int | None = None
    leads_to: str = ""
    evidence: Evidence = "draft"


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example that runs as a test: answers by points or by code, and the result.

    ``band`` is empty where the scale has none. ``parts`` are the points of each subscale.
    """

    name: str
    band: str = ""
    total: int | None = None
    points: tuple[int, ...] = ()
    answers: Mapping[str, str] | None = None
    vitals: Mapping[str, Decimal] | None = None
    parts: Mapping[str, int] | None = None
    part_bands: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Instrument:
    """A rating scale as reviewed: items, bands, and where each word comes from.

    ``rater`` are the roles that record it, ``rated_by`` says whose judgement it is.
    A sum without bands says why in ``unbanded``.
    """

    key: str
    name: str
    short_name: str
    version: str
    method: Method
    purpose: str
    rater: tuple[str, ...]
    record: str
    when: tuple[str, ...]
    contexts: tuple[str, ...]
    items: tuple[Item, ...]
    bands: tuple[Band, ...]
    higher_is_worse: bool
    source: str
    licence: str
    evidence: Evidence
    examples: tuple[Example, ...]
    maximum: int | None = None
    chart_maximum: int | None = None
    guidance: tuple[str, ...] = ()
    notice: str = ""
    loinc: str | None = None
    group: Group = "other"
    rated_by: RatedBy = "clinician"
    unbanded: str = ""
    sources_disagree: tuple[str, ...] = ()
    subscales: tuple[Subscale, ...] = ()
    raises: tuple[Raise, ...] = ()
    total_loinc: str | None = None

    def item(self, key: str) -> Item | None:
        """The item with this key, or None."""
        return next((item for item in self.items if item.key == key), None)

    def band(self, key: str) -> Band | None:
        """The band with this key, or None."""
        return next((band for band in self.bands if band.key == key), None)

    def subscale(self, key: str) -> Subscale | None:
        """The part with this key, or None."""
        return next((part for part in self.subscales if part.key == key), None)

    def raise_of(self, key: str) -> Raise | None:
        """The raise with this key, or None."""
        return next((each for each in self.raises if each.key == key), None)

    @property
    def is_sum(self) -> bool:
        """True when the result is a number of points; False for a tier and for subscales."""
        return self.method in ("sum", "count")

    @property
    def minimum(self) -> int:
        """The least a complete scale can come to: 3 on a scale of three items from 1 up."""
        return sum(item.lowest_points for item in self.items if not item.asked_when)
