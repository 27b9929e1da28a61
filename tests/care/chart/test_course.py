"""What the course shows: the scale with its gaps, vital signs, events, zoom, numbers."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from stepdown import clock
from stepdown.records.models import BedStay, PersonalTarget, State, Transition
from tests import factories
from tests.care.chart.conftest import NOW, match, words

pytestmark = pytest.mark.django_db


def rows(response) -> list[str]:
    """The rows of the table of numbers, as text, oldest first."""
    body = match(r'id="numbers".*?<tbody>(.*?)</tbody>', response.text)[1]
    cells = [re.split(r"<t[hd][^>]*>", row)[1:] for row in body.split("<tr")[1:]]
    return ["|".join(html.unescape(cell) for cell in row) for row in cells]


def events(response) -> list[str]:
    """The numbered events as text."""
    found = re.search(r'<ol class="events-list">(.*?)</ol>', response.text, re.DOTALL)
    items = found[1].split("<li>")[1:] if found else []
    return [words(each) for each in items]


def measured_dots(response) -> int:
    """Points drawn on the scale's chart."""
    path = re.search(r'<path class="dots" d="([^"]*)"', response.text)
    return path[1].count("h0") if path else 0


def test_each_score_is_a_point_above_its_bands_and_a_row_of_numbers(chart, enter, scored):
    enter(nurse=True)
    scored(8, 14)
    scored(4, 12)

    response = chart()

    assert measured_dots(response) == 2
    assert "Moderate</text>" in response.text
    assert rows(response) == ["Wed 6 Jan 22:30|14 Moderate|||||", "Thu 7 Jan 02:30|12 Mild|||||"]


def test_a_gap_is_a_letter_with_its_reason_and_no_point(chart, enter, scored):
    enter(nurse=True)
    scored(8, 14)
    scored(4, asleep=True)
    scored(2, refused=True)

    response = chart()

    assert measured_dots(response) == 1
    assert "Thu 7 Jan 02:30: asleep</title>" in response.text
    assert "Thu 7 Jan 04:30: said no</title>" in response.text
    assert rows(response)[1:] == ["Thu 7 Jan 02:30|asleep|||||", "Thu 7 Jan 04:30|said no|||||"]


def test_what_was_told_late_stands_where_it_happened(chart, enter, stay, scored):
    enter(nurse=True)
    scored(8, 14)
    scored(2, 10)
    factories.CowsFactory(
        episode=stay,
        occurred_at=NOW - timedelta(hours=5),
        recorded_at=NOW - timedelta(hours=1),
        scored=6,
    )

    assert [row.split("|")[1] for row in rows(chart())] == ["14 Moderate", "6 Mild", "10 Mild"]


def test_a_corrected_reading_is_drawn_once_as_a_square_and_the_old_one_not_at_all(
    chart, enter, stay, scored
):
    enter(nurse=True)
    wrong = scored(4, 30)
    factories.CowsFactory(
        episode=stay,
        occurred_at=wrong.occurred_at,
        recorded_at=NOW - timedelta(hours=1),
        scored=12,
        replaces=wrong,
        why="another bed",
    )

    response = chart()

    assert measured_dots(response) == 0
    assert re.search(r'<path class="squares" d="[^"]+h0"', response.text)
    assert rows(response) == ["Thu 7 Jan 02:30|12 Mild (corrected)|||||"]
    assert any("COWS corrected: another bed" in event for event in events(response))


def test_a_struck_reading_is_nowhere_among_the_numbers(chart, enter, stay, scored):
    enter(nurse=True)
    wrong = scored(4, 30)
    factories.CowsFactory(
        episode=stay,
        occurred_at=wrong.occurred_at,
        outcome="unable",
        is_void=True,
        replaces=wrong,
        why="another person",
    )

    response = chart()

    assert rows(response) == []
    assert "30 Mod" not in response.text
    assert any("COWS struck out: another person" in event for event in events(response))


def test_vital_signs_stand_under_the_scale_with_their_newest_value(chart, enter, measured):
    enter(nurse=True)
    measured(8, heart_rate_bpm=96, systolic_mmhg=140, diastolic_mmhg=88)
    measured(4, heart_rate_bpm=88, systolic_mmhg=124, diastolic_mmhg=76, temperature_c="36.80")
    measured(2, spo2_percent=97, respiratory_rate_bpm=14)

    response = chart()

    for label, value in [
        ("Pulse", "88"),
        ("Blood pressure", "124/76"),
        ("Temperature", "36.8"),
        ("Oxygen", "97"),
        ("Breathing", "14"),
    ]:
        assert re.search(rf'<b>{label}</b> <span class="plot__v">{value}</span>', response.text)
    assert rows(response)[1] == "Thu 7 Jan 02:30||88|124/76|36.8||"
    assert response.text.count('class="now"') == 6  # one line through all panels


def test_half_a_blood_pressure_is_half_and_not_made_up(chart, enter, measured):
    enter(nurse=True)
    measured(1, systolic_mmhg=124)

    assert "124/–" in rows(chart())[0]


def test_a_sign_without_a_picture_is_told_with_its_time(chart, enter, measured):
    enter(nurse=True)
    measured(30, weight_kg="71.50")

    assert re.search(r"Weight 71.5 kg.*Wed 00:30", chart().text)


def test_grey_lies_outside_this_persons_own_limits_and_they_are_said(chart, enter, stay, measured):
    stay.targets = {"heart_rate_bpm": ["60", "120"], "systolic_mmhg": ["", "160"]}
    stay.save()
    enter(nurse=True)
    measured(1, heart_rate_bpm=88)

    response = chart()

    assert response.text.count('class="outside"') == 3
    assert "Heart rate 60 to 120 bpm" in response.text
    assert "Systolic pressure at most 160 mmHg" in response.text


def test_events_are_numbered_in_time_and_told_in_a_list(chart, enter, stay, house):
    enter(nurse=True)
    Transition.objects.create(
        facility=house, episode=stay, from_state=State.INTAKE, to_state=State.WITHDRAWAL,
        actor=factories.UserFactory(), role="RN", submission_id=stay.pk,
        occurred_at=NOW - timedelta(hours=44), recorded_at=NOW,
    )  # fmt: skip
    first = stay.bed_stays.get()
    first.ended_at = NOW - timedelta(hours=20)
    first.save()
    bed = factories.BedFactory(unit=first.bed.unit, label="9")
    BedStay.objects.create(facility=house, episode=stay, bed=bed, started_at=first.ended_at)
    PersonalTarget.objects.create(
        facility=house, episode=stay, vital="heart_rate_bpm", low="60", high="120", reason="fit",
        actor=factories.UserFactory(), role="MD", submission_id=stay.pk,
        occurred_at=NOW - timedelta(hours=10), recorded_at=NOW,
    )  # fmt: skip

    response = chart()

    assert events(response) == [
        "1 Tue 06:30 Arrived Tue 06:30 Bed 7",
        "2 Tue 10:30 Admitted",
        "3 Wed 10:30 Moved to bed 9",
        "4 Wed 20:30 Heart rate limits 60 to 120 bpm",
    ]
    assert response.text.count('<circle cx="') >= 4


def test_what_was_written_up_after_a_downtime_says_so(chart, enter, stay):
    enter(nurse=True)
    factories.VitalsFactory(
        episode=stay, occurred_at=NOW - timedelta(hours=9), recorded_at=NOW, is_downtime=True
    )

    assert any("Vital signs written up after a downtime" in event for event in events(chart()))


@pytest.mark.parametrize(
    ("asked", "hours"), [("12h", 12), ("24h", 24), ("stay", 48), ("", 48), ("<b>", 48)]
)
def test_the_zoom_shows_so_many_hours_and_a_short_stay_opens_whole(chart, enter, asked, hours):
    enter(nurse=True)

    response = chart(f"?span={asked}")

    start = int(match(r'data-from="(\d+)"', response.text)[1])
    assert NOW.timestamp() - start == hours * 3600
    shown = match(r'<a href="\?span=(\w+)" aria-current="true"', response.text)[1]
    assert shown == (asked if asked in ("12h", "24h") else "stay")


def test_a_long_stay_opens_on_its_last_three_days(chart, enter, stay):
    stay.arrived_at = NOW - timedelta(days=14)
    stay.save()
    enter(nurse=True)

    response = chart()

    start = int(match(r'data-from="(\d+)"', response.text)[1])
    assert NOW.timestamp() - start == 72 * 3600
    assert "7 days" in response.text


def test_a_zoom_leaves_out_the_numbers_of_other_times_but_not_the_highest_score(
    chart, enter, scored
):
    enter(nurse=True)
    scored(30, 20)
    scored(4, 12)

    response = chart("?span=12h")

    assert len(rows(response)) == 1
    assert "Highest so far 20" in response.text


def test_the_hour_that_comes_twice_is_an_hour_wide_and_in_order(client, enter, house, monkeypatch):
    """Sunday 7 November 2027: clocks in the house go back from 02:00 to 01:00."""
    first = datetime(2027, 11, 7, 8, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: first + timedelta(hours=6))
    stay = factories.EpisodeFactory(
        person__facility=house, arrived_at=first - timedelta(hours=4), admitted=True
    )
    enter(nurse=True)
    factories.CowsFactory(episode=stay, occurred_at=first, scored=14)
    factories.CowsFactory(episode=stay, occurred_at=first + timedelta(hours=1), scored=10)

    response = client.get(f"/people/{stay.pk}/")

    assert [row.split("|")[:2] for row in rows(response)] == [
        ["Sun 7 Nov 01:30", "14 Moderate"],
        ["Sun 7 Nov 01:30", "10 Mild"],
    ]
    path = match(r'<path class="measured" d="M(\d+) \d+l(\d+)', response.text)
    assert int(path[2]) > 300  # an hour of some ten and a half is no vertical line


def test_a_stay_that_ended_shows_no_present_and_nothing_due(chart, enter, stay, scored):
    scored(30, 12)
    stay.state, stay.closed_at = State.DISCHARGED, NOW - timedelta(hours=20)
    stay.save()
    enter(nurse=True)

    response = chart()

    assert 'class="now"' not in response.text
    assert "Stay has ended" in response.text
    assert "Nothing is due" in response.text


def test_hostile_words_stay_words(chart, enter, stay, scored):
    evil = '<script>alert("x")</script>'
    stay.person.legal_name = stay.person.preferred_name = evil
    stay.person.pronouns = evil
    stay.person.save()
    wrong = scored(4, 30)
    factories.CowsFactory(
        episode=stay, occurred_at=wrong.occurred_at, scored=12, replaces=wrong, why=evil
    )
    enter(nurse=True)

    response = chart()

    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert" in response.text


def test_unsigned_content_shows_as_a_draft(chart, enter, scored):
    enter(nurse=True)
    scored(1, 12)

    text = chart().text

    assert "not yet signed by a medical director" in text
    assert text.count(">Draft</span>") == 4


def test_the_page_carries_no_inline_style_and_no_inline_script(chart, enter, scored, measured):
    enter(nurse=True)
    scored(1, 12)
    measured(1, heart_rate_bpm=88)

    text = chart().text

    assert " style=" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son\w+=", text)
