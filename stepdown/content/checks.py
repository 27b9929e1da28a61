"""Sense checks on one thing by itself: what a schema cannot say. Run whenever it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from stepdown.clinical.episodes import EpisodeStates
from stepdown.clinical.instruments import Band, Condition, Instrument, Item
from stepdown.clinical.schedules import Schedule
from stepdown.clinical.symptoms import SymptomCatalogue
from stepdown.clinical.vitals import Vital
from stepdown.content.access import LETTERS, Permissions, Row
from stepdown.content.codes import CodeSet
from stepdown.content.reading import Place
from stepdown.content.sets import VitalSigns
from stepdown.content.settings import FacilitySettings

Fault = tuple[Place, str]


def faults(thing: Any) -> Iterator[Fault]:
    """Where a thing contradicts itself, as (place, what is wrong and the way on)."""
    match thing:
        case Instrument():
            yield from _instrument(thing)
        case VitalSigns():
            yield from _vital_signs(thing)
        case Schedule():
            yield from _schedule(thing)
        case SymptomCatalogue():
            yield from _symptoms(thing)
        case Permissions():
            yield from _permissions(thing)
        case FacilitySettings():
            yield from _settings(thing)
        case CodeSet():
            yield from _twice([code.code for code in thing.codes], ("codes",), "code")
        case EpisodeStates():
            yield from _states(thing)


def _twice(names: Sequence[object], place: Place, what: str) -> Iterator[Fault]:
    for position, name in enumerate(names):
        if name in names[:position]:
            yield (*place, position), f"{what} {name!r} is used twice. Each needs its own."


def _instrument(instrument: Instrument) -> Iterator[Fault]:
    yield from _twice([item.key for item in instrument.items], ("items",), "item key")
    yield from _twice([band.key for band in instrument.bands], ("bands",), "band key")
    for position, item in enumerate(instrument.items):
        yield from _item(instrument, item, ("items", position))
    if instrument.is_sum:
        yield from _sum(instrument)
    else:
        yield from _tiers(instrument)
    for position, band in enumerate(instrument.bands):
        if not 0 <= band.severity <= 4:
            yield ("bands", position, "severity"), "severity is 0 to 4."


def _item(instrument: Instrument, item: Item, place: Place) -> Iterator[Fault]:
    options = (*place, "options")
    yield from _twice([option.code for option in item.options], options, "option code")
    if len(item.options) < 2:
        yield options, f"{item.label} needs at least two options."
    if instrument.is_sum:
        for position, option in enumerate(item.options):
            if option.points is None:
                yield (*options, position), f"{item.label}: give every option its points."
        yield from _twice([option.points for option in item.options], options, "points value")
    elif any(option.points is not None for option in item.options):
        yield options, f"{item.label}: a tier has no points. Remove them."
    if (derivation := item.derived_from) is not None:
        limits = [step.at_most for step in derivation.steps]
        if not limits or limits != sorted(set(limits)):
            yield (*place, "derived_from", "steps"), "steps must rise from one to the next."
        for code in (*(step.option for step in derivation.steps), derivation.above):
            if item.option(code) is None:
                yield (*place, "derived_from"), f"{code!r} is no option of {item.label}."
    before = instrument.items[: instrument.items.index(item)]
    for position, condition in enumerate(item.asked_when):
        at = (*place, "asked_when", position)
        yield from _condition(condition, before, at, "an item before this one")


def _condition(
    condition: Condition, items: Sequence[Item], place: Place, where: str
) -> Iterator[Fault]:
    item = next((each for each in items if each.key == condition.item), None)
    if item is None:
        yield place, f"{condition.item!r} is not {where}."
        return
    for code in condition.answered:
        if item.option(code) is None:
            yield place, f"{code!r} is no option of {item.label}."


def _sum(instrument: Instrument) -> Iterator[Fault]:
    highest = sum(item.highest_points for item in instrument.items)
    lowest = sum(item.lowest_points for item in instrument.items if not item.asked_when)
    if instrument.maximum != highest:
        yield ("maximum",), f"the items add up to {highest}, not {instrument.maximum}."
    expected = lowest
    severities = []
    for position, band in enumerate(instrument.bands):
        place = ("bands", position)
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
        yield ("bands",), f"the bands end at {expected - 1}, the scale at {highest}."
    if severities != sorted(severities, reverse=not instrument.higher_is_worse):
        yield ("bands",), "severity must follow the total, band by band."


def _tiers(instrument: Instrument) -> Iterator[Fault]:
    if instrument.maximum is not None:
        yield ("maximum",), "a tier has no maximum. Remove it."
    severities = [band.severity for band in instrument.bands]
    if severities != sorted(set(severities), reverse=True):
        yield ("bands",), "list the tiers worst first, each with its own severity."
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


def _vital_signs(signs: VitalSigns) -> Iterator[Fault]:
    keys = [vital.key for vital in signs.vitals]
    yield from _twice(keys, ("vitals",), "vital key")
    yield from _twice(signs.look, ("look",), "sign of a look")
    for position, key in enumerate(signs.look):
        if key not in keys:
            yield ("look", position), f"{key!r} is no vital sign of this file."
    for position, vital in enumerate(signs.vitals):
        place = ("vitals", position)
        yield from _limits(vital, place)
        if vital.below is not None and vital.below not in keys:
            yield (*place, "below"), f"{vital.below!r} is no vital sign of this file."


def _limits(vital: Vital, place: Place) -> Iterator[Fault]:
    named = [
        vital.plausible_low,
        vital.limits.red_low,
        vital.limits.amber_low,
        vital.limits.amber_high,
        vital.limits.red_high,
        vital.plausible_high,
    ]
    given = [limit for limit in named if limit is not None]
    if given != sorted(given):
        yield place, f"{vital.label}: limits must rise from plausible_low to plausible_high."
    if not vital.plausible_low <= vital.usual_low <= vital.usual_high <= vital.plausible_high:
        yield place, f"{vital.label}: usual limits must lie within the plausible ones."
    if any(limit.as_tuple().exponent < -vital.decimals for limit in given):  # type: ignore[operator]
        yield place, f"{vital.label}: a limit has more decimals than are recorded."


def _schedule(schedule: Schedule) -> Iterator[Fault]:
    yield from _twice([rule.id for rule in schedule.rules], ("rules",), "rule id")
    for state in set(schedule.running) & set(schedule.paused):
        yield ("paused",), f"{state} cannot be both running and paused."
    if not schedule.shifts:
        yield ("shifts",), "name at least one shift start."
    for position, rule in enumerate(schedule.rules):
        place = ("rules", position)
        shapes = [rule.first, rule.every, rule.each_shift, rule.on_day]
        if sum(shape is not None for shape in shapes) != 1:
            yield place, f"{rule.id} needs exactly one of first, every, each_shift, on_day."
        if (first := rule.first) and not 0 < first.due_minutes <= first.overdue_minutes:
            yield place, f"{rule.id}: due comes before overdue."
        if (every := rule.every) and not 0 < every.awake_minutes <= every.night_minutes:
            yield place, f"{rule.id}: the night may only stretch the awake interval."
        if (on_day := rule.on_day) and not 0 < on_day.day < on_day.overdue_day:
            yield place, f"{rule.id}: the overdue day comes after the due day."


def _symptoms(catalogue: SymptomCatalogue) -> Iterator[Fault]:
    yield from _twice([each.key for each in catalogue.symptoms], ("symptoms",), "symptom key")
    for position, symptom in enumerate(catalogue.symptoms):
        place = ("symptoms", position)
        if symptom.item is not None and symptom.vital is not None:
            yield place, f"{symptom.label}: read it from one field, not two."
        if symptom.item is not None:
            codes = [*symptom.item.present, *symptom.item.absent]
            yield from _twice(codes, (*place, "item"), "answer")
            if not symptom.item.present or not symptom.item.absent:
                yield place, f"{symptom.label}: say which answers mean present and absent."
        if symptom.vital is not None:
            limits = list(symptom.vital.at_least)
            if not limits or limits != sorted(set(limits)):
                yield place, f"{symptom.label}: at_least must rise."


def _permissions(permissions: Permissions) -> Iterator[Fault]:
    roles = [role.key for role in permissions.roles]
    keys = [row.key for row in (*permissions.rows, *permissions.added)]
    yield from _twice(roles, ("roles",), "role")
    for section, rows in (("rows", permissions.rows), ("added", permissions.added)):
        for position, row in enumerate(rows):
            place = (section, position)
            if keys.count(row.key) > 1:
                yield place, f"row {row.key!r} is used twice. Each needs its own."
            yield from _row(permissions, row, roles, place)


def _row(permissions: Permissions, row: Row, roles: Sequence[str], place: Place) -> Iterator[Fault]:
    if set(row.cells) != set(roles):
        wrong = ", ".join(sorted(set(row.cells) ^ set(roles)))
        yield (*place, "cells"), f"every role needs one cell; look at {wrong}."
    for role, cell in row.cells.items():
        at = (*place, "cells", role)
        if cell.verbs != "-" and not set(cell.verbs) <= set(LETTERS):
            yield at, f"verbs are letters of {LETTERS}, or - for none."
        if cell.only is not None and cell.only not in permissions.conditions:
            yield at, f"condition {cell.only!r} is not explained under conditions."
        if cell.limited is not None and (
            cell.only is None or not set(cell.limited) <= set(cell.verbs)
        ):
            yield at, "limited lists some of the verbs, and needs a condition in only."
        if cell.only is not None and cell.verbs == "-":
            yield at, "a condition without a verb grants nothing. Name the verbs."


def _settings(settings: FacilitySettings) -> Iterator[Fault]:
    yield from _twice([each.key for each in settings.settings], ("settings",), "setting key")
    for position, setting in enumerate(settings.settings):
        try:
            setting.value(setting.default)
        except ValueError as error:
            yield ("settings", position, "default"), f"the default does not fit: {error}"


def _states(table: EpisodeStates) -> Iterator[Fault]:
    states = [state.key for state in (*table.states, *table.phases)]
    documents = [document.key for document in table.documents]
    yield from _twice(states, ("states",), "state")
    yield from _twice(documents, ("documents",), "document")
    yield from _twice([each.key for each in table.transitions], ("transitions",), "transition")
    for position, transition in enumerate(table.transitions):
        place = ("transitions", position)
        for state in (*transition.leave, transition.enter):
            if state not in states:
                yield place, f"{state!r} is no state or phase of this file."
        for key in transition.required:
            if key not in documents:
                yield place, f"{key!r} is not described under documents."
        if transition.built == bool(transition.why_not):
            yield place, "a transition that is not built says why_not; a built one does not."
        if transition.built and not transition.required:
            yield place, "a built transition names the documents it requires."
