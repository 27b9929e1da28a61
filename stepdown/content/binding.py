"""Plain parsed content to the clinical dataclasses, and back to canonical text.

Fields are matched by name and type, strictly: an unknown key, a missing one or a
wrong type is an error at its place. The way back is canonical: one text for one
content, whatever the file's layout, so that a digest or a signature means something.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Iterable, Mapping
from datetime import time
from decimal import Decimal
from typing import Any, TypeVar

from stepdown.content.reading import Place

T = TypeVar("T")


class Misfit(Exception):
    """The data does not fit; ``place`` says where. Turned into a ContentError by callers."""

    def __init__(self, place: Place, message: str) -> None:
        self.place = place
        self.message = message
        super().__init__(message)


def bind(kind: type[T], data: Any, place: Place = ()) -> T:
    """An instance of the dataclass ``kind`` from plain data.

    Raises:
        Misfit: a key is unknown or missing, or a value has the wrong type.
    """
    if not isinstance(data, Mapping):
        raise Misfit(place, f"should be a block of keys, not {_named(data)}.")
    hints, fields = _shape(kind)  # type: ignore[arg-type]
    names = [field.name for field in fields]
    for key in data:
        if key not in names:
            raise Misfit((*place, key), f"{key!r} is not known here. Known: {', '.join(names)}.")
    values = {}
    for field in fields:
        if field.name in data:
            values[field.name] = _value(hints[field.name], data[field.name], (*place, field.name))
        elif types.NoneType in typing.get_args(hints[field.name]):
            values[field.name] = None
        elif field.default is dataclasses.MISSING:
            raise Misfit(place, f"{field.name!r} is missing. Add it.")
    return kind(**values)


@functools.cache
def _shape(kind: type[Any]) -> tuple[dict[str, Any], tuple[dataclasses.Field[Any], ...]]:
    """The types and fields of a dataclass; Python works the types out anew each time."""
    return typing.get_type_hints(kind), dataclasses.fields(kind)


def canonical(content: Any) -> str:
    """One text for one content: keys sorted, no spaces, defaults left out.

    Values equal to a field's default are left out, so that a field added to the
    software later does not change the digest of content written before it.
    """
    return _text(plain(content))


def plain(content: Any) -> Any:
    """Dataclasses, tuples and times as the plain data they were read from."""
    if dataclasses.is_dataclass(content) and not isinstance(content, type):
        return {
            field.name: plain(value)
            for field in dataclasses.fields(content)
            if (value := getattr(content, field.name)) != field.default
        }
    if isinstance(content, Mapping):
        return {str(key): plain(value) for key, value in content.items()}
    if isinstance(content, (tuple, list)):
        return [plain(value) for value in content]
    if isinstance(content, time):
        return content.strftime("%H:%M")
    return content


def _text(data: Any) -> str:
    if isinstance(data, dict):
        pairs = (f"{_text(key)}:{_text(data[key])}" for key in sorted(data))
        return "{" + ",".join(pairs) + "}"
    if isinstance(data, list):
        return "[" + ",".join(map(_text, data)) + "]"
    if isinstance(data, Decimal):
        return f"{data.normalize():f}"
    return json.dumps(data, ensure_ascii=False)


def _value(hint: Any, data: Any, place: Place) -> Any:
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        if data is None:
            return None
        (hint,) = (each for each in arguments if each is not types.NoneType)
        return _value(hint, data, place)
    if origin is tuple:
        return tuple(
            _value(arguments[0], each, (*place, position))
            for position, each in enumerate(_listed(data, place))
        )
    if origin is typing.Literal:
        if data not in arguments:
            allowed = ", ".join(map(str, arguments))
            raise Misfit(place, f"cannot be {data!r}. One of: {allowed}.")
        return data
    if origin in (Mapping, dict):
        if not isinstance(data, Mapping):
            raise Misfit(place, f"should be a block of keys, not {_named(data)}.")
        return {key: _value(arguments[1], each, (*place, key)) for key, each in data.items()}
    if dataclasses.is_dataclass(hint):
        return bind(typing.cast("type[Any]", hint), data, place)
    return _simple(hint, data, place)


def _simple(hint: Any, data: Any, place: Place) -> Any:
    if hint is time:
        try:
            return time.fromisoformat(data if isinstance(data, str) else "")
        except ValueError:
            raise Misfit(place, f'should be a time like "06:30", not {_named(data)}.') from None
    if hint is Decimal and type(data) in (int, Decimal):
        return Decimal(data)
    if type(data) is not hint:
        wanted = {str: "text", int: "a whole number", bool: "true or false", Decimal: "a number"}
        quoted = " Put it in quotes." if hint is str and data is not None else ""
        raise Misfit(place, f"should be {wanted[hint]}, not {_named(data)}.{quoted}")
    if hint is str and not data.strip():
        raise Misfit(place, "is empty. Write it, or leave the key out.")
    return data


def _listed(data: Any, place: Place) -> Iterable[Any]:
    if not isinstance(data, list):
        raise Misfit(place, f"should be a list, not {_named(data)}.")
    return data


def _named(data: Any) -> str:
    if data is None:
        return "nothing"
    if isinstance(data, Mapping):
        return "a block of keys"
    if isinstance(data, list):
        return "a list"
    return repr(str(data)) if isinstance(data, Decimal) else repr(data)
