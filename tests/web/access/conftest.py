"""People at the door, and a clock that the test moves."""

from datetime import UTC, datetime, timedelta

import pytest

from stepdown import clock
from tests.factories import AssignmentFactory, FacilityFactory


class Watch:
    """The present, moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)

    def passes(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def watch(monkeypatch):
    watch = Watch()
    monkeypatch.setattr(clock, "now", lambda: watch.now)
    return watch


@pytest.fixture
def house():
    return FacilityFactory()


@pytest.fixture
def nurse(house):
    return AssignmentFactory(nurse=True, facility=house)
