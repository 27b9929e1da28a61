"""The schedule as a facility signed it, and looks due together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stepdown.clinical.schedules import Look, Stay
from stepdown.records.models import Facility
from stepdown.records.reading import monitoring
from stepdown.records.reading.monitoring import Looked

NOW = datetime(2027, 1, 7, 20, 0, tzinfo=UTC)
HERE = ZoneInfo("America/Los_Angeles")


def due_after(facility, *, hours_in):
    came = NOW - timedelta(hours=hours_in)
    done = Look(NOW)
    found = monitoring.looks_due(
        monitoring.schedule_for(facility),
        Stay("WITHDRAWAL", came, came),
        [Looked("cows", done, done)],
        HERE,
    )
    return found[0]


def house(**settings):
    return Facility(code="h", name="House", zone="America/Los_Angeles", settings=settings)


def test_a_signed_interval_holds_and_an_unset_one_is_the_schedules_own():
    assert due_after(house(), hours_in=10).at == NOW + timedelta(minutes=240)
    assert due_after(house(look_awake_minutes="120"), hours_in=10).at == NOW + timedelta(hours=2)


def test_two_houses_with_different_settings_do_not_share_a_schedule():
    ours, theirs = house(look_awake_minutes="120"), house(look_awake_minutes="180")

    for _again in range(2):
        assert due_after(ours, hours_in=10).at == NOW + timedelta(minutes=120)
        assert due_after(theirs, hours_in=10).at == NOW + timedelta(minutes=180)


@pytest.mark.parametrize(
    "settings", [{"look_awake_minutes": "400", "look_night_minutes": "60"}, {"unheard_of": "1"}]
)
def test_settings_that_make_no_sense_never_switch_the_ward_off(settings):
    assert due_after(house(**settings), hours_in=10).at == NOW + timedelta(minutes=240)


def test_a_look_is_later_then_due_then_late():
    due = due_after(house(), hours_in=10)

    assert due.state(due.at - timedelta(seconds=1)) == "later"
    assert due.state(due.at) == "due"
    assert due.state(due.late_from - timedelta(seconds=1)) == "due"
    assert due.state(due.late_from) == "late"


def test_an_unfinished_look_is_no_finished_one():
    came = NOW - timedelta(hours=10)
    done, tried = Look(NOW - timedelta(hours=3)), Look(NOW, "partial", "mild")

    found = monitoring.looks_due(
        monitoring.schedule_for(house()),
        Stay("WITHDRAWAL", came, came),
        [Looked("cows", done, tried)],
        HERE,
    )

    assert found[0].at == NOW + timedelta(hours=1)


def test_a_kind_nobody_knows_is_called_by_its_key():
    assert monitoring.name_of("cows") == "COWS"
    assert monitoring.name_of("vitals") == "Vitals"
    assert monitoring.name_of("withdrawn_scale") == "withdrawn_scale"
