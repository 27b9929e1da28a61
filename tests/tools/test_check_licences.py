"""Nothing copyleft slips into what a facility runs."""

from email.message import Message
from importlib.metadata import PackageMetadata
from pathlib import Path
from typing import cast

import pytest

from tools.check_licences import REVIEWED, names, stated, verdict


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "AGPL-3.0", "LGPL-3.0-only", "GNU General"])
@pytest.mark.parametrize("runs", [True, False])
def test_copyleft_is_refused_wherever_it_would_run(licence, runs):
    assert "not permissive" in (verdict("thing", licence, runs_in_a_facility=runs) or "")


def test_the_mozilla_licence_may_test_the_software_but_not_run_in_it():
    assert verdict("thing", "MPL-2.0", runs_in_a_facility=False) is None
    assert "not run" in (verdict("thing", "MPL-2.0", runs_in_a_facility=True) or "")


def test_a_package_that_says_nothing_must_be_reviewed():
    assert "review it" in (verdict("thing", "", runs_in_a_facility=True) or "")


def test_a_permissive_package_passes():
    assert verdict("thing", "MIT", runs_in_a_facility=True) is None


def test_a_licence_is_read_from_the_expression_the_field_and_the_classifiers():
    package = Message()
    package["License"] = "BSD\nand a long text"
    package["Classifier"] = "License :: OSI Approved :: BSD License"
    package["Classifier"] = "Programming Language :: Python"
    assert stated(cast(PackageMetadata, package)) == "BSD; OSI Approved :: BSD License"


def test_what_a_facility_runs_is_pinned_with_a_hash_and_names_no_address():
    for path in sorted(Path("requirements").glob("*.txt")):
        lock = path.read_text()
        assert names(lock), path
        assert lock.count("--hash=sha256:") >= len(names(lock)), path
        assert "://" not in lock, path
        assert "index" not in lock, path


def test_the_postgresql_driver_is_not_part_of_what_everybody_runs():
    runtime = names(Path("requirements/runtime.txt").read_text())
    assert not {name for name in runtime if name.startswith("psycopg")}
    assert {"psycopg", "psycopg-binary"} <= set(REVIEWED)
