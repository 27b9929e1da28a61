"""A handed-over tablet shows its form and nothing else, whatever is asked of it."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from stepdown.records.models import AccessEvent, Assignment, Handover, HandoverEnd, Observation
from stepdown.web import access
from tests import factories
from tests.care.handing.test_telling import ITEMS, NEVER, OFTEN
from tests.support import fields_of, sign_in

pytestmark = pytest.mark.django_db

SCRIPTS = ({"HX-Request": "true"}, {"X-Stepdown-Poll": "1"}, {"X-Stepdown-Fetch": "1"})


def patterns(resolver=None):
    """Every address there is, with something in each gap."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each)
        elif isinstance(each, URLPattern):
            yield each


def addresses(stay) -> list[str]:
    """An address of every page there is, with ids of this house where one is asked for."""
    known = {"key": "cows", "code": "withdrawal", "role": "RN", "part": "use", "folder": "codes"}
    found, waiting = set(), [get_resolver()]
    while waiting:
        resolver = waiting.pop()
        waiting += [inner for _path, inner in resolver.namespace_dict.values()]
        for name in resolver.reverse_dict:
            for (template, names), *_rest in map(_first, resolver.reverse_dict.getlist(name)):
                found.add("/" + template % {each: known.get(each, stay.pk) for each in names})
    return sorted(found)


def _first(way):
    """One way to write an address: (template, names of its gaps), and the rest."""
    return way[0][0], way[1:]


def test_every_other_address_leads_back_to_the_form(begun, stay):
    asked = addresses(stay)
    assert len(asked) > 60
    for path in asked:
        if path.startswith("/handed/"):
            continue
        response = begun.client.get(path)
        assert (response.status_code, response.url) == (303, "/handed/"), path
        assert not response.content, path


@pytest.mark.parametrize(
    "path",
    ["/", "/nowhere", "/account/login/", "/account/logout/", "/demo/sign-in/", "/healthz",
     "/screen/unlock/", "/role/", "/handed", "/handed/../ward/withdrawal/", "//handed/", "/%00"],
)  # fmt: skip
def test_no_page_that_is_open_to_everybody_is_open_here(begun, path):
    response = begun.client.get(path)

    assert (response.status_code, response["Location"]) == (303, "/handed/")


@pytest.mark.parametrize("headers", SCRIPTS)
@pytest.mark.parametrize(
    "path", ["/people/{}/", "/ward/withdrawal/", "/nowhere", "/account/logout/"]
)
def test_a_script_is_told_that_the_tablet_is_handed_over(begun, stay, headers, path):
    response = begun.client.get(path.format(stay.pk), headers=headers)

    assert response.status_code == 423
    assert response["HX-Trigger"] == "stepdown:locked"
    assert "Test" not in response.text


def test_nothing_can_be_written_by_any_other_page(begun, stay):
    for path in (f"/people/{stay.pk}/observe/", "/account/pin/", "/account/logout/", "/role/"):
        response = begun.client.post(path, {"do": "vitals", "spo2_percent": "88"})
        assert (response.status_code, response.url) == (303, "/handed/")
    assert not Observation.objects.exists()
    assert "handed" in begun.client.session


def test_the_lock_of_another_tab_does_not_open_it(begun):
    sent = {"secret": factories.PIN, "password": factories.PIN}
    response = begun.client.post("/screen/unlock/", sent, headers={"X-Stepdown-Fetch": "1"})

    assert response.status_code == 423
    assert "Take it back on the form" in response.text
    assert begun.client.get("/").url == "/handed/"


def test_no_session_is_opened_by_signing_in_over_it(begun, house):
    other = factories.AssignmentFactory(facility=house, prescriber=True)
    begun.client.post(
        "/account/login/", {"login": other.user.username, "password": factories.PASSWORD}
    )

    assert begun.client.get("/").url == "/handed/"


def test_the_forms_own_pages_are_no_pages_where_nothing_was_handed_over(client, enter):
    assert client.get("/handed/").url.startswith("/account/login/")
    enter(nurse=True)
    for path in ("/handed/", "/handed/rest", "/handed/back"):
        assert client.get(path).url == "/"
    assert client.post("/handed/back", {"secret": factories.PIN}).url == "/"


def test_only_the_forms_own_views_are_marked(db):
    marked = {each.name for each in patterns() if access.answers_while_handed(each.callback)}

    assert marked == {"form", "rest", "back"}


# --- time -----------------------------------------------------------------------------------


def test_a_form_left_lying_closes_and_shows_nothing_of_the_answers(begun, watch):
    begun.answer(ITEMS[0], OFTEN)
    watch.passes(minutes=3, seconds=1)

    page = begun.page()

    assert "Please hand the tablet back" in page
    assert "your answer" not in page
    assert HandoverEnd.objects.get().how == "left"
    assert Observation.objects.get().outcome == "partial"


def test_an_answer_sent_too_late_is_not_taken_and_the_form_stays_closed(begun, watch):
    begun.answer(ITEMS[0], OFTEN)
    watch.passes(minutes=10)
    begun.answer(ITEMS[1], OFTEN)

    assert Observation.objects.get().chosen() == {ITEMS[0]: OFTEN}


def test_asking_whether_time_is_up_is_no_touch(begun, watch):
    for _each in range(4):
        watch.passes(minutes=1)
        begun.client.get("/handed/rest")

    assert HandoverEnd.objects.get().how == "left"


def test_each_page_that_is_opened_gives_the_whole_time_again(begun, watch):
    for _each in range(5):
        watch.passes(minutes=2)
        assert f'value="{ITEMS[0]}"' in begun.page()


def test_a_raised_answer_is_not_told_to_whoever_finds_the_tablet(tablet, enter, watch):
    enter(nurse=True)
    tablet.hand_over("phq9")
    tablet.press("yes")
    tablet.answer("better_off_dead", "several_days")
    watch.passes(minutes=10)

    assert "tel:988" not in tablet.page()


# --- taking it back -------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [factories.PIN, factories.PASSWORD])
def test_the_nurses_pin_or_password_opens_the_tablet_at_the_result(begun, stay, secret):
    begun.answer(ITEMS[0], OFTEN)
    opened = begun.take_back(secret)

    assert opened.status_code == 303
    assert opened.url == f"/people/{stay.pk}/handed/{begun.handover.pk}/"
    page = begun.client.get(opened.url).text
    assert "Told by the person on a tablet" in page
    assert "Taken back before it was sent" in page
    assert begun.client.get(f"/people/{stay.pk}/").status_code == 200
    assert "handover.taken_back" in AccessEvent.objects.values_list("what", flat=True)


@pytest.mark.parametrize("secret", ["", "0000", "1234 ", "x" * 500])
def test_nothing_else_opens_it(begun, secret):
    response = begun.take_back(secret)

    assert response.status_code == 403
    assert "4 tries left" in response.text
    assert begun.client.get("/").url == "/handed/"
    assert f'value="{ITEMS[0]}"' in begun.page()


def test_nobody_elses_pin_opens_it(begun, house):
    other = factories.AssignmentFactory(facility=house, nurse=True)
    other.user.set_pin("8265")
    other.user.save()

    assert begun.take_back("8265").status_code == 403


def test_the_fifth_wrong_try_signs_out_and_keeps_what_was_answered(begun):
    begun.answer(ITEMS[0], OFTEN)
    for _each in range(4):
        assert begun.take_back("0000").status_code == 403
    ended = begun.take_back("0000")

    assert (ended.status_code, ended.url) == (302, "/account/login/")
    assert begun.take_back(factories.PIN).status_code == 401
    assert Observation.objects.get().outcome == "partial"
    assert HandoverEnd.objects.get().how == "closed"
    told = list(AccessEvent.objects.values_list("what", flat=True))
    assert told.count("handover.refused") == 5


def test_looking_at_the_nurses_page_does_not_end_the_form(begun):
    begun.client.get("/handed/back")

    assert f'value="{ITEMS[0]}"' in begun.page()


# --- what changes meanwhile -----------------------------------------------------------------


def test_a_role_that_ends_meanwhile_leaves_the_answers_waiting_and_the_tablet_locked(
    begun, watch, house, stay, client
):
    begun.answer(ITEMS[0], OFTEN)
    assignment = Assignment.objects.get(role="RN")
    assignment.expires_at = watch.now
    assignment.save()
    watch.passes(minutes=1)
    begun.press("stop")

    assert "Thank you" in begun.page()
    assert begun.client.get("/").url == "/handed/"
    assert not Observation.objects.exists()

    other = begun.client.__class__()
    by = sign_in(other, factories.AssignmentFactory(facility=house, nurse=True))
    url = f"/people/{stay.pk}/handed/{begun.handover.pk}/"
    assert "These answers are not in the record yet" in other.get(url).text
    assert other.post(url, {"do": "record"}).status_code == 303
    row = Observation.objects.get()
    assert (row.actor_id, row.self_report.how) == (by.user.pk, "stopped")
    assert row.self_report.handover.actor_id != by.user.pk


def test_who_took_it_back_with_an_ended_role_is_signed_out(begun, watch):
    assignment = Assignment.objects.get(role="RN")
    assignment.expires_at = watch.now
    assignment.save()
    watch.passes(minutes=1)
    opened = begun.take_back()

    assert begun.client.get(opened.url).status_code == 302
    assert begun.client.get("/handed/").url.startswith("/account/login/")


def test_a_stay_that_ended_meanwhile_shows_the_answers_once_more_before_they_go(begun, stay, watch):
    begun.answer(ITEMS[0], OFTEN)
    stay.closed_at = watch.now
    stay.state = "DISCHARGED"
    stay.save()
    begun.press("stop")
    opened = begun.take_back()

    page = begun.client.get(opened.url).text
    assert "The stay has ended, so these answers cannot be recorded" in page
    assert "Often" in page
    assert begun.client.post(opened.url, {"do": "record"}).status_code == 422
    assert begun.client.post(opened.url, {"do": "throw_away"}).status_code == 303
    assert not Observation.objects.exists()
    assert (HandoverEnd.objects.get().how, HandoverEnd.objects.get().answered) == ("thrown_away", 1)


def test_answers_that_can_be_recorded_are_not_thrown_away(begun, stay):
    begun.answer(ITEMS[0], OFTEN)
    other = begun.client.__class__()
    sign_in(other, factories.AssignmentFactory(facility=stay.facility, nurse=True))
    response = other.post(f"/people/{stay.pk}/handed/{begun.handover.pk}/", {"do": "throw_away"})

    assert response.status_code == 422
    assert "can be recorded" in response.text


def test_a_second_tablet_is_refused_and_the_first_can_be_closed_from_there(begun, stay, house):
    begun.answer(ITEMS[0], OFTEN)
    other = begun.client.__class__()
    sign_in(other, factories.AssignmentFactory(facility=house, nurse=True))
    url = f"/people/{stay.pk}/hand-over/"
    page = other.get(url).text
    assert "A tablet is with this person already" in page

    refused = other.post(url, {**fields_of(page), "kind": "ucla3", "called": "Alan"})
    assert refused.status_code == 422
    assert "a tablet is with this person already, since 06:30" in refused.text
    assert "handed" not in other.session

    other.post(f"/people/{stay.pk}/handed/{begun.handover.pk}/", {"do": "record"})
    assert "Please hand the tablet back" in begun.page()
    assert Observation.objects.get().outcome == "partial"
    assert begun.client.get("/").url == "/handed/"


def test_a_session_that_ends_elsewhere_loses_no_answer(begun, stay, house):
    begun.answer(ITEMS[0], OFTEN)
    user = Handover.objects.get().actor
    user.set_password("another long password")
    user.save()

    assert begun.client.get("/handed/").url.startswith("/account/login/")
    other = begun.client.__class__()
    sign_in(other, factories.AssignmentFactory(facility=house, nurse=True))
    other.post(f"/people/{stay.pk}/handed/{begun.handover.pk}/", {"do": "record"})
    assert Observation.objects.get().chosen() == {ITEMS[0]: OFTEN}


# --- who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize("traits", [{"technician": True}, {"counsellor": True}, {"patient": True}])
def test_who_records_no_scale_hands_none_over(tablet, enter, stay, traits):
    enter(**traits)

    assert tablet.client.get(f"/people/{stay.pk}/hand-over/").status_code == 403
    assert not Handover.objects.exists()


def test_a_stranger_to_the_house_sees_no_such_page(begun, stay):
    other = begun.client.__class__()
    sign_in(other, factories.AssignmentFactory(nurse=True))

    assert other.get(f"/people/{stay.pk}/hand-over/").status_code == 404
    assert other.get(f"/people/{stay.pk}/handed/{begun.handover.pk}/").status_code == 404


def test_a_token_of_another_day_leads_back_to_the_question(begun, stay):
    strict = begun.client.__class__(enforce_csrf_checks=True)
    strict.cookies = begun.client.cookies

    response = strict.post("/handed/", {"item": ITEMS[0], "answer": NEVER})

    assert (response.status_code, response.url) == (303, "/handed/")
