"""Wall-clock times of a journey, and moving them by whole local days.

A journey is written in the facility's own wall time, because that is how a ward
lives: a morning dose stays a morning dose when the journey is moved across a
clock change. The clock itself decides which instant a wall time is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


class WallTimeError(ValueError):
    """A wall time that the facility's clock never shows, or shows twice."""


@dataclass(frozen=True)
class WallTime:
    """A time on the facility's wall, to the minute. ``fold`` 1 is the repeated hour."""

    day: date
    at: time
    fold: int = 0

    def instant(self, zone: ZoneInfo) -> datetime:
        """The aware instant (UTC) at which the wall in ``zone`` shows this time.

        A time the clock skips in spring is read as if the clock had not been
        moved yet, so 02:30 becomes 03:30 of the new time.
        """
        return datetime.combine(self.day, self.at.replace(fold=self.fold), zone).astimezone(UTC)

    def later(self, days: int) -> WallTime:
        """The same wall time a number of local days later (or earlier, when negative)."""
        return replace(self, day=self.day + timedelta(days=days))

    def check(self, zone: ZoneInfo, *, fold_given: bool) -> None:
        """Refuse a time the clock skips, and one it shows twice when ``fold`` is not given.

        Raises:
            WallTimeError: with a sentence that says what to write instead.
        """
        first, second = (
            datetime.combine(self.day, self.at.replace(fold=fold), zone) for fold in (0, 1)
        )
        if first.utcoffset() == second.utcoffset():
            return
        if first.astimezone(UTC).astimezone(zone).time() != self.at:
            raise WallTimeError(f"{self} is skipped on that night: the clock goes forward.")
        if not fold_given:
            raise WallTimeError(
                f"{self} comes twice on that night. Add `fold: 0` for the first, `fold: 1` "
                "for the second."
            )

    def __str__(self) -> str:
        return f"{self.day} {self.at:%H:%M}"


def wall(text: str, fold: int = 0) -> WallTime | None:
    """The wall time written as ``2027-01-04 08:40``; None when ``text`` is something else.

    Raises:
        WallTimeError: the shape is right but there is no such day or time.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute = map(int, match.groups())
    try:
        return WallTime(date(year, month, day), time(hour, minute), fold)
    except ValueError as error:
        raise WallTimeError(f"{text} is not a time: {error}.") from error


def with_times(value: Any, fold: int = 0) -> Any:
    """``value`` with every text that is a date or a wall time read as one, however deep.

    Raises:
        WallTimeError: a text has the shape of a date or time but names none.
    """
    if isinstance(value, Mapping):
        return {key: with_times(inner, fold) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_times(inner, fold) for inner in value]
    if not isinstance(value, str):
        return value
    if match := _DATE.fullmatch(value):
        try:
            return date(*map(int, match.groups()))
        except ValueError as error:
            raise WallTimeError(f"{value} is not a date: {error}.") from error
    return wall(value, fold) or value


def later(value: Any, days: int) -> Any:
    """``value`` with every date and wall time in it moved by ``days`` local days."""
    if isinstance(value, Mapping):
        return {key: later(inner, days) for key, inner in value.items()}
    if isinstance(value, list):
        return [later(inner, days) for inner in value]
    if isinstance(value, WallTime):
        return value.later(days)
    if isinstance(value, date):
        return value + timedelta(days=days)
    return value
