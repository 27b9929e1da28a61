"""A key of tests, and a backup that the release 0.1.0 left, kept as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.operate.backups.sealing import Secret
from tests.records.world import World

FROZEN = Path(__file__).parent / "v0.1.0.backup"
"""One stay as the first release wrote it; made by ``python -m tools.upgrade --freeze``."""


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key file that the frozen backup was made with."""
    file = tmp_path_factory.mktemp("key") / "backup.key"
    file.write_bytes(bytes(range(64)))
    return file


@pytest.fixture
def secret(key: Path) -> Secret:
    """What it opens with."""
    return Secret.key_file(key)


@pytest.fixture
def world(db: None, now) -> World:
    """A demonstration with staff."""
    return World.founded(now)
