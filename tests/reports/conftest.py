"""A house, its people, and a clock that the test moves."""

from datetime import UTC, datetime

import pytest

from stepdown import clock
from tests.factories import AssignmentFactory, FacilityFactory
from tests.support import sign_in

NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def present(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return NOW


@pytest.fixture
def house():
    return FacilityFactory()


@pytest.fixture
def enter(client, house):
    """Sign in as somebody of this house: ``enter(nurse=True)``."""

    def enter(**traits):
        return sign_in(client, AssignmentFactory(facility=house, **traits))

    return enter
