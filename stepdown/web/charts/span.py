"""The stretch of time a chart shows, and the words under its time axis.

Everything is measured in elapsed seconds, so an hour is an hour on a clock-change
night too; only the labels speak the facility's local time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

MOST_TICKS = 9
STEPS_HOURS = (1, 2, 3, 6, 12, 24, 48, 96, 168, 336)
ROOM_AHEAD = 0.04
"""Part of the width kept free after now, so that the newest point is not cut."""

CHOICES: tuple[tuple[str, int | None, str | Promise], ...] = (
    ("12h", 12, _("12 hours")),
    ("24h", 24, _("24 hours")),
    ("3d", 72, _("3 days")),
    ("7d", 168, _("7 days")),
    ("stay", None, _("Whole stay")),
)
"""What a reader may zoom to: the value of ``?span=``, hours back from now, words."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line and a label on the time axis. ``minor`` ones give way on narrow screens."""

    x: float
    label: str
    minor: bool


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` to ``end``, with the present at ``now``; all aware.

    Raises:
        ValueError: the end does not lie after the start.
    """

    start: datetime
    end: datetime
    now: datetime
    zone: ZoneInfo

    def __post_init__(self) -> None:
        # Two local times subtract as clock faces show them; elapsed time needs UTC.
        for name in ("start", "end", "now"):
            object.__setattr__(self, name, getattr(self, name).astimezone(UTC))
        if self.end <= self.start:
            raise ValueError("A chart needs an end after its start.")

    @property
    def seconds(self) -> float:
        """How much time is shown."""
        return (self.end - self.start).total_seconds()

    def x(self, at: datetime) -> float:
        """Where ``at`` lies: 0 at the start, 1 at the end, beyond that outside."""
        return (at - self.start).total_seconds() / self.seconds

    def holds(self, at: datetime) -> bool:
        """Whether ``at`` is shown."""
        return self.start <= at <= self.end

    @property
    def ahead(self) -> float:
        """The part of the width that lies in the future, 0 to 1."""
        return max(0.0, 1.0 - self.x(self.now))

    def ticks(self) -> list[Tick]:
        """Lines at round local hours, at most nine; local midnight carries the day."""
        return list(_ticks(self, get_language() or ""))

    def told(self, at: datetime) -> str:
        """A time in full, local: ``Tue 10 Mar 14:36``."""
        return self.told_in(at, get_language() or "")

    def told_in(self, at: datetime, language: str) -> str:
        """As :meth:`told`, for many times: the language is looked up once by who asks."""
        local = at.astimezone(self.zone)
        return f"{_day(local.date(), language)} {local.hour:02}:{local.minute:02}"

    def short(self, at: datetime) -> str:
        """As :meth:`told`, but only the clock when the day is today: ``14:36``."""
        local = at.astimezone(self.zone)
        if local.date() == self.now.astimezone(self.zone).date():
            return f"{local:%H:%M}"
        return self.told(at)


@lru_cache(maxsize=32)
def _ticks(span: Span, _language: str) -> tuple[Tick, ...]:
    """The ticks of one span, which every panel of a page draws."""
    hours = next(
        (step for step in STEPS_HOURS if span.seconds / 3600 / step <= MOST_TICKS),
        STEPS_HOURS[-1],
    )
    shown = [(at, hour) for at, hour in _round_hours(span, hours) if span.holds(at)]
    return tuple(
        Tick(span.x(at), _label(at.astimezone(span.zone), hour), minor=index % 2 == 1)
        for index, (at, hour) in enumerate(shown)
    )


def _label(local: datetime, hour: int) -> str:
    if hour:
        return f"{hour:02}:00"
    return _day(local.date(), get_language() or "", "D j")


@lru_cache(maxsize=512)
def _day(day: date, language: str, pattern: str = "D j M") -> str:
    """``Tue 10 Mar`` in the active language, which is part of the memory's key."""
    return formats.date_format(day, pattern)


def _round_hours(span: Span, step_hours: int) -> Iterator[tuple[datetime, int]]:
    """Instants at which local clocks show a round hour, and that hour; skipped hours not.

    Hours are counted from each local midnight, days from a fixed Monday, so the
    lines hold still while time moves on.
    """
    day = span.start.astimezone(span.zone).date() - timedelta(days=1)
    last = span.end.astimezone(span.zone).date()
    every_days = max(1, step_hours // 24)
    while day <= last:
        if day.toordinal() % every_days == 1 % every_days:
            for hour in range(0, 24, min(step_hours, 24)):
                moment = _instant(day, hour, span.zone)
                if moment is not None:
                    yield moment, hour
        day += timedelta(days=1)


def _instant(day: date, hour: int, zone: ZoneInfo) -> datetime | None:
    """The first instant that local clocks show ``hour``; None when they jump over it.

    A day without a midnight begins where its clocks begin.
    """
    wall = datetime.combine(day, time(hour), zone)
    instant = wall.astimezone(UTC)
    exists = instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None)
    return instant if exists or hour == 0 else None


def span_for(
    choice: str,
    *,
    first: datetime,
    now: datetime,
    zone: ZoneInfo,
    ahead_hours: float = 0.0,
) -> Span:
    """The span a ``?span=`` value asks for; an unknown value means the whole stay.

    Args:
        first: when the stay began (or its first entry); never shown from before it
            unless less than an hour has passed.
        ahead_hours: how far into the future to draw; a little room is kept anyway.
    """
    first, now = first.astimezone(UTC), now.astimezone(UTC)
    hours = next((hours for key, hours, _words in CHOICES if key == choice), None)
    start = first if hours is None else max(first, now - timedelta(hours=hours))
    start = min(start, now - timedelta(hours=1))
    shown = (now - start).total_seconds()
    ahead = max(ahead_hours * 3600, shown * ROOM_AHEAD)
    return Span(start, now + timedelta(seconds=ahead), now, zone)


def choices(current: str) -> Sequence[tuple[str, str | Promise, bool]]:
    """(value, words, whether chosen) for the zoom links of a chart."""
    known = current if current in {key for key, _h, _w in CHOICES} else "stay"
    return [(key, words, key == known) for key, _hours, words in CHOICES]
