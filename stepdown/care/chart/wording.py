"""Readings in words: a score with its band, a gap with its reason, a vital sign with its unit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

from django.utils.translation import gettext as _

from stepdown.clinical.instruments import Instrument
from stepdown.content import library
from stepdown.records.models import VITALS


class Reading(Protocol):
    """What words need of a reading: an ``Observation`` has it, and so has a ``course.Entry``."""

    @property
    def kind(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def total(self) -> int | None: ...
    @property
    def at_least(self) -> int | None: ...
    @property
    def band(self) -> str: ...
    def results(self) -> dict[str, tuple[int, str, int | None]]: ...


PARTIAL = "partial"


def name_of(kind: str) -> str:
    """What a kind of reading is called; its key where the content no longer knows it."""
    if kind == VITALS:
        return _("Vital signs")
    instrument = library.instruments().get(kind)
    return instrument.short_name if instrument else kind


def band_of(reading: Reading, then: Instrument | None = None) -> str:
    """The band's word as it was ``then``, or today's; its key where neither has it."""
    instrument = then or library.instruments().get(reading.kind)
    band = instrument.band(reading.band) if instrument else None
    return band.label if band else reading.band


def parts(reading: Reading, then: Instrument | None = None) -> list[tuple[str, int | None]]:
    """The results of a scale without a whole, each by itself with its severity."""
    instrument = then or library.instruments().get(reading.kind)
    said = []
    for key, (total, band_key, severity) in reading.results().items():
        part = instrument.subscale(key) if instrument else None
        band = part.band(band_key) if part else None
        words = band.label if band else band_key
        said.append((f"{part.label if part else key} {total}, {words}", severity))
    return said


def result(reading: Reading, then: Instrument | None = None) -> str:
    """``12 Mild``, ``Low``, ``asleep``, ``at least 7, not finished``. Never a zero for a gap."""
    if reading.outcome == "complete":
        if found := parts(reading, then):
            return "; ".join(words for words, _severity in found)
        words = band_of(reading, then)
        return words if reading.total is None else f"{reading.total} {words}".strip()
    return gap(reading)


def gap(reading: Reading) -> str:
    """Why there is no total: ``asleep``, ``said no``; a scale left unfinished says its least."""
    if reading.outcome == PARTIAL:
        if reading.at_least is None:
            band = band_of(reading)
            return _("not finished, so far {band}").format(band=band) if band else _("not finished")
        return _("at least {n}, not finished").format(n=reading.at_least)
    known = library.codes("not_scored").code(reading.outcome)
    return (known.label if known else reading.outcome).lower()


@lru_cache(maxsize=4096)
def number(text: str) -> str:
    """A kept decimal as people write it: ``36.80`` is ``36.8``, ``71.0`` is ``71``."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def sign(key: str, text: str) -> str:
    """``Heart rate 88 bpm``."""
    vital = library.vitals().get(key)
    return f"{vital.label} {number(text)} {vital.unit}" if vital else f"{key} {number(text)}"


def signs(values: Mapping[str, str]) -> list[str]:
    """Each vital sign of one reading in words, in the library's order."""
    order = list(library.vitals())
    ranked = sorted(values, key=lambda key: order.index(key) if key in order else len(order))
    return [sign(key, values[key]) for key in ranked]
