"""Sedation beside the vital signs: one tap, or none, and the COWS as before."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages

from stepdown.records.models import VITALS, Observation

pytestmark = pytest.mark.django_db

SEDATION = "sedation_level-level"


def kinds() -> set[str]:
    return set(Observation.objects.values_list("kind", flat=True))


def said(response) -> list[tuple[str, str]]:
    return [(each.level_tag, str(each)) for each in get_messages(response.wsgi_request)]


def test_the_tap_records_sedation_with_the_score_and_the_signs(bedside, enter):
    enter(nurse=True)

    response = bedside.send(bedside.filled(heart_rate_bpm="88", **{SEDATION: "asleep"}))

    assert response.status_code == 303
    assert kinds() == {"cows", VITALS, "sedation_level"}
    found = Observation.objects.get(kind="sedation_level")
    assert (found.band, found.total) == ("asleep", None)


def test_without_the_tap_nothing_is_recorded_of_sedation(bedside, enter):
    enter(nurse=True)

    bedside.send(bedside.filled(heart_rate_bpm="88"))

    assert kinds() == {"cows", VITALS}


def test_nothing_is_chosen_ahead(bedside, enter):
    enter(nurse=True)

    assert SEDATION not in bedside.blank()


def test_sedation_goes_with_vital_signs_alone_and_by_itself(bedside, enter):
    enter(nurse=True)

    first = bedside.send(
        {**bedside.blank(), "do": "vitals", "spo2_percent": "97", SEDATION: "awake"}
    )
    second = bedside.send({**bedside.blank(), "do": "vitals", SEDATION: "drowsy"})

    assert (first.status_code, second.status_code) == (303, 303)
    assert Observation.objects.filter(kind="sedation_level").count() == 2
    assert "cows" not in kinds()


def test_sedation_goes_with_a_scale_that_was_not_scored(bedside, enter):
    enter(nurse=True)
    asleep = {"do": "not_scored", "cows_outcome": "asleep", "cows_seen_signs": ["chest_rising"]}

    bedside.send({**bedside.blank(), **asleep, SEDATION: "asleep"})

    assert dict(Observation.objects.values_list("kind", "outcome")) == {
        "cows": "asleep",
        "sedation_level": "complete",
    }


@pytest.mark.parametrize(
    ("level", "words"),
    [
        ("nods_off", "Sedation nods off while talking: Stop: no opioid"),
        ("hard_to_wake", "Sedation hard to wake: Stay with the person. Emergency call now."),
    ],
)
def test_what_the_worst_levels_ask_is_said_in_the_same_response(bedside, enter, level, words):
    enter(nurse=True)

    response = bedside.send({**bedside.blank(), "do": "vitals", SEDATION: level})

    warnings = [text for tag, text in said(response) if tag == "warning"]
    assert len(warnings) == 1
    assert warnings[0].startswith(words)


def test_an_answer_nobody_offers_is_refused_and_nothing_is_saved(bedside, enter):
    enter(nurse=True)

    response = bedside.send({**bedside.blank(), "do": "vitals", SEDATION: "0"})

    assert response.status_code == 422
    assert "Sedation cannot be &quot;0&quot;" in response.text
    assert not Observation.objects.exists()


def test_what_was_tapped_survives_a_refusal(bedside, enter):
    enter(nurse=True)

    response = bedside.send({**bedside.blank(), "heart_rate_bpm": "1000", SEDATION: "drowsy"})

    assert response.status_code == 422
    assert 'value="drowsy" checked' in response.text


def test_a_technician_is_asked_for_no_sedation(bedside, enter, client):
    enter(technician=True)

    assert SEDATION not in client.get(bedside.url).text


def test_it_has_a_page_of_its_own_like_any_scale(client, enter, stay):
    enter(nurse=True)

    page = client.get(f"/people/{stay.pk}/observe/sedation_level/")

    assert page.status_code == 200
    assert "Unsigned draft" in page.text
