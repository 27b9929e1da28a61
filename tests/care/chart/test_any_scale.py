"""A scale is one file: dropped in, it is on the chart and in the list. Nothing knows it by name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stepdown.content import library
from stepdown.records import snapshots
from tests import factories
from tests.care.chart.conftest import NOW, match, words

pytestmark = pytest.mark.django_db

ITCH = """
key: itch
name: How much it itches
short_name: ITCH
version: "1"
method: sum
purpose: How much it itches.
rater: [RN]
record: observations
when: [Once a shift.]
contexts: [scheduled]
higher_is_worse: true
maximum: 5
source: Made up for a test.
licence: Free.
evidence: draft
items:
  - key: skin
    label: Itching
    short_label: Itching
    text: How much the skin itches.
    look_back: now
    evidence: draft
    options:
      - {code: none, points: 0, text: "None", short: "None"}
      - {code: much, points: 5, text: All over, short: Much}
bands:
  - {key: calm, label: Calm, severity: 0, at_least: 0, at_most: 4}
  - {key: itchy, label: Itchy, severity: 3, at_least: 5, at_most: 5}
examples:
  - {name: All over, points: [5], total: 5, band: itchy}
"""


@pytest.fixture
def dropped_in(tmp_path):
    """The library with one more file."""
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "itch.yaml").write_text(ITCH)
    with library.using(tmp_path):
        yield library.instrument("itch")


def told(stay, hours, code, points, **more):
    scale = library.instrument("itch")
    band = scale.bands[1 if points else 0]
    return factories.ObservationFactory(
        episode=stay, kind="itch", occurred_at=NOW - timedelta(hours=hours), values={},
        answers={"skin": [code, points]}, total=points, at_least=points, band=band.key,
        severity=band.severity, snapshot_id=snapshots.keep(scale, kind="instrument", key="itch"),
        **more,
    )  # fmt: skip


def test_a_dropped_in_scale_has_its_line_its_numbers_and_its_entries(
    dropped_in, chart, listed, enter, stay
):
    told(stay, 8, "none", 0)
    told(stay, 4, "much", 5)
    enter(nurse=True)

    page, entries = chart(), listed()

    assert match(r'<b>ITCH</b> <span class="plot__v">(.*?)</span>', page.text)[1] == "5 Itchy"
    assert '<th scope="col">ITCH' in page.text
    assert "<td>5 Itchy<td>" in page.text
    assert entries.text.count("<b>ITCH</b>") == 2
    assert "<dt>Itching</dt><dd><b>5</b> All over</dd>" in entries.text


def test_a_scale_that_left_the_library_keeps_its_results(chart, listed, enter, stay, tmp_path):
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "itch.yaml").write_text(ITCH)
    with library.using(tmp_path):
        told(stay, 4, "much", 5)
    enter(nurse=True)

    page, entries = chart(), listed()

    assert page.status_code == 200
    assert "<b>itch</b>" in page.text
    assert "5 itchy" in page.text
    assert "<dd><b>5</b> All over</dd>" in entries.text  # in the words of that day


def test_a_screen_without_points_shows_its_tiers_with_their_times(chart, enter, stay):
    screen = library.instrument("cssrs_screener")
    tiers = {band.key: band for band in screen.bands}
    for hours, key in ((30, "moderate"), (4, "low")):
        band = tiers[key]
        factories.ObservationFactory(
            episode=stay, kind="cssrs_screener", occurred_at=NOW - timedelta(hours=hours),
            values={}, answers={"q1": ["yes", None]}, band=key, severity=band.severity,
            snapshot_id=snapshots.keep(screen, kind="instrument", key="cssrs_screener"),
        )  # fmt: skip
    enter(nurse=True)

    told = words(match(r'<p class="tiers">(.*?)</p>', chart().text)[1])

    assert told == "C-SSRS Moderate Wed 00:30 Low 02:30"
