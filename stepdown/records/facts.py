"""What the records know, in the words that rules use. Missing is never a value."""

from __future__ import annotations

from datetime import datetime, timedelta

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
        stated["identity"] = "checked"
    for consent in Consent.objects.standing().filter(episode=episode).order_by("recorded_at"):
        stated[consent.kind] = consent.decision
    allergies = AllergyEntry.objects.standing().filter(episode=episode)
    for allergy in allergies.order_by("recorded_at"):
        stated["allergies"] = allergy.statement
    for kind in Observation.objects.standing().filter(episode=episode, outcome="complete"):
        stated[kind.kind] = "recorded"
    opioids = SubstanceUse.objects.standing().filter(
        episode=episode, category=SubstanceUse.Category.OPIOID
    )
    if opioids.exists():
        stated["last_use"] = "recorded"
    pregnancy = PregnancyEntry.objects.standing().filter(episode=episode).newest().first()
    if pregnancy is not None:
        stated["pregnancy"] = _pregnancy(pregnancy)
    if AdmissionOrder.objects.standing().filter(episode=episode).exists():
        stated["admission_order"] = "signed"
    return stated


def _pregnancy(entry: PregnancyEntry) -> str:
    """A result, or a reason; a person who may be pregnant and was not tested is neither."""
    if entry.result in (PregnancyEntry.Result.NEGATIVE, PregnancyEntry.Result.POSITIVE):
        return entry.result
    if entry.applies == "no" and entry.reason:
        return "not_applicable"
    return "unknown"


def time_since_last_use(episode: Episode, at: datetime) -> timedelta | None:
    """Time since the latest opioid use told, or None while any is unknown (N20).

    One substance with an unknown last use makes the whole answer unknown: it could
    have been a moment ago.
    """
    latest: dict[str, SubstanceUse] = {}
    told = SubstanceUse.objects.standing().filter(
        episode=episode, category=SubstanceUse.Category.OPIOID
    )
    for use in told.order_by("recorded_at"):
        latest[use.substance] = use
    times = [use.last_used_at for use in latest.values()]
    known = [time for time in times if time is not None]
    if not known or len(known) < len(times):
        return None
    return at - max(known)


