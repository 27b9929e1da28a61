"""Calling the console in this process, as an operator types it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from stepdown import clock
from stepdown.operate.main import main


@dataclass(frozen=True)
class Answer:
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str


Call = Callable[..., Answer]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """``call("verify", "--facility", "harbor")``."""

    def ask(*words: object) -> Answer:
        try:
            status = main([str(word) for word in words])
        except SystemExit as ended:  # argparse has said why
            status = int(ended.code or 0)
        said = capsys.readouterr()
        return Answer(status, said.out, said.err)

    return ask


@pytest.fixture
def data(tmp_path: Path, settings: pytest.FixtureRequest) -> Path:
    """A data folder of its own."""
    settings.STEPDOWN_DATA = tmp_path  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def at_now(now: datetime, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The wall clock stands at the present of these tests."""
    monkeypatch.setattr(clock, "now", lambda: now)
    return now
