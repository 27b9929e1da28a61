"""A setting changes only with the signature of the role that answers for it (N26)."""

import pytest

from stepdown.content import library
from stepdown.records.models import SettingChange, Signature
from tests.factories import PIN
from tests.support import fields_of

pytestmark = pytest.mark.django_db

LIST = "/facility/settings/"
LOCK = "/facility/settings/idle_lock_minutes/"
QUIET = "/facility/settings/quiet_hours_begin/"


def change(client, url, value, why="The evening round is earlier.", secret=PIN, **more):
    sent = fields_of(client.get(url).text, "change")
    return client.post(url, sent | {"value": value, "why": why, "secret": secret, **more})


def test_every_setting_stands_on_the_page_with_its_range_and_as_a_draft(client, enter):
    enter(director=True)
    text = client.get(LIST).text
    for setting in library.facility_settings().values():
        assert setting.label in text
    assert f"{len(library.facility_settings())} settings still hold their draft default" in text


def test_a_director_changes_an_operational_setting_with_reason_and_pin(client, enter, house):
    who = enter(director=True)
    answer = change(client, LOCK, "5")
    assert answer.status_code == 302
    row = SettingChange.objects.get()
    assert (row.key, row.value, row.previous) == ("idle_lock_minutes", "5", "3")
    assert row.actor_id == who.user.pk
    assert Signature.objects.get().method == "pin"
    house.refresh_from_db()
    assert house.setting("idle_lock_minutes") == 5


def test_the_old_value_stays_readable_with_who_when_and_why(client, enter):
    who = enter(director=True)
    change(client, LOCK, "5", why="Two people at one tablet.")
    change(client, LOCK, "4", why="Five was too long.")
    text = client.get(LOCK).text
    assert "Two people at one tablet." in text
    assert "Five was too long." in text
    assert who.user.name in text
    assert text.index("5 minutes") > text.index("4 minutes")


@pytest.mark.parametrize(
    ("value", "why", "secret", "words"),
    [
        ("16", "Why not", PIN, "is 1 to 15, not 16"),
        ("soon", "Why not", PIN, "whole number of minutes"),
        ("", "Why not", PIN, "required"),
        ("5", "", PIN, "required"),
        ("5", "Why not", "0000", "Not your PIN or password"),
        ("5", "Why not", "", "Type it to sign"),
        ("5\x01", "Why not", PIN, "whole number"),
        ("5" * 90, "Why not", PIN, "at most 80"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_saved(client, enter, value, why, secret, words):
    enter(director=True)
    answer = change(client, LOCK, value, why, secret)
    assert answer.status_code == 422
    assert words in answer.text
    assert not SettingChange.objects.exists()
    assert not Signature.objects.exists()


def test_the_other_role_sees_a_setting_and_cannot_change_it(client, enter):
    enter(director=True)
    page = client.get(QUIET)
    assert "MD signs changes of this setting" in page.text
    assert 'name="secret"' not in page.text
    answer = client.post(QUIET, {"value": "21:00", "why": "Earlier", "secret": PIN})
    assert answer.status_code == 422
    assert "MD signs this setting" in answer.text
    assert not SettingChange.objects.exists()


def test_a_clinical_setting_is_the_medical_directors(client, enter, house):
    enter(medical_director=True)
    assert change(client, QUIET, "21:30").status_code == 302
    house.refresh_from_db()
    assert house.setting("quiet_hours_begin") == "21:30"


def test_a_licence_that_ran_out_signs_nothing(client, enter, present):
    enter(medical_director=True, licence_expires_on=present.date().replace(day=1))
    answer = change(client, QUIET, "21:30")
    assert answer.status_code == 422
    assert "no licence valid today" in answer.text


def test_a_page_that_grew_stale_is_refused_with_the_present_value(client, enter):
    enter(director=True)
    stale = fields_of(client.get(LOCK).text, "change")
    change(client, LOCK, "5")
    answer = client.post(LOCK, stale | {"value": "7", "why": "Longer", "secret": PIN})
    assert answer.status_code == 422
    assert "Somebody changed this to 5" in answer.text
    assert SettingChange.objects.count() == 1


def test_a_doubled_post_changes_once(client, enter):
    enter(director=True)
    sent = fields_of(client.get(LOCK).text, "change") | {"value": "5", "why": "x", "secret": PIN}
    client.post(LOCK, sent)
    client.post(LOCK, sent)
    assert SettingChange.objects.count() == 1


def test_there_is_no_setting_of_that_name(client, enter):
    enter(director=True)
    assert client.get("/facility/settings/nonsense/").status_code == 404


def test_the_page_costs_three_queries_whatever_the_history(
    client, enter, django_assert_num_queries
):
    enter(director=True)
    for value in "45678":
        change(client, LOCK, value)
    with django_assert_num_queries(3):
        client.get(LIST)
