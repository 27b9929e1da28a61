"""Items that follow from a vital sign."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from stepdown.clinical.instruments.model import Answers, Instrument, Item, Option
from stepdown.clinical.instruments.scoring import ImpossibleAnswer


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
