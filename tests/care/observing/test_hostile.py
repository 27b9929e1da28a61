"""Text that looks like code is kept word for word and never runs."""

from __future__ import annotations

import pytest

from stepdown.records.models import Observation
from tests.care.observing.conftest import Sheet

pytestmark = pytest.mark.django_db

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ request.actor }} {% debug %}",
    "'; DROP TABLE records_observation; --",
    "</textarea><script>alert(1)</script>",
    "\u202etxet desrever\u202c 🫀 𝕏 ZWJ\u200d",
    "=cmd|' /C calc'!A0",
    "  leading, trailing and\n\n  inner space  ",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_note_is_shown_escaped_after_a_refusal(bedside, enter, text):
    enter(nurse=True)

    page = bedside.send({**bedside.blank(), "note": text, "do": "score"}).text

    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "DROP TABLE" not in page or "&#x27;; DROP TABLE" in page


@pytest.mark.parametrize("text", HOSTILE)
def test_a_note_and_a_reason_are_kept_as_typed(bedside, enter, text):
    enter(nurse=True)
    why = {"cows_outcome": "refused", "cows_reason": text, "do": "not_scored"}

    response = bedside.send({**bedside.blank(), **why, "note": text})

    assert response.status_code == 303
    look = Observation.objects.get()
    assert (look.reason, look.note) == (text.strip(), text.strip())


@pytest.mark.parametrize("text", HOSTILE)
def test_every_page_that_shows_it_again_escapes_it(client, bedside, enter, stay, text):
    enter(nurse=True)
    stay.person.preferred_name = text[:60]
    stay.person.save()
    why = {"cows_outcome": "refused", "cows_reason": text, "do": "not_scored"}
    bedside.send({**bedside.blank(), **why, "note": text})
    look = Observation.objects.get()

    for address in (
        bedside.url,
        f"{bedside.url}cows/",
        f"/observations/{look.pk}/correct",
        f"/observations/{look.pk}/strike",
    ):
        page = client.get(address)
        assert page.status_code == 200
        assert "<script>alert(1)" not in page.text
        assert "<img src=x" not in page.text


FIELDS = [
    "systolic_mmhg", "heart_rate_bpm", "temperature_c", "temperature_c-unit", "weight_kg-unit",
    "occurred_at", "which_hour", "context", "do", "confirmed", "submission", "cows_seen",
    "cows_outcome", "cows_seen_signs", "cows_breaths", "cows-pulse", "cows-sweating",
    "cows-gooseflesh", "systolic_mmhg-asked",
]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_takes_what_it_cannot_mean_or_breaks_the_page(bedside, enter, field):
    enter(nurse=True)
    blank = bedside.filled({})

    for text in (HOSTILE[0], "9" * 4000, "-1", "null", "[]", "٣"):
        response = bedside.send({**blank, field: text})
        assert response.status_code == 422
        assert "<script>alert(1)" not in response.text
    assert not Observation.objects.exists()


def test_a_hostile_address_is_not_there(client, enter, stay):
    enter(nurse=True)

    for address in (
        "/people/1/observe/",
        f"/people/{stay.pk}/observe/..%2f/",
        "/observations/x/correct",
    ):
        assert client.get(address).status_code == 404


def test_a_character_no_database_stores_is_refused(client, enter, bedside: Sheet):
    enter(nurse=True)

    response = client.post(bedside.url, {**bedside.blank(), "note": "half \x00 a note"})

    assert response.status_code == 400
    assert not Observation.objects.exists()
