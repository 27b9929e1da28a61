"""Times as people type them: on the facility's wall clock, which twice a year misbehaves.

In spring one hour does not exist and is refused. In autumn one hour comes twice;
when both readings are possible the form asks which, and nothing is guessed.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

AHEAD = timedelta(minutes=2)
"""How far ahead of us a tablet's clock may run (as in ``records.actions.telling``)."""

_TYPED = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::[0-9]{2})?")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
EARLIEST_YEAR, LATEST_YEAR = 1900, 2199


def typed(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as a date-and-time field shows it: ``2027-01-07T06:15``, on the wall clock."""
    return f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}"


def which_hour(text: str, zone: ZoneInfo) -> list[tuple[str, str]]:
    """The two readings of a time that comes twice, as choices; empty for any other time."""
    wall = _wall(text)
    if wall is None:
        return []
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset() or _skipped(wall, zone):
        return []
    return [
        (
            "0",
            _("{time} the first time ({name})").format(time=f"{wall:%H:%M}", name=first.tzname()),
        ),
        (
            "1",
            _("{time} the second time ({name})").format(time=f"{wall:%H:%M}", name=second.tzname()),
        ),
    ]


def instant(text: str, zone: ZoneInfo, *, now: datetime, which: str = "") -> datetime:
    """The instant a typed wall time names, in UTC.

    Args:
        text: ``2027-01-07T06:15``, as a date-and-time field sends it.
        now: of the two readings of a repeated hour, one still ahead of us is not meant.
        which: "0" or "1", the answer to :func:`which_hour`; "" when not asked.

    Raises:
        ValidationError: not a time; a time the clock skipped (code ``skipped``); a time
            that came twice and nobody said which (code ``twice``).
    """
    wall = _wall(text)
    if wall is None:
        raise ValidationError(
            _("Enter a date and a time, for instance 2027-01-07 06:15."), code="format"
        )
    if _skipped(wall, zone):
        raise ValidationError(
            _(
                "{time} did not exist that night: the clocks went forward. Enter the time the "
                "clock showed."
            ).format(time=f"{wall:%H:%M}"),
            code="skipped",
        )
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second or second > now + AHEAD:
        return first
    if which not in ("0", "1"):
        raise ValidationError(
            _("{time} came twice that night: the clocks went back. Say which.").format(
                time=f"{wall:%H:%M}"
            ),
            code="twice",
        )
    return second if which == "1" else first


def day(text: str) -> date:
    """A date as a date field sends it: ``1994-03-21``.

    Raises:
        ValidationError: not a date.
    """
    found = _DAY.fullmatch(text.strip())
    try:
        if found is not None and EARLIEST_YEAR <= int(found[1]) <= LATEST_YEAR:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise ValidationError(_("Enter a date, for instance 1994-03-21."), code="format")


def _wall(text: str) -> datetime | None:
    found = _TYPED.fullmatch(text.strip())
    if found is None or not EARLIEST_YEAR <= int(found[1]) <= LATEST_YEAR:
        return None
    year, month, day_of_month, hour, minute = map(int, found.groups())
    try:
        return datetime.combine(date(year, month, day_of_month), time(hour, minute))
    except ValueError:
        return None


def _skipped(wall: datetime, zone: ZoneInfo) -> bool:
    there = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there.replace(tzinfo=None) != wall
