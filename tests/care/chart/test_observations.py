"""Every observation, the newest first, with what became of it."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from stepdown.content import library
from stepdown.records.models import ContentSnapshot, Observation, Role, State
from tests import factories
from tests.care.chart.conftest import NOW, match, words

pytestmark = pytest.mark.django_db


def lines(response) -> list[str]:
    """Each entry as text."""
    items = re.findall(r'<li id="o-.*?</li>', response.text, re.DOTALL)
    return [words(each) for each in items]


def anchor_of(item_key: str, points: int) -> str:
    """The published words of one answer of COWS."""
    item = library.instrument("cows").item(item_key)
    option = item.option_worth(points) if item else None
    assert option is not None
    return option.text


def test_the_newest_stands_first_by_when_it_happened(listed, enter, stay, scored):
    scored(2, 10)
    scored(8, 14)
    factories.CowsFactory(
        episode=stay, occurred_at=NOW - timedelta(hours=5), recorded_at=NOW, scored=6
    )
    enter(nurse=True)

    found = lines(listed())

    assert [match(r"COWS (\d+)", line)[1] for line in found] == ["10", "6", "14"]


def test_an_entry_says_who_in_which_role_when_and_when_told(listed, enter, stay):
    nurse = factories.UserFactory(name="Marta Lindqvist")
    factories.CowsFactory(
        episode=stay, occurred_at=NOW - timedelta(hours=5), recorded_at=NOW - timedelta(hours=4),
        scored=6, actor=nurse, role=Role.LVN, context="pre_dose", note="shivering",
    )  # fmt: skip
    enter(nurse=True)

    (line,) = lines(listed())

    assert line.startswith("01:30 Before a dose COWS 6 Mild")
    assert "Told 1 h later" in line
    assert "shivering" in line
    assert "Marta Lindqvist, LVN recorded 02:30" in line


def test_what_was_told_at_once_bears_no_mark(listed, enter, scored):
    scored(2, 10)
    enter(nurse=True)

    assert "later" not in lines(listed())[0]


def test_a_downtime_and_a_value_asked_twice_are_marked(listed, enter, stay):
    factories.VitalsFactory(
        episode=stay, occurred_at=NOW - timedelta(hours=9), recorded_at=NOW, is_downtime=True,
        taken={"heart_rate_bpm": 135, "spo2_percent": 97}, asked_twice=["heart_rate_bpm"],
    )  # fmt: skip
    enter(nurse=True)

    (line,) = lines(listed())

    assert "After a downtime" in line
    assert "Heart rate 135 bpm (asked twice)" in line
    assert "Oxygen saturation 97 % (asked" not in line


def test_a_corrected_entry_is_struck_through_and_leads_to_its_correction(
    listed, enter, stay, scored
):
    old = scored(4, 30)
    new = factories.CowsFactory(
        episode=stay, occurred_at=old.occurred_at, recorded_at=NOW, scored=12, replaces=old,
        why="counted twice", actor=factories.UserFactory(name="Noor Haddad"),
    )  # fmt: skip
    enter(nurse=True)

    response = listed()

    assert response.text.count("<s>") == 1
    assert re.search(
        rf'id="o-{old.pk}" data-state="corrected".*?<s><b>COWS</b> 30', response.text, re.DOTALL
    )
    assert f'href="?entry={new.pk}#o-{new.pk}">Corrected by Noor Haddad' in response.text
    assert f'href="?entry={old.pk}#o-{old.pk}">The entry it replaces' in response.text
    assert "Why: counted twice" in response.text


def test_a_struck_entry_stays_readable_with_the_reason(listed, enter, stay, scored):
    old = scored(4, 30)
    factories.CowsFactory(
        episode=stay, occurred_at=old.occurred_at, outcome="unable", is_void=True, replaces=old,
        why="another person",
    )  # fmt: skip
    enter(nurse=True)

    response = listed()
    found = lines(response)

    assert len(found) == 2
    assert any("30" in line and "Struck out" in line for line in found)
    assert any("Entered in error" in line and "another person" in line for line in found)
    assert "/correct" not in response.text
    assert "/strike" not in response.text


def test_an_old_score_is_read_in_the_words_of_its_day(listed, enter, stay):
    cows, then = library.instrument("cows"), "Words of an older edition"
    anchor = anchor_of("yawning", 1)
    older = ContentSnapshot.objects.create(
        digest="0" * 64, kind="instrument", key="cows", version="1999",
        text=library.canonical(cows).replace(anchor, then),
    )  # fmt: skip
    factories.CowsFactory(
        episode=stay, occurred_at=NOW - timedelta(hours=2),
        points=(0, 0, 0, 0, 0, 0, 0, 1, 0, 0), snapshot_id=older.digest,
    )  # fmt: skip
    enter(nurse=True)

    assert f"<dd><b>1</b> {then}</dd>" in listed().text


def test_a_pupil_score_keeps_its_own_points(listed, enter, scored):
    scored(2, points=(0, 0, 5, 0, 0, 0, 0, 0, 0, 0))
    enter(nurse=True)

    assert f"<dd><b>5</b> {anchor_of('pupils', 5)}" in listed().text


def test_fifty_entries_make_a_page_and_each_page_leads_on(listed, enter, scored):
    for hours in range(60):
        scored(40 - hours / 2, 10)
    enter(nurse=True)

    first, second, beyond = listed(), listed("?page=2"), listed("?page=99")

    assert len(lines(first)) == 50
    assert 'rel="next" href="?page=2"' in first.text
    assert len(lines(second)) == 10
    assert 'rel="prev" href="?page=1"' in second.text
    assert lines(beyond) == lines(second)


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "9" * 20, "²"])
def test_a_page_that_is_no_number_is_the_first(listed, enter, scored, page):
    scored(1, 10)
    enter(nurse=True)

    response = listed(f"?page={page}")

    assert response.status_code == 200
    assert len(lines(response)) == 1


def test_a_link_to_an_entry_opens_the_page_it_is_on(listed, enter, scored):
    entries = [scored(40 - n / 2, 10) for n in range(60)]
    enter(nurse=True)

    assert f'id="o-{entries[0].pk}"' in listed(f"?entry={entries[0].pk}").text
    assert f'id="o-{entries[10].pk}"' in listed(f"?entry={entries[10].pk}").text
    assert f'id="o-{entries[59].pk}"' in listed(f"?entry={uuid4()}").text
    assert f'id="o-{entries[59].pk}"' in listed("?entry=x").text


def test_only_who_records_is_led_to_correcting(client, listed, enter, scored):
    entry = scored(2, 10)
    enter(nurse=True)
    assert f"/observations/{entry.pk}/correct" in listed().text
    assert f"/observations/{entry.pk}/strike" in listed().text

    enter(counsellor=True)
    assert f"/observations/{entry.pk}" not in listed().text


def test_nothing_is_corrected_once_the_stay_has_ended(listed, enter, stay, scored):
    scored(30, 10)
    stay.state, stay.closed_at = State.DISCHARGED, NOW - timedelta(hours=20)
    stay.save()
    enter(nurse=True)

    assert "/correct" not in listed().text


def test_a_stay_without_observations_says_what_will_appear(listed, enter):
    enter(nurse=True)

    assert "Nothing was observed yet" in listed().text


def test_hostile_notes_stay_notes(listed, enter, stay):
    evil = '"><script>alert(1)</script>'
    factories.VitalsFactory(
        episode=stay, occurred_at=NOW - timedelta(hours=1), note=evil, reason=evil
    )
    enter(nurse=True)

    text = listed().text

    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)") == 2


def test_another_stays_entries_are_not_among_them(listed, enter, house, scored):
    scored(2, 10)
    other = factories.EpisodeFactory(
        person__facility=house, arrived_at=NOW - timedelta(days=2), admitted=True
    )
    factories.CowsFactory(episode=other, occurred_at=NOW - timedelta(hours=1), scored=33)
    enter(nurse=True)

    assert len(lines(listed())) == 1
    assert Observation.objects.count() == 2
