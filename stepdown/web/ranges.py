"""A range of elapsed time in words: ``6 to 24 h``, ``2 to 3 days``, ``7 to 10 days or longer``."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS_FROM = timedelta(days=2)
"""A range that begins from here on, in whole days, is told in days."""


def words(earliest: timedelta, latest: timedelta | None, is_open: bool) -> str:
    """One range in the largest unit in which it stays whole.

    Args:
        latest: None where no latest time is named.
        is_open: it may be later than ``latest``.
    """
    ends = [each for each in (earliest, latest) if each is not None]
    if min(ends) >= DAYS_FROM and not any(each % DAY for each in ends):
        unit, each = _("days"), DAY
    elif not any(end % HOUR for end in ends):
        unit, each = _("h"), HOUR
    else:
        unit, each = _("min"), timedelta(minutes=1)
    low = earliest // each
    if latest is None:
        return _("from {low} {unit} on").format(low=low, unit=unit)
    high = latest // each
    said = _("{low} {unit}") if low == high else _("{low} to {high} {unit}")
    told = said.format(low=low, high=high, unit=unit)
    return _("{range} or longer").format(range=told) if is_open else told
