"""What cannot be judged waits: it never passes by itself, and it is counted."""

from pathlib import Path

import pytest

from stepdown.content.errors import ContentError
from stepdown.operate.journeys import format as journeys
from stepdown.operate.journeys import pending, shape, support
from stepdown.operate.journeys.bindings import DO
from stepdown.operate.journeys.checks import CHECKS
from stepdown.operate.journeys.pending import Counts, Step
from tests.operate.journeys.writing import ARRIVAL, reading, write


def steps(path: Path) -> list[Step]:
    return list(pending.plan(journeys.load(path)))


def event(do: str, at: str = "2027-01-04 09:00", *, why: str = "not built", more: str = "") -> str:
    reason = f"    why: {why}\n" if why else ""
    return f"  - at: {at}\n    do: {do}\n    by: RN1\n{reason}{more}"


def expecting(*lines: str, at: str = "2027-01-04 10:00") -> str:
    return f"  - at: {at}\n    expect:\n" + "".join(f"      - {{{line}}}\n" for line in lines)


def reasons(step: Step) -> list[str]:
    return [reason for _, reason in step.expectations]


def test_nothing_waits_while_everything_can_be_done(tmp_path: Path):
    path = write(tmp_path, ARRIVAL + expecting("state: INTAKE", "day: 1"))

    assert pending.count(steps(path)) == Counts(0, 0)


def test_what_is_expected_of_a_pending_event_waits_with_it(tmp_path: Path):
    more = "    expect:\n      - {refused: systolic}\n      - {state: INTAKE}\n"
    path = write(tmp_path, ARRIVAL + event("calls.record", more=more))

    call = steps(path)[1]

    assert call.pending == "not built"
    assert reasons(call) == ["not built", "not built"]


def test_a_score_is_judged_after_a_dose_that_is_not_and_the_phase_is_not(tmp_path: Path):
    path = write(
        tmp_path,
        ARRIVAL
        + event("medication.give")
        + reading("2027-01-04 09:30")
        + expecting("score: {instrument: cows, total: 10, band: mild}", "phase: STARTING"),
    )

    score, phase = reasons(steps(path)[3])

    assert score == ""
    assert phase == "waits for medication.give at 2027-01-04 09:00: not built"


def test_the_state_waits_once_somebody_may_have_left(tmp_path: Path):
    path = write(
        tmp_path, ARRIVAL + event("leaving.leave") + expecting("state: DISCHARGED", "day: 1")
    )

    assert all(reasons(steps(path)[2]))


def test_a_domain_nobody_has_described_puts_everything_in_doubt(tmp_path: Path):
    kinds = ("state: INTAKE", "no_total: cows", "last_use_hours: 3", "symptoms: {present: []}")
    path = write(tmp_path, ARRIVAL + event("astrology.consult") + expecting(*kinds))

    assert all(reasons(steps(path)[2]))


def test_what_follows_an_arrival_that_cannot_be_played_waits(tmp_path: Path):
    path = write(tmp_path, ARRIVAL.replace("WM_RES", "WM_OP") + reading("2027-01-04 09:30"))

    arrival, observed = steps(path)

    assert arrival.pending == "the way into outpatient care is not built yet"
    assert observed.pending.startswith("waits for admissions.arrive at 2027-01-04 08:00")


def test_what_waits_puts_in_doubt_what_it_would_have_changed(tmp_path: Path):
    path = write(
        tmp_path,
        ARRIVAL.replace("WM_RES", "WM_OP")
        + reading("2027-01-04 09:30")
        + expecting("score: {instrument: cows, total: 10, band: mild}"),
    )

    assert all(reasons(steps(path)[2]))


def test_somebody_who_may_have_left_cannot_arrive_again(tmp_path: Path):
    again = ARRIVAL.replace("2027-01-04", "2027-01-09")
    path = write(tmp_path, ARRIVAL + event("leaving.leave") + again)

    assert steps(path)[2].pending.startswith("waits for leaving.leave")


def test_a_refusal_is_not_tried_where_its_cause_is_in_doubt(tmp_path: Path):
    refused = reading("2027-01-04 09:30") + "    expect:\n      - {refused: ended}\n"
    path = write(tmp_path, ARRIVAL + event("leaving.leave") + refused)

    observed = steps(path)[2]

    assert observed.pending.startswith("waits for leaving.leave")
    assert all(reasons(observed))


def test_what_no_check_exists_for_always_waits(tmp_path: Path):
    kinds = ("claim: Everybody is kind.", "alert: {rule: E2, is: silent}")
    path = write(tmp_path, ARRIVAL + expecting(*kinds))

    assert reasons(steps(path)[1]) == [
        "no check is written for this sentence yet", "no safety rules run yet",
    ]  # fmt: skip


def test_everything_said_to_work_has_something_that_does_it():
    assert set(DO) == set(support.ACTIONS)
    assert set(CHECKS) | {"refused"} == set(support.EXPECTATIONS)


def test_the_format_describes_exactly_what_can_be_expected_and_done():
    assert shape.described("actions") == set(support.ACTIONS)
    kinds = {*support.EXPECTATIONS, *support.NOT_YET_EXPECTED}
    assert shape.described("expectations") == kinds
    assert not set(support.EXPECTATIONS) & set(support.NOT_YET_EXPECTED)


def test_every_action_that_runs_says_what_it_touches():
    for action in support.ACTIONS:
        known = {action, action.split(".")[0]} & set(support.TOUCHES)
        assert known, f"{action} is not in TOUCHES, so it would put everything in doubt."


def test_pins_are_found_above_a_journey_and_checked(tmp_path: Path):
    path = write(tmp_path, ARRIVAL)
    (tmp_path / "pending.yaml").write_text("seventh: {events: 2, expectations: 3}\n")

    assert pending.pins_for(path) == {"seventh": Counts(2, 3)}

    (tmp_path / "pending.yaml").write_text("seventh: {events: -2, expectations: 3}\n")
    with pytest.raises(ContentError, match="pending.yaml:1"):
        pending.pins_for(path)


def test_without_a_file_of_pins_nothing_is_pinned(tmp_path: Path):
    assert pending.pins_for(write(tmp_path, ARRIVAL)) is None
