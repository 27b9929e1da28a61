"""The one place that reads the wall clock.

Everything else is given its time: actions take ``at``, pages use the request's
``now``. That is what lets a journey replay a week in seconds and a test stand
on a clock-change night.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC. Read from the system clock."""
    return datetime.now(UTC)


def ticks() -> float:
    """Seconds on a monotonic clock, for measuring durations; never for records."""
    return time.monotonic()


Clock = Callable[[], datetime]
