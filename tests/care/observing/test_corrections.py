"""Corrections leave both entries readable; striking out takes nothing away."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client

from stepdown.records.models import VITALS, Observation
from tests import factories
from tests.care.observing.conftest import NOW, Sheet
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(bedside, enter) -> tuple[Observation, Observation]:
    """A COWS of 8 and its vital signs, told through the page."""
    enter(nurse=True)
    bedside.send(bedside.filled(heart_rate_bpm="88", temperature_c="37.2", note="tired"))
    return Observation.objects.get(kind="cows"), Observation.objects.get(kind=VITALS)


def page(client: Client, row: Observation, verb: str = "correct") -> Sheet:
    return Sheet(client, f"/observations/{row.pk}/{verb}")


def test_a_correction_starts_from_what_was_said_and_keeps_both(client, recorded):
    cows, _vitals = recorded
    sheet = page(client, cows)
    filled = sheet.blank()

    response = sheet.send(
        {**filled, "cows-yawning": "three_or_more", "why": "miscounted", "do": "score"}
    )

    assert filled["cows-yawning"] == "once_or_twice"
    assert filled["note"] == "tired"
    assert response.status_code == 303
    new = Observation.objects.get(replaces=cows)
    assert (new.total, new.why, new.occurred_at) == (9, "miscounted", cows.occurred_at)
    assert Observation.objects.get(pk=cows.pk).total == 8


def test_a_corrected_scale_keeps_the_pulse_of_its_vital_signs(client, recorded):
    cows, _vitals = recorded
    sheet = page(client, cows)
    filled = sheet.blank()

    sheet.send({**filled, "cows-gooseflesh": "prominent", "why": "seen again", "do": "score"})

    assert "heart_rate_bpm" not in filled
    assert Observation.objects.get(replaces=cows).answers["pulse"] == ["from_81_to_100", 1]


def test_corrected_vital_signs_carry_the_score_along(client, recorded):
    cows, vitals = recorded
    sheet = page(client, vitals)
    filled = sheet.blank()

    response = sheet.send(
        {**filled, "heart_rate_bpm": "104", "why": "typed wrongly", "do": "vitals"}
    )

    assert (filled["heart_rate_bpm"], filled["temperature_c"]) == ("88", "37.2")
    assert response.status_code == 303
    assert Observation.objects.get(replaces=vitals).values["heart_rate_bpm"] == "104"
    assert Observation.objects.get(replaces=cows).total == 9


def test_a_correction_without_a_reason_is_refused_and_keeps_what_was_typed(client, recorded):
    cows, _vitals = recorded
    sheet = page(client, cows)

    response = sheet.send({**sheet.blank(), "cows-yawning": "three_or_more", "why": "  "})

    assert response.status_code == 422
    assert "Say what was wrong." in response.text
    assert fields_of(response.text, "reading")["cows-yawning"] == "three_or_more"
    assert Observation.objects.count() == 2


def test_a_correction_is_judged_like_a_first_telling(client, recorded):
    _cows, vitals = recorded
    sheet = page(client, vitals)
    filled = {**sheet.blank(), "why": "typed wrongly", "do": "vitals"}

    assert "cannot be right" in sheet.send({**filled, "temperature_c": "72"}).text
    assert "is outside" in sheet.send({**filled, "temperature_c": "40.1"}).text
    assert Observation.objects.count() == 2


def test_two_who_correct_the_same_entry_are_told_of_each_other(client, recorded, house):
    cows, _vitals = recorded
    sheet = page(client, cows)
    mine = {**sheet.blank(), "cows-tremor": "slight_seen", "why": "looked again", "do": "score"}
    browser = Client()
    sign_in(browser, factories.AssignmentFactory(facility=house, user__name="Iris Vo"))
    hers = page(browser, cows)
    hers.send({**hers.blank(), "cows-yawning": "three_or_more", "why": "miscounted", "do": "score"})

    response = sheet.send(mine)

    assert response.status_code == 409
    assert "Iris Vo corrected this already" in response.text
    assert fields_of(response.text, "reading")["cows-tremor"] == "slight_seen"
    assert Observation.objects.filter(replaces=cows).count() == 1


def test_an_entry_corrected_already_leads_to_the_newer_one(client, recorded):
    cows, _vitals = recorded
    sheet = page(client, cows)
    sheet.send(
        {**sheet.blank(), "cows-yawning": "three_or_more", "why": "miscounted", "do": "score"}
    )
    new = Observation.objects.get(replaces=cows)

    shown = client.get(sheet.url).text

    assert f"/observations/{new.pk}/correct" in shown
    assert 'id="reading"' not in shown


def test_a_doubled_correction_is_one(client, recorded):
    cows, _vitals = recorded
    sheet = page(client, cows)
    sent = {**sheet.blank(), "cows-yawning": "three_or_more", "why": "miscounted", "do": "score"}

    first, again = sheet.send(sent), sheet.send(sent)

    assert (first.status_code, again.status_code) == (303, 303)
    assert Observation.objects.filter(replaces=cows).count() == 1


def test_striking_out_asks_why_and_keeps_the_entry(client, recorded):
    cows, _vitals = recorded
    sheet = page(client, cows, "strike")
    sent = {"submission": str(uuid4())}

    refused = sheet.send(sent)
    told = sheet.send({**sent, "why": "wrong person"})

    assert (refused.status_code, told.status_code) == (422, 303)
    assert "Say why." in refused.text
    struck = Observation.objects.get(replaces=cows)
    assert (struck.is_void, struck.why, struck.total) == (True, "wrong person", None)
    assert Observation.objects.get(pk=cows.pk).total == 8


def test_what_is_struck_out_is_not_ghosted_any_more(client, recorded, bedside):
    cows, _vitals = recorded
    page(client, cows, "strike").send({"submission": str(uuid4()), "why": "wrong person"})

    assert "opt--prev" not in client.get(bedside.url).text


def test_a_look_that_gave_no_score_can_be_corrected_into_one(client, enter, bedside):
    enter(nurse=True)
    asleep = {"cows_outcome": "asleep", "cows_seen_signs": "chest_rising", "do": "not_scored"}
    bedside.send({**bedside.blank(), **asleep, "heart_rate_bpm": "72"})
    look = Observation.objects.get(kind="cows")
    sheet = page(client, look)
    filled = sheet.blank()

    response = sheet.send({**sheet.filled(), "why": "woke up, and was scored", "do": "score"})

    assert filled["cows_outcome"] == "asleep"
    assert filled["cows_seen_signs"] == "chest_rising"
    assert response.status_code == 303
    assert Observation.objects.get(replaces=look).total == 7


@pytest.mark.parametrize("verb", ["correct", "strike"])
def test_a_stranger_corrects_nothing(client, recorded, verb):
    cows, _vitals = recorded
    sign_in(client, factories.AssignmentFactory(nurse=True))
    sheet = page(client, cows, verb)

    assert client.get(sheet.url).status_code == 404
    assert sheet.send({"why": "because"}).status_code == 404
    assert Observation.objects.count() == 2


@pytest.mark.parametrize("verb", ["correct", "strike"])
def test_a_technician_corrects_vital_signs_and_no_score(client, recorded, enter, verb):
    cows, vitals = recorded
    technician = enter(trained_technician=True)
    own = factories.VitalsFactory(
        episode=vitals.episode, actor=technician.user, role="BHT", occurred_at=NOW
    )

    assert client.get(page(client, cows, verb).url).status_code == 403
    assert client.get(page(client, own, verb).url).status_code == 200


@pytest.mark.parametrize("verb", ["correct", "strike"])
def test_a_technician_neither_reads_nor_corrects_what_a_nurse_measured(
    client, recorded, enter, verb
):
    _cows, vitals = recorded
    enter(trained_technician=True)
    sheet = page(client, vitals, verb)

    shown = client.get(sheet.url)
    sent = sheet.send({"why": "not mine", "heart_rate_bpm": "60"})

    assert (shown.status_code, sent.status_code) == (403, 403)
    assert not re.search(r"\b88\b", shown.text.split("<main", 1)[1])
    assert Observation.objects.count() == 2


@pytest.mark.parametrize("verb", ["correct", "strike"])
def test_an_entry_nobody_made_is_not_there(client, enter, verb):
    enter(nurse=True)

    assert client.get(f"/observations/{uuid4()}/{verb}").status_code == 404
