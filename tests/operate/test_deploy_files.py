"""The files that the guide has operators copy say what this release understands."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from stepdown import environment
from stepdown.operate.main import COMMANDS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "guide" / "deploy"
UNITS = sorted(path for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))
GUIDES = [
    ROOT / "docs" / "guide" / name for name in ("operate.md", "tablets.md", "deploy/README.md")
]


def unit(path: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(path.read_text())
    return read


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_parses_and_runs_a_command_there_is(path):
    told = unit(path)
    if path.suffix == ".timer":
        assert "OnCalendar" in told["Timer"]
        assert (DEPLOY / f"{path.stem}.service").exists()
        return
    words = told["Service"]["ExecStart"].split()
    assert words[0].endswith("/.venv/bin/stepdown")
    assert words[1] in COMMANDS
    for wanted in ("NoNewPrivileges", "ProtectSystem", "PrivateTmp", "CapabilityBoundingSet"):
        assert wanted in told["Service"]
    assert told["Service"]["User"] == "stepdown"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_finds_no_fault_in_a_unit(path):
    told = subprocess.run(
        ["systemd-analyze", "verify", str(path)], capture_output=True, text=True, check=False
    )
    faults = [line for line in told.stderr.splitlines() if path.name in line]
    known = ("not executable", "No such file", "is not absolute", "ignored")
    assert [line for line in faults if not any(each in line for each in known)] == []


def test_the_settings_to_copy_are_settings():
    told = re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "stepdown.env").read_text(), re.MULTILINE)

    assert told
    assert set(told) <= set(environment.KNOWN)


def test_a_proxy_sets_what_is_believed_and_passes_on_nothing_else_of_it():
    for name in ("nginx.conf", "Caddyfile"):
        text = (DEPLOY / name).read_text()
        assert "X-Forwarded-Proto https" in text
        assert "/metrics" in text
        assert text.count("{") == text.count("}")
    log = (DEPLOY / "nginx.conf").read_text()
    assert "$request_uri" not in log.split("server {")[0]
    assert "$request " not in log


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_every_command_in_a_guide_is_one_there_is(path):
    said = re.findall(r"^\s*stepdown ([a-z]+)", path.read_text(), re.MULTILINE)
    said += re.findall(r"`stepdown ([a-z]+)", path.read_text())

    assert set(said) <= set(COMMANDS)


def test_every_option_of_export_and_serve_in_the_guides_is_one_there_is():
    from argparse import ArgumentParser

    from stepdown.operate.commands import export, serve

    parser = ArgumentParser()
    export.arguments(parser)
    known = set(parser._option_string_actions)
    parser = ArgumentParser()
    serve.arguments(parser)
    known |= set(parser._option_string_actions)
    text = "\n".join(path.read_text().replace("\\\n", " ") for path in GUIDES)
    for line in re.findall(r"stepdown (?:export|serve) ([^\n`]+)", text):
        for option in re.findall(r"(?<!\S)(--[a-z-]+)", line):
            assert option in known, line
