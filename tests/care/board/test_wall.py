"""The wall: what anybody who passes may read (in the spirit of N25)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.care.board.conftest import NOW, tile
from tests.factories import CowsFactory, VitalsFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def stay(person):
    stay = person("1", "Ruth Abbott", days=3, code="K7RM")
    CowsFactory(episode=stay, occurred_at=NOW - timedelta(hours=5), scored=15)
    CowsFactory(episode=stay, occurred_at=NOW - timedelta(hours=1), refused=True)
    VitalsFactory(episode=stay, occurred_at=NOW, taken={"systolic_mmhg": 80})
    CowsFactory(
        episode=stay, kind="cssrs_screener", occurred_at=NOW - timedelta(hours=20), answers={},
        total=None, at_least=None, band="high", severity=4,
    )  # fmt: skip
    return stay


def test_the_wall_says_codes_scores_and_times(nurse, ward, stay):
    said = tile(nurse.get("wall"), ward, "1")

    assert said.startswith("Bed 1 K7RM")
    assert "15" in said
    assert "late" in said


@pytest.mark.parametrize(
    "private",
    ["Ruth", "Abbott", "Suicide", "suicide", "High", "limit", "SBP", "80", "Said no", "refused",
     "Before first dose", "Day 4", "Pregnan", "COWS and vitals"],
)  # fmt: skip
def test_the_wall_says_no_name_no_flag_no_stage_and_not_which_look(nurse, ward, stay, private):
    page = nurse.get("wall")

    assert private not in tile(page, ward, "1")
    assert "Ruth" not in page.text
    assert "Suicide" not in page.text


def test_the_wall_leads_nowhere(nurse, ward, stay):
    page = nurse.get("wall").text

    assert str(stay.pk) not in page
    assert 'aria-label="Main"' not in page  # the top bar


def test_a_flag_is_a_bare_mark_on_the_wall(nurse, ward, stay):
    assert 'aria-label="Look at the board"' in nurse.get("wall").text


def test_a_restricted_stay_has_no_code_on_the_wall(nurse, ward, person):
    stay = person("2", "Ellen Park", is_restricted=True, code="Q4TX")

    page = nurse.get("wall")

    assert tile(page, ward, "2") == "Bed 2 Occupied"
    assert stay.code not in page.text


def test_scores_on_the_wall_follow_the_role_that_opened_it(screen, ward, stay):
    said = tile(screen(coordinator=True).get("wall"), ward, "1")

    assert said == "Bed 1 K7RM"


def test_the_wall_goes_on_when_the_session_behind_it_locks(nurse, ward, stay):
    session = nurse.client.session
    session["locked"] = True
    session.save()

    wall = nurse.get("wall")

    assert wall.status_code == 200
    assert tile(wall, ward, "1").startswith("Bed 1 K7RM")
    assert nurse.poll(wall["ETag"], "wall").status_code == 304
    assert nurse.get().status_code == 423
    assert nurse.poll("").status_code == 423
