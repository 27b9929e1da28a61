"""Filters that let any reviewed content be read as nested lists."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def shape(value: Any) -> str:
    """``map``, ``list``, ``words`` or ``word``: how a value is drawn."""
    if isinstance(value, dict):
        return "map"
    if not isinstance(value, list):
        return "word"
    return "list" if any(isinstance(inner, dict | list) for inner in value) else "words"


@register.filter
def as_words(name: Any) -> str:
    """A field's name as people read it: ``at_least`` is "at least"."""
    return str(name).replace("_", " ")


@register.filter
def plain_word(value: Any) -> str:
    """A value in words: yes, no, a dash for nothing, else as written."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
