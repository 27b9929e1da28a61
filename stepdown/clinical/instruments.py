"""Rating scales: what they ask, and what an answered one means.

Two ways to a result, both data. ``sum`` adds the points of every item and finds
the band the total falls in (COWS). ``tier`` reads rules, worst first, and the
first that holds gives the band (C-SSRS: a risk tier, never a number).

Nothing is imputed. A missing item makes a withdrawal score falsely reassuring,
so a scale with one unanswered item has no total, only "at least".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Answers = Mapping[str, str]
"""Item key -> code of the chosen option."""

Evidence = Literal["confirmed", "draft"]
Method = Literal["sum", "tier"]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer an item offers. Points are the published ones, not a list position."""

    code: str
    points: int | None
    text: str
    short: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when ``item`` was answered with one of the ``answered`` codes."""

    item: str
    answered: tuple[str, ...]

    def holds(self, answers: Answers) -> bool:
        """True when the answers say so; an unanswered item never satisfies."""
        return answers.get(self.item) in self.answered


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
class Item:
    """One question of a scale, with the published anchors as its options."""

    key: str
    label: str
    short_label: str
    text: str
    look_back: str
    options: tuple[Option, ...]
    derived_from: Derivation | None = None
    asked_when: tuple[Condition, ...] = ()
    loinc: str | None = None
    evidence: Evidence = "draft"

    def option(self, code: str) -> Option | None:
        """The option with this code, or None when the item does not offer it."""
        return next((option for option in self.options if option.code == code), None)

    def option_worth(self, points: int) -> Option | None:
        """The option with these points, or None when no option has them."""
        return next((option for option in self.options if option.points == points), None)

    @property
    def allowed_points(self) -> tuple[int, ...]:
        """The published points of this item, as listed; empty where answers carry none."""
        return tuple(option.points for option in self.options if option.points is not None)

    @property
    def highest_points(self) -> int:
        """The most this item can add to a total."""
        return max(self.allowed_points, default=0)

    @property
    def lowest_points(self) -> int:
        """The least this item adds to a total once it is asked."""
        return min(self.allowed_points, default=0)


@dataclass(frozen=True, slots=True)
class Band:
    """What a result means. ``severity`` is 0 (none) to 4 (severe), for shape and word.

    A sum band has limits in points. A tier has none: it holds when any of its
    conditions holds, and the mildest tier is the one without conditions.
    """

    key: str
    label: str
    severity: int
    at_least: int | None = None
    at_most: int | None = None
    when_any: tuple[Condition, ...] = ()
    response: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example that runs as a test: answers by points or by code, and the result."""

    name: str
    band: str
    total: int | None = None
    points: tuple[int, ...] = ()
    answers: Mapping[str, str] | None = None
    vitals: Mapping[str, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Instrument:
    """A rating scale as reviewed: items, bands, and where each word comes from."""

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

    def item(self, key: str) -> Item | None:
        """The item with this key, or None."""
        return next((item for item in self.items if item.key == key), None)

    def band(self, key: str) -> Band | None:
        """The band with this key, or None."""
        return next((band for band in self.bands if band.key == key), None)

    @property
    def is_sum(self) -> bool:
        """True when the result is a number of points; False for a risk tier."""
        return self.method == "sum"


@dataclass(frozen=True, slots=True)
class Score:
    """A complete result: the total in points (None for a tier) and its band."""

    total: int | None
    band: Band


class IncompleteAnswers(ValueError):
    """Asked items are unanswered. ``missing`` holds the items, in the scale's order."""

    def __init__(self, instrument: Instrument, missing: Sequence[Item]) -> None:
        self.instrument = instrument
        self.missing = tuple(missing)
        names = ", ".join(item.label for item in missing)
        super().__init__(f"{instrument.short_name} has no result yet. Still to answer: {names}.")


class ImpossibleAnswer(ValueError):
    """An answer this scale cannot give: unknown item or option, or an item not asked.

    ``item_key`` and ``value`` say which, ``allowed`` what would have been possible
    (points where the item has points, option codes otherwise; empty when none is).
    """

    def __init__(
        self,
        instrument: Instrument,
        item_key: str,
        value: object,
        allowed: Sequence[int | str],
        message: str,
    ) -> None:
        self.instrument = instrument
        self.item_key = item_key
        self.value = value
        self.allowed = tuple(allowed)
        super().__init__(message)


def score(instrument: Instrument, answers: Answers) -> Score:
    """The result of a fully answered scale.

    Args:
        answers: item key -> option code, for every item that is asked.

    Raises:
        IncompleteAnswers: an asked item is unanswered; we never impute.
        ImpossibleAnswer: an answer the scale does not offer, or to an item not asked.

    Source: the instrument's own ``source``; worked examples live in its file.
    """
    refuse_impossible(instrument, answers)
    if missing := missing_items(instrument, answers):
        raise IncompleteAnswers(instrument, missing)
    if not instrument.is_sum:
        return Score(None, _tier(instrument, answers))
    total = _points_so_far(instrument, answers)
    return Score(total, _band_of(instrument, total))


def lower_bound(instrument: Instrument, answers: Answers) -> int | None:
    """The points already certain ("at least N"); None for a tier, which has no points.

    An unanswered item counts with its lowest points, which is 0 on most scales.

    Raises:
        ImpossibleAnswer: as in :func:`score`.
    """
    refuse_impossible(instrument, answers)
    return _at_least(instrument, answers) if instrument.is_sum else None


def lowest_band(instrument: Instrument, answers: Answers) -> Band | None:
    """The mildest band still possible; None while nothing is answered.

    Answers still missing can only make a result worse, so an unfinished suicide
    screen with "intent: yes" is already at least high, and must be shown as such.
    None as well where higher is better: there, missing answers could improve it.

    Raises:
        ImpossibleAnswer: as in :func:`score`.
    """
    refuse_impossible(instrument, answers)
    if not answers or not instrument.higher_is_worse:
        return None
    if instrument.is_sum:
        return _band_of(instrument, _at_least(instrument, answers))
    return _tier(instrument, answers)


def asked_items(instrument: Instrument, answers: Answers) -> tuple[Item, ...]:
    """The items these answers lead to, in order. A branch not yet reached is not asked."""
    return tuple(
        item
        for item in instrument.items
        if all(condition.holds(answers) for condition in item.asked_when)
    )


def missing_items(instrument: Instrument, answers: Answers) -> tuple[Item, ...]:
    """The asked items without an answer, in order."""
    return tuple(item for item in asked_items(instrument, answers) if item.key not in answers)


def derive(item: Item, value: Decimal) -> Option:
    """The option a vital sign gives to a derived item.

    COWS resting pulse, whole beats a minute: 80 -> 0 points, 81 -> 1, 100 -> 1,
    101 -> 2, 120 -> 2, 121 -> 4.

    A fraction is refused rather than rounded: the published steps are stated in
    whole numbers, and 80.5 lies in none of them.

    Raises:
        ValueError: the item is not derived, or the value is negative, not finite
            or not whole.
    """
    derivation = item.derived_from
    if derivation is None:
        raise ValueError(f"{item.label} is answered by a person, not derived.")
    if not value.is_finite() or value < 0 or value != value.to_integral_value():
        raise ValueError(f"{item.label} needs a whole number, not {value}. Enter it unrounded.")
    code = next(
        (step.option for step in derivation.steps if value <= step.at_most), derivation.above
    )
    option = item.option(code)
    assert option is not None, "content checks: a derivation names options of its own item"
    return option


def with_derived(
    instrument: Instrument, answers: Answers, vitals: Mapping[str, Decimal]
) -> dict[str, str]:
    """The answers, completed by the items that vital signs decide.

    A derived item whose vital sign was not taken stays unanswered.

    Raises:
        ImpossibleAnswer: a derived item was set by hand, whatever to.
        ValueError: the vital sign cannot be read (see :func:`derive`).
    """
    completed = dict(answers)
    for item in instrument.items:
        if item.derived_from is None:
            continue
        if item.key in answers:
            raise ImpossibleAnswer(
                instrument,
                item.key,
                answers[item.key],
                (),
                f"{item.label} follows from the vital sign and cannot be set. "
                "Enter the vital sign instead.",
            )
        if (value := vitals.get(item.derived_from.vital)) is not None:
            completed[item.key] = derive(item, value).code
    return completed


def answers_from_points(instrument: Instrument, points: Mapping[str, int]) -> dict[str, str]:
    """Option codes for published points, as keyed in or imported.

    Raises:
        ImpossibleAnswer: an unknown item, or points the item does not have
            (COWS gooseflesh 4, for one).
    """
    answers = {}
    for key, value in points.items():
        item = _item(instrument, key, value)
        option = None if isinstance(value, bool) else item.option_worth(value)
        if option is None:
            raise _not_offered(instrument, item, value)
        answers[key] = option.code
    return answers


def refuse_impossible(instrument: Instrument, answers: Answers) -> None:
    """Return quietly when every answer is one the scale can give.

    Raises:
        ImpossibleAnswer: an unknown item or option, or an answer to an item that
            the other answers do not lead to.
    """
    asked = asked_items(instrument, answers)
    for key, code in answers.items():
        item = _item(instrument, key, code)
        if item.option(code) is None:
            raise _not_offered(instrument, item, code)
        if item not in asked:
            raise ImpossibleAnswer(
                instrument,
                key,
                code,
                (),
                f"{instrument.short_name}: {item.label} is not asked after these answers. "
                "Clear it, or correct the answer that leads to it.",
            )


def _item(instrument: Instrument, key: str, value: object) -> Item:
    item = instrument.item(key)
    if item is None:
        raise ImpossibleAnswer(
            instrument, key, value, (), f"{instrument.short_name} has no item {key!r}."
        )
    return item


def _not_offered(instrument: Instrument, item: Item, value: object) -> ImpossibleAnswer:
    allowed: tuple[int | str, ...] = item.allowed_points or tuple(
        option.code for option in item.options
    )
    listed = ", ".join(str(each) for each in allowed)
    return ImpossibleAnswer(
        instrument,
        item.key,
        value,
        allowed,
        f"{instrument.short_name}: {item.label} cannot be {value}. Allowed: {listed}.",
    )


def _points_so_far(instrument: Instrument, answers: Answers) -> int:
    return sum(
        option.points or 0
        for item in instrument.items
        for option in item.options
        if answers.get(item.key) == option.code
    )


def _at_least(instrument: Instrument, answers: Answers) -> int:
    still_open = sum(item.lowest_points for item in missing_items(instrument, answers))
    return _points_so_far(instrument, answers) + still_open


def _band_of(instrument: Instrument, total: int) -> Band:
    for band in instrument.bands:
        low, high = band.at_least, band.at_most
        if low is not None and high is not None and low <= total <= high:
            return band
    raise ValueError(f"{instrument.short_name} has no band for {total}.")


def _tier(instrument: Instrument, answers: Answers) -> Band:
    for band in instrument.bands:
        if not band.when_any or any(condition.holds(answers) for condition in band.when_any):
            return band
    raise ValueError(f"{instrument.short_name} has no tier for these answers.")
