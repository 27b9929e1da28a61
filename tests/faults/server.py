"""A real server in processes of its own, and a client that sends what a browser would."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlencode
from uuid import UUID, uuid4

from stepdown import clock
from tests.support import fields_of

ROOT = Path(__file__).parents[2]


def environment(folder: Path) -> dict[str, str]:
    """Settings of a house in ``folder``, and nothing of the tests' own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("STEPDOWN_", "DJANGO_", "DATABASE_URL"))
    }
    return kept | {"STEPDOWN_DATA": str(folder), "PYTHONPATH": str(ROOT)}


def stepdown(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One command of an operator, and what it said."""
    return subprocess.run(
        [sys.executable, "-m", "stepdown.operate.main", *words],
        env=environment(folder), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class House:
    """A scratch house: its folder, how to come in, who is there, and its server while it runs."""

    folder: Path
    cookies: dict[str, str]
    stays: list[str]
    port: int = 0
    also: dict[str, str] = field(default_factory=dict)
    """What the environment of the server holds besides: a fault to be."""
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def set_up(cls, folder: Path) -> House:
        """A new database in ``folder``."""
        made = subprocess.run(
            [sys.executable, "-m", "tests.faults.house"],
            env=environment(folder), capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        return cls(folder, **json.loads(made.stdout))

    def start(self) -> None:
        """``stepdown serve``, until it answers."""
        self.port = self.port or free_port()
        words = [sys.executable, "-m", "stepdown.operate.main", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(
            words, env=environment(self.folder) | self.also, start_new_session=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        give_up = clock.ticks() + 60
        while not self.answers():
            assert self.process.poll() is None, "the server ended"
            assert clock.ticks() < give_up, "the server does not answer"

    def answers(self) -> bool:
        """True while it is healthy."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as line:
            try:
                line.request("GET", "/healthz")
                return line.getresponse().status == 200
            except OSError:
                return False

    def kill(self) -> None:
        """kill -9, the workers with it; nothing is flushed, nothing is said."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)

    def stop(self) -> int:
        """Ask it to end; returns its exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(timeout=30)

    def rows(self, sql: str, *values: str) -> list[tuple[object, ...]]:
        """What lies in the database, read past the software."""
        with closing(sqlite3.connect(self.folder / "stepdown.sqlite3", timeout=20)) as database:
            return database.execute(sql, values).fetchall()

    def times_kept(self, submission: str) -> int:
        """How many rows a submission left."""
        ((count,),) = self.rows(
            "SELECT count(*) FROM records_observation WHERE submission_id = ?", UUID(submission).hex
        )
        return int(str(count))


@dataclass
class Nurse:
    """One browser, signed in: a connection, its cookies, and the form it has open."""

    house: House
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cookies = dict(self.house.cookies)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.connection.close()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> tuple[int, str]:
        """Status and text of the answer."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, {"Cookie": cookie, **headers})
        answer = self.connection.getresponse()
        for told in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = told.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read().decode("utf-8", "replace")

    def open_form(self, stay: str) -> dict[str, str]:
        """The bedside form as the page has it, filled with vital signs."""
        status, page = self.ask("GET", f"/people/{stay}/observe/")
        assert status == 200, page
        fields = {k: v for k, v in fields_of(page, "sheet").items() if isinstance(v, str)}
        return fields | {
            "do": "vitals", "heart_rate_bpm": "76", "spo2_percent": "98", "temperature_c": "36.8",
        }  # fmt: skip

    def post(self, stay: str, fields: Mapping[str, str]) -> int:
        """Send a form; returns the status of the answer."""
        body = urlencode(fields).encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", f"/people/{stay}/observe/", body, form)[0]

    def record(self, stay: str, form: Mapping[str, str], submission: str = "") -> int:
        """Send the form under a number of its own."""
        return self.post(stay, {**form, "submission": submission or str(uuid4())})
