"""Every shipped scale from the list to the history, and what a single answer raises."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.content import library, review
from stepdown.records import verifying
from stepdown.records.actions.monitoring import observations
from stepdown.records.actions.monitoring.readings import Reading, Scale
from stepdown.records.errors import Refused
from stepdown.records.models import Observation
from tests import factories
from tests.care.observing.conftest import NOW, Sheet, stand_at

pytestmark = pytest.mark.django_db

BY_HAND = [
    key
    for key, scale in library.instruments().items()
    if not any(item.derived_from for item in scale.items)
]


def example_of(key, number=-1):
    scale = library.instrument(key)
    return review.example_answers(scale, scale.examples[number])


def sheet_of(client, stay, key):
    return Sheet(client, f"/people/{stay.pk}/observe/{key}/", key=key)


def said(response):
    return [(each.level_tag, str(each)) for each in get_messages(response.wsgi_request)]


@pytest.mark.parametrize("key", BY_HAND)
def test_each_scale_is_recorded_listed_reopened_and_corrected(client, enter, stay, key):
    nurse = enter(nurse=True)
    scale, sheet = library.instrument(key), sheet_of(client, stay, key)
    first, last = scale.examples[0], scale.examples[-1]

    assert sheet.send(sheet.filled(example_of(key, 0))).status_code == 303
    old = Observation.objects.get()
    reopened = client.get(f"/observations/{old.pk}/correct").text
    corrected = Sheet(client, f"/observations/{old.pk}/correct", key=key)
    response = corrected.send(corrected.filled(example_of(key, -1), why="asked again"))

    assert response.status_code == 303
    new = Observation.objects.get(replaces=old)
    assert (old.total, old.band) == (first.total, first.band)
    assert (new.total, new.band) == (last.total, last.band)
    assert old.chosen() == example_of(key, 0)
    assert "The old entry stays readable" in reopened
    chart = client.get(f"/people/{stay.pk}/observations").text
    assert chart.count(f"<b>{scale.short_name}</b>") == 2
    assert client.get(f"/people/{stay.pk}/").status_code == 200
    assert scale.short_name in client.get(sheet.url).text
    broken = [str(each) for each in verifying.verify(nurse.facility)]
    assert not [each for each in broken if "observation" in each]


@pytest.mark.parametrize("key", BY_HAND)
def test_a_scale_says_that_it_is_a_draft_and_whose_words_it_holds(client, enter, stay, key):
    enter(nurse=True)
    scale = library.instrument(key)

    page = client.get(f"/people/{stay.pk}/observe/{key}/").text

    assert "Unsigned draft" in page
    assert page.count(">draft</span>") == sum(item.evidence == "draft" for item in scale.items)
    whose = {
        "patient": "own words: read aloud, enter what they answer",
        "either": "Asked of the person, or answered by them",
        "clinician": "Rated by who looks",
    }
    assert whose[scale.rated_by] in page


# --- the list


def test_the_list_offers_every_scale_by_group_with_its_last_result(client, enter, stay):
    enter(nurse=True)
    sheet = sheet_of(client, stay, "sows_gossop")
    sheet.send(sheet.filled(example_of("sows_gossop", 2)))

    page = client.get(f"/people/{stay.pk}/scales/").text

    heads = re.findall(r'<h2 id="group-(\w+)">', page)
    assert heads == ["withdrawal", "mood", "use", "recovery", "other"]
    for key, scale in library.instruments().items():
        assert f"/people/{stay.pk}/observe/{key}/" in page
        assert f"<b>{scale.short_name}</b>" in page
    assert "SOWS-Gossop 15" in page
    assert page.count("Not asked yet in this stay") == len(library.instruments()) - 1


def test_the_list_costs_the_same_however_many_scales_and_readings(client, enter, stay):
    enter(nurse=True)
    client.get(f"/people/{stay.pk}/scales/")
    costs = []
    for _each in range(2):
        with CaptureQueriesContext(connection) as spent:
            client.get(f"/people/{stay.pk}/scales/")
        costs.append(len(spent.captured_queries))
        for hours in range(1, 9):
            at = NOW - timedelta(hours=hours)
            factories.CowsFactory(episode=stay, occurred_at=at, scored=9)

    assert costs[0] == costs[1]
    assert costs[0] <= 14


@pytest.mark.parametrize(
    ("who", "status"),
    [("nurse", 200), ("prescriber", 200), ("technician", 403), ("counsellor", 403)],
)
def test_the_list_opens_for_who_records_scales(client, enter, stay, who, status):
    enter(**{who: True})

    assert client.get(f"/people/{stay.pk}/scales/").status_code == status


def test_a_stranger_is_not_told_of_the_list(client, enter, stay):
    enter(nurse=True)
    elsewhere = factories.EpisodeFactory(arrived_at=NOW - timedelta(days=1))

    assert client.get(f"/people/{elsewhere.pk}/scales/").status_code == 404


def test_the_chart_leads_to_the_list(client, enter, stay):
    enter(nurse=True)

    assert f"/people/{stay.pk}/scales/" in client.get(f"/people/{stay.pk}/").text


# --- without bands, and in parts


def test_a_scale_without_bands_shows_a_number_and_no_word_for_it(client, enter, stay):
    enter(nurse=True)
    sheet = sheet_of(client, stay, "craving_vas")

    response = sheet.send(sheet.filled({"urge_now": " 037 "}))

    found = Observation.objects.get()
    assert (found.total, found.band, found.severity) == (37, "", None)
    assert found.answers == {"urge_now": ["37", 37]}
    assert said(response) == [("success", "Recorded for 06:30: Craving 0-100 37.")]
    page = client.get(sheet.url).text
    assert "No bands published" in page
    assert "has no published bands" in page
    assert "last time 37" in page


@pytest.mark.parametrize("typed", ["101", "-1", "3.5", "ten", "1e1", "٣"])
def test_a_number_outside_its_range_is_named_and_nothing_is_saved(client, enter, stay, typed):
    enter(nurse=True)
    sheet = sheet_of(client, stay, "craving_vas")

    response = sheet.send(sheet.filled({"urge_now": typed}))

    assert response.status_code == 422
    assert "Urge to use now is a whole number from 0 to 100 (of 100)" in response.text
    assert f'value="{typed}"' in response.text
    assert not Observation.objects.exists()


def test_a_number_left_out_is_named(client, enter, stay):
    enter(nurse=True)
    sheet = sheet_of(client, stay, "craving_vas")

    response = sheet.send(sheet.filled({}))

    assert response.status_code == 422
    assert "Enter a number for Urge to use now." in response.text


def test_the_bam_is_kept_and_shown_in_parts_and_has_no_total_anywhere(client, enter, stay):
    enter(nurse=True)
    sheet = sheet_of(client, stay, "bam")

    response = sheet.send(sheet.filled(example_of("bam", 4)))

    found = Observation.objects.get()
    assert (found.total, found.at_least, found.band, found.severity) == (None, None, "", None)
    assert found.parts == {
        "use": [4, "flag", 2], "risk": [19, "flag", 2], "protective": [8, "flag", 2],
    }  # fmt: skip
    assert found.answers["sleep_nights"] == ["15", 3]
    assert found.answers["opiates_days"] == ["30", None]
    words = said(response)[0][1]
    assert words == (
        "Recorded for 06:30: BAM-R: Use 4 (Flag: any use), Risk 19 (Flag: 12 or more), "
        "Protective 8 (Flag: 12 or fewer)."
    )
    for url in (f"/people/{stay.pk}/", f"/people/{stay.pk}/observations", sheet.url):
        page = client.get(url).text
        assert "31" not in re.findall(r"\b31\b", page)  # 4 + 19 + 8
        assert "data-total" not in page
    course = client.get(f"/people/{stay.pk}/").text
    for part in ("BAM-R Use", "BAM-R Risk", "BAM-R Protective"):
        assert part in course


def test_an_unfinished_bam_has_no_part_either(client, enter, stay):
    enter(nurse=True)
    sheet = sheet_of(client, stay, "bam")
    left = {"do": "not_scored", "bam_outcome": "partial", "bam_reason": "had to stop"}

    sheet.send(sheet.filled({"alcohol_days": "5", "heavy_days": "5", "drug_days": "0"}, **left))

    found = Observation.objects.get()
    assert (found.outcome, found.parts, found.total, found.at_least) == (
        "partial",
        None,
        None,
        None,
    )


def test_an_old_result_keeps_the_words_of_its_day(client, enter, stay):
    enter(nurse=True)
    sheet = sheet_of(client, stay, "ucla3")
    sheet.send(sheet.filled(example_of("ucla3", 0)))
    found = Observation.objects.get()

    assert library.restore(type(library.instrument("ucla3")), found.snapshot.text).name
    assert "Hardly ever" in client.get(f"/people/{stay.pk}/observations").text


def test_the_histories_of_the_two_scales_called_sows_are_apart(client, enter, stay):
    enter(nurse=True)
    for key in ("sows16", "sows_gossop"):
        sheet = sheet_of(client, stay, key)
        sheet.send(sheet.filled(example_of(key)))

    client.get(f"/people/{stay.pk}/")  # reads what was said about the last form
    sixteen = client.get(f"/people/{stay.pk}/observe/sows16/").text
    ten = client.get(f"/people/{stay.pk}/observe/sows_gossop/").text

    assert "SOWS-16 32, severe" in sixteen
    assert "SOWS-Gossop" not in sixteen
    assert "SOWS-Gossop 30" in ten
    assert "SOWS-16" not in ten.replace("instead of SOWS-16", "")


def test_what_does_not_count_is_kept_without_points(client, enter, stay):
    enter(nurse=True)
    sheet = sheet_of(client, stay, "dsm5_oud")
    answers = dict.fromkeys(
        (item.key for item in library.instrument("dsm5_oud").items[1:]), "not_met"
    ) | {"supervised": "yes", "tolerance": "met", "withdrawal": "met", "craving": "met"}

    sheet.send(sheet.filled(answers))

    found = Observation.objects.get()
    assert (found.total, found.band) == (1, "none")
    assert found.answers["tolerance"] == ["met", None]
    assert found.answers["craving"] == ["met", 1]


# --- what an answer raises


def phq(last="not_at_all", rest="not_at_all"):
    keys = [item.key for item in library.instrument("phq9").items]
    return dict.fromkeys(keys[:8], rest) | {keys[8]: last, keys[9]: "not_difficult"}


NO_TO_ALL = {"q1": "no", "q2": "no", "q6_lifetime": "no"}
RAISED = "PHQ-9 item 9 above not at all"


def screened(client, stay):
    """A suicide screen an hour ago: none is due by itself."""
    screen = sheet_of(client, stay, "cssrs_screener")
    screen.send(screen.filled(NO_TO_ALL, occurred_at="2027-01-07T05:30"))


def board(client, stay):
    """The ward's board, once what was said about the last form has been read."""
    address = f"/ward/{stay.bed_stays.get().bed.unit.code}/"
    client.get(address)
    return client.get(address).text


def test_item_9_is_said_at_once_leads_to_the_screen_and_stands_until_it_is_done(
    client, enter, stay, monkeypatch
):
    enter(nurse=True)
    screened(client, stay)
    sheet = sheet_of(client, stay, "phq9")

    response = sheet.send(sheet.filled(phq("several_days")))

    assert (response.status_code, response.url) == (
        303,
        f"/people/{stay.pk}/observe/cssrs_screener/",
    )
    assert [level for level, _words in said(response)] == ["success", "warning"]
    assert said(response)[1][1].startswith(f"{RAISED}. Stay with the person and ask the suicide")
    found = Observation.objects.get(kind="phq9")
    assert (found.total, found.raised) == (1, {"self_harm": "cssrs_screener"})
    for page in (board(client, stay), client.get(f"/people/{stay.pk}/").text):
        assert RAISED in page
        assert "Suicide screen, now" in page

    stand_at(monkeypatch, NOW + timedelta(minutes=2))
    screen = sheet_of(client, stay, "cssrs_screener")
    assert screen.send(screen.filled(NO_TO_ALL)).url == f"/people/{stay.pk}/"
    for page in (board(client, stay), client.get(f"/people/{stay.pk}/").text):
        assert RAISED not in page
        assert "Suicide screen, now" not in page


def test_item_9_counts_from_a_scale_that_was_left_half_way(client, enter, stay):
    enter(nurse=True)
    sheet = sheet_of(client, stay, "phq9")
    left = {"do": "not_scored", "phq9_outcome": "partial", "phq9_reason": "wants to stop"}

    response = sheet.send(sheet.filled({"better_off_dead": "nearly_every_day"}, **left))

    assert response.url.endswith("/observe/cssrs_screener/")
    found = Observation.objects.get()
    assert (found.outcome, found.total, found.raised) == (
        "partial",
        None,
        {"self_harm": "cssrs_screener"},
    )
    assert RAISED in board(client, stay)


def test_a_screen_that_was_refused_leaves_the_demand_standing(client, enter, stay, monkeypatch):
    enter(nurse=True)
    screened(client, stay)
    sheet = sheet_of(client, stay, "phq9")
    sheet.send(sheet.filled(phq("several_days")))
    stand_at(monkeypatch, NOW + timedelta(minutes=2))
    screen = sheet_of(client, stay, "cssrs_screener")
    refused = {"do": "not_scored", "cssrs_screener_outcome": "refused"}

    screen.send(screen.filled({}, **refused))

    assert RAISED in board(client, stay)
    assert "Suicide screen, now" in client.get(f"/people/{stay.pk}/").text


def test_a_later_phq_9_without_it_does_not_take_the_demand_back(client, enter, stay, monkeypatch):
    enter(nurse=True)
    sheet = sheet_of(client, stay, "phq9")
    sheet.send(sheet.filled(phq("several_days")))
    stand_at(monkeypatch, NOW + timedelta(minutes=2))

    sheet.send(sheet.filled(phq()))

    assert RAISED in board(client, stay)


def test_a_correction_takes_back_what_the_wrong_answer_raised(client, enter, stay):
    enter(nurse=True)
    sheet = sheet_of(client, stay, "phq9")
    sheet.send(sheet.filled(phq("several_days")))
    wrong = Observation.objects.get()
    corrected = Sheet(client, f"/observations/{wrong.pk}/correct", key="phq9")

    corrected.send(corrected.filled(phq(), why="wrong button"))

    assert RAISED not in board(client, stay)
    assert Observation.objects.get(replaces=wrong).raised is None


def test_a_correction_may_raise_as_well(client, enter, stay):
    enter(nurse=True)
    sheet = sheet_of(client, stay, "phq9")
    sheet.send(sheet.filled(phq()))
    wrong = Observation.objects.get()
    corrected = Sheet(client, f"/observations/{wrong.pk}/correct", key="phq9")

    response = corrected.send(corrected.filled(phq("more_than_half"), why="misread"))

    assert response.url.endswith("/observe/cssrs_screener/")
    assert RAISED in board(client, stay)


def test_told_late_it_is_answered_by_the_screen_done_since(client, enter, stay):
    enter(nurse=True)
    screen = sheet_of(client, stay, "cssrs_screener")
    screen.send(screen.filled(NO_TO_ALL))
    sheet = sheet_of(client, stay, "phq9")

    response = sheet.send(
        sheet.filled(phq("several_days"), occurred_at="2027-01-07T05:30", downtime="on")
    )

    assert response.url == f"/people/{stay.pk}/"
    assert RAISED not in board(client, stay)


def test_hallucinations_stand_until_the_scale_finds_none(client, enter, stay, monkeypatch):
    enter(nurse=True)
    sheet = sheet_of(client, stay, "ciwa_ar")
    none = example_of("ciwa_ar", 0)

    response = sheet.send(sheet.filled(none | {"visual": "four"}))

    assert response.url == f"/people/{stay.pk}/"
    assert Observation.objects.get().raised == {"hallucination": "ciwa_ar"}
    words = (
        "CIWA-Ar: hallucinations. Not opioid withdrawal: alcohol and sedative pathway. Call the "
        "prescriber now, and stay with the person."
    )
    assert said(response)[1] == ("warning", words)
    assert "CIWA-Ar: hallucinations" in board(client, stay)

    stand_at(monkeypatch, NOW + timedelta(minutes=2))
    sheet.send(sheet.filled(none))
    assert "CIWA-Ar: hallucinations" not in board(client, stay)
    assert "CIWA-Ar: hallucinations" not in client.get(f"/people/{stay.pk}/").text


def test_where_nothing_was_raised_the_board_asks_nothing_more(client, enter, stay):
    enter(nurse=True)
    board(client, stay)
    costs = []
    for answers in (phq(), phq("several_days")):
        sheet = sheet_of(client, stay, "phq9")
        sheet.send(sheet.filled(answers))
        board(client, stay)
        with CaptureQueriesContext(connection) as spent:
            client.get(f"/ward/{stay.bed_stays.get().bed.unit.code}/")
        costs.append(len(spent.captured_queries))

    assert costs[1] - costs[0] == 1


def test_an_item_above_seven_is_refused_by_its_name(enter, stay):
    nurse = enter(nurse=True)
    answers = example_of("ciwa_ar", 0) | {"tremor": "eight"}

    with pytest.raises(Refused, match="Tremor cannot be eight"):
        observations.record(
            stay,
            Reading(NOW, scales={"ciwa_ar": Scale(answers)}),
            by=nurse,
            at=NOW,
            submission=uuid4(),
        )
