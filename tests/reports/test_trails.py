"""Who looked and who wrote, as far as the signed matrix lets a role see it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from stepdown.records import audit
from stepdown.records.actions.admission import history
from stepdown.records.models import AccessEvent
from tests.factories import AssignmentFactory, EpisodeFactory, FacilityFactory, PersonFactory, actor

pytestmark = pytest.mark.django_db

LIST = "/reports/access/"


@pytest.fixture
def stay(house, present):
    person = PersonFactory(facility=house, legal_name="Dani Okafor", preferred_name="Dani")
    return EpisodeFactory(person=person, arrived_at=present - timedelta(hours=8), code="QX7T")


@pytest.fixture
def trail(house, stay, present):
    """A nurse looked and wrote; a counsellor looked."""
    nurse = actor(nurse=True, facility=house)
    counsellor = actor(counsellor=True, facility=house)
    early = present - timedelta(hours=2)
    audit.looked("course", by=nurse, at=early, episode_id=stay.pk)
    history.record_goal(
        stay, "Sleep, and see my daughter", by=nurse, at=early + timedelta(minutes=5),
        submission=uuid4(),
    )  # fmt: skip
    audit.looked("course", by=counsellor, at=early + timedelta(minutes=9), episode_id=stay.pk)
    return nurse, counsellor


def test_a_privacy_officer_sees_who_wrote_and_who_looked_newest_first(client, enter, stay, trail):
    enter(privacy_officer=True)
    text = client.get(f"{LIST}{stay.pk}/").text
    nurse, counsellor = trail
    assert text.index(counsellor.user.name) < text.index("recorded the person&#x27;s goal")
    assert nurse.user.name in text
    assert text.count(">wrote<") == 1
    assert text.count(">looked<") == 2
    assert "see my daughter" not in text


def test_looking_into_a_trail_is_itself_on_record(client, enter, stay):
    who = enter(privacy_officer=True)
    client.get(f"{LIST}{stay.pk}/")
    event = AccessEvent.objects.get(what="audit")
    assert (event.actor_id, event.episode_id) == (who.user.pk, stay.pk)


def test_a_stay_is_found_by_code_or_name(client, enter, stay):
    enter(privacy_officer=True)
    for asked in ("qx7t", "okafor", "dani"):
        assert "QX7T" in client.get(LIST, {"q": asked}).text
    for asked in ("nobody", "%", "'; drop table", "x" * 5_000):
        assert "QX7T" not in client.get(LIST, {"q": asked}).text


def test_the_name_of_a_restricted_stay_is_not_shown(client, enter, stay):
    stay.is_restricted = True
    stay.save()
    enter(privacy_officer=True)
    assert "Okafor" not in client.get(LIST).text
    assert "Okafor" not in client.get(f"{LIST}{stay.pk}/").text


def test_a_director_sees_counts_and_no_name(client, enter, stay, trail):
    enter(director=True)
    nurse, counsellor = trail
    for url in (LIST, f"{LIST}{stay.pk}/"):
        page = client.get(url)
        assert page.status_code == 200
        assert {(t.role, t.wrote, t.looked) for t in page.context["tallies"]} == {
            ("RN", 1, 1),
            ("COUN", 0, 1),
        }
        assert nurse.user.name not in page.text
        assert counsellor.user.name not in page.text
        assert "Okafor" not in page.text


def test_an_administrator_sees_sign_ins_and_nothing_of_a_stay(client, enter, house, stay, trail):
    nurse, _counsellor = trail
    audit.signed_in(
        "unlock.refused", facility_id=house.pk, user_id=nurse.user.pk, role="RN",
        at=stay.arrived_at,
    )  # fmt: skip
    enter(administrator=True)
    text = client.get(LIST).text
    assert "unlock refused" in text
    assert "looked at" not in text
    assert "goal" not in text
    assert client.get(f"{LIST}{stay.pk}/").status_code == 403


def test_a_long_trail_goes_on_page_by_page_and_loses_no_line(client, enter, house, stay, present):
    by = actor(nurse=True, facility=house)
    for minute in range(230):
        audit.looked(
            f"page {minute}", by=by, at=present - timedelta(minutes=minute), episode_id=stay.pk
        )
    enter(privacy_officer=True)
    seen, url = [], f"{LIST}{stay.pk}/"
    while url:
        page = client.get(url)
        seen += [line.what for line in page.context["trail"].lines if "page" in line.what]
        older = page.context["trail"].older
        url = f"{LIST}{stay.pk}/?before={older.isoformat().replace('+', '%2B')}" if older else ""
    assert seen == [f"looked at: page {minute}" for minute in range(230)]


@pytest.mark.parametrize("before", ["yesterday", "2027-13-01T00:00Z", "2027-01-01", "\N{SNOWMAN}"])
def test_a_page_that_begins_nowhere_begins_at_the_newest(client, enter, stay, before):
    enter(privacy_officer=True)
    assert client.get(f"{LIST}{stay.pk}/", {"before": before}).status_code == 200


def test_a_stay_of_another_house_has_no_trail_here(client, enter, present):
    enter(privacy_officer=True)
    other = EpisodeFactory(person=PersonFactory(facility=FacilityFactory()), arrived_at=present)
    assert client.get(f"{LIST}{other.pk}/").status_code == 404
    assert other.code not in client.get(LIST).text


def test_a_trail_costs_the_same_whatever_its_length(
    client, enter, house, stay, trail, django_assert_max_num_queries
):
    enter(privacy_officer=True)
    for _more in range(30):
        audit.looked("course", by=trail[0], at=stay.arrived_at, episode_id=stay.pk)
    client.get(f"{LIST}{stay.pk}/")
    with django_assert_max_num_queries(16) as counted:
        client.get(f"{LIST}{stay.pk}/")
    reads = [each for each in counted.captured_queries if each["sql"].startswith("SELECT")]
    assert len(reads) <= 9


OPENS = {
    "nurse": set(),
    "prescriber": set(),
    "patient": set(),
    "relative": set(),
    "medical_director": set(),
    "director": {"access", "stay", "accounts"},
    "administrator": {"access", "accounts"},
    "privacy_officer": {"access", "stay", "emergencies"},
}


@pytest.mark.parametrize("who", OPENS)
def test_each_role_opens_its_own_reports_and_no_other(client, enter, stay, who):
    enter(**{who: True})
    addresses = {page: f"/reports/{page}/" for page in ("access", "emergencies", "accounts")}
    addresses["stay"] = f"{LIST}{stay.pk}/"
    opened = {page for page, url in addresses.items() if client.get(url).status_code == 200}
    assert opened == OPENS[who]
    assert all(client.get(addresses[page]).status_code == 403 for page in set(addresses) - opened)
    assert client.get("/reports/", follow=True).status_code == (200 if opened else 403)


def test_a_relative_is_told_no_name_of_anybody_who_works_here(client, enter, house):
    AssignmentFactory(facility=house, nurse=True, user__name="Robin Only Here")
    enter(relative=True)
    for url in ("/reports/access/", "/reports/accounts/", "/reports/emergencies/"):
        assert "Robin Only Here" not in client.get(url).text
