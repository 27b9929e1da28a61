"""What every test gets: a fixed present, no network, and marks that follow the folders."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import flushing, template

HERE = Path(__file__).parent
LOOPBACK = {"127.0.0.1", "::1", "localhost"}

# `make long` tries each property a hundred thousand times; `make test` tries the
# same hundred every time, so that a red run is red again.
settings.register_profile("default", max_examples=100, deadline=None, derandomize=True)
settings.register_profile(
    "long", max_examples=100_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

flushing.allow()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test in tests/browser is marked ``browser``, one in tests/long ``long``."""
    for item in items:
        for mark in {"browser", "long"}.intersection(item.path.relative_to(HERE.parent).parts):
            item.add_marker(mark)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, request: pytest.FixtureRequest
) -> Iterator[ExitStack]:
    """Databases are made after this and before ``django_db_setup`` is done."""
    with ExitStack() as until_made:
        if (cache := getattr(request.config, "cache", None)) is not None:
            folder = cache.mkdir("database")
            until_made.enter_context(template.instead_of_migrating(folder))
        yield until_made


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_modify_db_settings: ExitStack) -> None:
    """The databases are made: whatever migrates from now on does so in earnest."""
    django_db_modify_db_settings.close()


@pytest.fixture
def now() -> datetime:
    """The present, as far as tests are concerned: Thursday 7 January 2027, 14:30 UTC."""
    return datetime(2027, 1, 7, 14, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may reach another machine: it would pass here and fail in a locked-down ward."""
    connect = socket.socket.connect

    def loopback_only(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            pytest.fail(f"This test tried to reach {address[0]}.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", loopback_only)
