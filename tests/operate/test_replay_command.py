"""``stepdown replay``: a stranger can trust its verdict, its exit status and its discretion."""

import argparse
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stepdown.operate.commands import replay
from stepdown.operate.console import Stopped
from stepdown.records.models import Deployment, Episode
from tests.operate.journeys.writing import ARRIVAL, line_of, reading, write

MADE = datetime(2026, 1, 1, tzinfo=UTC)
WAITS = "  - {at: 2027-01-04 09:00, do: medication.give, by: RN1, why: not built}\n"


def call(*words: object) -> int:
    parser = argparse.ArgumentParser()
    replay.arguments(parser)
    return replay.run(parser.parse_args([str(word) for word in words]))


@pytest.fixture
def demo(db: None) -> None:
    Deployment.objects.create(demo=True, created_at=MADE)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("events", "status"),
    [
        pytest.param(ARRIVAL + "    expect: [{state: INTAKE}]\n", 0, id="passed"),
        pytest.param(ARRIVAL + "    expect: [{state: WITHDRAWAL}]\n", 1, id="failed"),
        pytest.param(ARRIVAL + ARRIVAL, 1, id="refused, and nobody expected it"),
        pytest.param(ARRIVAL.replace("do:", "does:"), 2, id="not a journey"),
        pytest.param(ARRIVAL + WAITS, 3, id="pending"),
    ],
)
def test_the_exit_status_is_the_verdict(tmp_path: Path, events: str, status: int):
    assert call(write(tmp_path, events), "--into-demo") == status


@pytest.mark.usefixtures("demo")
def test_pending_otherwise_than_pinned_is_a_failure(tmp_path: Path):
    path = write(tmp_path, ARRIVAL + WAITS)
    (tmp_path / "pending.yaml").write_text("seventh: {events: 2, expectations: 0}\n")

    assert call(path, "--into-demo") == 1


@pytest.mark.usefixtures("demo")
def test_each_expectation_is_told_and_a_failed_one_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    expected = '    expect:\n      - {day: 1, id: G-01}\n      - {bed: "02"}\n'
    path = write(tmp_path, ARRIVAL + expected + WAITS)

    call(path, "--into-demo")

    told = capsys.readouterr().out
    where = line_of(path, 'bed: "02"')
    assert "passed   2027-01-04 08:00  G-01 day: 1\n" in told
    assert f"failed   2027-01-04 08:00  bed: 02 ({path}:{where})" in told
    assert "found 01" in told
    assert "1 expectations passed, 1 failed, 0 pending" in told


@pytest.mark.usefixtures("demo")
def test_json_is_all_there_is_on_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    call(write(tmp_path, ARRIVAL + WAITS), "--into-demo", "--json", "--speed", "1000000")

    data = json.loads(capsys.readouterr().out)
    assert (data["status"], data["verdict"]) == (3, "pending")
    assert data["journeys"][0]["events"] == {"passed": 1, "failed": 0, "pending": 1}


@pytest.mark.usefixtures("demo")
def test_a_paced_replay_tells_each_event_as_it_comes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = write(tmp_path, ARRIVAL + reading("2027-01-04 08:15"))

    call(path, "--into-demo", "--speed", "1000000", "--until", "2027-01-04 08:14")

    told = capsys.readouterr().out
    assert "2027-01-04 08:00  seventh    passed   admissions.arrive\n" in told
    assert "observations.record" not in told


@pytest.mark.usefixtures("demo")
def test_two_journeys_of_one_name_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    first, second = (write(tmp_path, ARRIVAL, name=name) for name in ("one", "two"))

    assert call(first, second, "--into-demo") == 2
    assert f"'seventh' is also the name of {first}" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--speed", "0"], ["--speed", "fast"], ["--until", "noon"]])
def test_what_cannot_be_meant_is_asked_again(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as stopped:
        call(write(tmp_path, ARRIVAL), *words)

    assert stopped.value.code == 2
    assert repr(words[1]) in capsys.readouterr().err


@pytest.mark.django_db
def test_a_database_of_real_people_is_left_alone(tmp_path: Path):
    Deployment.objects.create(demo=False, created_at=MADE)

    with pytest.raises(Stopped, match="not made for a demonstration"):
        call(write(tmp_path, ARRIVAL), "--into-demo")

    assert not Episode.objects.exists()


def test_without_a_word_the_configured_database_is_not_even_made(tmp_path: Path):
    path = write(tmp_path, ARRIVAL + WAITS)
    mine = tmp_path / "mine"
    environment = {
        **os.environ,
        "STEPDOWN_DATA": str(mine),
        "DATABASE_URL": f"sqlite:///{mine}/mine.sqlite3",
        "DJANGO_SETTINGS_MODULE": "stepdown.settings",
    }

    done = subprocess.run(
        [sys.executable, "-m", "stepdown.operate.main", "replay", str(path)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 3, done.stderr
    assert "0 refused unexpectedly, 1 pending" in done.stdout
    assert not (mine / "mine.sqlite3").exists()
