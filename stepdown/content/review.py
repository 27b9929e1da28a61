"""The thorough review of all content: schemas, worked examples, cross-references.

Imports jsonschema, so it is only imported when a review is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from stepdown.clinical.courses import WithdrawalCourses
from stepdown.clinical.instruments import (
    Example,
    ImpossibleAnswer,
    IncompleteAnswers,
    Instrument,
    Score,
    answers_from_points,
    raised,
    score,
    with_derived,
)
from stepdown.clinical.schedules import Schedule
from stepdown.clinical.sedation import SedationMapping
from stepdown.clinical.symptoms import SymptomCatalogue
from stepdown.content import course_checks, sedation_checks, unfilled
from stepdown.content.errors import ContentError
from stepdown.content.reading import Document, Place, read

if TYPE_CHECKING:
    from stepdown.content.library import Shelf


def problems(shelf: Shelf) -> Iterator[ContentError]:
    """Every fault of every file on the shelf, file by file."""
    from stepdown.content.library import KINDS, bound

    read_well: list[tuple[Document, Any]] = []
    for folder, kind in KINDS.items():
        schema = _schema(folder)
        seen: dict[str, Document] = {}
        for path in shelf.paths(folder):
            try:
                document = read(path)
                if left := list(unfilled.faults(document)):
                    yield from left
                    continue
                if broken := list(against_schema(schema, document)):
                    yield from broken
                    continue
                thing = bound(kind, document)
            except ContentError as error:
                yield error
                continue
            if thing.key in seen:
                other = seen[thing.key].path
                yield document.error(("key",), f"{thing.key!r} exists already in {other}.")
                continue
            seen[thing.key] = document
            read_well.append((document, thing))
    yield from _strays(shelf, KINDS)
    for document, thing in read_well:
        for place, message in _across(thing, [each for _, each in read_well]):
            yield document.error(place, message)


def against_schema(schema: dict[str, Any], document: Document) -> Iterator[ContentError]:
    """Where a document breaks its JSON Schema, in the order of its lines."""
    validator = Draft202012Validator(schema)
    found = sorted(
        validator.iter_errors(document.data),
        key=lambda each: document.line(tuple(each.absolute_path)),
    )
    for error in found:
        place: Place = tuple(error.absolute_path)
        where = ".".join(map(str, place)) or "the file"
        hint = error.schema.get("description", "See the schema.") if error.schema else ""
        yield document.error(place, f"{where}: {error.message}. {hint}")


def _schema(folder: str) -> dict[str, Any]:
    from stepdown.content.library import HERE

    loaded: dict[str, Any] = json.loads((HERE / "schema" / f"{folder}.json").read_text("utf-8"))
    return loaded


def _strays(shelf: Shelf, kinds: dict[str, type[Any]]) -> Iterator[ContentError]:
    """Files a facility dropped where nothing reads them. Silence would be taken for use."""
    for root in shelf.folders[1:]:
        if not root.is_dir():
            yield ContentError(root, 1, "is not a folder. Correct STEPDOWN_CONTENT.")
            continue
        for path in sorted(root.rglob("*.y*ml")):
            if (
                path.suffix != ".yaml"
                or path.parent.parent != root
                or path.parent.name not in kinds
            ):
                places = ", ".join(f"{each}/" for each in kinds)
                yield ContentError(
                    path, 1, f"is read by nobody. Name it <key>.yaml in one of {places}."
                )


def _across(thing: Any, everything: list[Any]) -> Iterator[tuple[Place, str]]:
    match thing:
        case Instrument():
            yield from _examples(thing)
            yield from _instrument(thing, everything)
            yield from _raises(thing, everything)
        case Schedule():
            yield from _schedule(thing, everything)
        case SymptomCatalogue():
            yield from _symptoms(thing, everything)
        case SedationMapping():
            mappings, scales = _of(SedationMapping, everything), _of(Instrument, everything)
            yield from sedation_checks.across(thing, mappings, scales)
        case WithdrawalCourses():
            yield from course_checks.across(thing, everything)


def _examples(instrument: Instrument) -> Iterator[tuple[Place, str]]:
    for position, example in enumerate(instrument.examples):
        place: Place = ("examples", position)
        try:
            result = score(instrument, example_answers(instrument, example))
        except (ImpossibleAnswer, IncompleteAnswers, ValueError) as error:
            yield place, f"worked example {example.name!r}: {error}"
            continue
        if (gives := _told(result)) != (expects := _expected(example)):
            said = f"gives {gives}; the file expects {expects}"
            yield place, f"worked example {example.name!r} {said}. Correct one."
    shown = {example.band for example in instrument.examples}
    for position, band in enumerate(instrument.bands):
        if band.key not in shown:
            yield ("bands", position), f"no worked example lands in {band.label}. Add one."
    for number, part in enumerate(instrument.subscales):
        landed = {(example.part_bands or {}).get(part.key) for example in instrument.examples}
        for position, band in enumerate(part.bands):
            if band.key not in landed:
                at: Place = ("subscales", number, "bands", position)
                yield at, f"no worked example lands in {part.label}, {band.label}. Add one."


def _told(result: Score) -> str:
    """A result as a file states it: total and band, or both for each part."""
    parts = {part.subscale.key: (part.total, part.band.key) for part in result.parts}
    return _stated(result.total, result.band.key if result.band else "", parts)


def _expected(example: Example) -> str:
    bands = example.part_bands or {}
    parts = {key: (total, bands.get(key, "")) for key, total in (example.parts or {}).items()}
    return _stated(example.total, example.band, parts)


def _stated(total: int | None, band: str, parts: dict[str, tuple[int, str]]) -> str:
    said = [f"{key} {points} {word}" for key, (points, word) in sorted(parts.items())]
    return ", ".join(said) if said else f"{total}, {band or 'no band'}"


def _raises(instrument: Instrument, everything: list[Any]) -> Iterator[tuple[Place, str]]:
    demanded = {
        kind
        for schedule in _of(Schedule, everything)
        for rule in schedule.rules
        if rule.when_raised is not None
        for kind in rule.kinds
    }
    for position, each in enumerate(instrument.raises):
        place: Place = ("raises", position)
        for number, example in enumerate(each.examples):
            try:
                fires = each in raised(instrument, example.answers)
            except ImpossibleAnswer as error:
                yield (*place, "examples", number), str(error)
                continue
            if fires != example.fires:
                did = "fires" if fires else "does not fire"
                yield (*place, "examples", number), f"{each.key} {did} here; the file says not."
        if each.leads_to and each.leads_to not in demanded:
            yield (*place, "leads_to"), f"no schedule rule when_raised asks for {each.leads_to!r}."


def example_answers(instrument: Instrument, example: Example) -> dict[str, str]:
    """The answers of a worked example: by code, or by points in item order.

    Where the example names vital signs, its derived items must agree with them.

    Raises:
        ImpossibleAnswer: points or codes the scale does not have.
        ValueError: too many or too few points, or a derived item disagrees.
    """
    if example.answers is not None:
        return dict(example.answers)
    if len(example.points) != len(instrument.items):
        raise ValueError(f"has {len(example.points)} points for {len(instrument.items)} items.")
    keys = [item.key for item in instrument.items]
    answers = answers_from_points(instrument, dict(zip(keys, example.points, strict=True)))
    if example.vitals is not None:
        by_hand = {
            key: code
            for key, code in answers.items()
            if (item := instrument.item(key)) is not None and item.derived_from is None
        }
        vitals = {key: Decimal(value) for key, value in example.vitals.items()}
        if (derived := with_derived(instrument, by_hand, vitals)) != answers:
            wrong = ", ".join(key for key in answers if answers[key] != derived.get(key))
            raise ValueError(f"{wrong} does not follow from the vital signs.")
    return answers


def _of(kind: type[Any], everything: list[Any]) -> list[Any]:
    return [thing for thing in everything if isinstance(thing, kind)]


def _instrument(instrument: Instrument, everything: list[Any]) -> Iterator[tuple[Place, str]]:
    from stepdown.content.access import Permissions
    from stepdown.content.codes import CodeSet
    from stepdown.content.sets import VitalSigns

    for permissions in _of(Permissions, everything):
        rows = {row.key for row in (*permissions.rows, *permissions.added)}
        if instrument.record not in rows:
            yield ("record",), f"{instrument.record!r} is no row of the permission matrix."
        roles = {role.key for role in permissions.roles}
        for role in instrument.rater:
            if role not in roles:
                yield ("rater",), f"{role!r} is no role of the permission matrix."
    known = {
        code.code
        for each in _of(CodeSet, everything)
        if each.key == "context"
        for code in each.codes
    }
    for context in instrument.contexts:
        if context not in known:
            yield ("contexts",), f"{context!r} is no code of codes/context.yaml."
    vitals = {vital.key for signs in _of(VitalSigns, everything) for vital in signs.vitals}
    for position, item in enumerate(instrument.items):
        if item.derived_from is not None and item.derived_from.vital not in vitals:
            place: Place = ("items", position, "derived_from", "vital")
            yield place, f"{item.derived_from.vital!r} is no vital sign."


def _schedule(schedule: Schedule, everything: list[Any]) -> Iterator[tuple[Place, str]]:
    from stepdown.clinical.episodes import EpisodeStates
    from stepdown.content.settings import FacilitySettings

    instruments = {each.key: each for each in _of(Instrument, everything)}
    switches = {
        each.key
        for known in _of(FacilitySettings, everything)
        for each in known.settings
        if each.type == "yes_no"
    }
    for position, rule in enumerate(schedule.rules):
        place: Place = ("rules", position)
        if rule.only_if and rule.only_if not in switches:
            yield (*place, "only_if"), f"{rule.only_if!r} is no yes-or-no setting."
        for kind in rule.kinds:
            if kind != "vitals" and kind not in instruments:
                yield (*place, "kinds"), f"{kind!r} is neither vitals nor an instrument."
            elif rule.each_shift is not None:
                for band in rule.each_shift.bands:
                    if kind == "vitals" or instruments[kind].band(band) is None:
                        yield (*place, "each_shift"), f"{kind} has no band {band!r}."
    for table in _of(EpisodeStates, everything):
        named = {*schedule.running, *schedule.paused}
        for state in table.states:
            if state.key not in named:
                yield ("running",), f"say whether it runs or pauses in {state.key}."


def _symptoms(catalogue: SymptomCatalogue, everything: list[Any]) -> Iterator[tuple[Place, str]]:
    from stepdown.content.sets import VitalSigns

    instruments = {each.key: each for each in _of(Instrument, everything)}
    vitals = {vital.key: vital for signs in _of(VitalSigns, everything) for vital in signs.vitals}
    for position, symptom in enumerate(catalogue.symptoms):
        place: Place = ("symptoms", position)
        if (field := symptom.item) is not None:
            instrument = instruments.get(field.instrument)
            item = None if instrument is None else instrument.item(field.item)
            if item is None:
                yield place, f"there is no item {field.instrument}.{field.item}."
                continue
            for code in (*field.present, *field.absent):
                if item.option(code) is None:
                    yield place, f"{code!r} is no option of {item.label}."
        if symptom.vital is not None:
            vital = vitals.get(symptom.vital.vital)
            if vital is None:
                yield place, f"{symptom.vital.vital!r} is no vital sign."
            elif symptom.vital.at_least != (vital.limits.amber_high, vital.limits.red_high):
                yield place, "at_least must be the amber and the red limit of vitals.yaml."
