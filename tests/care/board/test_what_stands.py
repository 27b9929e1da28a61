"""What stands out goes on standing out until a look at the same thing says otherwise."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from stepdown.records.models import PregnancyEntry
from tests.care.board.conftest import NOW, tile
from tests.factories import EntryFactory, VitalsFactory

pytestmark = pytest.mark.django_db


class PregnancyFactory(EntryFactory):
    class Meta:
        model = PregnancyEntry

    applies = "yes"
    result = "positive"


def measured(stay, minutes, **taken):
    taken = {key: Decimal(str(value)) for key, value in taken.items()}
    return VitalsFactory(episode=stay, occurred_at=NOW - timedelta(minutes=minutes), taken=taken)


def test_a_later_set_without_the_sign_takes_no_red_back(nurse, ward, person):
    stay = person("1")
    measured(stay, 60, systolic_mmhg=82, diastolic_mmhg=50, spo2_percent=88)
    measured(stay, 20, heart_rate_bpm=72)
    measured(stay, 10, weight_kg=71.5)

    said = tile(nurse.get(), ward, "1")

    assert "SBP 82, limit 90" in said
    assert "05:30" in said  # its own time, not that of the newest set
    assert "and 1 more" in said


def test_the_same_sign_measured_again_within_limits_ends_the_red(nurse, ward, person):
    stay = person("1")
    measured(stay, 60, systolic_mmhg=82, spo2_percent=88)
    measured(stay, 20, systolic_mmhg=118)

    said = tile(nurse.get(), ward, "1")

    assert "SBP" not in said
    assert "SpO2 88" in said


def test_a_red_older_than_a_day_stands_while_nothing_was_measured_since(nurse, ward, person):
    stay = person("1", days=5)
    measured(stay, 3 * 24 * 60, systolic_mmhg=82)

    assert "SBP 82" in tile(nurse.get(), ward, "1")


def test_a_red_that_was_struck_out_stands_no_more(nurse, ward, person):
    stay = person("1")
    wrong = measured(stay, 60, systolic_mmhg=82)
    VitalsFactory(
        episode=stay, occurred_at=wrong.occurred_at, replaces=wrong, is_void=True, values={}
    )

    assert "SBP" not in tile(nurse.get(), ward, "1")


@pytest.mark.parametrize("later", ["not_done", "invalid"])
def test_a_test_not_done_or_failed_takes_no_positive_back(nurse, ward, person, later):
    stay = person("1")
    PregnancyFactory(episode=stay, occurred_at=NOW - timedelta(hours=3))
    PregnancyFactory(episode=stay, occurred_at=NOW, result=later, reason="said no")

    assert "Pregnancy test positive" in tile(nurse.get(), ward, "1")
    assert "Positive" in nurse.client.get(f"/people/{stay.pk}/").text


def test_a_test_not_done_is_said_on_the_chart_where_no_test_has_a_result(nurse, person):
    stay = person("1")
    PregnancyFactory(episode=stay, occurred_at=NOW, result="not_done", reason="said no")

    assert "Not done" in nurse.client.get(f"/people/{stay.pk}/").text
