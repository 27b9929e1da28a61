"""Fluids add up as far as they were measured, and say what was not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.clinical.hydration import Fluid, Side, balance

NOW = datetime(2027, 1, 7, 20, 0, tzinfo=UTC)


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def test_patient_c_lost_780_ml_by_vomiting_on_day_1():
    emeses = [
        Fluid(ago(n + 1), "vomited", ml) for n, ml in enumerate((200, 150, 100, 150, 100, 80))
    ]

    found = balance(emeses, until=NOW, hours=24)

    assert found.vomited == Side(times=6, measured_ml=780, not_measured=0)
    assert found.lost_ml == 780


def test_what_was_not_measured_is_counted_and_never_adds_nothing():
    found = balance([Fluid(ago(1), "vomited", 200), Fluid(ago(2), "vomited")], until=NOW, hours=8)

    assert found.vomited == Side(times=2, measured_ml=200, not_measured=1)
    assert not found.vomited.is_whole
    assert found.difference_ml is None


def test_nothing_told_is_silence_and_no_difference_of_zero():
    found = balance([], until=NOW, hours=24)

    assert found.is_silent
    assert found.difference_ml is None


@pytest.mark.parametrize("kind", ["drunk", "urine", "vomited"])
def test_one_side_alone_makes_no_difference(kind):
    assert balance([Fluid(ago(1), kind, 500)], until=NOW, hours=8).difference_ml is None


def test_a_difference_needs_everything_measured():
    found = balance(
        [Fluid(ago(1), "drunk", 500), Fluid(ago(1), "urine", 300), Fluid(ago(2), "stool", 150)],
        until=NOW, hours=8,
    )  # fmt: skip

    assert not found.is_silent
    assert found.difference_ml == 50


@pytest.mark.parametrize(
    ("hours_ago", "counts"), [(7.99, True), (8, False), (0, True), (-0.1, False)]
)
def test_the_window_is_open_behind_and_closed_at_its_end(hours_ago, counts):
    found = balance([Fluid(ago(hours_ago), "drunk", 100)], until=NOW, hours=8)

    assert bool(found.drunk.times) is counts


def test_hours_are_elapsed_over_a_clock_change():
    zone = ZoneInfo("America/Los_Angeles")
    until = datetime(2027, 11, 7, 8, 0, tzinfo=zone)  # the night that had 25 hours
    drunk = Fluid(datetime(2027, 11, 7, 0, 30, tzinfo=zone), "drunk", 100)  # 8.5 h before

    assert balance([drunk], until=until, hours=8).drunk.times == 0


@pytest.mark.parametrize(
    ("fluid", "hours"), [(Fluid(NOW, "drunk", -1), 8), (Fluid(NOW, "drunk"), 0)]
)
def test_what_cannot_be_is_refused(fluid, hours):
    with pytest.raises(ValueError, match=r"cannot be|holds nothing"):
        balance([fluid], until=NOW, hours=hours)


told = st.builds(
    Fluid,
    at=st.floats(0, 30).map(ago),
    kind=st.sampled_from(["drunk", "vomited", "stool", "urine"]),
    volume_ml=st.none() | st.integers(0, 3000),
)


@pytest.mark.hypothesis
@given(st.lists(told, max_size=30))
def test_a_longer_window_never_holds_less_and_order_does_not_matter(fluids):
    short, long = (balance(fluids, until=NOW, hours=hours) for hours in (8, 24))

    assert long.drunk.measured_ml >= short.drunk.measured_ml
    assert long.vomited.times >= short.vomited.times
    assert balance(fluids[::-1], until=NOW, hours=8) == short


@pytest.mark.parametrize("missing", ["drunk", "vomited"])
def test_one_thing_not_measured_leaves_the_difference_unknown(missing):
    told = [Fluid(ago(1), "drunk", 500), Fluid(ago(1), "urine", 300), Fluid(ago(2), missing)]

    assert balance(told, until=NOW, hours=8).difference_ml is None
