"""The course of each opioid without a person in it: what a page for anybody may draw.

The same content, windows and disagreements as on a chart, and no presentation.
"""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.clinical.courses import PARTS, Of, Opioid, Statement, WithdrawalCourses
from stepdown.clinical.windows import Range, ranges


@dataclass(frozen=True, slots=True)
class Explained:
    """One kind of opioid: its ranges since the last use, and every source that speaks of it.

    ``ranges`` hold all sources (empty where none gives numbers); ``disagree`` names the
    parts of which sources give different ranges. ``said`` is each statement with the kind
    it stands under. ``opioid.plain`` is for the person.
    """

    opioid: Opioid
    ranges: tuple[Range, ...]
    said: tuple[tuple[Opioid, Statement], ...]
    disagree: tuple[Of, ...]


def explained(courses: WithdrawalCourses, key: str) -> Explained:
    """One kind of opioid, by its key.

    Raises:
        KeyError: there is no such kind.
    """
    opioid = courses.opioid(key)
    return Explained(
        opioid,
        ranges(courses, opioid),
        courses.speaking_of(opioid),
        tuple(part for part in PARTS if courses.disagree(opioid, part)),
    )


def everything(courses: WithdrawalCourses) -> tuple[Explained, ...]:
    """Every kind that somebody may tell of, in the order of the content."""
    return tuple(explained(courses, each.key) for each in courses.opioids if each.codes)
