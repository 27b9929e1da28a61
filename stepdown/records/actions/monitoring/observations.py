"""Recording what was seen at the bedside: vitals and scales, in one submission."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from stepdown.clinical import instruments, vitals as clinical_vitals
from stepdown.clinical.instruments import Instrument
from stepdown.content import library
from stepdown.records import access, audit, snapshots
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.actions.monitoring.readings import Reading, Scale
from stepdown.records.errors import Conflict, NotPermitted, Refused
from stepdown.records.models import VITALS, Episode, Observation

Outcome = Observation.Outcome


def record(
    episode: Episode, reading: Reading, *, by: Actor, at: datetime, submission: UUID
) -> list[Observation]:
    """Record one bedside submission: vitals and any scales, all or nothing.

    A retried submission returns what it recorded the first time.

    Raises:
        NotPermitted: the role may not, or may record vitals only.
        Refused: empty; impossible or unconfirmed values; an impossible or missing
            answer; a future or too old time; the stay has ended.
        Conflict: somebody scored the same scale after this page was shown.
    """
    _may_record(reading, by)
    prepared = _prepare(reading)
    try:
        with audit.action("observations.record", by=by, at=at, episode_id=episode.pk) as ledger:
            current = _fetch(episode, reading, by=by, at=at)
            if told := _told_before(current, submission):
                return told
            telling.must_be_open(current)
            telling.check_time(
                reading.occurred_at, at=at, facility=by.facility, since=current.arrived_at,
                downtime=reading.downtime,
            )
            _refuse_unconfirmed(current, reading)
            _refuse_overlooked(current, reading, by)
            rows = [
                Observation.told(
                    by, at=at, submission=submission, occurred_at=reading.occurred_at,
                    episode=current, context=reading.context, note=reading.note,
                    is_downtime=reading.downtime, **fields,
                )
                for fields in prepared
            ]
            Observation.objects.bulk_create(rows)
            ledger.wrote(*rows)
            return rows
    except IntegrityError:
        told = list(Observation.objects.filter(submission_id=submission, episode=episode))
        if not told:
            raise
        return told


def _may_record(reading: Reading, by: Actor) -> None:
    only_vitals = access.condition(by, "observations", "C") == "vitals_only_if_trained"
    for key in reading.scales:
        access.require(by, _instrument(key).record, "C")
        if only_vitals:
            raise NotPermitted(
                _("Not recorded: your role records vital signs only. Ask a nurse to score.")
            )


def _instrument(key: str) -> Instrument:
    try:
        return library.instrument(key)
    except KeyError as error:
        raise Refused(
            _("Not recorded: there is no scale called {key} here.").format(key=key[:40])
        ) from error


def _fetch(episode: Episode, reading: Reading, *, by: Actor, at: datetime) -> Episode:
    """The episode as this actor may see it, with the newest reading of each scale told."""
    found = Episode.objects.visible_to(by, at).filter(pk=episode.pk)
    for place, key in enumerate(reading.scales):
        newest = (
            Observation.objects.of(key).for_episode(OuterRef("pk")).order_by("-occurred_at", "-id")
        )
        found = found.annotate(
            **{
                f"newest_{place}": Subquery(newest.values("pk")[:1]),
                f"newest_told_{place}": Subquery(newest.values("submission_id")[:1]),
            }
        )
    current = found.first()
    if current is None:
        raise NotPermitted(_("Not recorded: this chart is not open to you. Ask the charge nurse."))
    return current


def _told_before(current: Episode, submission: UUID) -> list[Observation]:
    """What this submission recorded already, where the newest reading shows that it did."""
    for name, value in vars(current).items():
        if name.startswith("newest_told_") and value == submission:
            return list(Observation.objects.filter(submission_id=submission, episode=current))
    return []


def _refuse_overlooked(current: Episode, reading: Reading, by: Actor) -> None:
    for place, (key, scale) in enumerate(reading.scales.items()):
        newest = getattr(current, f"newest_{place}")
        if not scale.checks_seen or newest in (None, scale.seen):
            continue
        other = Observation.objects.select_related("actor").get(pk=newest)
        name = library.instrument(key).short_name
        result = other.total if other.total is not None else str(Outcome(other.outcome).label)
        raise Conflict(
            _(
                "Not recorded yet: {who} recorded {scale} {result} at {time}, after this page was "
                "shown. Compare, then record yours as well or leave it."
            ).format(
                who=other.actor.name, scale=name, result=result,
                time=by.facility.local(other.occurred_at).strftime("%H:%M"),
            ),
            {key: str(newest)},
        )


def _prepare(reading: Reading) -> list[dict[str, Any]]:
    """The fields of each row to write, every value checked."""
    if not reading.vitals and not reading.scales:
        raise Refused(_("Nothing to record: enter a vital sign or answer a scale."))
    prepared = []
    if reading.vitals:
        prepared.append(_vitals(reading.vitals, reading.confirmed))
    for key, scale in reading.scales.items():
        prepared.append(_scale(_instrument(key), scale, reading.vitals))
    return prepared


def _vitals(values: Mapping[str, Decimal], confirmed: frozenset[str]) -> dict[str, Any]:
    known = library.vitals()
    if strange := [key for key in values if key not in known]:
        raise Refused(_("Not recorded: {key} is not a vital sign.").format(key=strange[0][:40]))
    wrong = {}
    for key, value in values.items():
        found = clinical_vitals.check(known[key], value)
        if found.verdict is clinical_vitals.Verdict.IMPOSSIBLE:
            wrong[key] = found.message
    for found in clinical_vitals.check_together(known, values):
        wrong.setdefault(found.vital, found.message)
    if wrong:
        raise Refused(_("Not recorded. ") + " ".join(wrong.values()), wrong)
    return {
        "kind": VITALS,
        "values": {key: format(value, "f") for key, value in values.items()},
        "asked_twice": sorted(confirmed & set(values)),
        "snapshot_id": snapshots.keep(library.vital_signs(), kind="vitals", key=VITALS),
    }


def _refuse_unconfirmed(current: Episode, reading: Reading) -> None:
    """Ask twice about a value outside what is usual, for this person where a target is set."""
    known = library.vitals()
    asks = {}
    for key, value in reading.vitals.items():
        low, high = current.target(key)
        found = clinical_vitals.check(
            known[key], value, personal_low=low, personal_high=high
        )
        if found.verdict is clinical_vitals.Verdict.UNUSUAL and key not in reading.confirmed:
            asks[key] = found.message
    if asks:
        raise Refused(_("Not recorded yet: please look twice. ") + " ".join(asks.values()), asks)


def _scale(
    instrument: Instrument, scale: Scale, taken: Mapping[str, Decimal]
) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "kind": instrument.key,
        "snapshot_id": snapshots.keep(instrument, kind="instrument", key=instrument.key),
    }
    if scale.outcome not in Outcome.values:
        raise Refused(_("Not recorded: {what} is not an outcome.").format(what=scale.outcome[:40]))
    if scale.outcome not in (Outcome.COMPLETE, Outcome.PARTIAL):
        if scale.answers:
            raise Refused(
                _("Not recorded: a scale that was not scored has no answers. Clear one of the two.")
            )
        return fields | {"outcome": scale.outcome, "reason": scale.reason}
    answers = _complete(instrument, scale, taken)
    fields["answers"] = {
        item.key: [answers[item.key], _points(instrument, item.key, answers[item.key])]
        for item in instrument.items
        if item.key in answers
    }
    if scale.outcome == Outcome.PARTIAL:
        return fields | _partial(instrument, scale, answers)
    try:
        result = instruments.score(instrument, answers)
    except instruments.IncompleteAnswers as error:
        raise Refused(
            _("Not recorded: {scale} has no total while an item is unanswered.").format(
                scale=instrument.short_name
            ),
            {
                item.key: _("Choose a score for {item}.").format(item=item.label)
                for item in error.missing
            },
        ) from error
    return fields | {
        "total": result.total, "at_least": result.total, "band": result.band.key,
        "severity": result.band.severity,
    }


def _complete(
    instrument: Instrument, scale: Scale, taken: Mapping[str, Decimal]
) -> dict[str, str]:
    """The answers with what follows from the vital signs; derived items cannot be set."""
    try:
        answers = instruments.with_derived(instrument, scale.answers, taken)
        instruments.refuse_impossible(instrument, answers)
    except instruments.ImpossibleAnswer as error:
        raise Refused(
            _("Not recorded. ") + str(error), {error.item_key: str(error)}
        ) from error
    return answers


def _partial(instrument: Instrument, scale: Scale, answers: Mapping[str, str]) -> dict[str, Any]:
    if not scale.reason.strip():
        raise Refused(
            _("Not recorded: say why the scale was left unfinished."),
            {"reason": _("Say why it was left unfinished.")},
        )
    at_least = instruments.lower_bound(instrument, answers)
    mildest = instruments.lowest_band(instrument, answers)
    return {
        "outcome": Outcome.PARTIAL,
        "reason": scale.reason,
        "at_least": at_least,
        "band": mildest.key if mildest else "",
        "severity": mildest.severity if mildest else None,
    }


def _points(instrument: Instrument, item_key: str, code: str) -> int | None:
    item = instrument.item(item_key)
    option = item.option(code) if item else None
    return option.points if option else None


def amend(
    old: Observation, reading: Reading, *, why: str, by: Actor, at: datetime, submission: UUID
) -> Observation:
    """Correct one reading: a new entry that keeps the old one readable.

    Raises:
        Refused: no reason; the kind is not in ``reading``; values as in :func:`record`.
        Conflict: somebody corrected it already.
    """
    _may_record(reading, by)
    if not why.strip():
        raise Refused(_("Not corrected: say what was wrong."), {"why": _("Say what was wrong.")})
    prepared = [f for f in _prepare(reading) if f["kind"] == old.kind]
    if len(prepared) != 1:
        raise Refused(_("Not corrected: a correction tells the same scale or vital signs again."))

    def write() -> Observation:
        with audit.action("observations.amend", by=by, at=at, episode_id=old.episode_id) as ledger:
            episode = telling.must_see(old.episode, by=by, at=at)
            _refuse_unconfirmed(episode, reading)
            if reading.occurred_at != old.occurred_at:
                telling.check_time(
                    reading.occurred_at, at=at, facility=by.facility, since=episode.arrived_at,
                    downtime=reading.downtime,
                )
            row = Observation.told(
                by, at=at, submission=submission, occurred_at=reading.occurred_at,
                episode=episode, context=reading.context, note=reading.note,
                is_downtime=reading.downtime, replaces=old, why=why, **prepared[0],
            )
            _refuse_second_correction(old, submission)
            ledger.created(row)
            return row

    return _correct(old, submission, write)


def void(old: Observation, *, why: str, by: Actor, at: datetime, submission: UUID) -> Observation:
    """Mark a reading as entered in error; it stays readable, struck through.

    Raises:
        Refused: no reason.
        Conflict: it was corrected already.
    """
    if not why.strip():
        raise Refused(_("Not struck out: say why."), {"why": _("Say why.")})
    if old.kind != VITALS:
        _may_record(Reading(old.occurred_at, scales={old.kind: Scale()}), by)

    def write() -> Observation:
        with audit.action("observations.void", by=by, at=at, episode_id=old.episode_id) as ledger:
            episode = telling.must_see(old.episode, by=by, at=at)
            row = Observation.told(
                by, at=at, submission=submission, occurred_at=old.occurred_at, episode=episode,
                kind=old.kind, context=old.context, outcome=Outcome.UNABLE, replaces=old,
                why=why, is_void=True, snapshot_id=old.snapshot_id,
            )
            _refuse_second_correction(old, submission)
            ledger.created(row)
            return row

    return _correct(old, submission, write)


def _refuse_second_correction(old: Observation, submission: UUID) -> None:
    later = Observation.objects.select_related("actor").filter(replaces=old).first()
    if later is not None and later.submission_id != submission:
        raise _corrected_already(later)


def _corrected_already(later: Observation) -> Conflict:
    return Conflict(
        _("Not corrected: {who} corrected this already. Open the newer entry.").format(
            who=later.actor.name
        )
    )


def _correct(old: Observation, submission: UUID, write: Any) -> Observation:
    try:
        return telling.once(Observation, submission, write)
    except IntegrityError as error:
        later = Observation.objects.select_related("actor").filter(replaces=old).first()
        if later is None:
            raise
        raise _corrected_already(later) from error
