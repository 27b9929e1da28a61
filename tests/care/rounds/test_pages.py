"""Rounds and fluids as pages: two taps, nothing chosen beforehand, nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from stepdown import clock
from stepdown.records.models import FluidEntry, SafetyRound
from tests import factories
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 1, 7, 11, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def present(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def house():
    return factories.FacilityFactory()


@pytest.fixture
def unit(house):
    return factories.UnitFactory(facility=house)


@pytest.fixture
def lies(house, unit):
    def lies(label):
        bed = factories.BedFactory(unit=unit, label=label)
        return factories.EpisodeFactory(
            person__facility=house, arrived_at=NOW - timedelta(days=2), admitted=True, in_bed=bed
        )

    return lies


@pytest.fixture
def enter(client, house):
    def enter(role):
        return sign_in(client, factories.AssignmentFactory(facility=house, role=role))

    return enter


def rounds_of(stay):
    return f"/people/{stay.pk}/rounds/"


def fluids_of(stay):
    return f"/people/{stay.pk}/fluids/"


def test_the_list_names_everybody_in_a_bed_and_ticks_nobody(client, unit, lies, enter):
    stays = [lies("1"), lies("2")]
    enter("BHT")

    html = client.get(f"/ward/{unit.code}/rounds/").text

    assert all(rounds_of(stay) in html for stay in stays)
    assert "checked" not in html.split('class="walk"')[1].split("</main>")[0]
    assert html.count("no round yet") == 2
    assert not SafetyRound.objects.exists()


@pytest.mark.parametrize("beds", [1, 6])
def test_the_list_costs_the_same_however_many_lie_there(
    client, unit, lies, enter, beds, django_assert_max_num_queries
):
    for label in range(beds):
        lies(str(label))
    enter("BHT")
    client.get(f"/ward/{unit.code}/rounds/")

    with django_assert_max_num_queries(10):
        client.get(f"/ward/{unit.code}/rounds/")


def test_a_tap_records_one_person_and_leads_back_to_the_list(client, unit, lies, enter):
    stay, other = lies("1"), lies("2")
    actor = enter("BHT")

    answer = client.post(
        rounds_of(stay),
        {"submission": str(uuid4()), "place": "bed_asleep_breathing", "unit": unit.code},
    )

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/ward/{unit.code}/rounds/"
    row = SafetyRound.objects.get()
    assert (row.episode_id, row.place, row.actor_id) == (
        stay.pk,
        "bed_asleep_breathing",
        actor.user.pk,
    )
    assert row.occurred_at == row.recorded_at == NOW
    assert not other.rounds.exists()
    html = client.get(f"/ward/{unit.code}/rounds/").text
    assert html.count("no round yet") == 1


@pytest.mark.parametrize(
    ("place", "words"),
    [("bed_asleep_not_seen", "rouse the person"), ("not_found", "search the unit")],
)
def test_an_answer_that_alarms_says_at_once_what_to_do(client, lies, enter, place, words):
    stay = lies("1")
    enter("BHT")

    html = client.post(
        rounds_of(stay), {"submission": str(uuid4()), "place": place}, follow=True
    ).text

    assert words in html.replace("&#x27;", "'")


def test_off_the_unit_alone_keeps_what_was_typed_and_asks_with_whom(client, lies, enter):
    stay = lies("1")
    enter("RN")

    answer = client.post(
        rounds_of(stay),
        {"submission": str(uuid4()), "place": "off_unit", "note": "at the pharmacy"},
    )

    assert answer.status_code == 422
    assert "Say with whom." in answer.text
    assert "at the pharmacy" in answer.text
    assert not SafetyRound.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"place": "everybody_ok"}])
def test_without_a_place_of_the_list_nothing_is_saved(client, lies, enter, sent):
    stay = lies("1")
    enter("RN")

    answer = client.post(rounds_of(stay), {"submission": str(uuid4())} | sent)

    assert answer.status_code == 422
    assert "Choose where the person was." in answer.text
    assert not SafetyRound.objects.exists()


def test_a_director_reads_rounds_and_has_no_button(client, lies, enter):
    stay = lies("1")
    enter("DIR")

    answer = client.get(rounds_of(stay))

    assert answer.status_code == 200
    assert 'name="place"' not in answer.text
    sent = client.post(rounds_of(stay), {"submission": str(uuid4()), "place": "dining"})
    assert sent.status_code == 403


@pytest.mark.parametrize("role", ["COUN", "ADM", "PRIV", "SYS", "PEER"])
def test_others_are_shown_neither(client, unit, lies, enter, role):
    stay = lies("1")
    enter(role)

    for path in (rounds_of(stay), fluids_of(stay), f"/ward/{unit.code}/rounds/"):
        assert client.get(path).status_code in (403, 404)


def test_a_drink_is_added_up_and_silence_is_not_zero(client, lies, enter):
    stay = lies("1")
    enter("BHT")
    before = client.get(fluids_of(stay)).text
    assert "nothing told" in before
    assert ">0 mL" not in before

    fields = fields_of(before, "f_drunk") | {"what": "water", "volume_ml": "250"}
    answer = client.post(f"{fluids_of(stay)}drunk", fields, follow=True)

    assert "250 mL, 1 time" in answer.text
    assert FluidEntry.objects.get().volume_ml == 250


def test_what_was_not_measured_makes_the_sum_at_least(client, lies, enter):
    stay = lies("1")
    enter("RN")
    for sent in ({"volume_ml": "200"}, {"what": "over_300", "bile": "yes"}):
        client.post(f"{fluids_of(stay)}vomited", {"submission": str(uuid4())} | sent)

    html = client.get(fluids_of(stay)).text

    assert "at least 200 mL, 2 times, 1 not measured" in html
    assert "Over 300 mL, not measured, bile" in html
    assert ">not known<" in html


@pytest.mark.parametrize("volume", ["-5", "9000", "2.5", "plenty"])
def test_an_impossible_volume_keeps_the_form_and_saves_nothing(client, lies, enter, volume):
    stay = lies("1")
    enter("RN")

    answer = client.post(
        f"{fluids_of(stay)}drunk",
        {"submission": str(uuid4()), "what": "water", "volume_ml": volume},
    )

    assert answer.status_code == 422
    assert f'value="{volume}"' in answer.text
    assert not FluidEntry.objects.exists()


def test_a_struck_entry_stays_readable_and_counts_for_nothing(client, lies, enter):
    stay = lies("1")
    enter("BHT")
    client.post(
        f"{fluids_of(stay)}drunk",
        {"submission": str(uuid4()), "what": "water", "volume_ml": "250"},
    )
    entry = FluidEntry.objects.get()

    client.post(f"/fluids/{entry.pk}/strike", {"submission": str(uuid4()), "why": "spilled"})

    html = client.get(fluids_of(stay)).text
    assert "entered in error" in html
    assert "Water, 250 mL" in html
    assert "250 mL, 1 time" not in html


def test_a_round_is_struck_out_with_its_reason(client, lies, enter):
    stay = lies("1")
    enter("BHT")
    client.post(rounds_of(stay), {"submission": str(uuid4()), "place": "dining"})
    row = SafetyRound.objects.get()
    assert client.get(f"/rounds/{row.pk}/strike").status_code == 200

    empty = client.post(f"/rounds/{row.pk}/strike", {"submission": str(uuid4()), "why": ""})
    assert empty.status_code == 422
    client.post(f"/rounds/{row.pk}/strike", {"submission": str(uuid4()), "why": "wrong bed"})

    assert "entered in error" in client.get(rounds_of(stay)).text


def test_entries_of_a_chart_that_is_closed_to_me_are_not_there(client, house, enter):
    stay = factories.EpisodeFactory(
        person__facility=house, arrived_at=NOW - timedelta(days=2), admitted=True,
        is_restricted=True,
    )  # fmt: skip
    enter("BHT")

    for path in (rounds_of(stay), fluids_of(stay)):
        assert client.get(path).status_code == 404
    sent = {"submission": str(uuid4()), "place": "dining"}
    assert client.post(rounds_of(stay), sent).status_code == 404
