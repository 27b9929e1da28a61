"""Another bed, another target: whoever comes second sees what changed and decides again."""

from __future__ import annotations

import pytest

from stepdown.records.models import Episode, PersonalTarget
from tests import factories
from tests.care.admissions.conftest import NOW
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def move(stay) -> str:
    return f"/people/{stay.pk}/move"


@pytest.fixture
def targets(stay) -> str:
    return f"/people/{stay.pk}/targets"


TARGET = {"vital": "heart_rate_bpm", "low": "48", "high": "95", "reason": "runs marathons"}


def test_somebody_moves_to_a_free_bed_and_the_old_stay_is_kept(enter, tell, move, stay, ward):
    enter(nurse=True)

    response = tell(move, bed=str(ward.beds.get(label="3").pk))

    assert (response.status_code, response.url) == (303, f"/people/{stay.pk}/")
    labels = stay.bed_stays.order_by("started_at").values_list("bed__label", "ended_at")
    assert list(labels) == [("1", NOW), ("3", None)]


def test_a_bed_taken_meanwhile_is_refused_and_shown_no_more(client, enter, move, ward, house, stay):
    enter(nurse=True)
    bed = ward.beds.get(label="3")
    sent = {**fields_of(client.get(move).text), "bed": str(bed.pk)}
    factories.EpisodeFactory(person__facility=house, arrived_at=NOW, in_bed=bed)

    response = client.post(move, sent)

    assert response.status_code == 409
    assert "bed 3 is taken" in response.text
    assert f'value="{bed.pk}"' not in response.text
    assert stay.bed_stays.get(ended_at=None).bed.label == "1"


def test_a_move_from_a_page_that_grew_old_shows_what_changed(
    client, enter, tell, move, targets, ward, stay
):
    enter(nurse=True)
    sent = {**fields_of(client.get(move).text), "bed": str(ward.beds.get(label="3").pk)}
    prescriber = enter(prescriber=True)
    tell(targets, **TARGET)
    enter(nurse=True)

    stale = client.post(move, sent)
    kept = fields_of(stale.text)
    again = client.post(move, kept)

    assert stale.status_code == 409
    assert "A personal target was set." in stale.text
    assert prescriber.user.name in stale.text
    assert kept["bed"] == sent["bed"]
    assert again.status_code == 303
    assert stay.bed_stays.get(ended_at=None).bed.label == "3"


@pytest.mark.parametrize(
    "wrong", [{"bed": ""}, {"bed": "7"}, {"seen_version": "x"}, {"seen_version": "9" * 30}]
)
def test_a_damaged_move_is_refused(enter, tell, move, stay, wrong):
    enter(nurse=True)

    assert tell(move, **wrong).status_code == 422
    assert stay.bed_stays.get(ended_at=None).bed.label == "1"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("nurse", 200),
        ("coordinator", 200),
        ("prescriber", 403),
        ("technician", 403),
        ("patient", 403),
    ],
)
def test_those_who_move_people_open_the_page(client, enter, move, who, status):
    enter(**{who: True})

    assert client.get(move).status_code == status


def test_a_target_is_set_with_its_reason_and_shown(client, enter, tell, targets, stay):
    enter(prescriber=True)

    response = tell(targets, **TARGET)

    assert response.status_code == 303
    assert Episode.objects.get(pk=stay.pk).targets == {"heart_rate_bpm": ["48", "95"]}
    page = client.get(targets).text
    assert "48 to 95 bpm" in page
    assert "runs marathons" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"vital": ""}, "Choose one."),
        ({"vital": "mood"}, "Select a valid choice"),
        ({"low": "", "high": ""}, "Enter a lowest or a highest value."),
        ({"low": "95", "high": "48"}, "The highest must be above the lowest."),
        ({"low": "many"}, "Enter a number."),
        ({"low": "1e9"}, "Enter a number."),
        ({"high": "1000"}, "Enter 20 to 250 bpm."),
        ({"reason": ""}, "Say why."),
        ({"reason": "x" * 501}, "at most 500 characters"),
    ],
)
def test_a_target_that_cannot_be_is_refused_and_what_was_typed_is_kept(
    enter, tell, targets, wrong, said
):
    enter(prescriber=True)
    sent = {**TARGET, **wrong}

    response = tell(targets, **sent)

    assert response.status_code == 422
    assert said in response.text
    assert fields_of(response.text)["reason"] == sent["reason"]
    assert not PersonalTarget.objects.exists()


def test_two_prescribers_do_not_overwrite_each_other_unawares(client, enter, tell, targets, stay):
    enter(prescriber=True)
    sent = {**fields_of(client.get(targets).text), **TARGET}
    tell(targets, vital="spo2_percent", low="92", reason="lungs")

    stale = client.post(targets, sent)
    again = client.post(targets, fields_of(stale.text))

    assert (stale.status_code, again.status_code) == (409, 303)
    assert Episode.objects.get(pk=stay.pk).targets == {
        "spo2_percent": ["92", ""], "heart_rate_bpm": ["48", "95"],
    }  # fmt: skip


def test_a_nurse_reads_targets_and_sets_none(client, enter, targets):
    enter(nurse=True)

    assert "None set" in client.get(targets).text
    assert client.post(targets, TARGET).status_code == 403
    assert not PersonalTarget.objects.exists()


def test_the_front_desk_reads_no_targets(client, enter, targets):
    enter(coordinator=True)

    assert client.get(targets).status_code == 403


def test_a_stranger_finds_nobody(client, move, targets):
    sign_in(client, factories.AssignmentFactory(nurse=True))

    assert client.get(move).status_code == 404
    assert client.get(targets).status_code == 404
