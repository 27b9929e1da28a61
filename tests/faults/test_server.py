"""A real server in trouble: killed while it writes, posted nonsense, asked the same at once."""

from __future__ import annotations

import http.client
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from tests.faults.server import House, Nurse, free_port, stepdown

pytestmark = pytest.mark.faults

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def observations(house: House) -> int:
    return int(str(house.rows("SELECT count(*) FROM records_observation")[0][0]))


@pytest.fixture
def still_there(scratch: House) -> Iterator[None]:
    """Whatever was sent: nothing was recorded, and the server answers the next one."""
    before = observations(scratch)
    yield
    assert observations(scratch) == before
    assert scratch.answers()


# --- killed -----------------------------------------------------------------------------------


def test_killed_in_the_middle_of_200_writes_nothing_acknowledged_is_lost_or_doubled(doomed: House):
    acknowledged: list[str] = []
    unsure: list[tuple[str, str]] = []
    enough = threading.Event()
    all_ready = threading.Barrier(4)

    def write(number: int) -> None:
        stay = doomed.stays[number % 6]
        with Nurse(doomed) as nurse:
            form = nurse.open_form(stay)
            all_ready.wait(timeout=60)
            for _each in range(50):
                submission = str(uuid4())
                try:
                    status = nurse.record(stay, form, submission)
                except (OSError, http.client.HTTPException):
                    unsure.append((stay, submission))
                    return
                assert status in (302, 303)
                acknowledged.append(submission)
                if len(acknowledged) >= 70:
                    enough.set()

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, number) for number in range(4)]
        assert enough.wait(timeout=60)
        doomed.kill()
        for writer in writers:
            writer.result(timeout=30)

    assert 70 <= len(acknowledged) < 200
    assert {doomed.times_kept(each) for each in acknowledged} == {1}
    verdict = stepdown(doomed.folder, "verify")
    assert verdict.returncode == 0, verdict.stdout

    doomed.start()
    for stay, submission in unsure:  # what a nurse does who saw no answer
        with Nurse(doomed) as nurse:
            assert nurse.record(stay, nurse.open_form(stay), submission) in (302, 303)
        assert doomed.times_kept(submission) == 1
    assert {doomed.times_kept(each) for each in acknowledged} == {1}
    verdict = stepdown(doomed.folder, "verify")
    assert verdict.returncode == 0, verdict.stdout


def test_asked_to_end_it_answers_what_is_under_way_and_ends_well(doomed: House):
    answered: list[tuple[str, int]] = []

    def write() -> None:
        stay = doomed.stays[0]
        with Nurse(doomed) as nurse:
            form = nurse.open_form(stay)
            begun.wait(timeout=30)
            while True:
                submission = str(uuid4())
                try:
                    answered.append((submission, nurse.record(stay, form, submission)))
                except (OSError, http.client.HTTPException):
                    return

    begun = threading.Barrier(2)
    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(timeout=30)
    while len(answered) < 5:
        assert writer.is_alive()
    status = doomed.stop()
    writer.join(timeout=30)

    assert status == 0
    assert {code for _submission, code in answered} <= {302, 303}
    assert {doomed.times_kept(submission) for submission, _code in answered} == {1}


# --- at once ----------------------------------------------------------------------------------


def test_one_form_posted_twenty_times_at_once_is_recorded_once(scratch: House):
    stay, submission = scratch.stays[1], str(uuid4())
    barrier = threading.Barrier(20)

    def post(_number: int) -> int:
        with Nurse(scratch) as nurse:
            form = nurse.open_form(stay)
            barrier.wait(timeout=60)
            return nurse.record(stay, form, submission)

    with ThreadPoolExecutor(20) as pool:
        statuses = Counter(pool.map(post, range(20)))

    assert sum(statuses[code] for code in (302, 303)) == 20
    assert scratch.times_kept(submission) == 1


def test_twenty_nurses_record_at_once_and_each_is_answered(scratch: House):
    before = observations(scratch)

    def post(number: int) -> int:
        stay = scratch.stays[number % 6]
        with Nurse(scratch) as nurse:
            return nurse.record(stay, nurse.open_form(stay))

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(post, range(20))) <= {302, 303}

    assert observations(scratch) == before + 20


# --- nonsense ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("still_there")
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"heart_rate_bpm": "many"}, 422),
        ({"heart_rate_bpm": "1000"}, 422),
        ({"heart_rate_bpm": "7" * 5000}, 422),
        ({"heart_rate_bpm": "1e999"}, 422),
        ({"heart_rate_bpm": "<script>alert(1)</script>"}, 422),
        ({"temperature_c": "36,8,1"}, 422),
        ({"occurred_at": "yesterday"}, 422),
        ({"occurred_at": "9999-12-31T23:59"}, 422),
        ({"context": "boredom"}, 422),
        ({"submission": "1"}, 422),
        ({"confirmed": "everything"}, 422),
        ({"note": "n" * 1001}, 422),
        ({"note": "a\0b"}, 400),
        ({"note": "n" * 300_000}, 413),
        ({"csrfmiddlewaretoken": "forged"}, 403),
    ],
)
def test_a_form_of_nonsense_is_refused_with_a_page(scratch, nurse, change, status):
    form = nurse.open_form(scratch.stays[2])

    assert nurse.post(scratch.stays[2], {"submission": str(uuid4()), **form, **change}) == status


@pytest.mark.usefixtures("still_there")
def test_more_fields_than_any_form_has_are_refused(scratch: House, nurse: Nurse):
    form = nurse.open_form(scratch.stays[2])

    assert nurse.post(scratch.stays[2], form | {f"f{n}": "x" for n in range(500)}) == 413


@pytest.mark.usefixtures("still_there")
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"heart_rate_bpm": 76'),
        ("application/x-www-form-urlencoded", b"\xff\xfe\x00%zz&=&&==;%"),
        ("multipart/form-data", b"no boundary at all"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disp"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="x.exe"\r\n\r\n'
            + b"MZ" * 1000 + b"\r\n--b--\r\n",
        ),
        ("text/plain; charset=klingon", b"qapla"),
    ],
)  # fmt: skip
def test_a_body_that_is_no_form_is_refused(scratch, nurse, kind, body):
    nurse.open_form(scratch.stays[2])
    headers = {"Content-Type": kind, "X-CSRFToken": nurse.cookies["csrftoken"]}

    status, _page = nurse.ask("POST", f"/people/{scratch.stays[2]}/observe/", body, headers)

    assert status in (400, 403, 413, 422)


@pytest.mark.usefixtures("still_there")
@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /people/x/observe/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\nshort",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 2_000_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 500_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=["tls", "version", "cut short", "huge header", "huge address"],
)
def test_what_is_no_request_is_dropped(scratch, sent):
    with socket.create_connection(("127.0.0.1", scratch.port), timeout=10) as line:
        try:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            answer = line.recv(200)
        except OSError:
            answer = b""

    assert not answer or b" 4" in answer.split(b"\r\n")[0]


@pytest.mark.usefixtures("still_there")
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "BREW"])
def test_a_method_no_page_has_is_refused(scratch, nurse, method):
    nurse.open_form(scratch.stays[2])
    headers = {"X-CSRFToken": nurse.cookies["csrftoken"], **FORM}

    status, _page = nurse.ask(method, f"/people/{scratch.stays[2]}/observe/", b"", headers)

    assert status in (400, 403, 405)


@pytest.mark.usefixtures("still_there")
def test_another_host_name_is_not_answered(scratch: House, nurse: Nurse):
    status, page = nurse.ask("GET", "/", headers={"Host": "evil.example"})

    assert status == 400
    assert "evil.example" not in page


# --- not started ------------------------------------------------------------------------------


def test_an_unprepared_house_is_not_served_and_says_what_to_do(tmp_path: Path):
    ended = stepdown(tmp_path, "serve", "--port", str(free_port()))

    assert ended.returncode == 1
    assert "is not set up for this release. Run: stepdown migrate" in ended.stderr
    assert ended.stdout == ""
