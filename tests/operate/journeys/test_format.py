"""A journey file is believed only when every word in it is known; else file and line."""

from decimal import Decimal
from pathlib import Path

import pytest

from stepdown.content.errors import ContentError
from stepdown.operate.journeys import format as journeys
from stepdown.operate.journeys.times import WallTime
from tests.operate.journeys.writing import ARRIVAL, HEAD, line_of, reading, write

GIVEN = """\
  - at: 2027-01-04 09:00
    do: medication.give
    by: RN1
    why: no medication record yet
"""


def test_what_is_written_is_what_is_read(tmp_path: Path):
    journey = journeys.load(write(tmp_path, ARRIVAL + reading("2027-01-04 08:15", label="first")))

    arrival, first = journey.events
    assert journey.person == {"legal_name": "Sev Enth"}
    assert arrival.action == "admissions.arrive"
    assert arrival.given == {"track": "WM_RES", "bed": "01"}
    assert str(first.at) == "2027-01-04 08:15"
    assert journey.instant(first).isoformat() == "2027-01-04T16:15:00+00:00"
    assert first.given["vitals"]["temperature_c"] == Decimal("36.9")
    assert first.label == "first"


def test_yes_and_no_stay_words_and_times_become_times(tmp_path: Path):
    path = write(
        tmp_path,
        ARRIVAL + "  - at: 2027-01-04 08:05\n    do: substance_use.record\n    by: RN1\n"
        "    with: {substance: heroin, category: opioid, certainty: exact,\n"
        "           last_used_at: 2027-01-03 21:30, supply: {fentanyl: no}}\n",
    )

    given = journeys.load(path).events[1].given

    assert given["supply"] == {"fentanyl": "no"}
    assert isinstance(given["last_used_at"], WallTime)
    assert str(given["last_used_at"]) == "2027-01-03 21:30"


@pytest.mark.parametrize(
    ("events", "wrong", "says"),
    [
        pytest.param(
            ARRIVAL.replace("track", "trakc"), "trakc", "Did you mean 'track'?", id="a value"
        ),
        pytest.param(
            ARRIVAL.replace("by: ADM1", "by: ADM7"), "ADM7", "Did you mean 'ADM1'?", id="an actor"
        ),
        pytest.param(ARRIVAL.replace("by: ADM1", "by: PT"), "by: PT", "done by staff", id="PT"),
        pytest.param(
            ARRIVAL.replace('"01"', '"07"'), "with:", "has no bed '07'", id="a bed"
        ),
        pytest.param(
            ARRIVAL.replace("admissions.arrive", "admissions.arive"),
            "admissions.arive",
            "Did you mean 'admissions.arrive'?",
            id="an action",
        ),
        pytest.param(
            ARRIVAL.replace("    do:", "    doing:"), "doing", "not known here", id="a key"
        ),
        pytest.param(
            ARRIVAL.replace("08:00", "8 o'clock"), "8 o'clock", "is not a time", id="a time"
        ),
        pytest.param(
            ARRIVAL.replace("01-04", "02-30"), "02-30", "is not a time", id="a day"
        ),
        pytest.param(
            ARRIVAL + "    expect:\n      - {sate: INTAKE}\n", "sate", "Did you mean 'state'?",
            id="an expectation",
        ),
        pytest.param(
            ARRIVAL + "    expect:\n      - {state: INTAKING}\n", "INTAKING", "not one of INTAKE",
            id="a state",
        ),
        pytest.param(
            ARRIVAL + "    expect:\n      - {state: INTAKE, day: 1}\n", "state: INTAKE, day",
            "says one thing; this says 2", id="two things in one",
        ),
        pytest.param(
            ARRIVAL + "    expect:\n      - {board: {as: RN7, bed: \"01\"}}\n", "RN7",
            "nobody at Small House is called 'RN7'", id="a reader of the board",
        ),
        pytest.param(
            ARRIVAL + "  - at: 2027-01-04 09:00\n    expect:\n      - {refused: look}\n",
            "refused", "belongs to an event that acts", id="a refusal of nothing",
        ),
        pytest.param(
            ARRIVAL + "    expect:\n      - {board: {as: RN1, bed: \"07\"}}\n", "board",
            "has no bed '07'", id="a bed of the board",
        ),
        pytest.param(
            ARRIVAL + "    expect:\n      - {day: second}\n", "day: second",
            "'second' is not of type integer", id="a number",
        ),
        pytest.param(
            ARRIVAL + "    expect:\n      - {day: 0}\n", "day: 0", "less than the minimum", id="a least",
        ),
        pytest.param(
            ARRIVAL.replace("track: WM_RES, ", ""), "with:", "'track' is missing", id="what is needed"
        ),
        pytest.param(
            ARRIVAL + "  - at: 2027-01-04 09:00\n    by: RN1\n    expect: [{day: 1}]\n",
            "2027-01-04 09:00", "'by' needs 'do' beside it", id="an actor without an act",
        ),
        pytest.param(
            ARRIVAL + "  - at: 2027-01-04 09:00\n", "2027-01-04 09:00", "needs `do:`", id="nothing"
        ),
        pytest.param(
            ARRIVAL + reading("2027-01-04 07:59"), "07:59", "put events in order", id="the order"
        ),
        pytest.param(
            ARRIVAL + reading("2027-01-04 09:00", cows="[1, 1]"), "cows", "too short",
            id="too few items",
        ),
        pytest.param(
            ARRIVAL
            + reading("2027-01-04 09:00", label="one")
            + reading("2027-01-04 10:00", label="one"),
            "label: one", "used twice", id="a label",
        ),
        pytest.param(
            ARRIVAL + "  - at: 2027-01-04 09:00\n    do: observations.void\n    by: RN1\n"
            "    with: {of: nothing, reason: slip}\n",
            "of: nothing", "no earlier event has `label: nothing`", id="what is voided",
        ),
        pytest.param(
            GIVEN.replace("    why: no medication record yet\n", ""), "medication.give",
            "say what is missing in `why:`", id="no reason for what cannot be done",
        ),
        pytest.param(
            ARRIVAL + "    why: not built\n", "why: not built", "remove `why:`",
            id="a reason for what can be done",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_and_line(
    tmp_path: Path, events: str, wrong: str, says: str
):
    path = write(tmp_path, events)

    with pytest.raises(ContentError) as refused:
        journeys.load(path)

    assert says in str(refused.value)
    assert refused.value.path == str(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert wrong in lines[refused.value.line - 1]


def test_a_key_written_twice_is_refused(tmp_path: Path):
    path = write(tmp_path, ARRIVAL + "    by: RN1\n")

    with pytest.raises(ContentError, match="'by' twice"):
        journeys.load(path)


def test_one_reason_may_serve_every_action_of_a_kind(tmp_path: Path):
    head = HEAD + "missing: {medication: no medication record yet}\n"
    path = write(tmp_path, GIVEN.replace("    why: no medication record yet\n", ""), head=head)

    assert journeys.load(path).events[0].why == "no medication record yet"


def test_a_value_that_is_not_built_yet_brings_its_own_reason(tmp_path: Path):
    path = write(tmp_path, ARRIVAL.replace("WM_RES", "WM_OP"))

    assert journeys.load(path).events[0].why == "the way into outpatient care is not built yet"


def test_the_facility_must_be_found(tmp_path: Path):
    path = write(tmp_path, ARRIVAL, head=HEAD.replace("small_house", "big_house"))

    with pytest.raises(ContentError, match="no facilities/big_house.yaml beside") as refused:
        journeys.load(path)

    assert refused.value.line == line_of(path, "facility:")


def test_the_facility_may_lie_in_a_directory_above(tmp_path: Path):
    write(tmp_path, ARRIVAL)
    below = tmp_path / "demo"
    below.mkdir()
    path = below / "seventh.yaml"
    path.write_text(f"{HEAD}events:\n{ARRIVAL}", encoding="utf-8")

    assert journeys.load(path).facility.name == "Small House"


def test_the_facilities_of_this_checkout_serve_a_journey_from_anywhere(tmp_path: Path):
    path = tmp_path / "far_away.yaml"
    head = HEAD.replace("small_house", "harbor_house")
    path.write_text(f"{head}events:\n{ARRIVAL}", encoding="utf-8")

    assert journeys.load(path).facility.name == "Harbor House"


def test_a_facility_with_a_clock_nobody_knows_is_refused(tmp_path: Path):
    path = write(tmp_path, ARRIVAL)
    facility = tmp_path / "facilities" / "small_house.yaml"
    text = facility.read_text(encoding="utf-8")
    facility.write_text(text.replace("Los_Angeles", "Gotham"), encoding="utf-8")

    with pytest.raises(ContentError, match="'America/Gotham' is not a time zone") as refused:
        journeys.load(path)

    assert refused.value.path == str(facility)


def test_a_demo_needs_a_day_to_count_from(tmp_path: Path):
    head = HEAD + "demo: {day_today: 2}\n"
    path = write(tmp_path, GIVEN, head=head)

    with pytest.raises(ContentError, match="needs an arrival"):
        journeys.load(path)


def test_a_file_that_is_not_there_is_an_error_of_that_file(tmp_path: Path):
    with pytest.raises(ContentError, match="cannot be read"):
        journeys.load(tmp_path / "nowhere.yaml")
