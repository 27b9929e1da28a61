"""The monitoring schedule with a facility's own settings in place of the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import time

from stepdown.clinical.schedules import Every, Rule, Schedule
from stepdown.content import checks
from stepdown.content.settings import Setting

FIRST_DAYS, LATER = "W2", "W3"


def in_force(schedule: Schedule, values: Mapping[str, Setting]) -> Schedule:
    """The schedule without the rules that wait for a setting nobody has signed."""
    kept = (each for each in schedule.rules if not each.only_if or values.get(each.only_if) is True)
    return replace(schedule, rules=tuple(kept))


def tuned(schedule: Schedule, values: Mapping[str, Setting]) -> Schedule:
    """The schedule as a facility's signed settings want it.

    Args:
        values: setting key -> value, as ``FacilitySetting.value`` reads it. A key that
            is left out keeps the schedule's own number, and leaves proposed rules off.

    Raises:
        ValueError: the settings contradict each other (a night interval shorter than
            the awake one). Written for the person who set them.
    """

    def number(key: str, otherwise: int) -> int:
        return int(str(values.get(key, otherwise)))

    def wall(key: str, otherwise: time) -> time:
        return time.fromisoformat(str(values.get(key, otherwise)))

    def rule(each: Rule) -> Rule:
        if each.every is None or each.id not in (FIRST_DAYS, LATER):
            return each
        now = each.every
        if each.id == FIRST_DAYS:
            return replace(
                each,
                every=Every(
                    now.from_hours,
                    number("first_hours", now.to_hours or 0),
                    number("look_awake_minutes", now.awake_minutes),
                    number("look_night_minutes", now.night_minutes),
                    number("look_grace_minutes", now.grace_minutes),
                ),
            )
        interval = number("look_later_minutes", now.awake_minutes)
        grace = number("look_later_grace_minutes", now.grace_minutes)
        begins = number("first_hours", now.from_hours)
        return replace(each, every=Every(begins, now.to_hours, interval, interval, grace))

    night = replace(
        schedule.night,
        begins=wall("quiet_hours_begin", schedule.night.begins),
        ends=wall("quiet_hours_end", schedule.night.ends),
    )
    shifts = values.get("nursing_shift_starts")
    schedule = in_force(schedule, values)
    changed = replace(
        schedule,
        night=night,
        shifts=tuple(map(time.fromisoformat, shifts))
        if isinstance(shifts, tuple)
        else schedule.shifts,
        rules=tuple(map(rule, schedule.rules)),
    )
    for _, message in checks.faults(changed):
        raise ValueError(message)
    return changed
