"""The shape of journey files, checked against ``content/schema/journey.json``."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from stepdown import content
from stepdown.content.reading import Document, Place

SCHEMA = Path(content.__path__[0]) / "schema" / "journey.json"


@cache
def _schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return loaded


@cache
def _validator(*name: str) -> Draft202012Validator:
    """The validator of one definition, e.g. ``("actions", "observations.record")``."""
    schema = _schema()
    return Draft202012Validator({"$ref": "#/$defs/" + "/".join(name), "$defs": schema["$defs"]})


@cache
def described(kind: str) -> frozenset[str]:
    """The names the schema describes under ``actions`` or ``expectations``."""
    return frozenset(_schema()["$defs"][kind])


def check(document: Document, value: Any, place: Place, *name: str) -> None:
    """Refuse ``value``, which stands at ``place``, unless it has the shape called ``name``.

    Raises:
        ContentError: names the line, the place and what would be right.
    """
    errors = sorted(
        _validator(*name).iter_errors(value),
        key=lambda error: (
            document.line((*place, *error.absolute_path)),
            error.validator != "additionalProperties",  # a misspelled key before a missing one
        ),
    )
    if errors:
        whole = (*place, *errors[0].absolute_path)
        raise document.error(_offender(whole, errors[0]), f"{say(whole)}{_sentence(errors[0])}")


def say(place: Place) -> str:
    """A place as a writer sees it: ``events[3].with.cows: `` (events count from 1)."""
    text = ""
    for step in place:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return f"{text.lstrip('.')}: " if text else ""


def choose(wrong: str, names: Iterable[str]) -> str:
    """The names to choose from, with the nearest to ``wrong`` first as a question."""
    known = sorted(names)
    near = difflib.get_close_matches(wrong, known, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."


def _extra(error: ValidationError) -> str:
    known = _known(error)
    value: Any = error.instance
    return next(str(key) for key in value if key not in known)


def _known(error: ValidationError) -> list[str]:
    schema: Any = error.schema
    return list(schema.get("properties", {}))


def _offender(place: Place, error: ValidationError) -> Place:
    return (*place, _extra(error)) if error.validator == "additionalProperties" else place


def _sentence(error: ValidationError) -> str:
    """One error of the schema, in a writer's words."""
    value: Any = error.instance
    limit: Any = error.validator_value
    schema: Any = error.schema
    match error.validator:
        case "additionalProperties":
            wrong = _extra(error)
            return f"{wrong!r} is not known here. {choose(wrong, _known(error))}"
        case "required":
            missing = next(key for key in limit if key not in value)
            return f"{missing!r} is missing."
        case "dependentRequired":
            key = next(k for k in limit if k in value and not set(limit[k]) <= set(value))
            return f"{key!r} needs {limit[key][0]!r} beside it."
        case "anyOf":
            return "an event needs `do:` (something that happens) or `expect:` (a check)."
        case "enum":
            return f"{value!r} is not one of {', '.join(map(str, limit))}."
        case "pattern" if str(schema.get("description", "")).startswith("wall time"):
            return f"{value!r} is not a time. Write it like 2027-01-04 08:40."
        case "type":
            return f"{value!r} is not of type {limit}."
    return f"{error.message}."
