"""Reviewed content can be read whole, and only a medical director signs it."""

import pytest

from stepdown.content import library
from stepdown.records.models import ContentSnapshot, Signature
from tests.factories import PIN
from tests.support import fields_of

pytestmark = pytest.mark.django_db

LIST = "/facility/content/"
COWS = "/facility/content/instruments/cows/"
EVERY = [(folder, key) for folder, things in library.everything().items() for key in things]


def sign(client, url=COWS, secret=PIN, **more):
    return client.post(url, fields_of(client.get(url).text, "sign") | {"secret": secret} | more)


def test_everything_reviewed_is_listed_with_version_fingerprint_and_source(client, enter):
    enter(nurse=True)
    text = client.get(LIST).text
    for folder, key in EVERY:
        thing = library.everything()[folder][key]
        assert f"/facility/content/{folder}/{key}/" in text
        assert library.digest(thing)[:12] in text
        assert str(thing.version) in text
    assert f"{len(EVERY)} pieces of {len(EVERY)} are drafts" in text


@pytest.mark.parametrize(("folder", "key"), EVERY)
def test_each_piece_can_be_read_whole(client, enter, folder, key):
    enter(nurse=True)
    page = client.get(f"/facility/content/{folder}/{key}/")
    assert page.status_code == 200
    assert library.digest(library.everything()[folder][key]) in page.text


def test_a_scale_shows_each_published_anchor_band_and_worked_example(client, enter):
    enter(nurse=True)
    page = client.get(COWS)
    text = page.text.replace("&#x27;", "'").replace("&lt;", "<").replace("&gt;", ">")
    cows = library.instrument("cows")
    for item in cows.items:
        for option in item.options:
            assert option.text in text
    for band in cows.bands:
        assert band.label in text
    for example in cows.examples:
        assert example.name in text
    assert "Wesson" in text


def test_a_medical_director_signs_exactly_what_was_read(client, enter):
    who = enter(medical_director=True)
    assert sign(client).status_code == 302
    signature = Signature.objects.get()
    digest = library.digest(library.instrument("cows"))
    assert (signature.signer_id, signature.subject_id) == (who.user.pk, digest)
    assert ContentSnapshot.objects.get(digest=digest).key == "cows"
    assert f"{who.user.name}, MD" in client.get(LIST).text
    assert "signed here" in client.get(COWS).text


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"secret": "0000"}, "Not your PIN or password"),
        ({"secret": ""}, "Type it to sign"),
        ({"digest": "0" * 64}, "This content changed"),
        ({"digest": ""}, "required"),
    ],
)
def test_without_proof_or_with_other_words_nothing_is_signed(client, enter, more, words):
    enter(medical_director=True)
    answer = sign(client, **more)
    assert answer.status_code == 422
    assert words in answer.text
    assert not Signature.objects.exists()


@pytest.mark.parametrize("role", ["nurse", "prescriber", "director", "vocational_nurse"])
def test_others_read_and_cannot_sign(client, enter, role):
    enter(**{role: True})
    assert 'name="secret"' not in client.get(COWS).text
    answer = client.post(COWS, {"secret": PIN})
    assert answer.status_code == 403
    assert not Signature.objects.exists()


@pytest.mark.parametrize("url", ["instruments/none/", "nothing/cows/", "settings/cows/"])
def test_what_is_not_in_the_library_is_not_found(client, enter, url):
    enter(nurse=True)
    assert client.get(LIST + url).status_code == 404


def test_the_page_costs_three_queries(client, enter, django_assert_num_queries):
    enter(medical_director=True)
    sign(client)
    with django_assert_num_queries(3):
        client.get(LIST)
