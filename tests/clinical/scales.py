"""Small invented scales, so that a rule is tested without the content that uses it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from stepdown.clinical.instruments import (
    Band,
    Condition,
    Derivation,
    Instrument,
    Item,
    Option,
    Step,
)


def item(key: str, *points: int, asked_when: tuple[Condition, ...] = ()) -> Item:
    """An item whose option codes are p0, p1, p3 and so on."""
    return Item(
        key=key,
        label=key.capitalize(),
        short_label=key,
        text=key,
        look_back="now",
        options=tuple(Option(f"p{each}", each, f"{each} points", str(each)) for each in points),
        asked_when=asked_when,
    )


PULSE = replace(
    item("pulse", 0, 2),
    derived_from=Derivation("heart_rate_bpm", (Step(Decimal(80), "p0"),), "p2"),
)

SUM = Instrument(
    key="small",
    name="A small scale",
    short_name="SMALL",
    version="1",
    method="sum",
    purpose="Tests.",
    rater=("RN",),
    record="observations",
    when=("Never.",),
    contexts=("scheduled",),
    items=(PULSE, item("shiver", 0, 1, 3)),
    bands=(Band("none", "None", 0, 0, 1), Band("some", "Some", 2, 2, 5)),
    higher_is_worse=True,
    source="Invented.",
    licence="None.",
    evidence="draft",
    examples=(),
    maximum=5,
)

YES_NO = (Option("no", None, "No", "No"), Option("yes", None, "Yes", "Yes"))


def question(key: str, after: str | None = None) -> Item:
    """A yes or no question, asked only after a yes to ``after``."""
    asked_when = () if after is None else (Condition(after, ("yes",)),)
    return replace(item(key, asked_when=asked_when), options=YES_NO)


TIER = replace(
    SUM,
    key="tier",
    method="tier",
    items=(question("thought"), question("plan", after="thought"), question("past")),
    bands=(
        Band("high", "High", 4, when_any=(Condition("plan", ("yes",)),)),
        Band(
            "low",
            "Low",
            1,
            when_any=(Condition("thought", ("yes",)), Condition("past", ("yes",))),
        ),
        Band("none", "None", 0),
    ),
    maximum=None,
)
