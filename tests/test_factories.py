"""The factories keep their promises."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from stepdown.content import library
from stepdown.records.models import Episode, Observation
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 1, 4, 20, 0, tzinfo=UTC)


def test_a_stay_without_a_time_is_refused_rather_than_invented():
    with pytest.raises(TypeError, match="Say when: arrived_at"):
        factories.EpisodeFactory()


@pytest.mark.parametrize("total", range(49))
def test_every_cows_total_from_0_to_48_has_answers(total):
    answers = factories.answers_worth(library.instrument("cows"), total)

    assert len(answers) == 11


def test_a_cows_is_scored_by_the_real_scoring():
    stay = factories.EpisodeFactory(arrived_at=NOON, admitted=True, in_bed=True)
    reading = factories.CowsFactory(episode=stay, occurred_at=NOON, scored=14)
    counted = factories.CowsFactory(
        episode=stay, occurred_at=NOON, points=(2, 1, 1, 2, 1, 1, 1, 1, 2, 0), heart_rate=88
    )

    assert (reading.total, reading.band, reading.severity) == (14, "moderate", 2)
    assert counted.answers["pulse"] == ["from_81_to_100", 1]
    assert counted.total == 13


def test_a_sleeping_person_has_no_total():
    stay = factories.EpisodeFactory(arrived_at=NOON)
    reading = factories.CowsFactory(episode=stay, occurred_at=NOON, asleep=True)

    assert (reading.total, reading.answers, reading.band) == (None, {}, "")


def test_the_people_and_places_of_a_stay_belong_to_one_house():
    nurse = factories.actor(nurse=True)
    unit = factories.UnitFactory(facility=nurse.facility, with_beds=3)
    stay = factories.EpisodeFactory(
        person__facility=nurse.facility, arrived_at=NOON, admitted=True, in_bed=True
    )
    vitals = factories.VitalsFactory(
        episode=stay, occurred_at=NOON, taken={"temperature_c": "37.2"}
    )

    assert list(Episode.objects.visible_to(nurse, NOON)) == [stay]
    assert stay.bed_stays.get().bed.unit == unit
    assert Observation.objects.get(pk=vitals.pk).values == {"temperature_c": "37.2"}
