"""What answers amount to: a total and its band, a tier, or parts; and only when complete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stepdown.clinical.instruments.model import Answers, Band, Instrument, Item, Option, Subscale


@dataclass(frozen=True, slots=True)
class Part:
    """The result of one subscale, in points."""

    subscale: Subscale
    total: int
    band: Band


@dataclass(frozen=True, slots=True)
class Score:
    """A complete result.

    ``total`` is None for a tier and for subscales, ``band`` where none was published.
    """

    total: int | None
    band: Band | None
    parts: tuple[Part, ...] = ()

    @property
    def banded(self) -> Band:
        """The band, of a scale that has one for every result.

        Raises:
            ValueError: no band was published for this scale.
        """
        if self.band is None:
            raise ValueError("This scale has no published bands.")
        return self.band


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
    if instrument.method == "tier":
        return Score(None, _tier(instrument, answers))
    counted = {item.key: points_of(item, answers) or 0 for item in instrument.items}
    if instrument.method == "subscales":
        return Score(None, None, tuple(_part(part, counted) for part in instrument.subscales))
    total = sum(counted.values())
    if not instrument.bands:
        return Score(total, None)
    return Score(total, _band_of(instrument.bands, total, instrument.short_name))


def points_of(item: Item, answers: Answers) -> int | None:
    """What an item's answer counts in points.

    None where it was not answered, where its answers carry none, where the item is not
    scored, and where another answer keeps it from counting. An item that was not asked
    adds nothing, as published for the follow-up questions of the BAM.
    """
    option = item.option(answers.get(item.key, ""))
    if option is None or not item.scored:
        return None
    held = any(condition.holds(answers) for condition in item.not_counted_when)
    return None if held else option.points


def lower_bound(instrument: Instrument, answers: Answers) -> int | None:
    """The points already certain ("at least N").

    None for a tier and for subscales, which have no total, and where higher is better:
    there "at least" would say what is reassuring about an unfinished scale.
    An unanswered item counts with its lowest points, which is 0 on most scales.

    Raises:
        ImpossibleAnswer: as in :func:`score`.
    """
    refuse_impossible(instrument, answers)
    if not instrument.is_sum or not instrument.higher_is_worse:
        return None
    return _at_least(instrument, answers)


def lowest_band(instrument: Instrument, answers: Answers) -> Band | None:
    """The mildest band still possible; None while nothing is answered.

    Answers still missing can only make a result worse, so an unfinished suicide
    screen with "intent: yes" is already at least high, and must be shown as such.
    None as well where higher is better (missing answers could improve it) and where
    no band was published.

    Raises:
        ImpossibleAnswer: as in :func:`score`.
    """
    refuse_impossible(instrument, answers)
    if not answers or not instrument.higher_is_worse or not instrument.bands:
        return None
    if instrument.is_sum:
        total = _at_least(instrument, answers)
        return _band_of(instrument.bands, total, instrument.short_name)
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


def answers_from_points(instrument: Instrument, points: Mapping[str, int]) -> dict[str, str]:
    """Option codes for published points, as keyed in or imported.

    Raises:
        ImpossibleAnswer: an unknown item, points the item does not have (COWS
            gooseflesh 4, for one), or points that several numbers share.
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
    allowed: tuple[int | str, ...]
    if item.number is not None:
        allowed = (item.number.lowest, item.number.highest)
        listed = f"{item.number.lowest} to {item.number.highest} {item.number.unit}"
    else:
        allowed = item.allowed_points or _codes(item.options)
        listed = ", ".join(str(each) for each in allowed)
    return ImpossibleAnswer(
        instrument,
        item.key,
        value,
        allowed,
        f"{instrument.short_name}: {item.label} cannot be {value}. Allowed: {listed}.",
    )


def _codes(options: Iterable[Option]) -> tuple[str, ...]:
    return tuple(option.code for option in options)


def _at_least(instrument: Instrument, answers: Answers) -> int:
    """The total no completion of these answers can fall below."""
    certain = sum(
        points_of(item, answers) or 0
        for item in instrument.items
        if not _may_still_not_count(item, answers)
    )
    still_open = sum(item.lowest_points for item in missing_items(instrument, answers))
    return certain + still_open


def _may_still_not_count(item: Item, answers: Answers) -> bool:
    """True while an answer that would keep the item from counting is outstanding."""
    return any(condition.item not in answers for condition in item.not_counted_when)


def _band_of(bands: Sequence[Band], total: int, name: str) -> Band:
    for band in bands:
        low, high = band.at_least, band.at_most
        if low is not None and high is not None and low <= total <= high:
            return band
    raise ValueError(f"{name} has no band for {total}.")


def _part(part: Subscale, counted: Mapping[str, int]) -> Part:
    total = sum(counted[key] for key in part.items)
    return Part(part, total, _band_of(part.bands, total, part.label))


def _tier(instrument: Instrument, answers: Answers) -> Band:
    for band in instrument.bands:
        if not band.when_any or any(condition.holds(answers) for condition in band.when_any):
            return band
    raise ValueError(f"{instrument.short_name} has no tier for these answers.")
