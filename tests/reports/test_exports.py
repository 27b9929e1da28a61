"""The privacy officer reads what left the house, whoever took it and however it ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from stepdown.records.access import Actor
from stepdown.records.actions.access import exports
from stepdown.records.actions.access.exports import Asked, Written
from stepdown.records.models import Export, Signature
from stepdown.records.signing import Proof
from stepdown.reports import export_views
from tests.factories import AssignmentFactory, FacilityFactory

PAGE = "/reports/exports/"
ASKED = Asked("research", "Protocol 12, retention in care", ("scores", "episodes"), "csv")


@pytest.fixture
def begun(house, present):
    nurse = Actor.of(AssignmentFactory(facility=house, nurse=True))

    def begin(by: Actor = nurse, asked: Asked = ASKED) -> Export:
        proof = Proof(by.user, Signature.Method.PASSWORD, present)
        return exports.begin(asked, by=by, at=present, submission=uuid4(), proof=proof)

    begin.by = nurse  # type: ignore[attr-defined]
    return begin


@pytest.mark.django_db
def test_a_ledger_row_tells_who_what_for_how_much_and_the_digest(client, enter, begun, present):
    export = begun()
    file = Written("scores.csv", 12_345, 99, "c0ffee" + "0" * 58)
    exports.finish(export, [file], by=begun.by, at=present, submission=uuid4())
    enter(privacy_officer=True)

    text = client.get(PAGE).text

    for told in (
        begun.by.user.name, "Research", "Protocol 12, retention in care", "scores, episodes",
        "12345 rows", "c0ffee", "finished",
    ):  # fmt: skip
        assert told in text.replace(",345", "345")


@pytest.mark.django_db
def test_one_that_did_not_end_says_so(client, enter, begun, present):
    begun()
    enter(privacy_officer=True)
    assert "under way" in client.get(PAGE).text

    exports.fail(begun(), "OSError", by=begun.by, at=present, submission=uuid4())
    assert "failed: its files were removed" in client.get(PAGE).text


@pytest.mark.django_db
def test_one_that_was_cut_off_hours_ago_says_that_what_left_is_not_known(begun, present):
    line = export_views._line(begun(), present + timedelta(hours=7))

    assert (line.state, line.tag) == ("cut off: what had left is not known", "late")


@pytest.mark.django_db
def test_another_house_has_a_ledger_of_its_own(client, enter, begun):
    other = Actor.of(AssignmentFactory(facility=FacilityFactory(), nurse=True))
    begun(other, Asked("audit", "Something of the other house", ("scores",), "csv"))
    enter(privacy_officer=True)

    text = client.get(PAGE).text

    assert "Something of the other house" not in text
    assert "No export is on record" in text


@pytest.mark.django_db
def test_words_stay_words(client, enter, begun):
    begun(asked=Asked("audit", "<script>alert(1)</script>", ("scores",), "csv"))
    enter(privacy_officer=True)

    assert "<script>alert(1)" not in client.get(PAGE).text


@pytest.mark.django_db
def test_exports_stand_in_the_trail_of_accounts_with_their_purpose(client, enter, begun):
    begun()
    enter(privacy_officer=True)

    lines = client.get("/reports/sign-ins/").context["trail"].lines

    assert ("began an export of records", "research, Protocol 12, retention in care") in [
        (line.what, line.detail) for line in lines
    ]


@pytest.mark.django_db
def test_a_long_ledger_goes_on_and_costs_the_same(client, enter, begun, django_assert_num_queries):
    for _each in range(52):
        begun()
    enter(privacy_officer=True)
    client.get(PAGE)

    with django_assert_num_queries(9 if connection.vendor == "sqlite" else 6):
        first = client.get(PAGE)
    second = client.get(f"{PAGE}?page=2")

    assert (len(first.context["lines"]), len(second.context["lines"])) == (50, 2)
    for odd in ("0", "-1", "x", "999999999999"):
        assert len(client.get(f"{PAGE}?page={odd}").context["lines"]) == 50
