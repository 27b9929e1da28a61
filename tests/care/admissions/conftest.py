"""The front desk and the intake room: Thursday 7 January 2027, 06:30 in the house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stepdown import clock
from stepdown.records.access import Actor
from stepdown.records.models import Episode, Facility, Unit
from tests import factories
from tests.support import fields_of, sign_in

NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)

CONSENT = {
    "kind": "treatment",
    "decision": "given",
    "language": "English",
    "read_by": "person",
    "capacity": "yes",
    "copy_given": "yes",
    "secret": factories.PIN,
}
USE = {
    "substance": "opioid:fentanyl_powder",
    "certainty": "guess",
    "last_used_at": "2027-01-06T22:30",
}


@pytest.fixture(autouse=True)
def present(monkeypatch) -> None:
    """The clock stands still at ``NOW``."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def house() -> Facility:
    return factories.FacilityFactory()


@pytest.fixture
def ward(house) -> Unit:
    """Four beds."""
    return factories.UnitFactory(facility=house, with_beds=4)


@pytest.fixture
def stay(house, ward) -> Episode:
    """Somebody who came an hour ago and lies in bed 1."""
    return factories.EpisodeFactory(
        person__facility=house, arrived_at=NOW - timedelta(hours=1), in_bed=ward.beds.get(label="1")
    )


@pytest.fixture
def enter(client, house) -> Callable[..., Actor]:
    """Sign in as somebody of this house: ``enter(coordinator=True)``."""

    def enter(**traits: Any) -> Actor:
        return sign_in(client, factories.AssignmentFactory(facility=house, **traits))

    return enter


@pytest.fixture
def part(stay) -> Callable[[str], str]:
    """The address of one part of the intake: ``part("use")``."""
    return lambda slug: f"/people/{stay.pk}/intake/{slug}"


@pytest.fixture
def tell(client) -> Callable[..., Any]:
    """Open a page and send its form: ``tell(url, statement="none_known")``."""

    def tell(url: str, **said: Any) -> Any:
        return client.post(url, {**fields_of(client.get(url).text), **said})

    return tell
