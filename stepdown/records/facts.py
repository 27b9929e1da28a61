"""What the records know, in the words that rules use. Missing is never a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from stepdown.clinical.sedation import UNKNOWN
from stepdown.content import library
from stepdown.records.models import (
    AdmissionOrder,
    AllergyEntry,
    Consent,
    Episode,
    IdentityCheck,
    Observation,
    PregnancyEntry,
    SubstanceUse,
)


def admission(episode: Episode) -> dict[str, str]:
    """Document key -> what the record states of it, for the guard of an admission.

    Only what somebody recorded is here. Source: operations.md 3.2, INTAKE -> WITHDRAWAL.
    """
    stated: dict[str, str] = {}
    if IdentityCheck.objects.standing().filter(episode=episode).exists():
        stated["identity"] = "two_identifiers"
    # By when it was told: a correction of an older entry is told later and stays older.
    for consent in Consent.objects.standing().filter(episode=episode).order_by(*AS_TOLD):
        stated[CONSENT_FACTS.get(consent.kind, consent.kind)] = consent.decision
    allergies = AllergyEntry.objects.standing().filter(episode=episode)
    for allergy in allergies.order_by("recorded_at"):
        if stated.get("allergies") != AllergyEntry.Statement.LISTED:
            stated["allergies"] = allergy.statement
    stated |= _observed(episode)
    told = SubstanceUse.objects.standing().filter(episode=episode)
    if told.filter(category=SubstanceUse.Category.OPIOID).exists():
        stated["last_use"] = "each_with_certainty"
    pregnancy = PregnancyEntry.objects.standing().filter(episode=episode).newest().first()
    if pregnancy is not None:
        stated["pregnancy"] = _pregnancy(pregnancy)
    if AdmissionOrder.objects.standing().filter(episode=episode).exists():
        stated["admission_order"] = "ordered"
    return stated


CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far ahead a tablet's clock may have run when it told a look (``actions.telling``)."""

AS_TOLD = ("occurred_at", "id")
"""The order in which entries were told, oldest first; a correction keeps its entry's place."""

CONSENT_FACTS = {"treatment": "consent_to_treat"}

OBSERVED_FACTS = {"cows": "cows", "cssrs_screener": "suicide_screen"}


def _observed(episode: Episode) -> dict[str, str]:
    stated: dict[str, str] = {}
    taken: set[str] = set()
    standing = Observation.objects.standing().filter(episode=episode)
    for kind, outcome, values in standing.values_list("kind", "outcome", "values"):
        taken |= set(values)
        if outcome == Observation.Outcome.COMPLETE and kind in OBSERVED_FACTS:
            stated[OBSERVED_FACTS[kind]] = "complete"
    if not library.vital_signs().left_out(taken):
        stated["vitals"] = "complete"
    return stated


def _pregnancy(entry: PregnancyEntry) -> str:
    """A result, or a reason; an invalid test, or "unknown" without a word, is neither."""
    if entry.result == PregnancyEntry.Result.NOT_DONE:
        if not entry.reason:
            return "unknown"
        return "not_applicable_with_reason" if entry.applies == "no" else "not_done_with_reason"
    return entry.result


def time_since_last_use(episode: Episode, at: datetime) -> timedelta | None:
    """Time since the latest opioid use told, or None while any is unknown (N20).

    One substance with an unknown last use makes the whole answer unknown: it could
    have been a moment ago.
    """
    latest: dict[str, SubstanceUse] = {}
    told = SubstanceUse.objects.standing().filter(
        episode=episode, category=SubstanceUse.Category.OPIOID
    )
    for use in told.order_by(*AS_TOLD):
        latest[use.called] = use
    times = [use.last_used_at for use in latest.values()]
    known = [time for time in times if time is not None]
    if not known or len(known) < len(times):
        return None
    return at - max(known)


@dataclass(frozen=True, slots=True)
class Sedation:
    """How sedated somebody is, as far as the records know. A word, never a number.

    ``verdict`` is ``acceptable``, ``stop_and_call`` or ``unknown``; ``level`` the band of the
    scale ``kind`` it was told in, or ``unknown``. ``published`` is scale -> bare level code, as
    the mapping states it: POSS "S" is no zero. ``age_minutes`` is None where there is no look.
    """

    verdict: str = UNKNOWN
    level: str = UNKNOWN
    zone: str = UNKNOWN
    kind: str = ""
    at: datetime | None = None
    age_minutes: int | None = None
    published: Mapping[str, str] = field(default_factory=dict)


def sedation_level(episode: Episode, at: datetime) -> Sedation:
    """The newest standing look at sedation, in whichever scale it was told, as of ``at``.

    The reference gives no age beyond which a look no longer counts, so none is set: whoever
    decides something compares ``age_minutes`` with a limit of its own. A later look without a
    level (refused, too unwell) makes an acceptable level unknown, and never takes back a stop.

    Source: instruments section 10; the mapping is ``content/sedation``.
    """
    mappings = {each.instrument: each for each in library.sedation().values()}
    told = Observation.objects.standing().filter(
        episode=episode, kind__in=mappings, occurred_at__lte=at + CLOCK_TOLERANCE
    )
    done = told.filter(outcome=Observation.Outcome.COMPLETE).newest().first()
    if done is None:
        return Sedation()
    minutes = max(0, int((at - done.occurred_at).total_seconds() // 60))
    level = mappings[done.kind].level(done.band)
    newest = told.newest().values_list("pk", flat=True).first()
    is_open = newest != done.pk and (level is None or level.verdict == "acceptable")
    if level is None or is_open:
        return Sedation(kind=done.kind, at=done.occurred_at, age_minutes=minutes)
    return Sedation(
        verdict=level.verdict,
        level=level.band,
        zone=level.zone,
        kind=done.kind,
        at=done.occurred_at,
        age_minutes=minutes,
        published={each.scale: each.level for each in level.published},
    )
