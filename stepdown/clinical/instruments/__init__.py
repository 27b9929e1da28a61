"""Rating scales: what they ask, and what an answered one means.

Five ways to a result, all data. ``sum`` adds the points of its items and finds the
band the total falls in (COWS); a scale without published bands has a total and no
band (Gossop's SOWS). ``count`` counts what applies (DSM-5 criteria). ``tier`` reads
rules, worst first, and the first that holds gives the band (C-SSRS: a risk tier, never
a number). ``subscales`` has a result for each part and never one for the whole (BAM).

Nothing is imputed. A missing item makes a withdrawal score falsely reassuring, so a
scale with one unanswered item has no result, only "at least".
"""

from __future__ import annotations

from stepdown.clinical.instruments.derived import derive, with_derived
from stepdown.clinical.instruments.model import (
    Answers,
    Band,
    Condition,
    Derivation,
    Evidence,
    Example,
    Instrument,
    Item,
    Method,
    Number,
    Option,
    PointStep,
    Raise,
    RaiseExample,
    Step,
    Subscale,
)
from stepdown.clinical.instruments.raising import raised
from stepdown.clinical.instruments.scoring import (
    ImpossibleAnswer,
    IncompleteAnswers,
    Part,
    Score,
    answers_from_points,
    asked_items,
    lower_bound,
    lowest_band,
    missing_items,
    points_of,
    refuse_impossible,
    score,
)

__all__ = [
    "Answers",
    "Band",
    "Condition",
    "Derivation",
    "Evidence",
    "Example",
    "ImpossibleAnswer",
    "IncompleteAnswers",
    "Instrument",
    "Item",
    "Method",
    "Number",
    "Option",
    "Part",
    "PointStep",
    "Raise",
    "RaiseExample",
    "Score",
    "Step",
    "Subscale",
    "answers_from_points",
    "asked_items",
    "derive",
    "lower_bound",
    "lowest_band",
    "missing_items",
    "points_of",
    "raised",
    "refuse_impossible",
    "score",
    "with_derived",
]
