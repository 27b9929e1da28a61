"""Each variable, wrongly set, is answered with a sentence that names it and says what would be right."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from stepdown import environment

ROOT = Path(__file__).parents[1]
TABLE = (ROOT / "docs" / "guide" / "operate.md").read_text()

WRONG = [
    ("DATABASE_URL", "mysql://db/ward", "begins with 'mysql'. Use sqlite:///"),
    ("DATABASE_URL", "ward.sqlite3", "does not say which kind it is. Use sqlite:///"),
    ("DATABASE_URL", "postgres://db", "does not name one database"),
    ("DATABASE_URL", "postgres://db/a/b", "does not name one database"),
    ("DATABASE_URL", "postgres://me:pass:word@db:x/ward", "a port that is no number"),
    ("DATABASE_URL", "postgres://db/ward?prepare_threshold=x", "Give a whole number"),
    ("STEPDOWN_ACCESS_LOG", "none", "Set it to one of apart, same."),
    ("STEPDOWN_AUDIT_KEY", "short", "has 5 characters. Give it at least 16"),
    ("STEPDOWN_SECRET_KEY", "", "has 0 characters. Give it at least 16"),
    ("STEPDOWN_SECRET_KEY_FORMER", "short", "key 1 has 5 characters. Give whole former keys"),
    ("STEPDOWN_CONTENT", "/nowhere/at/all", "is not a folder. Name folders that are there"),
    ("STEPDOWN_DATA", " ", "is empty. Name a folder"),
    ("STEPDOWN_DATA", __file__, "is not a folder. Name a folder"),
    ("STEPDOWN_DEBUG", "maybe", "Set it to yes or no."),
    ("STEPDOWN_HOSTS", " , ", "is empty. Give the names tablets use"),
    ("STEPDOWN_HOSTS", "*", "can be borrowed by another site"),
    ("STEPDOWN_HOSTS", "https://ward.example.org", "is no host name. Give names without"),
    ("STEPDOWN_HOSTS", "ward.example.org:8000", "without a port"),
    ("STEPDOWN_LOG", "loud", "Set it to one of info, warning, error."),
    ("STEPDOWN_METRICS_TOKEN", "short", "at least 16 letters"),
    ("STEPDOWN_ORIGINS", "ward.example.org", "Give scheme and name only"),
    ("STEPDOWN_ORIGINS", "https://ward.example.org/login", "Give scheme and name only"),
    ("STEPDOWN_TLS", "perhaps", "Set it to yes or no."),
]


def settings_of() -> None:
    """Read all settings as a fresh process would."""
    runpy.run_path(str(ROOT / "stepdown" / "settings.py"))


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in environment.KNOWN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STEPDOWN_DATA", str(tmp_path))
    return monkeypatch


@pytest.mark.parametrize(("name", "value", "said"), WRONG)
def test_a_wrong_value_is_answered_with_a_sentence(clean, name, value, said):
    clean.setenv(name, value)

    with pytest.raises(ValueError, match=re.escape(said)) as caught:
        settings_of()

    told = str(caught.value)
    assert name in told
    if "KEY" in name or "TOKEN" in name:
        assert not value or value not in told


READ_BY_ITS_COMMAND = {"STEPDOWN_BACKUP_KEY_FILE"}
"""Answered by ``stepdown backup`` and ``restore``, whose own tests try it."""


def test_every_variable_is_tried_wrongly():
    tried = {name for name, _value, _said in WRONG} | READ_BY_ITS_COMMAND

    assert tried == set(environment.KNOWN)


def test_every_variable_stands_in_the_guide_and_the_guide_names_no_other():
    told = set(re.findall(r"^\| `(\w+)` \|", TABLE, re.MULTILINE))

    assert told == set(environment.KNOWN)


def test_no_variable_is_read_that_is_not_known():
    known = {*environment.KNOWN, *environment.OF_THE_HOUSE}
    for file in (ROOT / "stepdown").rglob("*.py"):
        for name in re.findall(r'"(STEPDOWN_[A-Z_]+)"', file.read_text()):
            assert name in known, f"{file}: {name}"


def test_the_defaults_run_on_a_laptop(clean):
    settings_of()

    assert environment.tls() == "no"
    assert environment.hosts() == ["localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize(
    "told", ["ward.example.org", "10.0.0.5", "[fd00::5]", ".example.org", "a-b.c, Ward.Local "]
)
def test_names_that_tablets_use_are_taken(clean, told):
    clean.setenv("STEPDOWN_HOSTS", told)

    assert environment.hosts() == [each.strip().lower() for each in told.split(",")]


@pytest.mark.parametrize("held", ["", "short", "ÿ" * 40])
def test_a_damaged_key_is_never_used(clean, tmp_path, held):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "audit.key").write_text(held)

    with pytest.raises(ValueError, match="audit.key is empty or damaged. Put back the copy"):
        settings_of()


def test_a_slip_of_the_fingers_is_found(clean):
    clean.setenv("STEPDOWN_HOST", "ward.example.org")

    assert environment.unknown() == ["STEPDOWN_HOST"]


def test_a_command_answers_a_wrong_setting_with_the_sentence_alone(tmp_path):
    told = subprocess.run(
        [sys.executable, "-m", "stepdown.operate.main", "doctor"],
        env={**os.environ, "STEPDOWN_DATA": str(tmp_path), "STEPDOWN_HOSTS": "*"},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert told.returncode == 2
    assert told.stderr.startswith("STEPDOWN_HOSTS is '*'. Give the names")
    assert "Traceback" not in told.stderr
