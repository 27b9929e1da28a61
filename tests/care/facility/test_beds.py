"""Which beds can be used, and why not."""

import pytest

from stepdown.records.models import Bed
from tests.factories import BedFactory, EpisodeFactory, PersonFactory, UnitFactory
from tests.support import fields_of

pytestmark = pytest.mark.django_db

LIST = "/facility/beds/"


@pytest.fixture
def ward(house):
    return UnitFactory(facility=house, with_beds=3)


def mark(client, bed, **changes):
    page = f"{LIST}{bed.pk}/"
    return client.post(page, fields_of(client.get(page).text, "bed") | changes)


def test_a_nurse_blocks_a_bed_with_the_reason(client, enter, ward):
    enter(nurse=True)
    bed = ward.beds.first()
    assert mark(client, bed, status="blocked", note="Window does not close").status_code == 302
    text = client.get(LIST).text
    assert "Window does not close" in text
    assert "2 beds are free" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "blocked", "note": ""}, "Say why"),
        ({"status": "gone"}, "not one of the available choices"),
        ({"note": "x" * 121}, "at most 120"),
    ],
)
def test_what_is_wrong_is_named_and_the_bed_stays_as_it_was(client, enter, ward, changes, words):
    enter(nurse=True)
    bed = ward.beds.first()
    answer = mark(client, bed, **changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert Bed.objects.get(pk=bed.pk).status == "ready"


def test_a_bed_somebody_lies_in_is_not_blocked_and_nobody_is_named(
    client, enter, ward, house, present
):
    enter(nurse=True)
    bed = ward.beds.first()
    person = PersonFactory(facility=house)
    EpisodeFactory(person=person, arrived_at=present, in_bed=bed)
    assert person.called not in client.get(LIST).text
    assert "in use" in client.get(LIST).text
    answer = mark(client, bed, status="cleaning")
    assert answer.status_code == 422
    assert "Move them first" in answer.text


def test_who_may_only_read_changes_nothing(client, enter, ward):
    enter(technician=True)
    bed = ward.beds.first()
    assert client.get(LIST).status_code == 200
    assert "Change" not in client.get(LIST).text
    assert client.post(f"{LIST}{bed.pk}/", {"status": "cleaning"}).status_code == 403


def test_a_bed_of_another_house_is_not_there(client, enter):
    enter(nurse=True)
    other = BedFactory()
    assert client.get(f"{LIST}{other.pk}/").status_code == 404


def test_the_page_costs_three_queries_for_any_number_of_beds(
    client, enter, house, django_assert_num_queries
):
    enter(nurse=True)
    UnitFactory(facility=house, with_beds=20)
    with django_assert_num_queries(3):
        client.get(LIST)
