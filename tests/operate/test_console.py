"""The command itself: what it lists, what it does not know, and settings that cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from stepdown.operate.main import COMMANDS
from tests.operate.conftest import Call


def test_without_a_word_it_lists_every_command_and_fails(call: Call):
    answer = call()

    assert answer.status == 2
    assert all(f"  {name}" in answer.out for name in COMMANDS)
    assert call("--help").status == 0


def test_an_unknown_word_is_answered_with_those_it_knows(call: Call):
    answer = call("verfy")

    assert (answer.status, answer.out) == (2, "")
    assert "There is no command 'verfy'" in answer.err
    assert "verify" in answer.err


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_listed_command_is_there_and_says_what_it_takes(name, call):
    answer = call(name, "--help")

    assert answer.status == 0
    said = import_module(f"stepdown.operate.commands.{name}").__doc__ or ""
    assert said.splitlines()[0] in answer.out


NO_SERVER = (
    "The database x on 127.0.0.1"
    if find_spec("psycopg")
    else "install the extra, stepdown[postgres]."
)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("STEPDOWN_TLS", "maybe", "STEPDOWN_TLS is 'maybe'. Set it to yes or no."),
        ("STEPDOWN_DEBUG", "2", "Set it to yes or no."),
        ("DATABASE_URL", "mysql://root@db/x", "DATABASE_URL begins with 'mysql'. Use sqlite://"),
        ("STEPDOWN_AUDIT_KEY", "", "STEPDOWN_AUDIT_KEY has 0 characters. Give it at least 16"),
        ("STEPDOWN_SECRET_KEY", "short", "has 5 characters"),
        ("STEPDOWN_DATA", "/proc/nowhere", "The data folder cannot be used"),
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/x", NO_SERVER),
        ("DATABASE_URL", "sqlite:////proc/nowhere/x.sqlite3", "unable to open database file"),
    ],
)
def test_a_setting_that_cannot_be_used_is_answered_with_a_sentence(tmp_path, name, value, said):
    ours = ("STEPDOWN_", "DATABASE_URL", "DJANGO_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    environment |= {"STEPDOWN_DATA": str(tmp_path), name: value}

    ended = subprocess.run(
        [sys.executable, "-m", "stepdown.operate.main", "verify"],
        env=environment, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip

    assert ended.returncode in (1, 2)
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
