"""Sense checks on the course of withdrawal: what would let a clock or a sign mislead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from stepdown.clinical.courses import (
    PARTS,
    SIGNS,
    STAGES,
    Opioid,
    Precipitated,
    Statement,
    WithdrawalCourses,
)
from stepdown.content.reading import Place

Fault = tuple[Place, str]

SEVERITIES = (0, 1, 2, 3, 4)
GAPS = (
    "nothing_told", "last_use", "ahead", "guess", "no_source", "supply_unknown", "supply_believed",
    "supply_held", "not_daily", "doses", "never_looked",
)  # fmt: skip
"""Every key of ``clinical.withdrawal.Unknown``."""


def faults(courses: WithdrawalCourses) -> Iterator[Fault]:
    """Where the file contradicts itself, as (place, what is wrong and the way on)."""
    keys = [each.key for each in courses.opioids]
    yield from _twice(keys, ("opioids",), "kind of opioid")
    yield from _twice(
        [code for each in courses.opioids for code in each.codes], ("opioids",), "code"
    )
    for position, opioid in enumerate(courses.opioids):
        yield from _opioid(courses, opioid, keys[:position], ("opioids", position), keys)
    for name in ("otherwise", "windows_for"):
        if getattr(courses, name) not in keys:
            yield (name,), f"{getattr(courses, name)!r} is no kind of opioid of this file."
    for position, kind in enumerate(courses.precipitated):
        yield from _precipitated(kind, ("precipitated", position))
    yield from _stages(courses)
    yield from _seen(courses)
    if not courses.slack:
        yield ("slack",), "say how far off an exact time may be."
    for position, supply in enumerate(courses.supplies):
        if supply.adds is not None and supply.adds not in keys:
            yield ("supplies", position, "adds"), f"{supply.adds!r} is no kind of opioid."
    told = [gap.key for gap in courses.unknowns]
    yield from _twice(told, ("unknowns",), "gap")
    for key in (*(each for each in GAPS if each not in told), *(set(told) - set(GAPS))):
        yield ("unknowns",), f"{key!r}: every gap the software knows needs its words, and no other."
    yield from _twice([sign.key for sign in courses.signs], ("signs",), "sign")
    for position, sign in enumerate(courses.signs):
        if sign.vital is not None and sign.scale is not None:
            yield ("signs", position), f"{sign.name}: read it from one field, not two."


def _opioid(
    courses: WithdrawalCourses,
    opioid: Opioid,
    before: Sequence[str],
    place: Place,
    keys: Sequence[str],
) -> Iterator[Fault]:
    for name in ("also", "members"):
        for key in getattr(opioid, name):
            if key not in keys:
                yield (*place, name), f"{key!r} is no kind of opioid of this file."
            elif name == "also" and courses.opioid(key).also:
                yield (*place, name), f"{key!r} leans on others itself. Name those."
            elif name == "members" and key not in before and courses.opioid(key).members:
                yield (*place, name), f"{key!r} has members itself and must stand before this one."
            elif name == "members" and not _is_timed(courses.opioid(key)):
                yield (*place, name), f"{key!r} has no course, so nothing can be as wide."
    if opioid.members and (opioid.also or opioid.statements):
        yield place, f"{opioid.name}: a kind that may be any of several has only members."
    if opioid.statements:
        yield from _statements(opioid.statements, (*place, "statements"), opioid.name)
        numbers = {each.of for each in opioid.statements if each.earliest is not None}
        for part in ("onset", "end"):
            if part not in numbers:
                yield (*place, "statements"), f"{opioid.name} needs an earliest {part}."
        for position, said in enumerate(opioid.statements):
            if said.of != "end" and (said.earliest is None) != (said.latest is None):
                at = (*place, "statements", position)
                yield at, f"{opioid.name}: an {said.of} in numbers has an earliest and a latest."
    if opioid.key == courses.windows_for and "peak" not in {s.of for s in opioid.statements}:
        yield place, f"{opioid.name} needs a peak: the windows of the stages speak of it."


def _is_timed(opioid: Opioid) -> bool:
    return bool(opioid.statements or opioid.members)


def _statements(said: Sequence[Statement], place: Place, name: str) -> Iterator[Fault]:
    for position, each in enumerate(said):
        at = (*place, position)
        if each.evidence == "confirmed" and each.tag != "C":
            yield at, f"{name}: only what is tagged C is confirmed."
        if each.earliest is not None and each.latest is not None and each.latest < each.earliest:
            yield at, f"{name}: {each.words!r} ends before it starts."
    parts = [PARTS.index(each.of) for each in said]
    if parts != sorted(parts):
        yield place, f"{name}: list onset, then peak, then end."


def _precipitated(kind: Precipitated, place: Place) -> Iterator[Fault]:
    yield from _statements(kind.statements, (*place, "statements"), kind.name)
    if kind.rise.points <= 0 or kind.rise.minutes <= 0:
        yield (*place, "rise"), f"{kind.name}: a rise has points, and minutes to happen in."


def _stages(courses: WithdrawalCourses) -> Iterator[Fault]:
    if tuple(stage.key for stage in courses.stages) != STAGES:
        yield ("stages",), f"the stages are, in this order: {', '.join(STAGES)}."
        return
    for position, stage in enumerate(courses.stages):
        has_window = stage.begins is not None and stage.ends is not None
        if has_window != (position > 0) or has_window != bool(stage.words):
            yield ("stages", position), f"{stage.name}: all stages but the first have a window."
        elif has_window and stage.ends <= stage.begins:  # type: ignore[operator]
            yield ("stages", position), f"{stage.name} ends before it starts."


def _seen(courses: WithdrawalCourses) -> Iterator[Fault]:
    covered = [
        (rule.signs, severity)
        for rule in courses.seen
        for severity in (*rule.severities, *([None] if rule.unscored else []))
    ]
    yield from _twice(covered, ("seen",), "combination")
    for signs in SIGNS:
        for severity in (*SEVERITIES, None):
            # Without a score nothing is ever said to be seen.
            if (signs, severity) not in (*covered, ("nothing", None)):
                score = "no score" if severity is None else f"severity {severity}"
                yield ("seen",), f"say which stages {signs} with {score} fits."
    for position, rule in enumerate(courses.seen):
        places = [STAGES.index(stage) for stage in rule.fits]
        if not places or places != sorted(set(places)):
            yield ("seen", position, "fits"), "name at least one stage, in their order."


def across(courses: WithdrawalCourses, everything: Sequence[Any]) -> Iterator[Fault]:
    """What the file names elsewhere: codes, symptoms, vital signs."""
    from stepdown.clinical.instruments import Instrument
    from stepdown.clinical.symptoms import SymptomCatalogue
    from stepdown.content.codes import CodeSet
    from stepdown.content.sets import VitalSigns

    codes = {each.key: each for each in everything if isinstance(each, CodeSet)}
    covered = [code for each in courses.opioids for code in each.codes]
    for code in [each.code for each in codes["opioid_type"].codes]:
        if code not in covered:
            yield ("opioids",), f"no kind covers {code!r} of codes/opioid_type.yaml."
    for position, opioid in enumerate(courses.opioids):
        for code in opioid.codes:
            if codes["opioid_type"].code(code) is None:
                place: Place = ("opioids", position, "codes")
                yield place, f"{code!r} is no code of codes/opioid_type.yaml."
    for position, supply in enumerate(courses.supplies):
        if codes["adulterant_suspected"].code(supply.code) is None:
            place = ("supplies", position, "code")
            yield place, f"{supply.code!r} is no code of codes/adulterant_suspected.yaml."
    for position, slack in enumerate(courses.slack):
        if codes["certainty"].code(slack.certainty) is None:
            place = ("slack", position, "certainty")
            yield place, f"{slack.certainty!r} is no code of codes/certainty.yaml."
    symptoms = {
        symptom.key
        for each in everything
        if isinstance(each, SymptomCatalogue)
        for symptom in each.symptoms
    }
    for position, stage in enumerate(courses.stages):
        for number, finding in enumerate(stage.findings):
            for key in finding.symptoms:
                if key not in symptoms:
                    place = ("stages", position, "findings", number)
                    yield place, f"{key!r} is no symptom of symptoms/."
    vitals = {v.key for each in everything if isinstance(each, VitalSigns) for v in each.vitals}
    scales = {each.key: each for each in everything if isinstance(each, Instrument)}
    for position, sign in enumerate(courses.signs):
        if sign.vital is not None and sign.vital.vital not in vitals:
            yield ("signs", position, "vital"), f"{sign.vital.vital!r} is no vital sign."
        if sign.scale is not None:
            scale = scales.get(sign.scale.instrument)
            if scale is None or scale.raise_of(sign.scale.raises) is None:
                place = ("signs", position, "scale")
                yield place, f"{sign.scale.instrument} raises no {sign.scale.raises!r}."


def _twice(names: Sequence[object], place: Place, what: str) -> Iterator[Fault]:
    for position, name in enumerate(names):
        if name in names[:position]:
            yield place, f"{what} {name!r} is used twice. Each needs its own."
