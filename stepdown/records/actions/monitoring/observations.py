"""Recording what was seen at the bedside: vitals and scales, in one submission."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from stepdown.clinical import vitals as clinical_vitals
from stepdown.content import library
from stepdown.records import access, audit, fits
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.actions.monitoring import preparing, together
from stepdown.records.actions.monitoring.preparing import Prepared
from stepdown.records.actions.monitoring.readings import Reading, Scale
from stepdown.records.audit import Ledger
from stepdown.records.errors import Conflict, NotPermitted, Refused, SentBefore
from stepdown.records.inserting import insert
from stepdown.records.models import VITALS, Episode, Observation
from stepdown.records.reading.prepared import Prepared as Statement

Outcome = Observation.Outcome

COLUMNS = [f.attname for f in Episode._meta.concrete_fields if f.name != "facility"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A stay as its recorder may see it, and the newest standing reading of each scale told."""

    episode: Episode
    newest: Mapping[str, UUID | None]


def _seen(
    role: str, scales: tuple[str, ...], *, by: UUID, facility: UUID, at: datetime, episode: UUID
) -> QuerySet[Any, Any]:
    newest = {}
    for place, key in enumerate(scales):
        told = Observation.objects.of(key).for_episode(OuterRef("pk")).standing().newest()
        newest[f"newest_{place}"] = Subquery(told.values("pk")[:1])
    visible = Episode.objects.filter(access.rule(role, user=by, facility=facility, now=at))
    found: QuerySet[Any, Any] = visible.filter(pk=episode).values(*COLUMNS, **newest)
    return found


_SEEN = Statement(_seen)
"""Put together once per role: the rule is content, but invitations are looked up each time."""


def record(
    episode: Episode, reading: Reading, *, by: Actor, at: datetime, submission: UUID
) -> list[Observation]:
    """Record one bedside submission: vitals and any scales, all or nothing.

    A retried submission returns what it recorded the first time.

    Raises:
        NotPermitted: the role may not, or may record vitals only.
        Refused: empty; impossible or unconfirmed values; an impossible or missing
            answer; a future or too old time; the stay has ended.
        Conflict: somebody scored the same scale after this page was shown; or this
            form was sent before and says something else now.
    """
    _may_record(reading, by)
    prepared = preparing.prepare(reading)
    rows = [_told(episode, reading, each, by=by, at=at, submission=submission) for each in prepared]
    for row in rows:
        fits.refuse(row)
    try:
        with audit.action("observations.record", by=by, at=at, episode_id=episode.pk) as ledger:
            seen = _fetch(episode, reading, by=by, at=at)
            current = seen.episode
            telling.must_be_open(current)
            telling.check_time(
                reading.occurred_at,
                at=reading.typed_at or at,
                facility=by.facility,
                since=current.arrived_at,
                downtime=reading.downtime,
            )
            _refuse_unconfirmed(current, reading)
            _refuse_overlooked(seen, reading, by)
            for each in prepared:
                each.keep()
            insert(rows)
            ledger.wrote(*rows)
            return rows
    except NotPermitted:
        raise
    except (IntegrityError, Refused):
        apart = LATE if reading.typed_at else frozenset[str]()
        if told := _told_before(rows, submission, apart_from=apart):
            return told
        raise


def demanded(rows: Sequence[Observation]) -> str:
    """The look that one of these readings asks for at once, and nobody has done since; "" if none.

    No query where no answer raised anything.
    """
    for row in rows:
        looks: dict[str, str] = row.raised or {}
        for look in dict.fromkeys(looks.values()):
            done = Observation.objects.of(look).for_episode(row.episode).standing()
            if (
                look != row.kind
                and not done.filter(
                    outcome=Outcome.COMPLETE, occurred_at__gte=row.occurred_at
                ).exists()
            ):
                return look
    return ""


def _told(
    episode: Episode,
    reading: Reading,
    each: Prepared,
    *,
    by: Actor,
    at: datetime,
    submission: UUID,
) -> Observation:
    return Observation.told(
        by,
        at=at,
        submission=submission,
        occurred_at=reading.occurred_at,
        episode=episode,
        context=reading.context,
        note=reading.note.strip(),
        is_downtime=reading.downtime or _is_late(reading, by=by, at=at),
        **each.fields,
    )


LATE = frozenset({"is_downtime"})
"""A form that waited may have arrived before the connection went, when it was not late yet."""


def _is_late(reading: Reading, *, by: Actor, at: datetime) -> bool:
    """True for what waited on a device so long that only a downtime lets it be told."""
    return reading.typed_at is not None and telling.is_late(
        reading.occurred_at, at=at, facility=by.facility
    )


def _told_before(
    rows: list[Observation], submission: UUID, *, apart_from: frozenset[str]
) -> list[Observation]:
    """What this submission recorded already, in the order of ``rows``; empty if nothing.

    Raises:
        SentBefore: it recorded something else.
    """
    told = {row.kind: row for row in Observation.objects.filter(submission_id=submission)}
    if told and set(told) != {row.kind for row in rows}:
        raise telling.sent_before()
    for row in rows if told else []:
        telling.must_be_same(row, told[row.kind], apart_from=apart_from)
    return [told[row.kind] for row in rows] if told else []


def _may_record(reading: Reading, by: Actor) -> None:
    only_vitals = access.condition(by, "observations", "C") in access.VITALS_ONLY
    for key in reading.scales:
        access.require(by, preparing.instrument(key).record, "C")
        if only_vitals:
            raise NotPermitted(
                _("Not recorded: your role records vital signs only. Ask a nurse to score.")
            )


def require_own(old: Observation, by: Actor) -> None:
    """Return quietly when this role may see and correct an entry as one of its kind.

    Who records and may not amend (U) answers for what they told in this role, no more.

    Raises:
        NotPermitted: somebody else told it, or the same person in another role.
    """
    own = (old.actor_id, old.role) == (by.user.pk, by.role)
    if not own and not access.may(by, "observations", "U"):
        raise NotPermitted(
            _("Not done: your role corrects only its own entries. Ask a nurse to correct this one.")
        )


def _fetch(episode: Episode, reading: Reading, *, by: Actor, at: datetime) -> Seen:
    """The episode as this actor may see it, with the newest standing reading of each scale."""
    found = access.knows_the_people(by) and _SEEN.rows(
        by.role, tuple(reading.scales), by=by.user.pk, facility=by.facility.pk, at=at,
        episode=episode.pk,
    )  # fmt: skip
    if not found:
        raise NotPermitted(_("Not recorded: this chart is not open to you. Ask the charge nurse."))
    newest = {key: found[0].pop(f"newest_{place}") for place, key in enumerate(reading.scales)}
    return Seen(Episode(facility=by.facility, **found[0]), newest)


def _refuse_overlooked(seen: Seen, reading: Reading, by: Actor) -> None:
    for key, scale in reading.scales.items():
        newest = seen.newest[key]
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
                who=other.actor.name,
                scale=name,
                result=result,
                time=by.facility.local(other.occurred_at).strftime("%H:%M"),
            ),
            {key: str(newest)},
        )


def _refuse_unconfirmed(current: Episode, reading: Reading) -> None:
    """Ask twice about a value outside what is usual, for this person where a target is set."""
    known = library.vitals()
    asks = {}
    for key, value in reading.vitals.items():
        low, high = current.target(key)
        found = clinical_vitals.check(known[key], value, personal_low=low, personal_high=high)
        if found.verdict is clinical_vitals.Verdict.UNUSUAL and key not in reading.confirmed:
            asks[key] = found.message
    if asks:
        raise Refused(_("Not recorded yet: please look twice. ") + " ".join(asks.values()), asks)


def amend(
    old: Observation, reading: Reading, *, why: str, by: Actor, at: datetime, submission: UUID
) -> Observation:
    """Correct one reading: a new entry that keeps the old one readable.

    Corrected vital signs carry the scales told with them along: a COWS pulse follows
    the heart rate as it now stands. A corrected scale keeps the vital signs it was
    told with; those are corrected as vital signs.

    Raises:
        Refused: no reason; the kind is not in ``reading``; values as in :func:`record`.
        Conflict: somebody corrected it already.
    """
    _may_record(reading, by)
    require_own(old, by)
    if not why.strip():
        raise Refused(_("Not corrected: say what was wrong."), {"why": _("Say what was wrong.")})
    if old.is_void:
        raise Refused(_("Not corrected: this was struck out. Record what is true as a new entry."))

    def write() -> Observation:
        with audit.action("observations.amend", by=by, at=at, episode_id=old.episode_id) as ledger:
            episode = telling.must_see(old.episode, by=by, at=at)
            prepared = _corrected(old, reading)
            prepared.keep()
            _refuse_unconfirmed(episode, reading)
            if reading.occurred_at != old.occurred_at:
                telling.check_time(
                    reading.occurred_at,
                    at=at,
                    facility=by.facility,
                    since=episode.arrived_at,
                    downtime=reading.downtime,
                )
            row = _told(episode, reading, prepared, by=by, at=at, submission=submission)
            row.replaces, row.why = old, why.strip()
            _refuse_second_correction(old, submission)
            ledger.created(row)
            for beside in _told_now_beside(old, reading):
                beside.keep()
                ledger.created(_told(episode, reading, beside, by=by, at=at, submission=submission))
            if row.kind == VITALS:
                taken = {key: Decimal(value) for key, value in row.values.items()}
                _tell_again(old, row, taken, by=by, at=at, ledger=ledger)
            return row

    return _correct(old, submission, write, by=by)


def _corrected(old: Observation, reading: Reading) -> Prepared:
    if old.kind == VITALS and reading.vitals:
        return preparing.vitals(reading)
    scale = reading.scales.get(old.kind)
    if scale is None:
        raise Refused(_("Not corrected: a correction tells the same scale or vital signs again."))
    beside = together.vitals_beside(old)
    if beside is None:
        return preparing.scored(preparing.instrument(old.kind), scale, reading.vitals)
    if changed := [k for k, value in reading.vitals.items() if value != beside.get(k)]:
        sign = library.vitals()[changed[0]].label.lower() if changed[0] in library.vitals() else ""
        raise Refused(
            _(
                "Not corrected: {sign} was told with this score. Correct it as a vital sign; the "
                "score follows."
            ).format(sign=sign),
            {changed[0]: _("Correct it as a vital sign.")},
        )
    return preparing.scored(preparing.instrument(old.kind), scale, beside)


def _told_now_beside(old: Observation, reading: Reading) -> list[Prepared]:
    """Vital signs that a score told alone is corrected with: they are kept as well."""
    alone = old.kind != VITALS and together.vitals_beside(old) is None
    return [preparing.vitals(reading)] if alone and reading.vitals else []


def _tell_again(
    old: Observation,
    vitals: Observation,
    taken: Mapping[str, Decimal],
    *,
    by: Actor,
    at: datetime,
    ledger: Ledger,
) -> None:
    """Let the scales told with the ``old`` vital signs follow what stands instead of them."""
    for scale in list(together.scales_beside(old)):
        fields = together.told_again(scale, taken)
        if fields is None:
            continue
        if fields["outcome"] == Outcome.PARTIAL and not fields["reason"]:
            fields["reason"] = vitals.why
        ledger.created(
            Observation.told(
                by,
                at=at,
                submission=vitals.submission_id,
                episode=vitals.episode,
                replaces=scale,
                why=vitals.why,
                **fields,
            )
        )


def void(old: Observation, *, why: str, by: Actor, at: datetime, submission: UUID) -> Observation:
    """Mark a reading as entered in error; it stays readable, struck through.

    A scale that stood on struck vital signs loses its total, and says why.

    Raises:
        Refused: no reason; it is struck out already.
        Conflict: it was corrected already.
    """
    if not why.strip():
        raise Refused(_("Not struck out: say why."), {"why": _("Say why.")})
    if old.is_void:
        raise Refused(_("Not struck out: it is struck out already."))
    if old.kind != VITALS:
        _may_record(Reading(old.occurred_at, scales={old.kind: Scale()}), by)
    require_own(old, by)

    def write() -> Observation:
        with audit.action("observations.void", by=by, at=at, episode_id=old.episode_id) as ledger:
            episode = telling.must_see(old.episode, by=by, at=at)
            row = Observation.told(
                by,
                at=at,
                submission=submission,
                occurred_at=old.occurred_at,
                episode=episode,
                kind=old.kind,
                context=old.context,
                outcome=Outcome.UNABLE,
                replaces=old,
                why=why.strip(),
                is_void=True,
                snapshot_id=old.snapshot_id,
            )
            _refuse_second_correction(old, submission)
            ledger.created(row)
            if row.kind == VITALS:
                _tell_again(old, row, {}, by=by, at=at, ledger=ledger)
            return row

    return _correct(old, submission, write, by=by)


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


def _correct(
    old: Observation, submission: UUID, write: Callable[[], Observation], *, by: Actor
) -> Observation:
    """One correction, once. What a vital-sign correction carried along is found by kind."""
    try:
        return write()
    except (NotPermitted, SentBefore):
        raise
    except (IntegrityError, Refused) as error:
        told: Observation | None = Observation.objects.filter(
            submission_id=submission, kind=old.kind
        ).first()
        if told is not None:
            if told.replaces_id != old.pk or told.actor_id != by.user.pk:
                raise telling.sent_before() from error
            if isinstance(attempted := getattr(error, "row", None), Observation):
                telling.must_be_same(attempted, told)
            return told
        raise
