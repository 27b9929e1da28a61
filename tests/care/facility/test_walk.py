"""Four people, and those whose pages these are, walk through the room by address."""

import pytest

from tests.factories import AssignmentFactory, UnitFactory

pytestmark = pytest.mark.django_db

PAGES = ["settings", "settings/idle_lock_minutes", "staff", "staff/new", "beds", "content",
         "content/instruments/cows"]  # fmt: skip

OPENS = {
    "nurse": {"beds", "content", "content/instruments/cows", "bed"},
    "prescriber": {"beds", "content", "content/instruments/cows"},
    "patient": set(),
    "relative": set(),
    "counsellor": {"beds"},
    "coordinator": {"beds", "bed"},
    "medical_director": {"settings", "settings/idle_lock_minutes", "beds", "content",
                         "content/instruments/cows"},
    "director": {"settings", "settings/idle_lock_minutes", "staff", "account", "beds", "content",
                 "content/instruments/cows"},
    "administrator": {"staff", "staff/new", "account", "licence", "second-factor"},
    "privacy_officer": set(),
}  # fmt: skip


@pytest.mark.parametrize("who", OPENS)
def test_each_role_opens_its_own_pages_and_no_other(client, enter, house, who):
    enter(**{who: True})
    bed = UnitFactory(facility=house, with_beds=1).beds.get()
    colleague = AssignmentFactory(facility=house)
    addresses = {page: f"/facility/{page}/" for page in PAGES} | {
        "bed": f"/facility/beds/{bed.pk}/",
        "account": f"/facility/staff/{colleague.user_id}/",
        "licence": f"/facility/staff/{colleague.user_id}/licence/{colleague.pk}/",
        "second-factor": f"/facility/staff/{colleague.user_id}/second-factor/",
    }
    opened = {page for page, url in addresses.items() if client.get(url).status_code == 200}
    assert opened == OPENS[who]
    refused = set(addresses) - opened
    assert {client.get(addresses[page]).status_code for page in refused} <= {403}


@pytest.mark.parametrize("who", OPENS)
def test_the_rooms_door_leads_to_a_page_that_opens(client, enter, who):
    enter(**{who: True})
    answer = client.get("/facility/", follow=True)
    assert answer.status_code == (200 if OPENS[who] else 403)
