"""Puts a killing transaction, or a clock that was set, in place of the real ones."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.apps import AppConfig

from stepdown import clock

Writing = Callable[..., AbstractContextManager[None]]


class StrikingConfig(AppConfig):
    """``tests.faults.striking``."""

    name = "tests.faults.striking"
    label = "striking"

    def ready(self) -> None:
        """Strike as the environment says."""
        from stepdown.records import audit

        if phase := os.environ.get("FAULT_KILL"):
            flag = Path(os.environ["FAULT_FLAG"])
            audit.writing = killing(audit.writing, phase, flag)  # type: ignore[assignment, attr-defined]
        if file := os.environ.get("FAULT_CLOCK"):
            clock.now = shifted(clock.now, Path(file))


def killing(real: Writing, phase: str, flag: Path) -> Writing:
    """``writing`` that ends its own process in a phase, if it can take the flag away."""

    def strike(here: str, alias: str) -> None:
        if here == phase and alias == "default" and flag.exists():
            flag.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def writing(alias: str = "default") -> Iterator[None]:
        strike("before", alias)
        with real(alias):
            yield
            strike("inside", alias)
        strike("after", alias)

    return writing


def shifted(real: Callable[[], datetime], file: Path) -> Callable[[], datetime]:
    """The clock, set by as many seconds as a file says now."""
    return lambda: real() + timedelta(seconds=float(file.read_text() or 0))
