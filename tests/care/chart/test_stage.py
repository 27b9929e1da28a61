"""The stage of withdrawal on the chart: by the clock, by what is seen, and what is not known."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from stepdown.records.models import SubstanceUse
from tests import factories
from tests.care.chart.conftest import NOW, match, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def used(stay):
    """An opioid as told: ``used("heroin", 11)``; hours before now, None where not known."""
    nurse = factories.UserFactory()

    def used(substance, hours, certainty="exact", supply=None, **told):
        return SubstanceUse.objects.create(
            facility=stay.facility, episode=stay, category=told.pop("category", "opioid"),
            substance=substance, certainty="unknown" if hours is None else certainty,
            supply={"fentanyl": "no"} if supply is None else supply, actor=nurse, role="RN",
            submission_id=factories.UserFactory().pk, occurred_at=NOW, recorded_at=NOW,
            last_used_at=None if hours is None else NOW - timedelta(hours=hours), **told,
        )  # fmt: skip

    return used


def panel(response) -> str:
    """The panel as it reads."""
    return words(match(r'<section[^>]*aria-labelledby="stage">(.*?)</section>', response.text)[1])


def test_the_clock_and_what_is_seen_stand_side_by_side(chart, enter, scored, used):
    used("heroin", 11)
    scored(1, points=(1, 1, 1, 1, 1, 1, 1, 1, 2, 0))
    enter(nurse=True)

    text = panel(chart())

    assert "By the clock Anticipatory or early 11 h since the last opioid use told" in text
    assert re.search(r"By what is seen Later symptoms are there COWS 1\d at 05:30\.", text)
    assert "Clock and signs do not contradict each other." in text
    assert "Every person is different." in text
    assert "informs people and starts nothing" in text


def test_more_seen_than_the_clock_gives_is_said_with_questions(chart, enter, scored, used):
    used("heroin", 6)
    scored(1, points=(3, 3, 2, 2, 2, 2, 1, 2, 4, 0))
    enter(nurse=True)

    text = panel(chart())

    assert "More is seen than the clock gives" in text
    assert "To ask Was the last use longer ago than told?" in text


def test_an_unknown_last_use_shows_no_clock_and_no_strip(chart, enter, used):
    used("heroin", 200)
    used("morphine", None)
    enter(nurse=True)

    response = chart()

    assert "By the clock No clock The last use of at least one opioid is not known" in panel(
        response
    )
    assert 'class="strip"' not in response.text
    assert "Morphine: When it was used last is not known." in panel(response)


@pytest.mark.parametrize(
    ("substance", "hours", "why"),
    [
        ("kratom", 50, "For at least one opioid told no source gives a course."),
        ("heroin", -1, "A last use told lies in the future. Correct the entry."),
        (None, None, "Nobody has told which opioids were used."),
    ],
)
def test_why_there_is_no_clock_is_said(chart, enter, used, substance, hours, why):
    if substance:
        used(substance, hours)
    enter(nurse=True)

    assert f"No clock {why}" in panel(chart())


def test_the_windows_are_drawn_and_told_as_a_table(chart, enter, used):
    used("heroin", 11, supply={"fentanyl": "unknown"})
    enter(nurse=True)

    response = chart()
    text = panel(response)

    drawn = match(r'<div class="strip">.*?</div></div>|<div class="strip">.*?</svg></div>', response.text)[0]  # fmt: skip
    assert drawn.count('class="window"') == 3
    assert "Onset: 01:30 to 19:30 or later." in drawn  # 03:30 UTC was the last use
    assert "Heroin 6 to 24 h: 01:30 to 19:30" in text
    assert "Fentanyl, used for a long time may be in the supply: not excluded 8 to 24 h" in text
    assert "All together, the widest" in text
    assert "7 to 10 days or longer" in text


def test_sources_that_disagree_stand_one_under_the_other_with_their_tags(chart, enter, used):
    used("heroin", 11)
    enter(nurse=True)

    text = panel(chart())

    assert (
        "Heroin Onset (sources disagree) 6-12 h SA Health opioid withdrawal page confirmed" in text
    )
    assert "Short-acting opioids in general Onset (sources disagree) 8-24 h WHO 2009 unverified" in text  # fmt: skip


def test_what_is_not_known_says_what_would_settle_it(chart, enter, used):
    used("heroin", 11, "guess", supply={}, days_per_week=2)
    enter(nurse=True)

    text = panel(chart())

    assert "Heroin: It was not used every day. Ask for how many days in a row it was used." in text
    assert "Heroin, fentanyl: It is not known whether the supply held it." in text
    assert "The time of the last use is a guess" in text
    assert "Medicine given here is not recorded in Stepdown yet, so no dose is counted." in text


@pytest.mark.parametrize(("value", "stands"), [("38.5", False), ("38.6", True), ("39.4", True)])
def test_a_fever_withdrawal_does_not_explain_stands_over_the_course(
    chart, enter, measured, used, value, stands
):
    used("heroin", 40)
    measured(30, temperature_c=value)
    measured(2, heart_rate_bpm=88)
    enter(nurse=True)

    response = chart()

    said = "This is not opioid withdrawal: look for another cause."
    assert (said in response.text) is stands
    assert ("Think of: infection" in words(response.text).split("Stage of withdrawal")[0]) is stands
    assert ("Fever over 38.5 °C there" in panel(response)) is stands
    assert "amber from 38.1 and red from 39.1" in panel(response)


def test_the_sign_stands_until_it_is_measured_again(chart, enter, measured):
    measured(30, temperature_c="38.9")
    measured(1, temperature_c="37.2")
    enter(nurse=True)

    assert "This is not opioid withdrawal" not in chart().text


def test_what_no_field_asks_is_not_asked_and_never_absent(chart, enter, used):
    used("heroin", 40)
    enter(nurse=True)

    text = panel(chart())

    assert "Seizure not asked: no field asks for this" in text
    assert "Fever over 38.5 °C not looked at" in text
    assert "Hallucination not looked at" in text


def test_a_hallucination_told_on_its_scale_is_there_and_an_unfinished_look_clears_nothing(
    chart, enter, stay, used
):
    used("heroin", 40)
    for hours, answers, outcome in [
        (9, {"visual": ["four", 4]}, "partial"),
        (3, {"visual": ["nought", 0]}, "partial"),
    ]:
        factories.ObservationFactory(
            episode=stay, kind="ciwa_ar", occurred_at=NOW - timedelta(hours=hours), outcome=outcome,
            answers=answers,
        )  # fmt: skip
    enter(nurse=True)

    assert re.search(r"Hallucination there: CIWA-Ar, Wed 21:30", panel(chart()))


@pytest.mark.parametrize(
    ("traits", "sees_stage", "sees_fever"),
    [
        ({"counsellor": True}, True, True),
        ({"role": "UR", "licence_number": ""}, False, True),
        ({"technician": True}, False, False),
    ],
)
def test_a_role_sees_of_it_what_it_may_read(
    chart, enter, used, measured, traits, sees_stage, sees_fever
):
    used("heroin", 40)
    measured(1, temperature_c="38.9")
    enter(**traits)

    text = chart().text

    assert ("Stage of withdrawal" in text) is sees_stage
    assert ("since the last opioid use told" in text) is sees_stage
    assert ("This is not opioid withdrawal" in text) is sees_fever


def test_a_stay_that_ended_has_the_stage_of_its_end(chart, enter, stay, used):
    used("heroin", 60)
    stay.closed_at, stay.state = NOW - timedelta(hours=49), "DISCHARGED"
    stay.save()
    enter(nurse=True)

    assert "By the clock Anticipatory or early 11 h since" in panel(chart())


def test_a_name_typed_by_hand_is_shown_as_text(chart, enter, used):
    used("other", 20, note="<b>pink</b>")
    enter(nurse=True)

    response = chart()

    assert "<b>pink</b>" not in response.text
    assert "Other: &lt;b&gt;pink&lt;/b&gt;" in response.text
