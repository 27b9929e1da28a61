"""The journeys in this repository: whole, pinned, and true to the assertions they carry."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from stepdown.operate.journeys import format as journeys
from stepdown.operate.journeys import pending
from stepdown.operate.journeys.format import Event, Journey
from stepdown.operate.journeys.pending import Counts
from stepdown.operate.journeys.replaying import replay
from stepdown.operate.journeys.verdict import Status

HERE = Path("journeys")
PATIENTS = sorted(HERE.glob("?.yaml"))
DEMO = sorted((HERE / "demo").glob("*.yaml"))

# How many assertions the scenarios make about each patient.
ASSERTIONS = {"a": 14, "b": 13, "c": 14, "d": 12, "e": 16, "f": 12}

ADMITTED = set("abcde")
"""F is redirected from intake; everybody else is admitted, whatever else waits."""


def ids(journey: Journey) -> set[str]:
    return {e.id for event in journey.events for e in event.expect if e.id}


def readings(journey: Journey) -> Iterable[Event]:
    return (event for event in journey.events if event.action == "observations.record")


@pytest.mark.parametrize("path", PATIENTS, ids=lambda path: path.stem)
def test_every_assertion_of_the_scenarios_is_expected_somewhere(path: Path):
    journey = journeys.load(path)

    letter, count = journey.key.upper(), ASSERTIONS[journey.key]

    assert ids(journey) == {f"{letter}-{number:02}" for number in range(1, count + 1)}


@pytest.mark.parametrize("path", PATIENTS, ids=lambda path: path.stem)
def test_every_score_of_the_scenarios_is_expected(path: Path):
    for event in readings(journeys.load(path)):
        if "cows" in event.given and not event.refusal_expected:
            assert any(e.kind == "score" for e in event.expect), f"{path}:{event.line}"


@pytest.mark.parametrize("path", [*PATIENTS, *DEMO], ids=lambda path: path.stem)
def test_what_waits_is_what_is_pinned(path: Path):
    """When an action or a check arrives, lower the figures in journeys/pending.yaml."""
    journey = journeys.load(path)
    pins = pending.pins_for(path)

    assert pins is not None
    assert pending.count(pending.plan(journey)) == pins.get(journey.key, Counts())


def test_pins_are_kept_for_no_journey_that_is_gone():
    pins = pending.pins_for(PATIENTS[0])

    assert pins is not None
    assert set(pins) <= {path.stem for path in PATIENTS}


@pytest.mark.parametrize("path", PATIENTS, ids=lambda path: path.stem)
@pytest.mark.django_db
def test_what_the_software_can_do_of_a_patients_stay_comes_out_as_written(path: Path):
    (verdict,) = replay([journeys.load(path)])

    assert verdict.status is Status.PENDING, "\n".join(verdict.lines())
    reached = {
        judged.expectation.value
        for played in verdict.played
        for judged in played.judged
        if judged.status == "passed" and judged.expectation.kind == "state"
    }
    admitted = {"WITHDRAWAL"} if path.stem in ADMITTED else set()
    assert reached == {"INTAKE", *admitted}


@pytest.mark.django_db
def test_the_whole_demonstration_unit_comes_out_as_written():
    verdicts = replay([journeys.load(path) for path in DEMO])

    wrong = [line for each in verdicts if each.status is not Status.PASSED for line in each.lines()]
    assert not wrong, "\n".join(wrong)


def test_no_journey_refers_to_a_correction_that_is_not_written_down():
    written = set(
        re.findall(r"^\| (\d+) \|", Path("docs/clinical/corrections.md").read_text(), re.MULTILINE)
    )
    for path in PATIENTS:
        for number in re.findall(r"corrections\.md, (\d+)", path.read_text(encoding="utf-8")):
            assert number in written, path
