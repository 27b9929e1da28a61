"""Sense checks on one thing by itself: what a schema cannot say. Run whenever it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from stepdown.clinical.courses import WithdrawalCourses
from stepdown.clinical.episodes import EpisodeStates
from stepdown.clinical.instruments import Instrument
from stepdown.clinical.schedules import Schedule
from stepdown.clinical.sedation import SedationMapping
from stepdown.clinical.symptoms import SymptomCatalogue
from stepdown.clinical.vitals import Vital
from stepdown.content import course_checks, sedation_checks
from stepdown.content.access import LETTERS, Permissions, Row
from stepdown.content.codes import CodeSet
from stepdown.content.reading import Place
from stepdown.content.scale_checks import Fault, of_instrument, twice
from stepdown.content.sets import VitalSigns
from stepdown.content.settings import FacilitySettings

SHAPES = ("first", "every", "each_shift", "on_day", "when_raised", "daily", "after")


def faults(thing: Any) -> Iterator[Fault]:
    """Where a thing contradicts itself, as (place, what is wrong and the way on)."""
    match thing:
        case Instrument():
            yield from of_instrument(thing)
        case VitalSigns():
            yield from _vital_signs(thing)
        case Schedule():
            yield from _schedule(thing)
        case SymptomCatalogue():
            yield from _symptoms(thing)
        case WithdrawalCourses():
            yield from course_checks.faults(thing)
        case Permissions():
            yield from _permissions(thing)
        case FacilitySettings():
            yield from _settings(thing)
        case CodeSet():
            yield from twice([code.code for code in thing.codes], ("codes",), "code")
        case EpisodeStates():
            yield from _states(thing)
        case SedationMapping():
            yield from sedation_checks.faults(thing)


def _vital_signs(signs: VitalSigns) -> Iterator[Fault]:
    keys = [vital.key for vital in signs.vitals]
    yield from twice(keys, ("vitals",), "vital key")
    yield from twice(signs.look, ("look",), "sign of a look")
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
    yield from twice([rule.id for rule in schedule.rules], ("rules",), "rule id")
    for state in set(schedule.running) & set(schedule.paused):
        yield ("paused",), f"{state} cannot be both running and paused."
    if not schedule.shifts:
        yield ("shifts",), "name at least one shift start."
    for position, rule in enumerate(schedule.rules):
        place = ("rules", position)
        shapes = [getattr(rule, name) for name in SHAPES]
        if sum(shape is not None for shape in shapes) != 1:
            yield place, f"{rule.id} needs exactly one of {', '.join(SHAPES)}."
        if (raised := rule.when_raised) and raised.overdue_minutes < 0:
            yield place, f"{rule.id}: due comes before overdue."
        if (after := rule.after) and (not after.days or after.window_days < 1):
            yield place, f"{rule.id}: name the days, and how long each may wait."
        known = (*schedule.running, *schedule.paused)
        for state in rule.states:
            if state not in known:
                yield place, f"{rule.id}: {state} is neither running nor paused here."
        if (first := rule.first) and not 0 < first.due_minutes <= first.overdue_minutes:
            yield place, f"{rule.id}: due comes before overdue."
        if (every := rule.every) and not 0 < every.awake_minutes <= every.night_minutes:
            yield place, f"{rule.id}: the night may only stretch the awake interval."
        if (on_day := rule.on_day) and not 0 < on_day.day < on_day.overdue_day:
            yield place, f"{rule.id}: the overdue day comes after the due day."


def _symptoms(catalogue: SymptomCatalogue) -> Iterator[Fault]:
    yield from twice([each.key for each in catalogue.symptoms], ("symptoms",), "symptom key")
    for position, symptom in enumerate(catalogue.symptoms):
        place = ("symptoms", position)
        if symptom.item is not None and symptom.vital is not None:
            yield place, f"{symptom.label}: read it from one field, not two."
        if symptom.item is not None:
            codes = [*symptom.item.present, *symptom.item.absent]
            yield from twice(codes, (*place, "item"), "answer")
            if not symptom.item.present or not symptom.item.absent:
                yield place, f"{symptom.label}: say which answers mean present and absent."
        if symptom.vital is not None:
            limits = list(symptom.vital.at_least)
            if not limits or limits != sorted(set(limits)):
                yield place, f"{symptom.label}: at_least must rise."


def _permissions(permissions: Permissions) -> Iterator[Fault]:
    roles = [role.key for role in permissions.roles]
    keys = [row.key for row in (*permissions.rows, *permissions.added)]
    yield from twice(roles, ("roles",), "role")
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
    yield from twice([each.key for each in settings.settings], ("settings",), "setting key")
    for position, setting in enumerate(settings.settings):
        try:
            setting.value(setting.default)
        except ValueError as error:
            yield ("settings", position, "default"), f"the default does not fit: {error}"


def _states(table: EpisodeStates) -> Iterator[Fault]:
    states = [state.key for state in (*table.states, *table.phases)]
    documents = [document.key for document in table.documents]
    yield from twice(states, ("states",), "state")
    yield from twice(documents, ("documents",), "document")
    yield from twice([each.key for each in table.transitions], ("transitions",), "transition")
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
