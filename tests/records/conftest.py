"""A world to act in; whatever a test did in it, its sealed chain must hold afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from stepdown.records import verifying
from stepdown.records.models import Episode
from tests.records.world import World


@pytest.fixture
def world(db: None, now: datetime) -> Iterator[World]:
    """A house with staff. Tests that tamper say so, and are not asked for a sound chain."""
    made = World.founded(now)
    yield made
    if not made.tampered and not made.is_sound():
        assert [str(broken) for broken in verifying.verify(made.facility)] == []


@pytest.fixture
def elsewhere(world: World) -> World:
    """Another house in the same database."""
    return World.founded(world.now, code="hillside")


@pytest.fixture
def stay(world: World) -> Episode:
    """Somebody who has arrived, in bed 1."""
    world.begins("stay", world.arrive)
    return Episode.objects.select_related("person", "facility").get(facility=world.facility)
