"""What a scoring form tells its script: ``{% load scales %}``.

The script previews; the server computes. Both read the same content, which these
tags hand over as ``data-`` attributes, so that no clinical number is written twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from stepdown.clinical.instruments import Condition, Instrument, Item
from stepdown.clinical.vitals import Vital

register = template.Library()


def attributes(values: Mapping[str, str | None]) -> SafeString:
    """`` name="value"`` for each value that is not None, escaped."""
    return mark_safe(
        "".join(f' {name}="{escape(value)}"' for name, value in values.items() if value is not None)
    )


@register.simple_tag
def item_attrs(item: Item) -> SafeString:
    """``<fieldset{% item_attrs item %}>``: key, branching, and how a derived item follows."""
    derivation = item.derived_from
    asked, unless = _conditions(item.asked_when), _conditions(item.not_counted_when)
    values: dict[str, str | None] = {
        "data-item": item.key,
        "data-n": str(len(item.options)),
        "data-asked-when": asked or None,
        "data-not-counted-when": unless or None,
        "data-least": str(item.lowest_points) if item.lowest_points else None,
    }
    if derivation is not None:
        values["data-derived-from"] = derivation.vital
        values["data-steps"] = " ".join(f"{one.at_most}:{one.option}" for one in derivation.steps)
        values["data-above"] = derivation.above
    return attributes(values)


def _conditions(conditions: Iterable[Condition]) -> str:
    """``q2=yes|maybe days>1``: an answer among these, or a number so high."""
    return " ".join(
        f"{one.item}>{one.at_least}"
        if one.at_least is not None
        else f"{one.item}={'|'.join(one.answered)}"
        for one in conditions
    )


@register.simple_tag
def number_attrs(item: Item) -> SafeString:
    """``<input{% number_attrs item %}>``: the range of a number, and what it is worth."""
    number = item.number
    if number is None:
        return attributes({})
    steps = " ".join(f"{step.at_most}:{step.points}" for step in number.steps)
    return attributes(
        {
            "data-number": "",
            "data-low": str(number.lowest),
            "data-high": str(number.highest),
            "data-worth": steps if item.scored else "none",
            "maxlength": str(len(str(number.highest))),
        }
    )


@register.simple_tag
def total_attrs(
    instrument: Instrument, previous: int | None = None, previous_at: str = ""
) -> SafeString:
    """``<div{% total_attrs instrument previous "14:36" %}>``: bands, and the score before."""
    bands = [
        {"at_least": band.at_least, "label": str(band.label), "severity": band.severity}
        for band in sorted(instrument.bands, key=lambda band: band.at_least or 0)
        if band.at_least is not None
    ]
    return attributes(
        {
            "data-total": instrument.key,
            "data-bands": json.dumps(bands, separators=(",", ":")),
            "data-prev": None if previous is None else str(previous),
            "data-prev-at": previous_at or None,
        }
    )


@register.simple_tag
def vital_attrs(
    vital: Vital, low: Decimal | None = None, high: Decimal | None = None
) -> SafeString:
    """``<input{% vital_attrs vital low high %}>``: what is refused, and what is asked twice.

    Args:
        low, high: this person's own limits; the vital's usual ones serve where None.
    """
    return attributes(
        {
            "data-vital": vital.key,
            "data-unit": vital.unit,
            "data-decimals": str(vital.decimals),
            "data-min": str(vital.plausible_low),
            "data-max": str(vital.plausible_high),
            "data-low": str(vital.usual_low if low is None else low),
            "data-high": str(vital.usual_high if high is None else high),
        }
    )
