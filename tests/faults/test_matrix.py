"""The fault matrix (docs/safety/fault-matrix.md): what was acknowledged is there once, what was not
is there once at most, the sentence says which, and the sealed chain holds.
"""

from __future__ import annotations

import http.client
import statistics
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from stepdown import clock
from tests.faults.server import House, Nurse, stepdown
from tests.support import fields_of

pytestmark = pytest.mark.faults

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.faults.settings"}
SAVED = (302, 303)


def faulty(house: House, **fault: str) -> None:
    """Serve the house again with a fault."""
    house.stop()
    house.also = SETTINGS | fault
    house.start()


def sound(house: House) -> None:
    """Serve the house again without one."""
    house.stop()
    house.also = {}
    house.start()


def holds(house: House) -> None:
    """The chain is whole and every row is what was sealed."""
    verdict = stepdown(house.folder, "verify")
    assert verdict.returncode == 0, verdict.stdout


def send(nurse: Nurse, stay: str, form: dict[str, str], **headers: str) -> tuple[int, str]:
    """Post the form and read the answer."""
    body = urlencode(form).encode()
    return nurse.ask("POST", f"/people/{stay}/observe/", body, FORM | headers)


def again(nurse: Nurse) -> Nurse:
    """The same browser, after the server was served anew."""
    same = Nurse(nurse.house)
    same.cookies = dict(nurse.cookies)
    return same


def pages_of(house: House) -> int:
    """How many pages the database has now."""
    return int(str(house.rows("PRAGMA page_count")[0][0]))


# --- a full disk ------------------------------------------------------------------------------


def test_on_a_full_disk_nothing_is_half_written_and_what_was_typed_comes_back(doomed: House):
    stay = doomed.stays[0]
    faulty(doomed, FAULT_PAGES=str(pages_of(doomed)))
    sent: list[str] = []
    with Nurse(doomed) as nurse:
        form = nurse.open_form(stay)
        while True:
            assert len(sent) < 400, "the disk never fills"
            form |= {"submission": str(uuid4()), "note": "n" * 900}
            status, page = send(nurse, stay, form)
            sent.append(form["submission"])
            if status not in SAVED:
                break

        assert status == 503
        assert "Not recorded: nothing of this was saved. What you typed is still here." in page
        assert "The disk that holds the record is full" in page
        assert fields_of(page, "sheet")["submission"] == form["submission"]
        assert fields_of(page, "sheet")["note"] == form["note"]
        status, words = send(nurse, stay, form, **{"HX-Request": "true"})
        assert (status, "<" in words) == (503, False)
        assert "nothing of this was saved" in words
    assert [doomed.times_kept(each) for each in sent] == [1] * (len(sent) - 1) + [0]
    holds(doomed)

    sound(doomed)
    with again(nurse) as nurse:
        assert send(nurse, stay, form)[0] in SAVED
    assert doomed.times_kept(form["submission"]) == 1
    holds(doomed)


# --- a record that cannot be written ----------------------------------------------------------


def test_a_record_that_cannot_be_written_says_so_and_loses_nothing_typed(doomed: House):
    stay, submission = doomed.stays[0], str(uuid4())
    with Nurse(doomed) as nurse:
        form = nurse.open_form(stay) | {"submission": submission}
    faulty(doomed, FAULT_READ_ONLY="yes")
    with again(nurse) as nurse:
        status, page = send(nurse, stay, form)
        shown = nurse.ask("GET", f"/people/{stay}/")

    assert status == 503
    assert "The record can be read and not written at present." in page
    assert "Not recorded: nothing of this was saved." in page
    assert fields_of(page, "sheet")["heart_rate_bpm"] == "76"
    assert shown[0] == 503  # nobody looks without the look being on record
    assert "This page cannot be shown now." in shown[1]
    assert doomed.times_kept(submission) == 0

    sound(doomed)
    with again(nurse) as nurse:
        assert send(nurse, stay, form)[0] in SAVED
    assert doomed.times_kept(submission) == 1
    holds(doomed)


# --- a worker killed --------------------------------------------------------------------------


@pytest.mark.parametrize(("phase", "kept"), [("before", 0), ("inside", 0), ("after", 1)])
def test_a_worker_killed_in_any_phase_leaves_one_record_after_the_retry(
    doomed: House, tmp_path: Path, phase: str, kept: int
):
    stay, submission, flag = doomed.stays[0], str(uuid4()), tmp_path / "strike"
    faulty(doomed, FAULT_KILL=phase, FAULT_FLAG=str(flag))
    with Nurse(doomed) as nurse:
        form = nurse.open_form(stay) | {"submission": submission}
        flag.touch()
        with pytest.raises((OSError, http.client.HTTPException)):
            send(nurse, stay, form)

    assert not flag.exists(), "nobody was killed"
    assert doomed.times_kept(submission) == kept
    give_up = clock.ticks() + 60
    while not doomed.answers():  # the server starts another worker by itself
        assert clock.ticks() < give_up
    with again(nurse) as nurse:
        assert send(nurse, stay, form)[0] in SAVED
    assert doomed.times_kept(submission) == 1
    holds(doomed)


# --- a clock set back -------------------------------------------------------------------------


def test_a_clock_set_back_keeps_order_seals_and_people_signed_in(doomed: House, tmp_path: Path):
    stay, shift = doomed.stays[0], tmp_path / "shift"
    shift.write_text("0")
    faulty(doomed, FAULT_CLOCK=str(shift))
    told = []
    with Nurse(doomed) as nurse:
        for seconds in ("0", "-60", "-30", "0"):
            form = nurse.open_form(stay)
            shift.write_text(seconds)
            form |= {"submission": str(uuid4()), "occurred_at": ""}
            status, page = send(nurse, stay, form)
            assert status in SAVED, page
            told.append(form["submission"])

    assert {doomed.times_kept(each) for each in told} == {1}
    events = doomed.rows("SELECT seq, at FROM records_auditevent ORDER BY seq")
    assert [seq for seq, _at in events] == list(range(1, len(events) + 1))
    assert [at for _seq, at in events] != sorted(str(at) for _seq, at in events)
    holds(doomed)


# --- many at once -----------------------------------------------------------------------------


def many_write(
    houses: list[House], *, writers: int, go_on: Callable[[int], bool]
) -> tuple[list[list[float]], list[str]]:
    """Each writer records, as often as ``go_on`` says; seconds each answer took, and what was told."""
    took: list[list[float]] = [[] for _each in range(writers)]
    acknowledged: list[str] = []
    ready = threading.Barrier(writers)

    def write(number: int) -> None:
        house = houses[number % len(houses)]
        stay = house.stays[number % len(house.stays)]
        with Nurse(house) as nurse:
            form = nurse.open_form(stay)
            ready.wait(timeout=120)
            while go_on(len(took[number])):
                submission, began = str(uuid4()), clock.ticks()
                assert nurse.record(stay, form, submission) in SAVED
                took[number].append(clock.ticks() - began)
                acknowledged.append(submission)

    with ThreadPoolExecutor(writers) as pool:
        for each in [pool.submit(write, number) for number in range(writers)]:
            each.result()
    return took, acknowledged


def spread(took: list[list[float]]) -> str:
    """Throughput and latency in words, and how evenly the writers were served."""
    every = sorted(each for mine in took for each in mine)
    at = {
        share: 1000 * every[min(int(len(every) * share), len(every) - 1)]
        for share in (0.5, 0.95, 0.99)
    }
    counts = [len(mine) for mine in took]
    return (
        f"{len(every)} records; p50 {at[0.5]:.0f} ms, p95 {at[0.95]:.0f} ms, p99 {at[0.99]:.0f} ms, "
        f"longest {1000 * every[-1]:.0f} ms, mean {1000 * statistics.mean(every):.0f} ms; "
        f"by writer {min(counts)} to {max(counts)}"
    )


def test_eight_writers_on_one_file_are_each_answered_and_nothing_is_doubled(doomed: House):
    took, acknowledged = many_write([doomed], writers=8, go_on=lambda done: done < 10)

    assert len(acknowledged) == len(set(acknowledged)) == 80
    assert {doomed.times_kept(each) for each in acknowledged} == {1}
    holds(doomed)
    print(spread(took))


@pytest.mark.long
def test_eight_writers_for_five_minutes_and_nobody_starves(doomed: House, capsys):
    ends = clock.ticks() + 300
    took, acknowledged = many_write([doomed], writers=8, go_on=lambda _done: clock.ticks() < ends)

    with capsys.disabled():
        print(f"\n8 writers on SQLite, 5 minutes: {spread(took)}")
    counts = [len(mine) for mine in took]
    assert min(counts) >= max(counts) / 3, "a writer starved"
    assert max(each for mine in took for each in mine) < 20
    found = doomed.rows("SELECT count(*), count(DISTINCT submission_id) FROM records_observation")
    assert found[0][0] == found[0][1]
    assert {
        doomed.times_kept(each) for each in acknowledged[:: max(len(acknowledged) // 500, 1)]
    } == {1}
    holds(doomed)
