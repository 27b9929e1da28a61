"""A ward of four beds and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from stepdown import clock
from stepdown.records.models import Bed, Episode, Facility, Unit
from tests import factories
from tests.support import sign_in

NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)
"""Thursday 7 January 2027, 06:30 in the house."""


@pytest.fixture(autouse=True)
def move_to(monkeypatch) -> Callable[[datetime], None]:
    """Let the one clock show another moment; at first it shows ``NOW``."""

    def move_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    move_to(NOW)
    return move_to


@pytest.fixture
def house() -> Facility:
    return factories.FacilityFactory()


@pytest.fixture
def ward(house) -> Unit:
    return factories.UnitFactory(facility=house, code="main", with_beds=4)


@dataclass
class Screen:
    """Somebody signed in, looking at the ward."""

    client: Client
    actor: Any

    def get(self, page: str = "", **headers: str) -> Any:
        """A page of the ward: the board, ``live`` or ``wall``."""
        self.client.cookies.pop("stepdown_seen", None)  # the test's clock is nobody's idleness
        return self.client.get(f"/ward/main/{page}", headers=headers or None)

    def poll(self, etag: str, page: str = "live") -> Any:
        """What ``live.js`` asks."""
        return self.get(page, **{"X-Stepdown-Poll": "1", "If-None-Match": etag})


@pytest.fixture
def screen(ward, house) -> Callable[..., Screen]:
    """``screen(nurse=True)``: a browser of its own for somebody of this house."""

    def screen(**traits: Any) -> Screen:
        client = Client()
        traits.setdefault("facility", house)
        return Screen(client, sign_in(client, factories.AssignmentFactory(**traits)))

    return screen


@pytest.fixture
def nurse(screen: Callable[..., Screen]) -> Screen:
    return screen(nurse=True)


@pytest.fixture
def person(ward, house) -> Callable[..., Episode]:
    """``person("2", name="Tomasz Kowalski", days=1)``: somebody in bed 2, admitted on arrival."""

    def person(
        label: str = "1", name: str = "Ruth Abbott", days: float = 2, **said: Any
    ) -> Episode:
        said.setdefault("admitted", True)
        return factories.EpisodeFactory(
            person__facility=house,
            person__legal_name=name,
            person__preferred_name="",
            arrived_at=NOW - timedelta(days=days),
            in_bed=Bed.objects.get(unit=ward, label=label),
            **said,
        )

    return person


class _Texts(HTMLParser):
    """The words of every element that carries an id, by id."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.words: dict[str, str] = {}
        self.marks: dict[str, dict[str, str | None]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("id") or ""
        if name:
            self.marks[name] = given
        if tag not in {"meta", "link", "input", "br"}:
            self.open.append((tag, name))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A closed shape of an icon holds no words."""

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            closed, _name = self.open.pop()
            if closed == tag:
                break

    def handle_data(self, data: str) -> None:
        for _tag, name in self.open:
            if name:
                self.words[name] = f"{self.words.get(name, '')} {data.strip()}".strip()


def texts(html: str) -> dict[str, str]:
    """The words inside each element with an id."""
    reader = _Texts()
    reader.feed(html)
    return reader.words


def marks(html: str) -> dict[str, dict[str, str | None]]:
    """The attributes of each element with an id."""
    reader = _Texts()
    reader.feed(html)
    return reader.marks


def tile(response: Any, ward: Unit, label: str) -> str:
    """The words of one bed's tile."""
    bed = Bed.objects.get(unit=ward, label=label)
    return texts(response.text)[f"bed-{bed.pk.hex}"]
