"""The JSON Schemas and the dataclasses describe the same files."""

from __future__ import annotations

import dataclasses
import json
import types
import typing

import pytest
from jsonschema import Draft202012Validator

from stepdown.content import library


def parts(kind, found):
    """Every dataclass a file of this kind is made of."""
    if kind in found:
        return found
    found.append(kind)
    for hint in typing.get_type_hints(kind).values():
        for inner in (hint, *typing.get_args(hint)):
            if dataclasses.is_dataclass(inner):
                parts(inner, found)
    return found


def schema(folder):
    return json.loads((library.HERE / "schema" / f"{folder}.json").read_text("utf-8"))


CASES = [(folder, part) for folder, kind in library.KINDS.items() for part in parts(kind, [])]


@pytest.mark.parametrize(("folder", "part"), CASES)
def test_a_schema_knows_every_field_and_demands_what_has_no_default(folder, part):
    whole = schema(folder)
    described = whole if part is library.KINDS[folder] else whole["$defs"][part.__name__]
    hints = typing.get_type_hints(part)

    assert list(described["properties"]) == [field.name for field in dataclasses.fields(part)]
    assert described["additionalProperties"] is False
    assert described["required"] == [
        field.name
        for field in dataclasses.fields(part)
        if field.default is dataclasses.MISSING
        and types.NoneType not in typing.get_args(hints[field.name])
    ]


@pytest.mark.parametrize("folder", library.KINDS)
def test_a_schema_is_itself_sound_and_describes_nothing_that_is_gone(folder):
    whole = schema(folder)

    Draft202012Validator.check_schema(whole)
    names = {part.__name__ for part in parts(library.KINDS[folder], [])}
    assert set(whole.get("$defs", {})) == names - {library.KINDS[folder].__name__}
