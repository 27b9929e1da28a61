"""The six people of the journeys on arrival: which stages are open, and what is seen."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from stepdown.clinical import withdrawal
from stepdown.clinical.instruments import answers_from_points, score, with_derived
from stepdown.clinical.set_off import Score
from stepdown.clinical.symptoms import Reading, findings
from stepdown.clinical.windows import Timetable
from stepdown.clinical.withdrawal import Use
from stepdown.content import library
from stepdown.content.reading import read

JOURNEYS = Path("journeys")
COWS = library.instrument("cows")
TABLE = Timetable.of(library.courses())


def on_arrival(letter: str) -> withdrawal.Course:
    """The course at the first complete look of a journey, from what was told by then."""
    story = read(JOURNEYS / f"{letter}.yaml").data
    zone = ZoneInfo(read(JOURNEYS / "facilities" / f"{story['facility']}.yaml").data["zone"])

    def moment(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=zone)

    uses: list[Use] = []
    for event in story["events"]:
        told: dict[str, Any] = event.get("with", {})
        if event.get("do") == "substance_use.record" and told.get("category") == "opioid":
            last = told.get("last_used_at")
            uses.append(
                Use(
                    told["substance"],
                    moment(last) if last else None,
                    told["certainty"],
                    told.get("supply", {}),
                    told.get("days_per_week"),
                )
            )
        if event.get("do") == "observations.record" and "cows" in told:
            return _looked(moment(event["at"]), told, uses)
    raise LookupError(letter)


def _looked(at: datetime, told: dict[str, Any], uses: list[Use]) -> withdrawal.Course:
    vitals = {key: Decimal(value) for key, value in told["vitals"].items()}
    by_hand = [item.key for item in COWS.items if item.derived_from is None]
    points = dict(zip(by_hand, told["cows"], strict=True))
    answers = with_derived(COWS, answers_from_points(COWS, points), vitals)
    result = score(COWS, answers)
    assert result.total is not None
    assert result.band is not None
    return withdrawal.course(
        TABLE,
        uses,
        at,
        findings=findings(library.symptoms(), [Reading(at, {"cows": answers}, vitals)]),
        scores=[Score(at, result.total, result.band.severity)],
    )


@pytest.mark.parametrize(
    ("letter", "first", "last", "signs", "total", "differs"),
    [
        ("a", "anticipatory", "early", "later", 11, ()),
        ("b", "before", "anticipatory", "later", 4, ()),
        ("c", "before", "developed", "later", 14, ()),
        ("d", "before", "developed", "later", 8, ()),
        ("e", "before", "anticipatory", "later", 6, ("earlier",)),
        ("f", "before", "developed", "later", 12, ()),
    ],
)
def test_the_stage_on_arrival(letter, first, last, signs, total, differs):
    found = on_arrival(letter)

    assert (found.stages[0], found.stages[-1]) == (first, last)
    assert found.compared
    assert found.differs == differs
    assert found.seen is not None
    assert found.seen.score is not None
    assert (found.seen.signs, found.seen.score.total) == (signs, total)


@pytest.mark.parametrize(
    ("letter", "how"),
    [
        ("a", [("heroin", "told")]),
        ("b", [("fentanyl", "told")]),
        ("c", [("fentanyl", "may_contain"), ("fentanyl", "may_contain"), ("heroin", "told"),
               ("prescription_short", "told")]),
        ("d", [("fentanyl", "contains"), ("heroin", "told")]),
        ("e", [("fentanyl", "told")]),
        ("f", [("fentanyl", "told")]),
    ],
)  # fmt: skip
def test_which_opioids_count_for_each_of_them(letter, how):
    found = on_arrival(letter)

    assert sorted((each.opioid.key, each.how) for each in found.contributions) == how
