"""One-click sign-in exists in a demonstration, and cannot come to exist elsewhere (N22)."""

import pytest
from django.db import DatabaseError, transaction

from stepdown.records import signing
from stepdown.records.actions.beds import founding
from stepdown.records.errors import NotSigned, Refused
from stepdown.records.models import AccessEvent, Deployment, Role
from tests.factories import LONG_AGO, AssignmentFactory, FacilityFactory, PersonFactory, actor
from tests.support import sign_in

pytestmark = pytest.mark.django_db

PAGE = "/demo/sign-in/"


@pytest.fixture
def demonstration():
    return Deployment.objects.create(demo=True, created_at=LONG_AGO)


@pytest.fixture
def real():
    return Deployment.objects.create(demo=False, created_at=LONG_AGO)


@pytest.fixture
def house():
    return FacilityFactory()


def test_each_staff_role_has_a_card_with_who_it_is(client, demonstration, house):
    staff = [
        AssignmentFactory(facility=house, role=role)
        for role in Role.values
        if role not in {Role.PT, Role.FAM}
    ]
    AssignmentFactory(facility=house, patient=True)
    page = client.get(PAGE)
    assert page.text.count('action="/demo/sign-in/') == len(staff) == 15
    for assignment in staff:
        assert assignment.user.name in page.text


def test_one_click_works_in_that_role_and_is_on_record(client, demonstration, house):
    nurse = AssignmentFactory(facility=house, nurse=True)
    answer = client.post(f"{PAGE}RN/", {"next": "/account/"})
    assert answer.url == "/account/"
    assert nurse.user.name in client.get("/account/").text
    assert AccessEvent.objects.get().what == "sign_in.demo"


def test_whoever_walks_in_can_unlock_and_sign_with_the_pin_on_the_page(
    client, demonstration, house
):
    AssignmentFactory(facility=house, director=True, user__pin="")
    pin = "3007"
    assert pin in client.get(PAGE).text
    client.post(f"{PAGE}DIR/")
    client.post("/screen/lock/")
    locked = client.get("/account/")
    assert locked.status_code == 423
    assert pin in locked.text
    assert client.post("/screen/unlock/", {"secret": pin}).status_code == 302
    assert pin in client.get("/facility/settings/idle_lock_minutes/").text


def test_a_pin_of_ones_own_is_left_alone(client, demonstration, house):
    nurse = AssignmentFactory(facility=house, nurse=True)
    before = nurse.user.pin
    client.post(f"{PAGE}RN/")
    nurse.user.refresh_from_db()
    assert nurse.user.pin == before


def test_the_pin_of_a_demonstration_stands_on_no_page_of_real_people(client, real, house):
    sign_in(client, AssignmentFactory(facility=house, director=True))
    pages = ["/account/", "/account/pin/", "/facility/settings/idle_lock_minutes/"]
    for url in pages:
        assert "3007" not in client.get(url).text
    client.post("/screen/lock/")
    assert "3007" not in client.get("/account/").text


def test_a_visitor_is_led_to_the_cards_and_back_to_the_page_asked_for(client, demonstration, house):
    AssignmentFactory(facility=house, nurse=True)
    asked = client.get("/account/pin/")
    assert asked.url.startswith(PAGE)
    assert client.get(asked.url).context["next"] == "/account/pin/"


def test_a_role_nobody_holds_and_roles_outside_the_staff_do_not_open(client, demonstration, house):
    AssignmentFactory(facility=house, patient=True)
    AssignmentFactory(facility=house, nurse=True, expires_at=LONG_AGO)
    for role in ("MD", "PT", "RN", "nobody", "%00"):
        assert client.post(f"{PAGE}{role}/").status_code in {400, 404}
    assert "_auth_user_id" not in client.session


def test_a_link_alone_signs_nobody_in(client, demonstration, house):
    AssignmentFactory(facility=house, nurse=True)
    assert client.get(f"{PAGE}RN/").status_code == 405


@pytest.mark.parametrize("deployed", [True, False])
def test_on_a_database_of_real_people_the_address_does_not_exist(client, deployed, house):
    if deployed:
        Deployment.objects.create(demo=False, created_at=LONG_AGO)
    AssignmentFactory(facility=house, nurse=True)
    assert client.get(PAGE).status_code == 404
    assert client.post(f"{PAGE}RN/").status_code == 404
    assert "Demonstration" not in client.get("/account/login/").text
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "flip",
    [
        lambda: Deployment.objects.update(demo=True),
        lambda: Deployment.objects.all().delete(),
        lambda: Deployment.objects.all()._raw_delete("default"),
        lambda: Deployment.objects.create(id=2, demo=True, created_at=LONG_AGO),
        lambda: Deployment(id=1, demo=True, created_at=LONG_AGO).save(force_update=True),
    ],
)
def test_a_database_of_real_people_cannot_be_made_a_demonstration(real, flip):
    with pytest.raises((DatabaseError, TypeError)), transaction.atomic():
        flip()
    assert [row.demo for row in Deployment.objects.all()] == [False]


def test_nor_by_setting_it_up_again(real):
    with pytest.raises(Refused):
        founding.deploy(demo=True, at=LONG_AGO)


def test_nor_where_people_were_recorded_before_anybody_said_what_it_is_for():
    PersonFactory()
    with pytest.raises(Refused, match="people are recorded here"):
        founding.deploy(demo=True, at=LONG_AGO)
    assert not Deployment.objects.exists()


def test_a_replay_signs_only_in_a_demonstration(real):
    by = actor(medical_director=True)
    with pytest.raises(NotSigned):
        signing.replayed(by.user, at=LONG_AGO)


def test_an_account_without_a_password_is_told_that_there_is_none_to_change(client, house):
    nurse = AssignmentFactory(facility=house, nurse=True)
    nurse.user.set_unusable_password()
    nurse.user.save()
    sign_in(client, nurse)

    page = client.get("/account/password/", follow=True)

    assert page.redirect_chain == [("/account/", 302)]
    assert "has no password to change" in page.text
    assert "/account/password/" not in page.text
