"""Times as people read them: 24 hours, in the facility's zone, with their age."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from html import escape

from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
DAYS_BY_NAME = 6
"""Up to so many days away a weekday says which day; beyond that, the date does."""


class Teller:
    """Tells the times of one page: zone, language and today are looked up once.

    The zone is the one that is active: the facility's, for a signed-in page.
    """

    def __init__(self, now: datetime) -> None:
        self._zone, self._language = timezone.get_current_timezone(), get_language() or ""
        self._today = self.local(now).date()

    def local(self, moment: datetime) -> datetime:
        """A time on the facility's clocks.

        Raises:
            ValueError: the time does not say its zone.
        """
        if moment.tzinfo is None:
            raise ValueError(f"{moment} does not say its zone.")
        return moment.astimezone(self._zone)

    def short(self, moment: datetime) -> str:
        """``14:36`` today, ``Mon 14:36`` within six days, ``2 Mar 14:36`` beyond."""
        local = self.local(moment)
        clock, day = f"{local.hour:02}:{local.minute:02}", local.date()
        days = (day - self._today).days
        if days == 0:
            return clock
        if abs(days) <= DAYS_BY_NAME:
            return f"{_named(day, 'D', self._language)} {clock}"
        pattern = "j M" if day.year == self._today.year else "j M Y"
        return f"{_named(day, pattern, self._language)} {clock}"


def short(moment: datetime, now: datetime) -> str:
    """One time as :class:`Teller` tells it."""
    return Teller(now).short(moment)


@lru_cache(maxsize=512)
def _named(day: date, pattern: str, _language: str) -> str:
    """A day in words of the active language; a page names the same few days all over."""
    return formats.date_format(day, pattern)


def span(seconds: float) -> str:
    """A length of time in its two largest units: ``47 min``, ``3 h 5 min``, ``2 d 4 h``."""
    whole = int(abs(seconds))
    days, hours, minutes = whole // DAY_S, whole % DAY_S // HOUR_S, whole % HOUR_S // MINUTE_S
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min"


def age(moment: datetime, now: datetime) -> str:
    """How long ago, or how far ahead: ``16 min ago``, ``in 12 min``, ``just now``."""
    seconds = (now - moment).total_seconds()
    if abs(seconds) < MINUTE_S:
        return _("just now")
    pattern = _("%(span)s ago") if seconds > 0 else _("in %(span)s")
    return pattern % {"span": span(seconds)}


def day(moment: datetime) -> str:
    """The day as the frame shows it: ``Tue 10 Mar``."""
    return _named(timezone.localtime(moment).date(), "D j M", get_language() or "")


def full(moment: datetime) -> str:
    """A time that says everything, for paper: ``10 Mar 2026 14:36``."""
    local = timezone.localtime(moment)
    return f"{_named(local.date(), 'j M Y', get_language() or '')} {local:%H:%M}"


def clock_html(moment: datetime, zone: str) -> SafeString:
    """The clock of the page, which ``clock.js`` keeps going in the facility's zone."""
    local = timezone.localtime(moment)
    return SafeString(
        f'<time class="bar__clock" datetime="{local.isoformat()}" '
        f'data-clock="{int(local.timestamp())}" data-zone="{escape(zone)}">{local:%H:%M}</time>'
    )


def stamp(moment: datetime) -> str:
    """The machine's form of a time, to the minute, with its offset from UTC."""
    return timezone.localtime(moment).isoformat(timespec="minutes")


def time_html(moment: datetime, now: datetime, *, with_age: bool = True) -> SafeString:
    """A ``<time>`` in short form, its age beside it in fine print."""
    teller = Teller(now)
    at = teller.local(moment).isoformat(timespec="minutes")
    drawn = f'<time datetime="{at}">{escape(teller.short(moment))}</time>'
    return SafeString(f"{drawn} {age_html(moment, now)}" if with_age else drawn)


def age_html(moment: datetime, now: datetime) -> SafeString:
    """The age alone; ``clock.js`` keeps it true while the page stays open."""
    at = int(moment.timestamp())
    return SafeString(f'<span class="age" data-at="{at}">{escape(age(moment, now))}</span>')
