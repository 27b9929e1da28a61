"""A small unit with something on every page: long names, gaps, corrections, refusals."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from stepdown.records.actions.access import break_glass
from stepdown.records.actions.admission import arrival, history
from stepdown.records.actions.admission.arrival import Arriving
from stepdown.records.actions.admission.history import Use
from stepdown.records.actions.beds import beds
from stepdown.records.actions.monitoring import observations, targets
from stepdown.records.actions.monitoring.readings import Reading, Scale
from stepdown.records.actions.people import accounts
from stepdown.records.models import (
    AllergyEntry,
    Bed,
    Consent,
    Episode,
    Observation,
    SubstanceUse,
)
from tests.browser.house import House
from tests.factories import EpisodeFactory
from tests.records.world import VITALS

LONG_NAME = "Maximiliane-Alexandra Featherstonehaugh-Wolfeschlegelsteinhausen"
LONG_WORDS = "Says the second dose took the edge off; wants to sleep, not to talk. " * 3
MODERATE = (2, 1, 2, 2, 1, 2, 1, 1, 2, 3)
SEVERE = (4, 5, 5, 4, 4, 3, 4, 4, 4, 5)


def filled(house: House) -> dict[str, Any]:
    """Fill the house; what the addresses of pages need, by name."""
    stay = _a_full_stay(house)
    told = house.world.told
    severe = _a_severe_withdrawal(house)
    asleep = house.admitted("Sam Okoye", "3")
    _not_scored(house, asleep, "asleep", "chest rising and falling")
    coming = _somebody_coming(house)
    left = EpisodeFactory(
        person__facility=house.world.facility, arrived_at=house.present.now(), left=True
    )
    restricted, opening = _an_opened_chart(house)
    beds.set_status(
        house.world.bed("7"), Bed.Status.BLOCKED, note="Window does not close", **told()
    )
    agency = accounts.assign(
        house.world.by("LVN").user,
        "RN",
        employment="agency",
        expires_at=house.present.now() + timedelta(days=2),
        **told("SYS"),
    )
    standing = Observation.objects.filter(episode=stay).standing().newest()
    return {
        "stay": stay.pk,
        "severe": severe.pk,
        "asleep": asleep.pk,
        "coming": coming.pk,
        "left": left.pk,
        "restricted": restricted.pk,
        "opening": opening.pk,
        "cows": standing.filter(kind="cows")[0].pk,
        "vitals": standing.filter(kind="vitals")[0].pk,
        "screen": standing.filter(kind="cssrs_screener")[0].pk,
        "use": SubstanceUse.objects.filter(episode=coming)[0].pk,
        "told": Consent.objects.filter(episode=stay)[0].pk,
        "allergy": AllergyEntry.objects.filter(episode=coming)[0].pk,
        "bed": house.world.bed("7").pk,
        "user": agency.user_id,
    }


def _a_severe_withdrawal(house: House) -> Episode:
    """A mixture with known last uses, a severe score, and a fever that withdrawal does not explain."""
    severe = house.admitted("Dee Aguilar", "2")
    for substance, hours in (("heroin", 40), ("methadone_otp", 60)):
        last = house.present.now() - timedelta(hours=hours)
        use = Use("opioid", substance, "guess", last_used_at=last, supply={"fentanyl": "unknown"})
        history.record_use(severe, use, **house.world.told())
    house.scored(severe, SEVERE, 0.5, "128", temperature_c="38.9")
    return severe


def _a_full_stay(house: House) -> Episode:
    """Two days with scores, a correction, a strike, a refusal, a target and a note."""
    stay = house.admitted(LONG_NAME, "1")
    told = house.world.told
    for hours, points, rate in ((44, MODERATE, "96"), (38, SEVERE, "122"), (30, MODERATE, "104")):
        house.scored(stay, points, hours, rate)
    wrong = house.world.cows(stay, MODERATE)
    observations.void(wrong, why="Written for bed 2.", **told())
    _not_scored(house, stay, "refused", LONG_WORDS)
    house.scored(stay, (1, 0, 1, 2, 1, 0, 1, 0, 1, 0), 4, "84")
    old = Observation.objects.filter(episode=stay, kind="vitals").standing().newest()[2]
    again = {**VITALS, "systolic_mmhg": "142", "heart_rate_bpm": "96"}
    corrected = Reading(
        old.occurred_at, vitals={key: Decimal(value) for key, value in again.items()}
    )
    observations.amend(old, corrected, why="The cuff was too small.", **told())
    targets.set_target(
        stay, "systolic_mmhg", low=Decimal(95), high=Decimal(150),
        reason="Usual for them", **told("PRES"),
    )  # fmt: skip
    return stay


def _not_scored(house: House, stay: Episode, outcome: str, reason: str) -> None:
    reading = Reading(
        house.world.now, scales={"cows": Scale(outcome=outcome, reason=reason)}, note=LONG_WORDS
    )
    house.world.record(stay, reading)


def _somebody_coming(house: House) -> Episode:
    told = house.world.told
    coming = arrival.arrive(
        Arriving(
            legal_name="Renée O'Connor-Nakamura",
            preferred_name="Ren",
            pronouns="they/them",
            goal=LONG_WORDS,
        ),
        bed=house.world.bed("4"),
        **told(),
    )
    history.record_allergy(coming, substance="Penicillin", reaction="Rash", **told())
    history.record_use(coming, Use("opioid", "heroin", "unknown"), **told())
    return coming


def _an_opened_chart(house: House) -> tuple[Episode, Any]:
    """A chart by invitation only, opened once in an emergency; still to be reviewed."""
    told = house.world.told
    stay = house.admitted("Dani Whitfield", "6")
    break_glass.restrict(stay, invited=[house.world.by("MD").user], **told("PRIV"))
    opening = break_glass.open_chart(
        stay.pk, reason="Found unresponsive, breathing 6 a minute", **told()
    )
    return stay, opening
