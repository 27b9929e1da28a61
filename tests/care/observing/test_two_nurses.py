"""Two nurses, one patient: both are shown both scores, and nothing is merged silently."""

from __future__ import annotations

import pytest
from django.test import Client

from stepdown.records.models import Observation
from tests import factories
from tests.care.observing.conftest import MILD, Sheet
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db

WORSE = {**MILD, "tremor": "gross_or_twitching", "sweating": "beads_of_sweat"}


@pytest.fixture
def colleague(house, stay) -> Sheet:
    """Another nurse at the same bedside, in a browser of her own."""
    browser = Client()
    sign_in(browser, factories.AssignmentFactory(facility=house, user__name="Iris Vo"))
    return Sheet(browser, f"/people/{stay.pk}/observe/")


def test_the_second_to_save_sees_the_first_score_beside_her_own(bedside, enter, colleague):
    enter(nurse=True)
    mine = bedside.filled(WORSE, heart_rate_bpm="96", note="sweating through")
    colleague.send(colleague.filled(heart_rate_bpm="84"))

    response = bedside.send(mine)

    assert response.status_code == 409
    assert "Iris Vo recorded COWS 8 at 06:30, after this page was shown." in response.text
    assert "<td>0 None</td><td>4 Gross, or twitching</td>" in response.text
    assert response.text.count('class="differs"') == 2
    assert "<b>14, Moderate</b>" in response.text
    assert Observation.objects.of("cows").count() == 1


def test_nothing_typed_is_lost_and_both_scores_can_stand(bedside, enter, colleague):
    enter(nurse=True)
    mine = bedside.filled(WORSE, heart_rate_bpm="96", note="sweating through")
    colleague.send(colleague.filled(heart_rate_bpm="84"))

    kept = fields_of(bedside.send(mine).text, "sheet")
    response = bedside.send({**kept, "do": "score"})

    assert kept["note"] == "sweating through"
    assert kept["cows_seen"] == str(Observation.objects.get(total=8).pk)
    assert response.status_code == 303
    totals = Observation.objects.of("cows").order_by("recorded_at", "id")
    assert [each.total for each in totals] == [8, 14]
    assert Observation.objects.get(total=14).note == "sweating through"


def test_a_third_score_meanwhile_is_shown_again(bedside, enter, colleague):
    enter(nurse=True)
    mine = bedside.filled(WORSE, heart_rate_bpm="96")
    colleague.send(colleague.filled(heart_rate_bpm="84"))
    kept = fields_of(bedside.send(mine).text, "sheet")
    colleague.send(colleague.filled(heart_rate_bpm="70"))

    assert bedside.send({**kept, "do": "score"}).status_code == 409
    assert Observation.objects.of("cows").count() == 2


def test_vital_signs_of_two_nurses_do_not_stand_in_each_others_way(bedside, enter, colleague):
    enter(nurse=True)
    mine = {**bedside.blank(), "spo2_percent": "97", "do": "vitals"}
    colleague.send(colleague.filled(heart_rate_bpm="84"))

    assert bedside.send(mine).status_code == 303


def test_a_page_that_left_out_what_it_saw_does_not_slip_past(bedside, enter, colleague):
    enter(nurse=True)
    mine = bedside.filled(WORSE, heart_rate_bpm="96")
    del mine["cows_seen"]
    colleague.send(colleague.filled(heart_rate_bpm="84"))

    assert bedside.send(mine).status_code == 409


def test_a_look_that_gave_no_score_is_shown_too(bedside, enter, colleague):
    enter(nurse=True)
    mine = bedside.filled(WORSE, heart_rate_bpm="96")
    asleep = {"do": "not_scored", "cows_outcome": "asleep", "cows_seen_signs": "chest_rising"}
    colleague.send({**colleague.blank(), **asleep})

    response = bedside.send(mine)

    assert response.status_code == 409
    assert "COWS: asleep" in response.text
