"""A front desk: Thursday 7 January 2027, 06:30 in the house; people here, gone, and closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from stepdown import clock
from stepdown.records.access import Actor
from stepdown.records.models import Episode, Facility
from tests import factories
from tests.support import sign_in

NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)
BORN = date(1980, 2, 29)


@pytest.fixture(autouse=True)
def present(monkeypatch) -> None:
    """The clock stands still at ``NOW``."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def house() -> Facility:
    return factories.FacilityFactory()


def stay_of(house: Facility, name: str, **more: Any) -> Episode:
    """A stay of somebody by that name."""
    return factories.EpisodeFactory(
        person__facility=house, person__legal_name=name, person__preferred_name="",
        person__born_on=BORN, **{"arrived_at": NOW - timedelta(days=2)} | more,
    )  # fmt: skip


@pytest.fixture
def here(house) -> Episode:
    """Renée Ardent, in a bed."""
    return stay_of(house, "Renée Ardent", admitted=True, in_bed=True)


@pytest.fixture
def gone(house) -> Episode:
    """Bo Lund, who left."""
    return stay_of(house, "Bo Lund", left=True, arrived_at=NOW - timedelta(days=60))


@pytest.fixture
def closed(house) -> Episode:
    """Ines Vidal, whose chart opens by invitation only."""
    return stay_of(house, "Ines Vidal", is_restricted=True, in_bed=True)


@pytest.fixture
def enter(client, house) -> Callable[..., Actor]:
    """Sign in as somebody of this house: ``enter(prescriber=True)``, ``enter(role="MT")``."""

    def enter(**traits: Any) -> Actor:
        return sign_in(client, factories.AssignmentFactory(facility=house, **traits))

    return enter
