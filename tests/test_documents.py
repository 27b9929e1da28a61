"""The documents keep their promises: links lead somewhere, settings are listed, NOTICE is whole."""

import re
import subprocess
from pathlib import Path

import pytest

from stepdown import environment

ROOT = Path(__file__).parent.parent
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "bench").glob("*.md"),
]
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
VARIABLE = re.compile(r'"(STEPDOWN_[A-Z_]+|DATABASE_URL)"')


def read_by_the_code() -> set[str]:
    """Every environment variable that the package reads."""
    sources = (path.read_text() for path in (ROOT / "stepdown").rglob("*.py"))
    # Behind the list of those that are known, where there is one.
    return {
        name for source in sources for name in VARIABLE.findall(source.split("OF_THE_HOUSE =")[-1])
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(page):
    lost = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert lost == []


def test_every_document_that_the_code_names_exists():
    named = re.compile(r"docs/[\w/-]+\.md")
    lost = {
        f"{path.relative_to(ROOT)} names {document}"
        for folder in ("stepdown", "tools", "tests")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".yaml", ".css", ".js"} and path != Path(__file__)
        for document in named.findall(path.read_text())
        if not (ROOT / document).exists()
    }
    assert lost == set()


def test_every_decision_is_in_the_index():
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text()
    pages = {page.name for page in folder.glob("*.md")} - {"README.md"}
    assert {page for page in pages if f"({page})" not in index} == set()


def test_every_setting_of_the_environment_is_listed_for_operators_and_no_other():
    page = (ROOT / "docs" / "guide" / "operate.md").read_text()
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))
    assert listed == set(environment.KNOWN)
    assert read_by_the_code() - set(environment.OF_THE_HOUSE) == listed


def test_every_licence_that_ships_is_named_in_the_notice():
    notice = re.sub(r"\W+", "", (ROOT / "NOTICE").read_text()).lower()
    texts = (ROOT / "stepdown" / "web" / "static" / "licences").glob("*.txt")
    works = {text.stem.rpartition("-")[0].replace("-", "") for text in texts}
    assert works
    assert {work for work in works if work not in notice} == set()


def test_every_target_of_the_makefile_that_a_page_names_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for page in PAGES
        for call in re.findall(r"^\s*make ([a-z ]+)|`make ([a-z]+)", page.read_text(), re.MULTILINE)
        for target in " ".join(call).split()
    }
    assert named - targets == set()


def test_make_alone_lists_its_targets_and_does_nothing():
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for target in ("demo", "run", "test", "check", "bench", "long", "clean"):
        assert f"make {target} " in listed
