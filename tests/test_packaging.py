"""A wheel carries what pages and scales are made of, and each room of the house has its pages."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
LEFT_OUT = {".py", ".pyc", ".md"}


@pytest.fixture(scope="module")
def in_the_wheel(tmp_path_factory):
    """The names of the files in a wheel built from a copy of this tree."""
    pytest.importorskip("setuptools")
    copy, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    shutil.copytree(
        ROOT / "stepdown", copy / "stepdown", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, copy / name)
    subprocess.run(
        [sys.executable, "-c", BUILD, str(out)], cwd=copy, check=True, capture_output=True
    )
    (wheel,) = out.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_a_wheel_carries_every_template_style_and_reviewed_file(in_the_wheel):
    needed = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "stepdown").rglob("*")
        if path.is_file() and path.suffix not in LEFT_OUT and "__pycache__" not in path.parts
    }
    assert len(needed) > 150
    assert sorted(needed - in_the_wheel) == []


def test_a_wheel_carries_no_tests(in_the_wheel):
    assert not [name for name in in_the_wheel if name.startswith(("tests/", "bench/"))]


def test_a_room_whose_pages_cannot_be_read_stops_the_start():
    """A swallowed import would open a house without its bedside, and say nothing."""
    code = (
        "import sys; sys.modules['stepdown.care.observing.urls'] = None\n"
        "import django; django.setup()\n"
        "from django.urls import reverse; reverse('home')"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": "/usr/bin:/bin"},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode != 0
    assert "stepdown.care.observing.urls" in told.stderr
