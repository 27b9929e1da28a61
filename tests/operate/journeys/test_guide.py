"""The guide is written for people who have never seen the code: what it says must hold."""

import re
from pathlib import Path

import pytest

from stepdown.operate.journeys import format as journeys
from stepdown.operate.journeys import pending, shape
from stepdown.operate.journeys.replaying import replay
from stepdown.operate.journeys.verdict import Status

GUIDE = Path("docs/guide/journeys.md").read_text(encoding="utf-8")


def the_example(tmp_path: Path, old: str = "", new: str = "") -> Path:
    example = re.search(r"```yaml\n(journey: .*?)```", GUIDE, re.DOTALL)
    assert example is not None
    assert old in example[1]
    text = example[1].replace(old, new) if old else example[1]
    facilities = tmp_path / "facilities"
    facilities.mkdir()
    house = Path("journeys/facilities/harbor_house.yaml").read_text(encoding="utf-8")
    (facilities / "harbor_house.yaml").write_text(house, encoding="utf-8")
    path = tmp_path / "seventh.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.django_db
def test_the_example_of_the_guide_passes_as_it_says(tmp_path: Path):
    (verdict,) = replay([journeys.load(the_example(tmp_path))])

    assert verdict.status is Status.PASSED, "\n".join(verdict.lines())


@pytest.mark.django_db
def test_a_changed_number_fails_as_the_guide_says(tmp_path: Path):
    path = the_example(tmp_path, old="total: 14", new="total: 15")

    (verdict,) = replay([journeys.load(path)])

    assert verdict.status is Status.FAILED
    assert "found 14, moderate" in "\n".join(verdict.lines())


@pytest.mark.parametrize("kind", ["actions", "expectations"])
def test_the_guide_names_everything_that_can_be_written(kind: str):
    missing = [name for name in shape.described(kind) if f"`{name}" not in GUIDE]

    assert not missing


def test_the_pins_the_guide_shows_are_the_pins_there_are():
    pins = pending.pins_for(Path("journeys/a.yaml"))

    assert pins is not None
    shown = f"a: {{events: {pins['a'].events}, expectations: {pins['a'].expectations}}}"
    assert shown in GUIDE
