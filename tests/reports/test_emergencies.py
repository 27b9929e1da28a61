"""Breaking the glass: a reason, a while, and a review by the privacy officer."""

from datetime import date, timedelta

import pytest

from stepdown import clock
from stepdown.records.models import BreakGlass, BreakGlassReview, Episode
from stepdown.reports.emergency_views import due_on
from tests.factories import AssignmentFactory, EpisodeFactory, FacilityFactory, PersonFactory
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db

LIST = "/reports/emergencies/"
REASON = "Found unresponsive, breathing 6 a minute"


@pytest.fixture
def stay(house, present):
    """A chart open by invitation only; nobody is invited yet."""
    person = PersonFactory(facility=house, legal_name="Dani Okafor")
    return EpisodeFactory(person=person, arrived_at=present, is_restricted=True)


def address(stay):
    return f"/people/{stay.pk}/emergency/"


def open_chart(client, stay, reason=REASON, **more):
    sent = fields_of(client.get(address(stay)).text, "open")
    return client.post(address(stay), sent | {"reason": reason} | more)


def test_a_nurse_opens_a_restricted_chart_for_a_while_with_the_reason(
    client, enter, stay, house, present
):
    who = enter(nurse=True)
    assert not Episode.objects.visible_to(who, present).exists()
    assert open_chart(client, stay).status_code == 302
    minutes = house.setting("break_glass_minutes")
    assert Episode.objects.visible_to(who, present).exists()
    later = present + timedelta(minutes=minutes)
    assert not Episode.objects.visible_to(who, later).exists()
    assert BreakGlass.objects.get().reason == REASON


def test_the_page_says_nothing_of_who_it_is(client, enter, stay):
    enter(nurse=True)
    text = client.get(address(stay)).text
    assert "Okafor" not in text
    assert stay.code not in text


@pytest.mark.parametrize("reason", ["", "   ", "help", "x" * 501])
def test_without_a_reason_that_says_something_it_stays_closed(client, enter, stay, reason):
    enter(prescriber=True)
    answer = open_chart(client, stay, reason)
    assert answer.status_code == 422
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize(
    "who", ["technician", "vocational_nurse", "counsellor", "director", "privacy_officer",
            "patient", "relative", "administrator", "coordinator"],
)  # fmt: skip
def test_no_other_role_breaks_the_glass(client, enter, stay, who):
    enter(**{who: True})
    assert client.get(address(stay)).status_code == 403
    assert client.post(address(stay), {"reason": REASON}).status_code == 403
    assert not BreakGlass.objects.exists()


def test_a_stay_of_another_house_or_none_opens_to_nobody(client, enter, stay, present):
    enter(nurse=True)
    other = EpisodeFactory(person=PersonFactory(facility=FacilityFactory()), arrived_at=present)
    sent = fields_of(client.get(address(stay)).text, "open")
    for url in (address(other), "/people/0190d4f0-0000-7000-8000-000000000000/emergency/"):
        answer = client.post(url, sent | {"reason": REASON})
        assert answer.status_code == 422
        assert "no such chart here" in answer.text
    assert not BreakGlass.objects.exists()


def test_a_chart_that_is_open_already_needs_no_emergency(client, enter, stay):
    stay.is_restricted = False
    stay.save()
    enter(nurse=True)
    assert client.get(address(stay)).status_code == 302
    assert client.post(address(stay), {"reason": REASON}).status_code == 302
    assert not BreakGlass.objects.exists()


def test_a_doubled_post_opens_once(client, enter, stay, monkeypatch, present):
    enter(nurse=True)
    sent = fields_of(client.get(address(stay)).text, "open") | {"reason": REASON}
    client.post(address(stay), sent)
    client.post(address(stay), sent)
    assert BreakGlass.objects.count() == 1


class TestReview:
    @pytest.fixture
    def opening(self, client, enter, stay):
        enter(nurse=True)
        open_chart(client, stay)
        client.post("/account/logout/")
        return BreakGlass.objects.get()

    def review(self, client, opening, finding="It was an emergency; the notes agree."):
        page = f"{LIST}{opening.pk}/"
        return client.post(page, fields_of(client.get(page).text, "review") | {"finding": finding})

    def test_waits_with_its_reason_and_its_last_day(self, client, enter, opening):
        enter(privacy_officer=True)
        text = client.get(LIST).text
        assert "1 opening waits for your review" in text
        assert REASON in text
        assert "by Tue 12 Jan" in text

    def test_is_overdue_after_three_working_days(
        self, client, enter, opening, monkeypatch, present
    ):
        monkeypatch.setattr(clock, "now", lambda: present + timedelta(days=6))
        enter(privacy_officer=True)
        assert "overdue" in client.get(LIST).text

    def test_is_recorded_once_by_the_privacy_officer(self, client, enter, opening):
        who = enter(privacy_officer=True)
        assert self.review(client, opening).status_code == 302
        assert BreakGlassReview.objects.get().actor_id == who.user.pk
        assert "Nothing waits for review" in client.get(LIST).text
        again = client.post(
            f"{LIST}{opening.pk}/",
            {"finding": "twice", "submission": "0190d4f0-0000-7000-8000-000000000000"},
        )
        assert again.status_code == 422
        assert BreakGlassReview.objects.count() == 1

    @pytest.mark.parametrize("finding", ["", "  ", "x" * 501])
    def test_without_a_finding_is_not_recorded(self, client, enter, opening, finding):
        enter(privacy_officer=True)
        assert self.review(client, opening, finding).status_code == 422
        assert not BreakGlassReview.objects.exists()

    @pytest.mark.parametrize("who", ["nurse", "medical_director", "director", "patient"])
    def test_is_nobody_elses_business(self, client, enter, opening, who):
        enter(**{who: True})
        assert client.get(LIST).status_code == 403
        assert client.post(f"{LIST}{opening.pk}/", {"finding": "x"}).status_code == 403

    def test_of_another_house_is_not_there(self, client, opening):
        sign_in(client, AssignmentFactory(privacy_officer=True, facility=FacilityFactory()))
        assert client.get(f"{LIST}{opening.pk}/").status_code == 404
        assert "Nothing waits for review" in client.get(LIST).text


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (date(2027, 1, 7), date(2027, 1, 12)),  # Thursday: Friday, Monday, Tuesday
        (date(2027, 1, 4), date(2027, 1, 7)),  # Monday
        (date(2027, 1, 9), date(2027, 1, 13)),  # Saturday
    ],
)
def test_three_working_days_skip_the_weekend(opened, due):
    assert due_on(opened) == due
