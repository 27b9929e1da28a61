"""Reading symptoms from the newest look backwards says what reading them forwards would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from stepdown.clinical.symptoms import (
    Finding,
    ItemField,
    Presence,
    Reading,
    Symptom,
    SymptomCatalogue,
    findings,
)

START = datetime(2027, 1, 4, 16, 40, tzinfo=UTC)
CRAMPS = Symptom(
    "cramps", "Cramps", "late", "made up", item=ItemField("cows", "gi", ("yes", "badly"), ("no",))
)
CATALOGUE = SymptomCatalogue("made_up", "Made up", "1", (CRAMPS,), "made up")

ANSWERS = st.lists(st.sampled_from(["yes", "badly", "no", "silent", None]), max_size=12)


MEANS = {
    "yes": (Presence.PRESENT, 1),
    "badly": (Presence.PRESENT, 2),
    "no": (Presence.ABSENT, 0),
    "silent": (Presence.NOT_TOLD, 0),
}


def forwards(readings: list[Reading]) -> Finding:
    """The definition: walk through time, keep the run of presence, end it where it is absent."""
    found, run, last_seen = Finding(CRAMPS, Presence.NOT_OBSERVED), None, None
    for reading in readings:
        code = reading.answers["cows"].get("gi")
        if code is None:
            continue
        presence, strength = MEANS[code]
        if presence is Presence.PRESENT:
            run, last_seen = run or reading.at, reading.at
        elif presence is Presence.ABSENT:
            run = None
        since = run if presence is Presence.PRESENT else None
        found = Finding(
            CRAMPS, presence, reading.at, since, last_seen, code, None, strength, strengths=2
        )
    return found


@given(ANSWERS)
def test_both_directions_find_the_same(told):
    readings = [
        Reading(START + timedelta(hours=hour), {"cows": {"gi": code} if code else {}}, {})
        for hour, code in enumerate(told)
    ]

    assert findings(CATALOGUE, readings) == (forwards(readings),)
