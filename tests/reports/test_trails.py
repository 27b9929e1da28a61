"""Who looked and who wrote, as far as the signed matrix lets a role see it."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection

from stepdown.records import audit
from stepdown.records.actions.admission import history
from stepdown.records.actions.people import accounts, licences, resets
from stepdown.records.actions.people.licences import Licence
from stepdown.records.models import AccessEvent
from tests.factories import AssignmentFactory, EpisodeFactory, FacilityFactory, PersonFactory, actor
from tests.support import fields_of

pytestmark = pytest.mark.django_db

LIST = "/reports/access/"


def find(client, asked):
    return client.post(LIST, fields_of(client.get(LIST).text, "find") | {"q": asked})


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
        assert "QX7T" in find(client, asked).text
    for asked in ("nobody", "%", "'; drop table", "x" * 5_000):
        assert "QX7T" not in find(client, asked).text


def test_a_name_that_is_searched_stands_in_no_address_and_no_log(client, enter, stay):
    enter(privacy_officer=True)
    page = find(client, "Okafor")
    addresses = re.findall(r'(?:href|action)="([^"]*)"', page.text)

    assert not any("kafor" in address for address in [page.request["PATH_INFO"], *addresses])
    assert page.request["QUERY_STRING"] == ""
    assert "no-store" in page["Cache-Control"]
    logged = AccessEvent.objects.latest("seq")
    assert (logged.what, logged.detail) == ("audit.search", "")


def test_a_name_in_an_address_finds_nobody(client, enter, stay):
    """An old link, or one that somebody wrote by hand, is not answered as a search."""
    enter(privacy_officer=True)
    EpisodeFactory(person=PersonFactory(facility=stay.facility), arrived_at=stay.arrived_at)
    assert len(client.get(LIST, {"q": "okafor"}).context["stays"]) == 2


def test_a_long_list_of_stays_goes_on_page_by_page_and_keeps_the_search(
    client, enter, stay, house, present
):
    enter(privacy_officer=True)
    for hours in range(9, 9 + 104):
        EpisodeFactory(
            person=PersonFactory(facility=house, preferred_name="Many"),
            arrived_at=present - timedelta(hours=hours),
        )
    page, seen = find(client, "many"), []
    while True:
        seen += [each.code for each in page.context["stays"]]
        if page.context["older"] is None:
            break
        sent = fields_of(page.text, "pages") | {"page": str(page.context["older"])}
        page = client.post(LIST, sent)
    assert len(seen) == len(set(seen)) == 104
    assert page.context["newer"] == 2


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 400, "\N{DIGIT TWO}.5", "99999"])
def test_a_page_of_stays_that_is_not_there_is_answered(client, enter, stay, number):
    enter(privacy_officer=True)
    assert client.post(LIST, {"q": "", "page": number}).status_code == 200


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
    for minute in reversed(range(230)):
        audit.looked(
            f"page {minute}", by=by, at=present - timedelta(minutes=minute), episode_id=stay.pk
        )
    enter(privacy_officer=True)
    assert read_on(client, stay) == [f"looked at: page {minute}" for minute in range(230)]


def test_events_of_one_instant_are_all_told_also_across_pages(client, enter, house, stay, present):
    """A script's requests, or a replay, leave hundreds of events at one and the same time."""
    by = actor(nurse=True, facility=house)
    for number in range(130):
        audit.looked(f"page {number}", by=by, at=present, episode_id=stay.pk)
        history.record_goal(stay, f"goal {number}", by=by, at=present, submission=uuid4())
    enter(privacy_officer=True)

    told = read_on(client, stay, every=True)

    assert len([line for line in told if "goal" in line]) == 130
    looks = [line for line in told if "page" in line]
    assert looks == [f"looked at: page {number}" for number in reversed(range(130))]


def read_on(client, stay, *, every=False):
    """The lines of a whole trail, page after page."""
    seen, url = [], f"{LIST}{stay.pk}/"
    while url:
        page = client.get(url)
        lines = [line.what for line in page.context["trail"].lines]
        seen += [what for what in lines if every or "page" in what]
        found = re.search(r'rel="next" href="([^"]+)"', page.text)
        url = f"{LIST}{stay.pk}/{found[1]}" if found else ""
    return seen


@pytest.mark.parametrize(
    "before",
    ["yesterday", "1-", "-1", "1-2-3", "1-x", "9" * 30 + "-1", "2027-01-01", "\N{SNOWMAN}"],
)
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
    "privacy_officer": {"access", "stay", "emergencies", "sign-ins", "exports"},
}


PAGES = ("access", "emergencies", "accounts", "sign-ins", "exports")


@pytest.mark.parametrize("who", OPENS)
def test_each_role_opens_its_own_reports_and_no_other(client, enter, stay, who):
    enter(**{who: True})
    addresses = {page: f"/reports/{page}/" for page in PAGES}
    addresses["stay"] = f"{LIST}{stay.pk}/"
    opened = {page for page, url in addresses.items() if client.get(url).status_code == 200}
    assert opened == OPENS[who]
    assert all(client.get(addresses[page]).status_code == 403 for page in set(addresses) - opened)
    assert client.get("/reports/", follow=True).status_code == (200 if opened else 403)


def test_a_relative_is_told_no_name_of_anybody_who_works_here(client, enter, house):
    AssignmentFactory(facility=house, nurse=True, user__name="Robin Only Here")
    enter(relative=True)
    for url in [f"/reports/{page}/" for page in PAGES]:
        assert "Robin Only Here" not in client.get(url).text


@pytest.mark.parametrize(
    ("who", "page", "what"),
    [
        ("privacy_officer", "access", "audit.stays"),
        ("privacy_officer", "emergencies", "audit.emergencies"),
        ("privacy_officer", "sign-ins", "audit.accounts"),
        ("privacy_officer", "exports", "audit.exports"),
        ("director", "access", "audit.summary"),
        ("director", "accounts", "audit.ending"),
        ("administrator", "access", "audit.technical"),
    ],
)
def test_reading_a_list_of_who_did_what_is_itself_on_record(client, enter, who, page, what):
    reader = enter(**{who: True})

    client.get(f"/reports/{page}/")

    event = AccessEvent.objects.get(what__startswith="audit")
    assert (event.what, event.actor_id, event.role) == (what, reader.user.pk, reader.role)


def test_a_refused_reader_of_the_log_left_no_mark_of_having_read(client, enter):
    enter(nurse=True)
    for page in PAGES:
        client.get(f"/reports/{page}/")
    assert not AccessEvent.objects.filter(what__startswith="audit").exists()


def test_who_read_the_log_stands_in_the_trail_of_accounts(client, enter):
    first = enter(privacy_officer=True)
    client.get(LIST)
    enter(privacy_officer=True)

    page = client.get("/reports/sign-ins/")

    assert ("read the list of stays", first.user.name) in [
        (line.what, line.who) for line in page.context["trail"].lines
    ]
    assert first.user.name in page.text


def test_the_trail_of_accounts_says_nothing_of_a_stay(client, enter, stay, trail):
    enter(privacy_officer=True)
    text = client.get("/reports/sign-ins/").text
    assert stay.code not in text
    assert "Okafor" not in text
    assert "goal" not in text
    assert "looked at" not in text


def test_the_trail_of_accounts_says_whose_account_and_why(client, enter, house, present):
    keeper = actor(administrator=True, facility=house)
    told = {"by": keeper, "at": present}
    nurse = AssignmentFactory(nurse=True, facility=house)
    other = AssignmentFactory(nurse=True, facility=house)
    TOTP.activate(nurse.user, "JBSWY3DPEHPK3PXP")
    resets.reset_second_factor(
        nurse.user, "telephone fell into the harbour", submission=uuid4(), **told
    )
    licences.renew(
        other, Licence("RN-2", "CA", date(2028, 1, 1)), seen=licences.on_file(other),
        submission=uuid4(), **told,
    )  # fmt: skip
    accounts.assign(other.user, "UR", submission=uuid4(), **told)
    accounts.close_account(nurse.user, submission=uuid4(), **told)
    enter(privacy_officer=True)

    lines = client.get("/reports/sign-ins/").context["trail"].lines

    assert [(line.what, line.detail) for line in lines if line.writes] == [
        ("closed an account", nurse.user.name),
        ("gave or renewed a role", f"{other.user.name}, UR"),
        ("renewed a licence", f"{other.user.name}, RN, 2028-01-01"),
        ("reset a second factor", f"{nurse.user.name}, telephone fell into the harbour"),
    ]


def test_the_trail_of_accounts_costs_the_same_whatever_its_length(
    client, enter, house, present, django_assert_num_queries
):
    keeper = actor(administrator=True, facility=house)
    enter(privacy_officer=True)
    for _person in range(6):
        each = AssignmentFactory(nurse=True, facility=house)
        accounts.assign(each.user, "UR", by=keeper, at=present, submission=uuid4())
    client.get("/reports/sign-ins/")
    with django_assert_num_queries(12 if connection.vendor == "sqlite" else 9):
        client.get("/reports/sign-ins/")
