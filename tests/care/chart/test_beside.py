"""What stands beside and above the course: the person, what is next, the last use, symptoms."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from stepdown.records import facts
from stepdown.records.models import AllergyEntry, SubstanceUse
from stepdown.records.reading import heading
from stepdown.records.reading.sight import Sight
from tests.care.chart.conftest import NOW, match, words
from tests.care.chart.test_who import told

pytestmark = pytest.mark.django_db


def part(response, title: str) -> str:
    """The panel with this id of a title, as text."""
    found = re.search(
        rf'<section[^>]*aria-labelledby="{title}">(.*?)</section>', response.text, re.DOTALL
    )
    return words(found[1]) if found else ""


def banner(response) -> str:
    return words(match(r'<section class="patient".*?</section>', response.text)[0])


def test_the_banner_says_who_where_and_which_day(chart, enter, stay):
    stay.person.pronouns, stay.person.born_on = "they/them", NOW.date().replace(year=1993)
    stay.person.save()
    enter(nurse=True)

    words = banner(chart())

    assert "Bed 7 Dani Okafor they/them, 34, day 3 of stay" in re.sub(r"Okafor\d+", "Okafor", words)
    assert "Before first dose" in words


@pytest.mark.parametrize(
    ("statement", "words", "warns"),
    [
        (None, "Allergies: not asked yet", True),
        ("none_known", "Allergies: none known", False),
        ("unable", "Allergies: could not be asked", True),
        ("listed", "Allergy: penicillin (rash, severe)", True),
    ],
)
def test_allergies_none_known_and_not_asked_are_three_things(
    chart, enter, stay, statement, words, warns
):
    if statement:
        listed = {"substance": "penicillin", "reaction": "rash", "severity": "severe"}
        told(stay, AllergyEntry, statement=statement, **(listed if statement == "listed" else {}))
    enter(nurse=True)

    response = chart()

    assert words in banner(response)
    kind = "late" if warns else "line"
    assert re.search(
        rf'<span class="tag tag--{kind}">(<svg.*?</svg>)?{re.escape(words)}', response.text
    )


def test_what_is_next_leads_to_its_sheet_for_who_takes_it(chart, enter, scored, stay):
    scored(4, 12)
    enter(nurse=True)

    text = chart().text

    assert f'href="/people/{stay.pk}/observe/"' in text
    assert f'href="/people/{stay.pk}/observe/cssrs_screener/"' in text


@pytest.mark.parametrize(
    ("traits", "leads"),
    [({"trained_technician": True}, ["observe/"]), ({"technician": True}, []), ({"counsellor": True}, [])],
)  # fmt: skip
def test_who_takes_only_vital_signs_is_led_only_there(chart, enter, stay, traits, leads):
    enter(**traits)

    found = re.findall(rf'href="/people/{stay.pk}/(observe/[^"]*)"', chart().text)

    assert sorted(set(found)) == leads


def use(stay, substance, hours, certainty="exact", category="opioid", recorded=0):
    return SubstanceUse.objects.create(
        facility=stay.facility, episode=stay, category=category, substance=substance,
        certainty=certainty, actor=told(stay, AllergyEntry, statement="none_known").actor, role="RN",
        submission_id=told(stay, AllergyEntry, statement="none_known").pk, occurred_at=NOW,
        recorded_at=NOW - timedelta(hours=40 - recorded),
        last_used_at=None if hours is None else NOW - timedelta(hours=hours),
    )  # fmt: skip


def test_the_last_use_of_each_opioid_has_its_certainty_and_its_hours(chart, enter, stay):
    use(stay, "heroin", 50)
    use(stay, "oxycodone_ir", 60, "guess")
    enter(nurse=True)

    words = part(chart(), "uses")

    assert "2 d 2 h since the last opioid use told" in words
    assert re.search(r"Heroin Tue 04:30 , 2 d 2 h ago Exact", words)
    assert re.search(r"Oxycodone IR Mon 18:30 , 2 d 12 h ago A guess", words)


def test_one_unknown_last_use_makes_the_whole_unknown(chart, enter, stay):
    use(stay, "heroin", 50)
    use(stay, "fentanyl_powder", None, "unknown")
    enter(nurse=True)

    words = part(chart(), "uses")

    assert "Not known: the last use of at least one opioid is not known." in words
    assert "since the last opioid use" not in words
    assert "Fentanyl powder Not known" in words


def test_no_opioid_told_is_neither_long_ago_nor_now(chart, enter, stay):
    enter(nurse=True)
    assert "Nobody has asked yet" in part(chart(), "uses")
    use(stay, "alcohol", 30, category="co_use")
    assert "No opioid use was told." in part(chart(), "uses")


@pytest.mark.parametrize(
    "uses",
    [[], [("heroin", 50)], [("heroin", 50), ("morphine", None)], [("heroin", None), ("heroin", 9)]],
)
def test_the_page_and_the_facts_of_the_records_agree_on_the_last_use(enter, stay, uses):
    for n, (substance, hours) in enumerate(uses):
        use(stay, substance, hours, "unknown" if hours is None else "exact", recorded=n)
    actor = enter(nurse=True)

    found = heading.find(stay.pk, actor, Sight.of(actor), NOW)

    assert found is not None
    assert heading.time_since_last_use(found.opioids(), NOW) == facts.time_since_last_use(stay, NOW)


def symptom(response, label: str) -> str:
    """One symptom's line as text."""
    for line in re.findall(r"<li data-present.*?</li>", response.text, re.DOTALL):
        if f"<span>{label}</span>" in line:
            presence = match(r'data-presence="(\w+)"', line)[1]
            return f"{presence}: {words(line)}"
    raise LookupError(label)


def test_a_symptom_says_since_when_how_strong_and_which_field_saw_it(chart, enter, scored):
    scored(9, points=(1, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    scored(5, points=(2, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    enter(nurse=True)

    line = symptom(chart(), "Sweating, chills or flushing")

    assert line.startswith("present: Sweating, chills or flushing since Wed 21:30")
    assert "COWS 2, Sweating" in line
    assert "01:30; strength 2 of 4" in line


def test_what_a_field_joins_stays_joined(chart, enter, scored):
    scored(5, points=(0, 0, 0, 0, 2, 0, 0, 0, 0, 0))
    enter(nurse=True)

    text = chart().text

    assert "<span>Runny nose or tearing</span>" in text
    assert "<span>Runny nose</span>" not in text


def test_not_asked_not_looked_at_not_told_and_absent_are_four_things(chart, enter, scored):
    scored(5, points=(0, 0, 0, 0, 0, 3, 0, 0, 0, 0))  # vomiting or diarrhoea
    enter(nurse=True)

    response = chart()

    assert symptom(response, "Sleeplessness").startswith("not_asked: Sleeplessness not asked")
    assert symptom(response, "Fast heart").startswith("not_observed: Fast heart not looked at")
    assert symptom(response, "Stomach cramps").startswith("not_told: Stomach cramps not told")
    assert symptom(response, "Yawning").startswith("absent: Yawning not there")


def test_a_symptom_that_went_says_when_it_was_there_last(chart, enter, scored):
    scored(9, points=(0, 0, 0, 0, 0, 0, 0, 2, 0, 0))
    scored(5, points=(0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    enter(nurse=True)

    assert symptom(chart(), "Yawning").endswith("last there Wed 21:30")


def test_a_corrected_score_shows_no_symptom(chart, enter, stay, scored):
    from tests import factories

    wrong = scored(5, points=(0, 0, 0, 0, 0, 0, 0, 2, 0, 0))
    factories.CowsFactory(
        episode=stay, occurred_at=wrong.occurred_at, scored=0, replaces=wrong, why="another bed"
    )
    enter(nurse=True)

    assert symptom(chart(), "Yawning").startswith("absent")
