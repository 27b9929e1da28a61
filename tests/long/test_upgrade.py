"""A database that the last release filled keeps its history, on both engines."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.operate.backups.house import on_this_engine
from tools import upgrade

pytestmark = pytest.mark.django_db


@pytest.fixture
def tag() -> str:
    """The newest tag behind this commit."""
    found = upgrade.newest_tag()
    if not found:
        said = "There is no v* tag behind this commit (git fetch --tags)."
        pytest.fail(said) if os.environ.get("CI") == "true" else pytest.skip(said)
    return found


def test_the_history_that_the_last_release_wrote_is_the_same_after_the_upgrade(
    tag: str, tmp_path: Path
):
    said: list[str] = []
    with on_this_engine(tmp_path / "house") as place:
        url = None if settings.SQLITE else place.url
        upgrade.upgraded(tag, lambda data: url or upgrade.sqlite(data), said.append)

    assert "rows in" in said[-2]
    assert "as it was sealed" in said[-1]


def test_a_row_that_an_upgrade_would_lose_is_named():
    before: upgrade.History = {
        "a": {"columns": ["id"], "rows": 2, "sha256": "x"},
        "b": {"columns": ["id"], "rows": 1, "sha256": "x"},
        "c": {"columns": ["id"], "rows": 1, "sha256": "x"},
        "auth_permission": {"columns": ["id"], "rows": 1, "sha256": "x"},
    }
    after = {
        "a": before["a"] | {"rows": 1},
        "b": before["b"] | {"sha256": "y"},
        "auth_permission": before["a"],
    }

    assert list(upgrade.differences(before, after)) == [
        "a had 2 rows and has 1",
        "b has other rows than before",
        "c is gone",
    ]
    assert list(upgrade.differences(before, before)) == []


def test_a_clone_brings_the_tags_along(tag: str, tmp_path: Path):
    """As .ci/run makes one."""
    there = tmp_path / "clone"
    words = ["git", "clone", "--quiet", f"file://{upgrade.ROOT}", str(there)]
    subprocess.run(words, check=True)

    assert upgrade.newest_tag(there) == tag
