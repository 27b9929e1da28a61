"""From what was typed at the bedside to what will be kept: every value judged, none saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from stepdown.clinical import instruments
from stepdown.clinical import vitals as clinical_vitals
from stepdown.clinical.instruments import Instrument, Item
from stepdown.clinical.vitals import Vital
from stepdown.content import library
from stepdown.records import snapshots
from stepdown.records.actions.monitoring.readings import Reading, Scale
from stepdown.records.errors import Refused
from stepdown.records.models import AMBER, RED, VITALS, Observation

Outcome = Observation.Outcome


@dataclass(frozen=True, slots=True)
class Prepared:
    """The fields of one row to write, and the content they were judged by."""

    kind: str
    fields: dict[str, Any]
    content: Any
    content_kind: str

    def keep(self) -> None:
        """Store the content's text under its digest, inside the transaction that writes."""
        snapshots.keep(self.content, kind=self.content_kind, key=self.kind)


def prepare(reading: Reading) -> list[Prepared]:
    """The rows a submission asks for: one for the vital signs, one for each scale.

    Raises:
        Refused: empty; an unknown context; impossible values; an impossible or
            missing answer. ``fields`` names each by vital or item.
    """
    if not reading.vitals and not reading.scales:
        raise Refused(_("Nothing to record: enter a vital sign or answer a scale."))
    if reading.context not in Observation.Context.values:
        raise Refused(
            _("Not recorded: say why you looked: scheduled, before a dose, or another reason."),
            {"context": _("Choose one.")},
        )
    prepared = [vitals(reading)] if reading.vitals else []
    for key, scale in reading.scales.items():
        prepared.append(scored(instrument(key), scale, reading.vitals))
    return prepared


def instrument(key: str) -> Instrument:
    """The scale with this key.

    Raises:
        Refused: there is none.
    """
    try:
        return library.instrument(key)
    except KeyError as error:
        raise Refused(
            _("Not recorded: there is no scale called {key} here.").format(key=key[:40])
        ) from error


def vitals(reading: Reading) -> Prepared:
    """Vital signs in their stored units, each possible, and possible together.

    Raises:
        Refused: an unknown sign; a value that cannot be right.
    """
    known, values = library.vitals(), reading.vitals
    if strange := [key for key in values if key not in known]:
        raise Refused(_("Not recorded: {key} is not a vital sign.").format(key=strange[0][:40]))
    found = [clinical_vitals.check(known[key], value) for key, value in values.items()]
    wrong = {
        each.vital: each.message
        for each in found
        if each.verdict is clinical_vitals.Verdict.IMPOSSIBLE
    }
    if not wrong:
        wrong = {each.vital: each.message for each in clinical_vitals.check_together(known, values)}
    if wrong:
        raise Refused(_("Not recorded. ") + " ".join(wrong.values()), wrong)
    fields = {
        "kind": VITALS,
        "values": {key: _as_kept(known[key], value) for key, value in values.items()},
        "asked_twice": sorted(reading.confirmed & set(values)),
        "snapshot_id": snapshots.digest_of(library.vital_signs()),
    } | judged(values)
    return Prepared(VITALS, fields, library.vital_signs(), "vitals")


def judged(values: Mapping[str, Decimal]) -> dict[str, str]:
    """What a set of vital signs amounts to: whether it is a whole look, and its gravest zone."""
    known = library.vitals()
    zones = [clinical_vitals.zone(known[key], value) for key, value in values.items()]
    band = AMBER if any(zone.is_amber for zone in zones) else ""
    return {
        "outcome": Outcome.PARTIAL if library.vital_signs().left_out(values) else Outcome.COMPLETE,
        "band": RED if any(zone.is_red for zone in zones) else band,
    }


def _as_kept(vital: Vital, value: Decimal) -> str:
    """One text for one value: the sign's own decimals, and no negative zero."""
    return format(clinical_vitals.round_to(vital, value) + 0, "f")


def scored(scale: Instrument, told: Scale, taken: Mapping[str, Decimal]) -> Prepared:
    """One scale, scored by its own rules; or not scored, with the outcome.

    ``taken`` are the vital signs that decide derived items.

    Raises:
        Refused: an impossible answer; an unanswered item in a complete scale; answers
            beside an outcome that has none.
    """
    if told.outcome not in Outcome.values:
        raise Refused(_("Not recorded: {what} is not an outcome.").format(what=told.outcome[:40]))
    if told.outcome in (Outcome.COMPLETE, Outcome.PARTIAL):
        answers = _with_derived(scale, told, taken)
        partial = told.outcome == Outcome.PARTIAL
        fields = _partial(scale, told, answers) if partial else _complete(scale, answers)
    elif told.answers:
        raise Refused(
            _("Not recorded: a scale that was not scored has no answers. Clear one of the two.")
        )
    else:
        fields = {"outcome": told.outcome, "reason": told.reason.strip()}
    fields |= {"kind": scale.key, "snapshot_id": snapshots.digest_of(scale)}
    return Prepared(scale.key, fields, scale, "instrument")


def _with_derived(scale: Instrument, told: Scale, taken: Mapping[str, Decimal]) -> dict[str, str]:
    """The answers with what follows from the vital signs; derived items cannot be set."""
    try:
        answers = instruments.with_derived(scale, told.answers, taken)
        instruments.refuse_impossible(scale, answers)
    except instruments.ImpossibleAnswer as error:
        raise Refused(_("Not recorded. ") + str(error), {error.item_key: str(error)}) from error
    return answers


def _complete(scale: Instrument, answers: Mapping[str, str]) -> dict[str, Any]:
    if missing := instruments.missing_items(scale, answers):
        raise Refused(
            _("Not recorded: {scale} has no total while an item is unanswered.").format(
                scale=scale.short_name
            ),
            dict(_still_to_answer(item) for item in missing),
        )
    return result(scale, answers)


def _still_to_answer(item: Item) -> tuple[str, str]:
    """Where to look, and what to do there: at a derived item, the vital sign it follows."""
    if item.derived_from is None:
        return item.key, _("Choose a score for {item}.").format(item=item.label)
    sign = library.vitals()[item.derived_from.vital]
    return sign.key, _("Enter {sign}: {item} follows from it.").format(
        sign=sign.label.lower(), item=item.label.lower()
    )


def _partial(scale: Instrument, told: Scale, answers: Mapping[str, str]) -> dict[str, Any]:
    if not told.answers:
        raise Refused(
            _(
                "Not recorded: nothing was answered. Say asleep, said no, too unwell or off the "
                "unit instead."
            ),
            {"outcome": _("Nothing was answered.")},
        )
    if not instruments.missing_items(scale, answers):
        raise Refused(
            _("Not recorded: every item is answered, so the scale is complete. Record it as such."),
            {"outcome": _("Every item is answered.")},
        )
    if not told.reason.strip():
        raise Refused(
            _("Not recorded: say why the scale was left unfinished."),
            {"reason": _("Say why it was left unfinished.")},
        )
    return result(scale, answers) | {"reason": told.reason.strip()}


def result(scale: Instrument, answers: Mapping[str, str]) -> dict[str, Any]:
    """What possible answers amount to: a total when complete, else only "at least".

    Answers are kept with their points as chosen, in the scale's order. What they raise is
    kept of an unfinished scale, too.
    """
    fields: dict[str, Any] = {
        "answers": {
            item.key: [answers[item.key], instruments.points_of(item, answers)]
            for item in scale.items
            if item.key in answers
        },
        "raised": {
            each.key: each.leads_to or scale.key for each in instruments.raised(scale, answers)
        }
        or None,
    }
    if instruments.missing_items(scale, answers):
        mildest = instruments.lowest_band(scale, answers)
        return fields | {
            "outcome": Outcome.PARTIAL,
            "at_least": instruments.lower_bound(scale, answers),
            "band": mildest.key if mildest else "",
            "severity": mildest.severity if mildest else None,
        }
    score = instruments.score(scale, answers)
    return fields | {
        "outcome": Outcome.COMPLETE,
        "total": score.total,
        "at_least": score.total,
        "band": score.band.key if score.band else "",
        "severity": score.band.severity if score.band else None,
        "parts": {
            part.subscale.key: [part.total, part.band.key, part.band.severity]
            for part in score.parts
        }
        or None,
    }
