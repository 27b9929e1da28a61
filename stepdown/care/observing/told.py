"""What is said after recording, and beside another nurse's score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _

from stepdown.care.observing.showing import Sheet
from stepdown.clinical.instruments import Instrument
from stepdown.clinical.vitals import Vital
from stepdown.content import library
from stepdown.records.models import VITALS, Facility, Observation

ACT_FROM_SEVERITY = 2
"""From this severity (0 to 4) on, a tier's response is said at once, as a warning."""


def recorded(rows: Sequence[Observation], facility: Facility) -> list[tuple[int, str]]:
    """(message level, words) for each thing to say: what was recorded, and what follows."""
    at = f"{facility.local(rows[0].occurred_at):%H:%M}"
    words = _("Recorded for {time}: {what}.").format(
        time=at, what=", ".join(what(row) for row in rows)
    )
    said = [(messages.SUCCESS, words)]
    for row in rows:
        if row.kind == VITALS and (lacking := library.vital_signs().left_out(row.values)):
            said.append((messages.INFO, _still_due(lacking)))
        instrument = library.instruments().get(row.kind)
        said += raised(row, instrument)
        band = instrument.band(row.band) if instrument else None
        if band and band.response and (row.severity or 0) >= ACT_FROM_SEVERITY:
            said.append(
                (
                    messages.WARNING,
                    _("{scale} {band}: {response}").format(
                        scale=instrument.short_name if instrument else row.kind,
                        band=band.label.lower(),
                        response=band.response,
                    ),
                )
            )
    return said


def raised(row: Observation, instrument: Instrument | None) -> list[tuple[int, str]]:
    """What the answers of one reading raised: in whose words, and what to do now."""
    rules = [instrument.raise_of(key) if instrument else None for key in row.raised or ()]
    return [(messages.WARNING, f"{rule.words}. {rule.act}") for rule in rules if rule]


def _still_due(lacking: Sequence[Vital]) -> str:
    return _("Not a whole set of vital signs, so that look stays due. Left out: {signs}.").format(
        signs=", ".join(sign.label.lower() for sign in lacking)
    )


def what(row: Observation) -> str:
    """One reading in a few words: ``COWS 13, Moderate``; ``COWS: asleep``; ``vital signs``."""
    if row.kind == VITALS:
        return _("vital signs")
    instrument = library.instruments().get(row.kind)
    name = instrument.short_name if instrument else row.kind
    if row.outcome != Observation.Outcome.COMPLETE:
        return _("{scale}: {outcome}").format(scale=name, outcome=_outcome(row).lower())
    band = instrument.band(row.band) if instrument else None
    label = band.label if band else row.band
    if row.parts:
        return _("{scale}: {band}").format(scale=name, band=", ".join(parts(row, instrument)))
    if row.total is not None and not label:
        return f"{name} {row.total}"
    if row.total is None:
        return _("{scale}: {band}").format(scale=name, band=label)
    return _("{scale} {total}, {band}").format(scale=name, total=row.total, band=label.lower())


def parts(row: Observation, instrument: Instrument | None) -> list[str]:
    """The parts of a scale without a whole, each by itself: ``Use 4 (Flag: any use)``."""
    said = []
    for key, (total, band_key, _severity) in (row.parts or {}).items():
        part = instrument.subscale(key) if instrument else None
        band = part.band(band_key) if part else None
        label, words = part.label if part else key, band.label if band else band_key
        said.append(f"{label} {total} ({words})")
    return said


def _outcome(row: Observation) -> str:
    known = library.codes("not_scored").code(row.outcome)
    return known.label if known else str(Observation.Outcome(row.outcome).label)


def chosen(row: Observation, instrument: Instrument, key: str) -> str:
    """One stored answer in the words of its button, with its points."""
    code = row.chosen().get(key)
    item = instrument.item(key)
    if code is None or item is None:
        return "–"
    option = item.option(code)
    if option is None:
        return code
    return option.short if option.points is None else f"{option.points} {option.short}"


def side_by_side(theirs: Observation, sheet: Sheet) -> dict[str, Any]:
    """Two scores of one moment: who, when, each item, each total."""
    scale = sheet.instrument
    assert scale is not None
    rows = []
    for item in scale.items:
        mine = sheet.form.answers.get(item.key)
        option = item.option(mine) if mine else None
        words = "–" if option is None else option.short
        if option is not None and option.points is not None:
            words = f"{option.points} {option.short}"
        hers = chosen(theirs, scale, item.key)
        rows.append({"item": item.label, "theirs": hers, "mine": words, "differs": hers != words})
    return {
        "who": theirs.actor.name,
        "at": theirs.occurred_at,
        "theirs": what(theirs),
        "mine_total": sheet.total,
        "mine_band": sheet.band.label if sheet.band else "",
        "rows": rows,
    }
