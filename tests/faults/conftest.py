"""One house and one server for all that does not end it, and a house of its own for what does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.server import House, Nurse


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with people in it, not served."""
    return House.set_up(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def scratch(prepared: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A copy of it, served."""
    yield from _served(prepared, tmp_path_factory.mktemp("scratch"))


@pytest.fixture
def doomed(prepared: House, tmp_path: Path) -> Iterator[House]:
    """A copy of its own, served until the test ends it."""
    yield from _served(prepared, tmp_path)


def _served(prepared: House, folder: Path) -> Iterator[House]:
    shutil.copytree(prepared.folder, folder, dirs_exist_ok=True)
    house = replace(prepared, folder=folder)
    house.start()
    yield house
    house.stop()


@pytest.fixture
def nurse(scratch: House) -> Iterator[Nurse]:
    """Somebody at a browser, signed in."""
    with Nurse(scratch) as signed_in:
        yield signed_in
