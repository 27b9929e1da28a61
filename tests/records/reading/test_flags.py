"""What stands out of single readings: limits reached, tiers that stand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from stepdown.records.reading import flags
from stepdown.records.reading.sql import Told

NOW = datetime(2027, 1, 7, 20, 0, tzinfo=UTC)


def screen(severity, band, outcome="complete"):
    return Told(NOW, outcome, None, band, severity, {})


@pytest.mark.parametrize(
    ("key", "value", "level", "limit"),
    [
        ("systolic_mmhg", "90", "stop", "90"),
        ("systolic_mmhg", "91", "warn", "100"),
        ("systolic_mmhg", "100", "warn", "100"),
        ("systolic_mmhg", "160", "warn", "160"),
        ("systolic_mmhg", "180", "stop", "180"),
        ("temperature_c", "35.0", "stop", "35"),
        ("temperature_c", "38.1", "warn", "38.1"),
        ("spo2_percent", "91", "stop", "91"),
    ],
)
def test_reaching_a_limit_counts_and_the_limit_is_named(key, value, level, limit):
    (flag,) = flags.of_vitals({key: value}, NOW)

    assert (flag.key, flag.level, flag.value, flag.limit) == (key, level, value, limit)
    assert flag.draft == "vitals"


def test_what_lies_within_or_is_unknown_to_us_stands_out_not_at_all():
    values = {"systolic_mmhg": "120", "diastolic_mmhg": "200", "no_longer_a_sign": "1"}

    assert flags.of_vitals(values, NOW) == ()


def test_words_name_sign_number_and_limit():
    (flag,) = flags.of_vitals({"systolic_mmhg": "88"}, NOW)

    assert flag.words() == "Systolic pressure 88, limit 90"
    assert flag.words(is_short=True) == "SBP 88, limit 90"


def test_an_unfinished_screen_that_is_already_high_counts():
    found = flags.of_screen("cssrs_screener", screen(4, "high", "partial"), screen(1, "low"))

    assert [flag.words() for flag in found] == ["Suicide screen: High"]


def test_an_unfinished_screen_that_looks_milder_takes_nothing_back():
    found = flags.of_screen("cssrs_screener", screen(1, "low", "partial"), screen(2, "moderate"))

    assert [flag.words() for flag in found] == ["Suicide screen: Moderate"]


@pytest.mark.parametrize("done", [None, screen(0, "none"), screen(1, "low")])
def test_no_screen_and_a_mild_one_do_not_stand_out(done):
    assert flags.of_screen("cssrs_screener", done, done) == ()


def test_a_tier_that_content_no_longer_knows_is_shown_by_its_key():
    (flag,) = flags.of_screen("cssrs_screener", None, screen(4, "imminent"))

    assert flag.words() == "Suicide screen: imminent"


def test_red_comes_before_pregnancy_and_pregnancy_before_amber():
    ranked = sorted(
        [
            *flags.of_vitals({"systolic_mmhg": "100", "heart_rate_bpm": "140"}, NOW),
            flags.PREGNANT,
            *flags.of_screen("cssrs_screener", None, screen(2, "moderate")),
            *flags.of_screen("cssrs_screener", None, screen(4, "high")),
        ],
        key=lambda flag: flag.rank,
    )

    assert [flag.words(is_short=True) for flag in ranked] == [
        "Suicide screen: High",
        "HR 140, limit 131",
        "Suicide screen: Moderate",
        "Pregnancy test positive",
        "SBP 100, limit 100",
    ]
