"""When a board somebody holds is still true, and when it is not: by its tag alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from stepdown.content import library
from stepdown.records.access import Actor
from stepdown.records.actions.beds import beds
from stepdown.records.actions.monitoring import observations
from stepdown.records.actions.monitoring.readings import Reading, Scale
from stepdown.records.models import AccessEvent, Bed
from tests.care.board.conftest import NOW, marks, tile
from tests.factories import CowsFactory, VitalsFactory, actor, answers_worth

pytestmark = pytest.mark.django_db

UTC_NOON = datetime(2027, 1, 7, 20, 0, tzinfo=UTC)


def looked_at(stay, at):
    """A complete round at this moment, so that the next one is four hours later."""
    CowsFactory(episode=stay, occurred_at=at, scored=9)
    VitalsFactory(look=True, episode=stay, occurred_at=at)
    CowsFactory(
        episode=stay, kind="cssrs_screener", occurred_at=at, answers={}, total=None,
        at_least=None, band="none", severity=0,
    )  # fmt: skip


def score(stay, by, points=12):
    cows = library.instrument("cows")
    answers = answers_worth(cows, points)
    answers.pop("pulse")
    reading = Reading(NOW, vitals={}, scales={"cows": Scale(answers, "partial", "called away")})
    observations.record(stay, reading, by=by, at=NOW, submission=uuid4())


def test_an_unchanged_board_is_answered_with_nothing_drawn(nurse, person):
    person("1")
    page = nurse.get()

    answer = nurse.poll(page["ETag"])

    assert answer.status_code == 304
    assert answer.content == b""
    assert answer["ETag"] == page["ETag"]


def test_a_write_by_anybody_makes_it_untrue(nurse, person, house):
    stay = person("1")
    page = nurse.get()

    score(stay, by=actor(vocational_nurse=True, facility=house))
    answer = nurse.poll(page["ETag"])

    assert answer.status_code == 200
    assert answer["ETag"] != page["ETag"]
    assert "Not finished at 06:30, no score" in answer.text


def test_a_bed_being_cleaned_makes_it_untrue(nurse, ward, person):
    page = nurse.get()

    beds.set_status(
        Bed.objects.get(unit=ward, label="2"), "cleaning", by=nurse.actor, at=NOW,
        submission=uuid4(),
    )  # fmt: skip

    assert nurse.poll(page["ETag"]).status_code == 200


def test_a_look_falling_due_makes_it_untrue_without_any_write(nurse, ward, person, move_to):
    looked_at(person("1", days=1), UTC_NOON - timedelta(hours=4))
    due = UTC_NOON
    move_to(due - timedelta(minutes=5))
    page = nurse.get()
    assert "Nothing is late, next 12:00" in page.text

    move_to(due - timedelta(seconds=1))
    assert nurse.poll(page["ETag"]).status_code == 304

    move_to(due)
    fallen_due = nurse.poll(page["ETag"])
    assert fallen_due.status_code == 200
    assert "1 due now" in fallen_due.text
    assert "12:00 COWS and vitals Due" in tile(fallen_due, ward, "1")


def test_a_look_growing_late_makes_it_untrue_without_any_write(nurse, ward, person, move_to):
    looked_at(person("1", days=1), UTC_NOON - timedelta(hours=4))
    late = UTC_NOON + timedelta(minutes=30)  # rule W2's grace
    move_to(UTC_NOON)
    page = nurse.get()

    move_to(late - timedelta(seconds=1))
    assert nurse.poll(page["ETag"]).status_code == 304

    move_to(late)
    grown_late = nurse.poll(page["ETag"])
    assert grown_late.status_code == 200
    assert "1 late" in grown_late.text
    assert "30 min late" in tile(grown_late, ward, "1")


def test_minutes_of_lateness_alone_change_no_tile(nurse, ward, person, move_to):
    looked_at(person("1", days=1), UTC_NOON - timedelta(hours=5))
    move_to(UTC_NOON)
    before = marks(nurse.get().text)
    move_to(UTC_NOON + timedelta(minutes=17))
    after = marks(nurse.get().text)

    bed = f"bed-{Bed.objects.get(unit=ward, label='1').pk.hex}"
    for name in (bed, "queue", "verdict"):
        assert before[name]["data-v"] == after[name]["data-v"]


def test_the_day_rolls_at_local_midnight(screen, ward, person, move_to, settings):
    settings.SESSION_COOKIE_AGE = 24 * 3600  # signed in this morning, and still
    nurse = screen(nurse=True)
    person("1", days=1)  # came on Wednesday
    midnight = datetime(2027, 1, 8, 8, 0, tzinfo=UTC)
    move_to(midnight - timedelta(seconds=1))
    page = nurse.get()
    assert "Day 2" in tile(page, ward, "1")

    move_to(midnight)
    rolled = nurse.poll(page["ETag"])

    assert rolled.status_code == 200
    assert "Day 3" in tile(rolled, ward, "1")


def test_two_roles_never_share_a_tag(screen, person, house):
    person("1")
    nurse = screen(nurse=True)
    prescriber = screen(prescriber=True)
    same_person = screen(prescriber=True, user=nurse.actor.user)

    tags = {each.get()["ETag"] for each in (nurse, prescriber, same_person)}

    assert len(tags) == 3
    for each in (prescriber, same_person):
        assert each.poll(nurse.get()["ETag"]).status_code == 200


def test_training_in_vital_signs_changes_the_tag(screen, person):
    person("1")
    technician = screen(technician=True)
    page = technician.get()

    technician.actor.assignment.trained_in_vitals = True
    technician.actor.assignment.save()

    assert technician.poll(page["ETag"]).status_code == 200


def test_another_session_of_the_same_person_has_a_tag_of_its_own(screen, person):
    one = screen(nurse=True)
    from django.test import Client

    from tests.support import sign_in

    other = type(one)(Client(), one.actor)
    sign_in(other.client, one.actor.assignment)

    assert one.get()["ETag"] != other.get()["ETag"]


def test_a_tag_made_up_to_hold_for_ever_does_not(nurse, person, move_to):
    person("1")
    state = nurse.get()["ETag"].strip('"').split(".")[0]

    for forged in (f'"{state}.x"', f'"{state}"', '"x.99999999999"', "*", '""', f'"{state}.'):
        assert nurse.poll(forged).status_code == 200


def test_a_tag_among_others_and_a_weak_one_are_recognised(nurse, person):
    person("1")
    tag = nurse.get()["ETag"]

    assert nurse.poll(f'"old.1", W/{tag}').status_code == 304


def test_the_wall_and_the_board_do_not_share_a_tag(nurse, person):
    person("1")
    board, wall = nurse.get(), nurse.get("wall")

    assert nurse.poll(board["ETag"], "wall").status_code == 200
    assert nurse.poll(wall["ETag"], "wall").status_code == 304


def test_nobody_keeps_a_copy(nurse, person):
    person("1")
    page = nurse.get()

    for answer in (page, nurse.get("live"), nurse.get("wall"), nurse.poll(page["ETag"])):
        assert answer["Cache-Control"] == "private, no-store"


def test_looking_is_noted_and_polling_is_not(nurse, person):
    person("1")
    page = nurse.get()
    nurse.poll(page["ETag"])
    nurse.poll("")

    assert list(AccessEvent.objects.values_list("what", "detail")) == [("board", "main")]


def test_a_poll_neither_extends_a_login_nor_sets_a_cookie(nurse, person):
    nurse.get()

    answer = nurse.poll("")

    assert answer.status_code == 200
    assert not answer.cookies


def test_turning_somebody_away_is_noted(screen, ward):
    stranger = screen(administrator=True)

    assert stranger.get().status_code == 403
    assert stranger.client.get("/ward/nowhere/").status_code == 403

    assert list(AccessEvent.objects.values_list("what", flat=True)) == ["refused", "refused"]


def test_a_stranger_from_another_house_learns_nothing(screen, ward, person):
    person("1")
    stranger: Actor = actor(nurse=True)

    answer = screen(nurse=True, facility=stranger.facility).get()

    assert answer.status_code == 404
    assert "Ruth" not in answer.text


def test_without_a_sign_in_there_is_no_board(client, ward, person):
    person("1")

    answer = client.get("/ward/main/")

    assert answer.status_code == 302
    assert client.get("/ward/main/live", headers={"X-Stepdown-Poll": "1"}).status_code == 401
