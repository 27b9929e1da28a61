"""What a tile says of a bed, and to whom."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from stepdown.records.models import BreakGlass, PregnancyEntry, Role
from tests.care.board.conftest import NOW, marks, tile
from tests.factories import BedFactory, CowsFactory, EntryFactory, VitalsFactory, actor

pytestmark = pytest.mark.django_db


def cows(stay, hours, scored, **said):
    return CowsFactory(
        episode=stay, occurred_at=NOW - timedelta(hours=hours), scored=scored, **said
    )


def screened(stay, hours, tier, severity):
    return CowsFactory(
        episode=stay, kind="cssrs_screener", occurred_at=NOW - timedelta(hours=hours), answers={},
        total=None, at_least=None, band=tier, severity=severity,
    )  # fmt: skip


def test_a_tile_says_who_which_day_the_score_its_trend_and_what_is_due(nurse, ward, person):
    stay = person("2", "Tomasz Kowalski", days=1)
    cows(stay, 6, 18)
    cows(stay, 2, 15)
    VitalsFactory(look=True, episode=stay, occurred_at=NOW - timedelta(hours=2))

    said = tile(nurse.get(), ward, "2")

    assert "Tomasz K." in said
    assert "Day 2" in said
    assert "COWS 15, Moderate, down 3 points" in said
    assert "2 h ago" in said
    assert "Suicide screen" in said  # nobody asked within the hour after arrival
    assert "23 h late" in said


def test_without_a_score_there_is_a_dash_and_never_a_zero(nurse, ward, person):
    person("1", days=0.01)

    said = tile(nurse.get(), ward, "1")

    assert "No score yet" in said
    assert "COWS: no score" in said
    assert "COWS 0" not in said


def test_asleep_keeps_the_last_score_and_says_why_there_is_no_newer_one(nurse, ward, person):
    stay = person("1")
    cows(stay, 5, 9)
    cows(stay, 1, None, asleep=True)

    said = tile(nurse.get(), ward, "1")

    assert "COWS 9, Mild" in said
    assert "5 h ago" in said
    assert "Asleep at 05:30, no score" in said


def test_an_entry_told_late_does_not_become_the_latest(nurse, ward, person):
    stay = person("1")
    cows(stay, 1, 12)
    cows(stay, 3, 20, recorded_at=NOW)

    assert "COWS 12, Mild, down 8 points" in tile(nurse.get(), ward, "1")


def test_of_two_scores_at_the_same_moment_the_one_told_later_counts(nurse, ward, person):
    stay = person("1")
    cows(stay, 1, 12)
    cows(stay, 1, 14)

    assert "COWS 14, Moderate, up 2 points" in tile(nurse.get(), ward, "1")


def test_a_corrected_and_a_struck_out_score_are_not_shown(nurse, ward, person):
    stay = person("1")
    cows(stay, 8, 6)
    wrong = cows(stay, 4, 30)
    cows(stay, 4, 10, replaces=wrong)
    slip = cows(stay, 1, 25)
    CowsFactory(
        episode=stay, occurred_at=slip.occurred_at, outcome="unable", replaces=slip, is_void=True
    )

    said = tile(nurse.get(), ward, "1")

    assert "COWS 10, Mild, up 4 points" in said
    assert "last 48 hours: 6, 10" in nurse.get().text
    assert "no score" not in said


def test_a_red_vital_sign_says_the_number_its_limit_and_that_the_limit_is_a_draft(
    nurse, ward, person
):
    stay = person("1")
    VitalsFactory(episode=stay, occurred_at=NOW, taken={"systolic_mmhg": Decimal(88)})

    page = nurse.get()

    assert "SBP 88, limit 90 draft limit" in tile(page, ward, "1")
    assert "bed__alert--stop" in page.text


def test_an_amber_sign_is_told_and_shouts_less_than_a_red_one(nurse, ward, person):
    stay = person("1")
    VitalsFactory(episode=stay, occurred_at=NOW, taken={"systolic_mmhg": 99, "heart_rate_bpm": 131})

    said = tile(nurse.get(), ward, "1")

    assert "HR 131, limit 131" in said
    assert "and 1 more" in said
    assert "SBP" not in said


@pytest.mark.parametrize(
    ("tier", "severity", "told"), [("low", 1, False), ("moderate", 2, True), ("high", 4, True)]
)
def test_a_suicide_screen_stands_out_from_its_moderate_tier_on(
    nurse, ward, person, tier, severity, told
):
    stay = person("1")
    screened(stay, 3, tier, severity)

    assert ("Suicide screen: " in tile(nurse.get(), ward, "1")) is told


def test_a_refused_screen_takes_nothing_back(nurse, ward, person):
    stay = person("1")
    screened(stay, 9, "high", 4)
    CowsFactory(episode=stay, kind="cssrs_screener", occurred_at=NOW, refused=True)

    assert "Suicide screen: High" in tile(nurse.get(), ward, "1")


class PregnancyFactory(EntryFactory):
    class Meta:
        model = PregnancyEntry

    applies = "yes"
    result = "positive"


@pytest.mark.parametrize(
    ("role", "told"), [("nurse", True), ("prescriber", True), ("counsellor", False)]
)
def test_a_positive_pregnancy_test_is_told_to_those_who_may_know(screen, ward, person, role, told):
    PregnancyFactory(episode=person("1"), occurred_at=NOW)

    said = tile(screen(**{role: True}).get(), ward, "1")

    assert ("Pregnancy test positive" in said) is told


def test_only_the_newest_pregnancy_test_counts(nurse, ward, person):
    stay = person("1")
    PregnancyFactory(episode=stay, occurred_at=NOW - timedelta(hours=3))
    PregnancyFactory(episode=stay, occurred_at=NOW, result="negative")

    assert "Pregnancy" not in tile(nurse.get(), ward, "1")


@pytest.mark.parametrize(
    ("role", "scores", "dues"),
    [
        ("nurse", True, True),
        ("vocational_nurse", True, True),
        ("prescriber", True, True),
        ("medical_director", True, True),
        ("counsellor", True, True),
        ("trained_technician", False, True),
        ("technician", False, False),
        ("coordinator", False, False),
        ("director", False, False),
    ],
)
def test_each_role_sees_what_the_matrix_opens_to_it(screen, ward, person, role, scores, dues):
    stay = person("1")
    cows(stay, 5, 15)
    VitalsFactory(episode=stay, occurred_at=NOW, taken={"systolic_mmhg": 88})

    page = screen(**{role: True}).get()
    said = tile(page, ward, "1")

    assert "Ruth A." in said
    assert ("COWS 15" in said) is scores
    assert ("limit 90" in said) is scores
    assert ("bed__due" in page.text) is dues
    assert ('id="queue"' in page.text) is dues
    assert ("spark" in page.text) is scores


def test_a_technician_is_told_when_vital_signs_are_due_and_of_no_other_look(screen, ward, person):
    """That a suicide screen is due each shift would say how the last one went."""
    stay = person("1")
    screened(stay, 30, "high", 4)
    VitalsFactory(look=True, episode=stay, occurred_at=NOW - timedelta(hours=3))

    page = screen(trained_technician=True).get()

    assert tile(page, ward, "1").endswith("07:30 Vitals")
    assert "uicide" not in page.text
    assert "COWS" not in page.text


@pytest.mark.parametrize("role", [Role.PEER, Role.FAC, Role.MT, Role.PRIV, Role.SYS, Role.PT])
def test_a_role_without_the_bed_board_is_turned_away(screen, person, role):
    person("1")

    response = screen(role=role, licence_number="").get()

    assert response.status_code == 403
    assert "Ruth" not in response.text


class BrokenGlassFactory(EntryFactory):
    class Meta:
        model = BreakGlass

    reason = "Found unresponsive in the corridor"


def test_a_restricted_stay_is_an_occupied_bed_without_a_name(screen, nurse, ward, person):
    stay = person("3", "Ellen Park", is_restricted=True)
    cows(stay, 1, 30)
    invited = screen(nurse=True)
    stay.invited.add(invited.actor.user)

    hidden, shown = nurse.get(), invited.get()

    assert tile(hidden, ward, "3") == "Bed 3 Occupied By invitation only Emergency access"
    assert "Ellen" not in hidden.text
    assert stay.code not in hidden.text
    assert "1 person in bed" in hidden.text
    assert "Ellen P." in tile(shown, ward, "3")


def test_the_key_of_a_restricted_stay_is_not_told_to_who_cannot_open_it(screen, ward, person):
    stay = person("3", "Ellen Park", is_restricted=True)

    page = screen(counsellor=True).get()

    assert tile(page, ward, "3") == "Bed 3 Occupied By invitation only"
    assert str(stay.pk) not in page.text
    assert stay.pk.hex not in page.text


def test_an_emergency_opening_shows_the_tile_until_it_runs_out(nurse, ward, person, move_to):
    stay = person("3", "Ellen Park", is_restricted=True)
    BrokenGlassFactory(
        episode=stay, occurred_at=NOW, actor=nurse.actor.user, until=NOW + timedelta(minutes=10)
    )

    page = nurse.get()
    assert "Ellen P." in tile(page, ward, "3")
    assert nurse.poll(page["ETag"]).status_code == 304

    move_to(NOW + timedelta(minutes=10))
    assert "Ellen" not in nurse.poll(page["ETag"]).text


def test_hostile_words_are_shown_and_never_run(nurse, ward, person):
    hostile = '<script>alert(1)</script>"><img src=x onerror=1>'
    person("1", f"{hostile} Abbott")
    BedFactory(unit=ward, label="<b>", position=9, blocked=True, status_note=hostile)

    html = nurse.get().text

    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_empty_beds_say_whether_they_can_be_used(nurse, ward, person):
    person("1")
    beds = {bed.label: bed for bed in ward.beds.all()}
    beds["3"].status, beds["3"].status_note = "cleaning", "Ready 15:00"
    beds["4"].status, beds["4"].status_note = "blocked", "Window does not close"
    for bed in beds.values():
        bed.save()

    page = nurse.get()

    assert tile(page, ward, "2").startswith("Bed 2 Free")
    assert tile(page, ward, "3") == "Bed 3 Being cleaned Ready 15:00"
    assert tile(page, ward, "4") == "Bed 4 Not in use Window does not close"
    assert "1 person in bed, 1 free, 1 being cleaned, 1 not in use." in page.text


def test_beds_hold_still_whoever_is_most_late(nurse, ward, person):
    person("4", days=3)
    person("1", name="Maya Torres", days=0.01)

    drawn = [name for name in marks(nurse.get().text) if name.startswith("bed-")]

    assert drawn == [f"bed-{bed.pk.hex}" for bed in ward.beds.order_by("position")]


def test_six_reds_do_not_all_shout(screen, ward, person):
    for label in range(5, 8):
        BedFactory(unit=ward, label=str(label), position=label)
    for label in range(1, 8):
        stay = person(str(label), f"Person {label}")
        VitalsFactory(episode=stay, occurred_at=NOW, taken={"spo2_percent": 85})
    screened(stay, 1, "high", 4)

    page = screen(nurse=True).get()

    assert page.text.count("bed__alert--stop") == 5
    assert page.text.count("limit 91") == 6
    assert "Suicide screen: High" in tile(page, ward, "7")
    assert "8 red flags." in page.text


def test_a_person_on_hospital_leave_keeps_the_bed_and_nothing_is_due(nurse, ward, person):
    stay = person("1", state="HOSPITAL_LEAVE")
    cows(stay, 30, 8)

    page = nurse.get()

    assert "Observations paused" in tile(page, ward, "1")
    assert "0 people in beds, 1 away" in page.text
    assert "Nothing is due" in page.text


def test_nobody_of_another_house_or_unit_is_on_the_board(nurse, ward, person, house):
    other = actor(nurse=True).facility
    person("1")

    response = nurse.client.get("/ward/elsewhere/")

    assert response.status_code == 404
    assert other.name not in nurse.get().text
