"""How commands speak: results on standard output, progress and trouble beside it."""

from __future__ import annotations

import sys

from stepdown import clock


class Stopped(Exception):
    """A command ends here, with one or two sentences and an exit status."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def say(line: str = "") -> None:
    """A line of the result."""
    print(line, flush=True)


def warn(line: str) -> None:
    """A line beside the result: progress, or what went wrong."""
    print(line, file=sys.stderr, flush=True)


class Progress:
    """How far and how fast, at most every ``seconds``. Usable as ``progress(what, done, count)``."""

    def __init__(self, seconds: float = 2.0) -> None:
        self.seconds = seconds
        self.started = self.said = clock.ticks()
        self.counting = ""

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return clock.ticks() - self.started

    def __call__(self, what: str, done: int, count: int) -> None:
        now = clock.ticks()
        if what != self.counting:
            self.counting, self.begun = what, now
        if now - self.said < self.seconds:
            return
        self.said = now
        rate = done / max(now - self.begun, 0.001)
        warn(f"{done:,} of {count:,} {what} ({rate:,.0f}/s)")
