"""Templates of content that somebody with the permission for a scale fills in.

A template holds marks where the words belong that we may not ship. A file in which one
mark is left is refused, whatever else it says, so that nobody ever scores with a mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from stepdown.content.errors import ContentError
from stepdown.content.reading import Document, Place

MARK: Final = "[FILL IN"
"""How a mark begins; it ends with a square bracket and says what belongs there."""


def faults(document: Document) -> Iterator[ContentError]:
    """Each place where a mark was left, in the order of the file."""
    for place, text in _texts(document.data, ()):
        if MARK in text:
            yield document.error(
                place, f"is not filled in yet: {text.strip()[:80]} Write it, then check again."
            )


def _texts(data: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _texts(value, (*place, key))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from _texts(value, (*place, position))
