"""Sense checks on one rating scale: what a schema cannot say of items, bands and parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stepdown.clinical.instruments import Band, Condition, Instrument, Item, Number, Raise, Subscale
from stepdown.content.reading import Place

Fault = tuple[Place, str]


def twice(names: Sequence[object], place: Place, what: str) -> Iterator[Fault]:
    """Each name that stands a second time."""
    for position, name in enumerate(names):
        if name in names[:position]:
            yield (*place, position), f"{what} {name!r} is used twice. Each needs its own."


def of_instrument(instrument: Instrument) -> Iterator[Fault]:
    """Where a scale contradicts itself."""
    yield from twice([item.key for item in instrument.items], ("items",), "item key")
    yield from twice([band.key for band in instrument.bands], ("bands",), "band key")
    for position, item in enumerate(instrument.items):
        yield from _item(instrument, item, ("items", position))
    if instrument.method == "tier":
        yield from _tiers(instrument)
    elif instrument.method == "subscales":
        yield from _subscales(instrument)
    else:
        yield from _sum(instrument)
    if instrument.subscales and instrument.method != "subscales":
        yield ("subscales",), "only the method subscales has parts. Remove them."
    if instrument.unbanded and (instrument.bands or not instrument.is_sum):
        yield ("unbanded",), "only a sum without bands says why it has none. Remove it."
    for position, band in enumerate(instrument.bands):
        yield from _severity(band, ("bands", position))
    yield from twice([each.key for each in instrument.raises], ("raises",), "raise")
    for position, each in enumerate(instrument.raises):
        yield from _raise(instrument, each, ("raises", position))


def _severity(band: Band, place: Place) -> Iterator[Fault]:
    if not 0 <= band.severity <= 4:
        yield (*place, "severity"), "severity is 0 to 4."


def _item(instrument: Instrument, item: Item, place: Place) -> Iterator[Fault]:
    options = (*place, "options")
    yield from twice([option.code for option in item.options], options, "option code")
    if item.number is not None:
        yield from _number(item, item.number, place)
    elif len(item.options) < 2:
        yield options, f"{item.label} needs at least two options."
    yield from _points(instrument, item, options)
    if (derivation := item.derived_from) is not None:
        limits = [step.at_most for step in derivation.steps]
        if not limits or limits != sorted(set(limits)):
            yield (*place, "derived_from", "steps"), "steps must rise from one to the next."
        for code in (*(step.option for step in derivation.steps), derivation.above):
            if item.option(code) is None:
                yield (*place, "derived_from"), f"{code!r} is no option of {item.label}."
    before = instrument.items[: instrument.items.index(item)]
    for name in ("asked_when", "not_counted_when"):
        for position, condition in enumerate(getattr(item, name)):
            at = (*place, name, position)
            yield from _condition(condition, before, at, "an item before this one")


def _number(item: Item, number: Number, place: Place) -> Iterator[Fault]:
    if item.options:
        yield (*place, "options"), f"{item.label} is a number: it has no options."
    if not 0 <= number.lowest < number.highest:
        yield (*place, "number"), "lowest comes before highest, from 0 up."
    limits = [step.at_most for step in number.steps]
    if limits and (limits != sorted(set(limits)) or limits[-1] != number.highest):
        yield (*place, "number", "steps"), f"steps must rise and end at {number.highest}."


def _points(instrument: Instrument, item: Item, options: Place) -> Iterator[Fault]:
    points = [option.points for option in item.options]
    if instrument.method == "tier" and any(each is not None for each in points):
        yield options, f"{item.label}: a tier has no points. Remove them."
    elif instrument.method != "tier" and not item.scored:
        if any(each is not None for each in points):
            yield options, f"{item.label} is not scored: its options have no points."
    elif instrument.method != "tier":
        for position, each in enumerate(points):
            if each is None:
                yield (*options, position), f"{item.label}: give every option its points."
        yield from twice(points, options, "points value")
        if instrument.method == "count" and not set(item.allowed_points) <= {0, 1}:
            yield options, f"{item.label}: what is counted is worth 0 or 1."


def _condition(
    condition: Condition, items: Sequence[Item], place: Place, where: str
) -> Iterator[Fault]:
    item = next((each for each in items if each.key == condition.item), None)
    if item is None:
        yield place, f"{condition.item!r} is not {where}."
        return
    if bool(condition.answered) == (condition.at_least is not None):
        yield place, "say either answered or at_least."
    if condition.at_least is not None and item.option(str(condition.at_least)) is None:
        yield place, f"{item.label} is never {condition.at_least}."
    for code in condition.answered:
        if item.option(code) is None:
            yield place, f"{code!r} is no option of {item.label}."


def _sum(instrument: Instrument) -> Iterator[Fault]:
    highest = sum(item.highest_points for item in instrument.items)
    if instrument.maximum != highest:
        yield ("maximum",), f"the items add up to {highest}, not {instrument.maximum}."
    if instrument.bands:
        worse = instrument.higher_is_worse
        yield from _bands(instrument.bands, instrument.minimum, highest, worse, ("bands",))
    elif not instrument.unbanded:
        yield ("unbanded",), "a sum without bands says why it has none. Never invent a band."


def _bands(
    bands: Sequence[Band], lowest: int, highest: int, worse: bool, where: Place
) -> Iterator[Fault]:
    expected = lowest
    severities = []
    for position, band in enumerate(bands):
        place = (*where, position)
        if band.at_least is None or band.at_most is None or band.when_any:
            yield place, f"{band.label} needs at_least and at_most, and no when_any."
            return
        if band.at_least != expected:
            fault = "overlaps the band before" if band.at_least < expected else "leaves a gap"
            yield place, f"{band.label} {fault}: it must start at {expected}."
        if band.at_most < band.at_least:
            yield place, f"{band.label} ends before it starts."
        expected = band.at_most + 1
        severities.append(band.severity)
    if expected != highest + 1:
        yield where, f"the bands end at {expected - 1}, the scale at {highest}."
    if severities != sorted(severities, reverse=not worse):
        yield where, "severity must follow the total, band by band."


def _subscales(instrument: Instrument) -> Iterator[Fault]:
    if instrument.maximum is not None or instrument.bands:
        yield ("subscales",), "a scale of parts has no maximum and no bands of its own."
    yield from twice([part.key for part in instrument.subscales], ("subscales",), "part")
    counted = [key for part in instrument.subscales for key in part.items]
    yield from twice(counted, ("subscales",), "item")
    for position, part in enumerate(instrument.subscales):
        yield from _part(instrument, part, ("subscales", position))
    for item in instrument.items:
        if item.scored != (item.key in counted):
            yield ("subscales",), f"{item.label} is scored when it is in a part, and only then."


def _part(instrument: Instrument, part: Subscale, place: Place) -> Iterator[Fault]:
    items = [instrument.item(key) for key in part.items]
    if None in items:
        yield (*place, "items"), f"{part.label} names an item that this scale does not have."
        return
    known = [item for item in items if item is not None]
    highest = sum(item.highest_points for item in known)
    if part.maximum != highest:
        yield (*place, "maximum"), f"its items add up to {highest}, not {part.maximum}."
    lowest = sum(item.lowest_points for item in known if not item.asked_when)
    yield from twice([band.key for band in part.bands], (*place, "bands"), "band key")
    yield from _bands(part.bands, lowest, highest, part.higher_is_worse, (*place, "bands"))
    for number, band in enumerate(part.bands):
        yield from _severity(band, (*place, "bands", number))


def _tiers(instrument: Instrument) -> Iterator[Fault]:
    if instrument.maximum is not None:
        yield ("maximum",), "a tier has no maximum. Remove it."
    severities = [band.severity for band in instrument.bands]
    if severities != sorted(severities, reverse=True):
        yield ("bands",), "list the tiers worst first."
    for position, band in enumerate(instrument.bands):
        place = ("bands", position)
        if band.at_least is not None or band.at_most is not None:
            yield place, f"{band.label} is a tier: it has conditions, not limits in points."
        yield from _has_conditions(band, place, last=position == len(instrument.bands) - 1)
        for number, condition in enumerate(band.when_any):
            at = (*place, "when_any", number)
            yield from _condition(condition, instrument.items, at, "an item of this scale")


def _has_conditions(band: Band, place: Place, *, last: bool) -> Iterator[Fault]:
    if last and band.when_any:
        yield place, f"{band.label} is the mildest tier: it holds otherwise, without when_any."
    if not last and not band.when_any:
        yield place, f"{band.label} would hide the tiers after it. Give it when_any."


def _raise(instrument: Instrument, each: Raise, place: Place) -> Iterator[Fault]:
    if not each.when_any and each.at_least is None:
        yield place, f"{each.key} never fires: say when_any or at_least."
    if each.at_least is not None:
        can = instrument.is_sum and instrument.higher_is_worse
        if not can or not 0 < each.at_least <= (instrument.maximum or 0):
            yield (*place, "at_least"), "points that this scale can be certain of, from 1 up."
    for position, condition in enumerate(each.when_any):
        at = (*place, "when_any", position)
        yield from _condition(condition, instrument.items, at, "an item of this scale")
    if {example.fires for example in each.examples} != {True, False}:
        yield (*place, "examples"), f"{each.key} needs an example that fires and one that does not."
    if each.leads_to == instrument.key:
        yield (*place, "leads_to"), "a raise leads to another look; leave it out for this one."
