"""N12: nobody on the telephone is told that somebody is here, by anybody, in any way."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.care.finding import calls
from stepdown.content import library
from stepdown.records.models import AccessEvent, AuditEvent, CallNote, Role
from tests.support import fields_of

pytestmark = pytest.mark.django_db

URL = "/calls/"
STAFF = sorted(set(Role.values) - {"PT", "FAM"})
ASKED = ("Renée Ardent", "renee ardent", "Bo Lund", "Ines Vidal", "Nemo Nobody", "", "T000")
PASSING = {"Set-Cookie", "Content-Length", "Expires", "X-Request-ID"}
"""Headers that follow the clock, the token, the count of requests and the length of what was typed."""
SCRIPT = "I can't say whether anyone is or is not here."


def same(html: str, typed: str) -> str:
    """A page without what differs each time it is drawn, and without what was typed."""
    html = re.sub(r'name="(csrfmiddlewaretoken|submission)" value="[^"]+"', "", html)
    return html.replace(f'name="asked" value="{typed}"', 'name="asked" value=""')


@pytest.mark.parametrize("role", STAFF)
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "piece"])
def test_present_former_restricted_and_unknown_give_the_same_bytes_at_the_same_cost(
    client, enter, here, gone, closed, role, htmx
):
    enter(role=role)
    headers = {"HX-Request": "true"} if htmx else {}
    client.post(URL, {"asked": "warm up", "look": "1"})
    told, asked = set(), set()
    for typed in ASKED:
        with CaptureQueriesContext(connection) as queries:
            page = client.post(URL, {"asked": typed, "look": "1"}, headers=headers)
        kept = {k: v for k, v in page.headers.items() if k not in PASSING}
        told.add((page.status_code, same(page.text, typed), str(kept)))
        asked.add(tuple(each["sql"].split(" WHERE ")[0] for each in queries))
        assert not any(typed and typed in each["sql"] for each in queries)

    assert len(told) == len(asked) == 1
    assert SCRIPT in told.pop()[1].replace("&#x27;", "'")


@pytest.mark.parametrize("role", STAFF)
def test_the_script_stands_first_before_anything_is_typed(client, enter, here, role):
    enter(role=role)

    page = client.get(URL).text.replace("&#x27;", "'")

    assert 0 < page.index(SCRIPT) < page.index('name="asked"')


@pytest.mark.parametrize("role", ["PT", "FAM"])
def test_nobody_else_opens_it(client, enter, role):
    enter(role=role)

    assert client.get(URL).status_code == 403


def test_the_page_asks_nothing_of_people_stays_or_beds(client, enter, here):
    enter(nurse=True)
    with CaptureQueriesContext(connection) as queries:
        client.post(URL, {"asked": "Renée Ardent", "look": "1"})

    tables = re.findall(r"records_\w+", " ".join(each["sql"] for each in queries))
    assert {"records_person", "records_personkey", "records_episode", "records_bedstay"}.isdisjoint(
        tables
    )
    source = Path(calls.__file__).read_text()
    assert "Episode" not in source
    assert "Person" not in source


def test_what_was_asked_for_is_in_no_log_no_record_and_no_address(client, enter, here):
    enter(nurse=True)

    page = client.post(URL, {"asked": "Renée Ardent", "look": "1"})

    assert "no-store" in page["Cache-Control"]
    assert not CallNote.objects.exists()
    assert not AuditEvent.objects.exists()
    assert not AccessEvent.objects.exclude(detail="").exists()
    assert "Ren" not in client.get(f"{URL}?asked=Ren").text


def noted(client: Any, **said: str) -> Any:
    sent = fields_of(client.get(URL).text, "sheet")
    return client.post(URL, {**sent, "caller": "family", "done": "script", **said})


def test_a_call_is_noted_without_anybodys_name(client, enter, house):
    actor = enter(coordinator=True)

    page = noted(client, asked="Renée Ardent")

    assert (page.status_code, page.url) == (303, URL)
    (note,) = CallNote.objects.all()
    assert (note.actor_id, note.caller, note.done) == (actor.user.pk, "family", "script")
    columns = {field.name for field in CallNote._meta.concrete_fields}
    assert columns == {
        "id", "facility", "occurred_at", "recorded_at", "actor", "role", "submission_id",
        "replaces", "is_void", "why", "caller", "done",
    }  # fmt: skip


def test_a_call_sent_twice_is_one(client, enter):
    enter(coordinator=True)
    submission = str(uuid4())

    for _time in range(2):
        assert noted(client, submission=submission).status_code == 303

    assert CallNote.objects.count() == 1


@pytest.mark.parametrize(
    "said", [{"caller": ""}, {"done": ""}, {"caller": "mother"}, {"done": "x"}]
)
def test_a_note_without_an_answer_is_refused(client, enter, said):
    enter(coordinator=True)

    assert noted(client, **said).status_code == 422
    assert not CallNote.objects.exists()


def test_no_kind_of_consent_on_record_could_open_the_telephone():
    """The day one is added, this page and its decision are to be read again."""
    kinds = {each.code for each in library.codes("consent_type").codes}

    assert kinds == {
        "treatment", "part2_notice", "rules_and_rights", "contact_after", "urine_test", "search",
        "photo", "telehealth", "financial",
    }  # fmt: skip
