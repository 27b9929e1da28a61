"""A nurse, a person in bed 7, and one tablet between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from stepdown import clock
from stepdown.records.access import Actor
from stepdown.records.models import Episode, Facility, Handover
from tests import factories
from tests.support import fields_of, sign_in


class Watch:
    """The present, moved by hand."""

    now = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)

    def passes(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@pytest.fixture
def watch(monkeypatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(clock, "now", lambda: watch.now)
    return watch


@pytest.fixture
def house(watch) -> Facility:
    return factories.FacilityFactory()


@pytest.fixture
def stay(house, watch) -> Episode:
    """Alan Test, here for two days, in bed 7."""
    unit = factories.UnitFactory(facility=house)
    return factories.EpisodeFactory(
        person__facility=house,
        person__legal_name="Alan Test",
        person__preferred_name="",
        arrived_at=watch.now - timedelta(days=2),
        admitted=True,
        in_bed=factories.BedFactory(unit=unit, label="7"),
    )


@pytest.fixture
def enter(client, house) -> Callable[..., Actor]:
    """Sign in as somebody of this house: ``enter(prescriber=True)``."""

    def enter(**traits: Any) -> Actor:
        return sign_in(client, factories.AssignmentFactory(facility=house, **traits))

    return enter


@dataclass
class Tablet:
    """One browser: first the nurse's, then in the person's hands."""

    client: Client
    stay: Episode

    def hand_over(self, kind: str = "ucla3", called: str = "Alan") -> Any:
        """What the nurse does."""
        url = f"/people/{self.stay.pk}/hand-over/"
        fields = fields_of(self.client.get(url).text)
        return self.client.post(url, {**fields, "kind": kind, "called": called})

    def press(self, do: str = "", **more: str) -> Any:
        """One button of the form."""
        return self.client.post("/handed/", ({"do": do} if do else {}) | more)

    def answer(self, item: str, code: str) -> Any:
        """One answer."""
        return self.press(item=item, answer=code)

    def page(self) -> str:
        """What is on the screen."""
        return str(self.client.get("/handed/").text)

    def take_back(self, secret: str = factories.PIN) -> Any:
        """What the nurse types at the end."""
        return self.client.post("/handed/back", {"secret": secret})

    @property
    def handover(self) -> Handover:
        """The only handover there is."""
        return Handover.objects.get()


@pytest.fixture
def tablet(client, stay) -> Tablet:
    """The tablet, before anybody signed in."""
    return Tablet(client, stay)


@pytest.fixture
def handed(tablet: Tablet, enter: Callable[..., Actor]) -> Tablet:
    """In the person's hands, with the three questions of the loneliness scale."""
    enter(nurse=True)
    assert tablet.hand_over().status_code == 303
    return tablet


@pytest.fixture
def begun(handed: Tablet) -> Tablet:
    """The person has said that the form is theirs."""
    handed.press("yes")
    return handed
