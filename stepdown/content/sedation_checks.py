"""Whether a sedation mapping makes sense: by itself, and beside the scale it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stepdown.clinical.instruments import Instrument
from stepdown.clinical.sedation import SedationMapping, in_use
from stepdown.content.reading import Place

Fault = tuple[Place, str]


def faults(mapping: SedationMapping) -> Iterator[Fault]:
    """Where a mapping contradicts itself."""
    bands = [level.band for level in mapping.levels]
    for position, level in enumerate(mapping.levels):
        place: Place = ("levels", position)
        if level.band in bands[:position]:
            yield (*place, "band"), f"level {level.band!r} is used twice. Each needs its own."
        if (level.verdict == "stop_and_call") != (level.zone != "within"):
            yield place, "stop_and_call stands out in amber or red, acceptable does not."
    if mapping.instead_of == mapping.key:
        yield ("instead_of",), "cannot be instead of itself. Name the mapping it takes over from."
    if {level.verdict for level in mapping.levels} != {"acceptable", "stop_and_call"}:
        yield ("levels",), "name at least one acceptable level and one to stop at."


def across(
    mapping: SedationMapping, mappings: Sequence[SedationMapping], scales: Sequence[Instrument]
) -> Iterator[Fault]:
    """Where a mapping does not fit its scale, or leaves no single scale in use."""
    if mapping.instead_of is not None and mapping.instead_of not in {m.key for m in mappings}:
        yield ("instead_of",), f"{mapping.instead_of!r} is no mapping under sedation/."
    used = in_use(mappings)
    if len(used) > 1 and mapping == used[-1]:
        names = ", ".join(each.key for each in used)
        yield ("instead_of",), f"{names} are all in use. Say which one this is instead of."
    if not used:
        yield ("instead_of",), "the mappings replace each other in a circle. None would be used."
    scale = next((each for each in scales if each.key == mapping.instrument), None)
    if scale is None:
        yield ("instrument",), f"{mapping.instrument!r} is no scale."
        return
    if len(scale.items) != 1:
        yield ("instrument",), f"{scale.name} has several items. A sedation scale has one."
    bands = [band.key for band in scale.bands]
    for position, level in enumerate(mapping.levels):
        if level.band not in bands:
            yield ("levels", position, "band"), f"{level.band!r} is no level of {scale.name}."
    for band in bands:
        if mapping.level(band) is None:
            yield ("levels",), f"says nothing of {band!r}. Every level needs its meaning."
