"""A personal range: set by a prescriber, with a reason, never beyond what is plausible."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stepdown.records.actions.monitoring import targets
from stepdown.records.errors import NotPermitted
from stepdown.records.models import Episode, PersonalTarget
from tests.records.world import World, one_event, refused


def test_the_range_last_set_stands_on_the_stay(world: World, stay: Episode):
    for low in (48, 44):
        with one_event("targets.set", world.by("PRES"), stay.pk):
            targets.set_target(
                stay, "heart_rate_bpm", low=Decimal(low), high=None, reason="runner",
                **world.told("PRES"),
            )  # fmt: skip

    stay.refresh_from_db()
    assert stay.target("heart_rate_bpm") == (Decimal(44), None)
    assert stay.target("spo2_percent") == (None, None)
    assert PersonalTarget.objects.count() == 2


@pytest.mark.parametrize(
    ("vital", "low", "high", "reason", "field"),
    [
        ("aura", "1", "2", "x", "vital"),
        ("heart_rate_bpm", "50", "90", " ", "reason"),
        ("heart_rate_bpm", None, None, "x", "low"),
        ("heart_rate_bpm", "90", "50", "x", "high"),
        ("heart_rate_bpm", "60", "60", "x", "high"),
        ("heart_rate_bpm", "1", None, "x", "low"),
        ("heart_rate_bpm", None, "1000", "x", "high"),
        ("heart_rate_bpm", "NaN", "90", "x", "low"),
        ("heart_rate_bpm", "50", "sNaN", "x", "high"),
    ],
)
def test_a_range_that_cannot_be(world, stay, vital, low, high, reason, field):
    with refused("Not set", field):
        targets.set_target(
            stay, vital, low=low and Decimal(low), high=high and Decimal(high), reason=reason,
            **world.told("PRES"),
        )  # fmt: skip


def test_a_nurse_sets_no_range(world: World, stay: Episode):
    with refused("does not do this", kind=NotPermitted):
        targets.set_target(
            stay, "heart_rate_bpm", low=Decimal(50), high=None, reason="x", **world.told()
        )
