"""Plain data to dataclasses, strictly, and back to one canonical text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Literal

import pytest

from stepdown.content.binding import Misfit, bind, canonical


@dataclass(frozen=True, slots=True)
class Inner:
    name: str
    grade: int | None


@dataclass(frozen=True, slots=True)
class Outer:
    key: str
    kind: Literal["sum", "tier"]
    limit: Decimal
    begins: time
    parts: tuple[Inner, ...]
    notes: Mapping[str, str]
    sure: bool = False
    extra: Inner | None = None


GOOD = {
    "key": "k",
    "kind": "sum",
    "limit": Decimal("39.10"),
    "begins": "06:30",
    "parts": [{"name": "a", "grade": 2}, {"name": "b"}],
    "notes": {"a": "b"},
}


def test_data_that_fits_becomes_the_dataclass():
    assert bind(Outer, GOOD) == Outer(
        key="k",
        kind="sum",
        limit=Decimal("39.1"),
        begins=time(6, 30),
        parts=(Inner("a", 2), Inner("b", None)),
        notes={"a": "b"},
    )


def test_a_whole_number_is_a_number_too():
    assert bind(Outer, {**GOOD, "limit": 39}).limit == Decimal(39)


def test_null_is_allowed_where_nothing_is():
    assert bind(Outer, {**GOOD, "extra": None}).extra is None
    assert bind(Outer, {**GOOD, "extra": {"name": "x", "grade": None}}).extra == Inner("x", None)


@pytest.mark.parametrize(
    ("change", "place", "told"),
    [
        ({"key": 4}, ("key",), "should be text, not 4. Put it in quotes."),
        ({"key": None}, ("key",), "should be text, not nothing."),
        ({"key": "  "}, ("key",), "is empty"),
        ({"kind": "mean"}, ("kind",), "One of: sum, tier."),
        ({"limit": "39"}, ("limit",), "should be a number"),
        ({"limit": True}, ("limit",), "should be a number, not True"),
        ({"begins": "half six"}, ("begins",), "should be a time"),
        ({"begins": 630}, ("begins",), "should be a time"),
        ({"parts": "a"}, ("parts",), "should be a list, not 'a'"),
        ({"parts": {"name": "a"}}, ("parts",), "should be a list, not a block of keys"),
        ({"parts": ["a"]}, ("parts", 0), "should be a block of keys"),
        ({"parts": [["a"]]}, ("parts", 0), "not a list"),
        ({"parts": [{"grade": 2}]}, ("parts", 0), "'name' is missing"),
        ({"parts": [{"name": "a", "grade": Decimal("1.5")}]}, ("parts", 0, "grade"), "a whole"),
        ({"parts": [{"name": "a", "colour": 1}]}, ("parts", 0, "colour"), "is not known here"),
        ({"notes": "b"}, ("notes",), "should be a block of keys"),
        ({"notes": {"a": 1}}, ("notes", "a"), "should be text"),
        ({"sure": "yes"}, ("sure",), "should be true or false"),
    ],
)
def test_a_misfit_names_its_place_and_the_way_on(change, place, told):
    with pytest.raises(Misfit) as refusal:
        bind(Outer, {**GOOD, **change})

    assert refusal.value.place == place
    assert told in refusal.value.message


def test_what_is_no_block_at_all_is_a_misfit():
    with pytest.raises(Misfit, match="should be a block of keys"):
        bind(Outer, ["a"])


def test_the_canonical_text_does_not_follow_the_layout():
    shuffled = dict(reversed(GOOD.items()))

    assert canonical(bind(Outer, GOOD)) == canonical(bind(Outer, shuffled))
    assert canonical(bind(Outer, GOOD)) == (
        '{"begins":"06:30","key":"k","kind":"sum","limit":39.1,"notes":{"a":"b"},'
        '"parts":[{"grade":2,"name":"a"},{"grade":null,"name":"b"}]}'
    )


def test_a_default_written_out_changes_nothing():
    assert canonical(bind(Outer, {**GOOD, "sure": False})) == canonical(bind(Outer, GOOD))


def test_any_change_of_content_changes_the_text():
    assert canonical(bind(Outer, {**GOOD, "sure": True})) != canonical(bind(Outer, GOOD))
    assert canonical(bind(Outer, {**GOOD, "limit": 40})) != canonical(bind(Outer, GOOD))


def test_the_canonical_text_reads_back_to_the_same_thing():
    thing = bind(Outer, GOOD)

    assert bind(Outer, json.loads(canonical(thing), parse_float=Decimal)) == thing


@pytest.mark.parametrize("number", ["100", "0.50", "1E+2"])
def test_numbers_are_written_plainly(number):
    assert json.loads(canonical(Decimal(number)), parse_float=Decimal) == Decimal(number)
    assert "E" not in canonical(Decimal(number))
