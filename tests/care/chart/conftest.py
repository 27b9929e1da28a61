"""A chart to look at: Thursday 7 January 2027, 06:30 in the house; here for two days."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stepdown import clock
from stepdown.records.access import Actor
from stepdown.records.models import Episode, Facility
from tests import factories
from tests.support import sign_in


def match(pattern: str, text: str) -> re.Match[str]:
    """What the page must have there; dots reach over lines."""
    found = re.search(pattern, text, re.DOTALL)
    assert found is not None, f"nothing on the page is like {pattern}"
    return found


def words(html: str) -> str:
    """A piece of a page as it reads: without its tags, in single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def present(monkeypatch) -> None:
    """The clock stands still at ``NOW``."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def house() -> Facility:
    return factories.FacilityFactory()


@pytest.fixture
def stay(house) -> Episode:
    """Somebody in bed 7, here for two days."""
    unit = factories.UnitFactory(facility=house)
    bed = factories.BedFactory(unit=unit, label="7")
    return factories.EpisodeFactory(
        person__facility=house, arrived_at=NOW - timedelta(days=2), admitted=True, in_bed=bed
    )


@pytest.fixture
def enter(client, house) -> Callable[..., Actor]:
    """Sign in as somebody of this house: ``enter(prescriber=True)``."""

    def enter(**traits: Any) -> Actor:
        return sign_in(client, factories.AssignmentFactory(facility=house, **traits))

    return enter


@pytest.fixture
def scored(stay) -> Callable[..., Any]:
    """A COWS so many hours before now: ``scored(4, 12)``."""

    def scored(hours_ago: float, total: int = 0, **told: Any) -> Any:
        at = NOW - timedelta(hours=hours_ago)
        return factories.CowsFactory(episode=stay, occurred_at=at, scored=total, **told)

    return scored


@pytest.fixture
def measured(stay) -> Callable[..., Any]:
    """Vital signs so many hours before now: ``measured(4, heart_rate_bpm=88)``."""

    def measured(hours_ago: float, **taken: object) -> Any:
        at = NOW - timedelta(hours=hours_ago)
        return factories.VitalsFactory(episode=stay, occurred_at=at, taken=taken)

    return measured


@pytest.fixture
def chart(client, stay) -> Callable[..., Any]:
    """Open the course: ``chart("?span=24h")``."""
    return lambda query="": client.get(f"/people/{stay.pk}/{query}")


@pytest.fixture
def listed(client, stay) -> Callable[..., Any]:
    """Open the list of observations."""
    return lambda query="": client.get(f"/people/{stay.pk}/observations{query}")
