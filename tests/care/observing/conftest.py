"""A nurse beside a bed: Thursday 7 January 2027, 06:30 in the house."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from stepdown import clock
from stepdown.records.access import Actor
from stepdown.records.models import Episode, Facility
from tests import factories
from tests.support import fields_of, sign_in

NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)

MILD = {
    "sweating": "reports_chills_or_flushing",
    "restlessness": "reports_difficulty_sitting_still",
    "pupils": "possibly_larger",
    "aches": "mild_diffuse",
    "nose_or_tears": "not_present",
    "gi_upset": "stomach_cramps",
    "tremor": "no_tremor",
    "yawning": "once_or_twice",
    "anxiety_or_irritability": "reports_increasing",
    "gooseflesh": "smooth",
}


@pytest.fixture(autouse=True)
def present(monkeypatch) -> None:
    """The clock stands still at ``NOW``."""
    stand_at(monkeypatch, NOW)


def stand_at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let the one clock show ``moment``."""
    monkeypatch.setattr(clock, "now", lambda: moment)


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


@dataclass
class Sheet:
    """A page with a form, filled in as a browser would."""

    client: Client
    url: str
    key: str = "cows"

    def blank(self) -> dict[str, Any]:
        """The page's fields as they stand when it is opened."""
        response = self.client.get(self.url)
        assert response.status_code == 200
        return dict(fields_of(response.text, "sheet") or fields_of(response.text, "reading"))

    def filled(self, answers: dict[str, str] | None = None, **typed: Any) -> dict[str, Any]:
        """The page's fields with these answers and values: a whole COWS unless said."""
        chosen = MILD if answers is None else answers
        return {
            **self.blank(),
            **{f"{self.key}-{item}": code for item, code in chosen.items()},
            **typed,
        }

    def send(self, sent: dict[str, Any], **headers: str) -> Any:
        """Post the form."""
        return self.client.post(self.url, sent, headers=headers or None)


@pytest.fixture
def bedside(client, stay) -> Sheet:
    """The bedside sheet of the stay; sign in first."""
    return Sheet(client, f"/people/{stay.pk}/observe/")
