"""The small marks that state something on dense pages, as plain strings.

A board draws some hundreds of these, so each is a string builder: no template is
rendered per mark. Whatever comes from a person or a file is escaped here.
"""

from __future__ import annotations

from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stepdown.web.icons import icon

STEPS = 4
"""Severity runs 0 to 4: none of the four steps filled, to all of them."""

MINUS = "\N{MINUS SIGN}"
_BARS = (
    'x="1" y="13" width="4" height="4"',
    'x="6.3" y="9" width="4" height="8"',
    'x="11.6" y="5" width="4" height="12"',
    'x="16.9" y="1" width="4" height="16"',
)


def _glyph(filled: int) -> str:
    bars = "".join(
        f'<rect {bar} class="on"/>' if n < filled else f"<rect {bar}/>"
        for n, bar in enumerate(_BARS)
    )
    return f'<svg class="steps" viewBox="0 0 22 18" aria-hidden="true">{bars}</svg>'


_GLYPHS = tuple(_glyph(filled) for filled in range(STEPS + 1))


def steps(severity: int | None) -> SafeString:
    """The step glyph: ``severity`` (0 to 4) steps filled, so it reads without colour."""
    return SafeString(_GLYPHS[severity or 0])


def severity(level: int | None, words: str) -> SafeString:
    """A band in a chip: glyph, colour and its words (``"12 Mild"``).

    Args:
        level: 0 to 4, or None where there is no band: dashed, no colour.
    """
    if level is None:
        return SafeString(f'<span class="sev" data-n="none">{escape(words)}</span>')
    return SafeString(f'<span class="sev" data-n="{level}">{_GLYPHS[level]}{escape(words)}</span>')


def signed(change: int) -> str:
    """A change in points with its sign (true minus sign): ``+2``, ``−3``, ``0``."""
    return f"{MINUS}{-change}" if change < 0 else f"+{change}" if change else "0"


def score_chip(
    total: int | None,
    level: int | None = None,
    band: str = "",
    change: int | None = None,
    name: str = "COWS",
) -> SafeString:
    """The big score of a board tile, with glyph and change since the score before.

    Args:
        total: points, or None where no complete score exists: a dash, never a zero.
        level: severity 0 to 4 of the band, or None.
        band: the band's words, spoken after the total.
        change: points since the previous complete score, or None.
    """
    if total is None:
        words = _("%(scale)s: no score") % {"scale": name}
        return SafeString(
            '<div class="score score--none"><span class="score__n" aria-hidden="true">–</span>'
            f'<span class="sr">{escape(words)}</span></div>'
        )
    spoken = f"{name} {total}" + (f", {band}" if band else "")
    moved = ""
    if change is not None:
        moved = f"<span>{signed(change)}</span>"
        spoken += f", {_change_in_words(change)}"
    shade = "none" if level is None else str(level)
    glyph = "" if level is None else _GLYPHS[level]
    return SafeString(
        f'<div class="score" data-n="{shade}"><span class="score__n" aria-hidden="true">{total}'
        f'</span><span class="score__b" aria-hidden="true">{glyph}{moved}</span>'
        f'<span class="sr">{escape(spoken)}</span></div>'
    )


def _change_in_words(change: int) -> str:
    if change == 0:
        return _("no change")
    if change > 0:
        return ngettext("up %(n)d point", "up %(n)d points", change) % {"n": change}
    return ngettext("down %(n)d point", "down %(n)d points", -change) % {"n": -change}


TAGS = ("late", "due", "ok", "line", "alert", "tide", "model")


def tag(words: str, kind: str = "line", icon_name: str = "") -> SafeString:
    """A state in words. ``kind`` is one of ``TAGS``; the colour only repeats the words.

    Raises:
        ValueError: an unknown kind.
    """
    if kind not in TAGS:
        raise ValueError(f"No tag of kind {kind!r}; there are {', '.join(TAGS)}.")
    drawn = icon(icon_name) if icon_name else ""
    return SafeString(f'<span class="tag tag--{kind}">{drawn}{escape(words)}</span>')
