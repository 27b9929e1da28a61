"""The scores of one scale so far, the newest first, corrections beside what they correct."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stepdown.care.observing import told
from stepdown.clinical.instruments import Band, Instrument
from stepdown.records.models import Episode, Observation

SHOWN = 10
"""Readings on the scale's own page; the chart has all of them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One reading in the list."""

    reading: Observation
    words: str
    band: Band | None
    is_standing: bool


def of(episode: Episode, instrument: Instrument) -> list[Line]:
    """The newest readings of a scale, with those that were corrected or struck out."""
    newest: Any = (
        Observation.objects.of(instrument.key)
        .for_episode(episode)
        .select_related("actor")
        .newest()[:SHOWN]
    )
    found = list(newest)
    replaced = {each.replaces_id for each in found}
    return [
        Line(
            each,
            told.what(each),
            instrument.band(each.band),
            is_standing=not each.is_void and each.pk not in replaced,
        )
        for each in found
    ]
