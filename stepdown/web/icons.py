"""Icons, drawn inline from the one sprite, so that they print and need no request."""

from __future__ import annotations

from functools import cache, lru_cache
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from django.utils.safestring import SafeString

SPRITE = Path(__file__).parent / "static" / "icons.svg"
_SVG = "{http://www.w3.org/2000/svg}"


class UnknownIcon(LookupError):
    """A name that is not in the sprite: add it to ``tools/icons.py`` and rebuild."""


@cache
def shapes() -> dict[str, str]:
    """Each icon's shapes by name, as SVG markup. Read once per process."""
    root = ElementTree.parse(SPRITE).getroot()
    return {
        symbol.attrib["id"]: "".join(_markup(shape) for shape in symbol)
        for symbol in root.iter(f"{_SVG}symbol")
    }


def _markup(shape: ElementTree.Element) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in shape.attrib.items())
    return f"<{shape.tag.removeprefix(_SVG)}{attributes}/>"


@lru_cache(maxsize=512)
def icon(name: str, label: str = "") -> SafeString:
    """One icon as inline SVG, 24 by 24 units, in the colour of the text around it.

    Beside words it stays silent (``aria-hidden``); standing alone it needs
    ``label``, which becomes its accessible name.

    Raises:
        UnknownIcon: the name is not in the sprite.
    """
    drawn = shapes().get(name)
    if drawn is None:
        raise UnknownIcon(name)
    voice = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return SafeString(f'<svg class="icon" viewBox="0 0 24 24" {voice}>{drawn}</svg>')
