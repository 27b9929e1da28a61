"""Facility settings: types, ranges, and whose signature they need."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from stepdown.content import library
from stepdown.content.tuning import tuned

SETTINGS = library.facility_settings()


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("idle_lock_minutes", "3", 3),
        ("second_factor_required", "yes", True),
        ("second_factor_required", "no", False),
        ("day_roll", "00:00", "00:00"),
        ("nursing_shift_starts", "07:00 19:00", ("07:00", "19:00")),
        ("nursing_shift_starts", "  06:45   18:45 ", ("06:45", "18:45")),
        ("back_date_hours", "4", 4),
    ],
)
def test_a_setting_reads_its_text(key, text, value):
    assert SETTINGS[key].value(text) == value


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        ("idle_lock_minutes", "0", "is 1 to 15, not 0"),
        ("idle_lock_minutes", "16", "is 1 to 15, not 16"),
        ("idle_lock_minutes", "3.5", "whole number of minutes, 1 to 15"),
        ("idle_lock_minutes", "-3", "whole number"),
        ("idle_lock_minutes", "³", "whole number"),
        ("idle_lock_minutes", "9" * 5000, "whole number"),
        ("idle_lock_minutes", "", "whole number"),
        ("back_date_hours", "5", "is 1 to 4, not 5"),
        ("look_later_minutes", "481", "is 60 to 480"),
        ("second_factor_required", "true", "is yes or no"),
        ("day_roll", "midnight", "write a time like 07:00"),
        ("day_roll", "25:00", "write a time like 07:00"),
        ("nursing_shift_starts", "19:00 07:00", "write times in order"),
        ("nursing_shift_starts", "07:00 07:00", "write times in order"),
        ("nursing_shift_starts", "", "write times in order"),
        ("nursing_shift_starts", "07:00 noon", "write a time like 07:00"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_would(key, text, told):
    with pytest.raises(ValueError, match="^" + SETTINGS[key].label) as refusal:
        SETTINGS[key].value(text)

    assert told in str(refusal.value)


def test_clinical_settings_are_signed_by_the_medical_director():
    clinical = {key for key, each in SETTINGS.items() if each.signed_by == "MD"}

    assert clinical == {
        "quiet_hours_begin", "quiet_hours_end", "first_hours", "look_awake_minutes",
        "look_night_minutes", "look_grace_minutes", "look_later_minutes",
        "look_later_grace_minutes", "back_date_hours", "wake_below_points", "measurement_calendar",
        "offline_hours",
    }  # fmt: skip


def test_every_setting_is_draft_until_signed_and_has_a_source():
    assert {each.evidence for each in SETTINGS.values()} == {"draft"}
    assert all(each.source for each in SETTINGS.values())


def defaults():
    return {key: each.value(each.default) for key, each in SETTINGS.items()}


def test_with_every_setting_at_its_default_the_schedule_is_the_reviewed_one():
    reviewed = library.schedule()
    in_force = tuple(rule for rule in reviewed.rules if not rule.only_if)

    for schedule in (tuned(reviewed, defaults()), tuned(reviewed, {})):
        assert schedule.rules == in_force
        assert replace(schedule, rules=()) == replace(reviewed, rules=())


def test_the_proposed_calendar_is_off_until_its_setting_is_signed():
    proposed = {rule.id for rule in library.schedule().rules if rule.only_if}
    on = tuned(library.schedule(), {"measurement_calendar": True})
    off = tuned(library.schedule(), {"measurement_calendar": False})

    assert proposed
    assert proposed <= {rule.id for rule in on.rules}
    assert not proposed & {rule.id for rule in off.rules}
    assert {kind for rule in off.rules for kind in rule.kinds} == {
        "vitals", "cows", "cssrs_screener",
    }  # fmt: skip


def test_a_facilitys_settings_change_its_schedule():
    schedule = tuned(
        library.schedule(),
        {
            "quiet_hours_begin": "23:00",
            "quiet_hours_end": "07:00",
            "nursing_shift_starts": ("06:00", "14:00", "22:00"),
            "first_hours": 96,
            "look_awake_minutes": 120,
            "look_night_minutes": 240,
            "look_grace_minutes": 15,
            "look_later_minutes": 360,
            "look_later_grace_minutes": 45,
        },
    )
    rules = {rule.id: rule.every for rule in schedule.rules if rule.every is not None}

    assert (schedule.night.begins, schedule.night.ends) == (time(23), time(7))
    assert schedule.shifts == (time(6), time(14), time(22))
    first, later = rules["W2"], rules["W3"]
    assert (first.to_hours, later.from_hours, later.to_hours) == (96, 96, None)
    assert (first.awake_minutes, first.night_minutes, first.grace_minutes) == (120, 240, 15)
    assert (later.awake_minutes, later.night_minutes, later.grace_minutes) == (360, 360, 45)


def test_a_night_interval_shorter_than_by_day_is_refused():
    with pytest.raises(ValueError, match="night may only stretch the awake interval"):
        tuned(library.schedule(), {"look_awake_minutes": 300, "look_night_minutes": 240})
