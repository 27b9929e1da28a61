"""What a board costs: as many statements at ten beds as at two hundred, whatever the history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.records.models import Bed, BedStay, Episode, Observation
from tests.care.board.conftest import NOW
from tests.factories import BedFactory, CowsFactory, EpisodeFactory, VitalsFactory

pytestmark = pytest.mark.django_db

DOOR = 2
"""The session, and the role with account and facility."""

BOARD = DOOR + 3
"""The unit with its version, the people, the beds with their newest readings."""

LOOK = 2 if connection.vendor == "postgresql" else 3
"""The note that somebody looked: the end of that chain, then the event and the end moved,
which PostgreSQL does in one statement."""

PAGE = BOARD + LOOK

POLL = DOOR + 1
"""The unit with its version."""


def statements(ask):
    """Statements that ``ask`` runs, without those that only frame a transaction."""
    ask()
    with CaptureQueriesContext(connection) as seen:
        answer = ask()
    framing = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return answer, [q["sql"] for q in seen if not q["sql"].startswith(framing)]


def fill(house, ward, beds):
    """People in this many beds, each with two days of readings."""
    for place in range(5, beds + 1):
        BedFactory(unit=ward, label=str(place), position=place)
    stays = [
        EpisodeFactory(
            person__facility=house, arrived_at=NOW - timedelta(days=2), in_bed=bed, admitted=True
        )
        for bed in Bed.objects.filter(unit=ward)
    ]
    cows = CowsFactory(episode=stays[0], occurred_at=NOW - timedelta(hours=47), scored=9)
    vitals = VitalsFactory(episode=stays[0], occurred_at=NOW - timedelta(hours=47))
    rows = []
    for stay in stays:
        for hours in range(1, 46, 4):
            for like in (cows, vitals):
                values = {f.attname: getattr(like, f.attname) for f in like._meta.concrete_fields}
                values |= {"episode_id": stay.pk, "occurred_at": NOW - timedelta(hours=hours)}
                values["submission_id"] = stay.pk
                del values["id"]
                rows.append(Observation(**values))
    for row in rows:
        row.submission_id = row.id
    Observation.objects.bulk_create(rows)


@pytest.mark.parametrize("beds", [10, 40, 200])
def test_a_board_costs_the_same_few_statements_at_any_size(nurse, ward, house, beds):
    fill(house, ward, beds)

    page, asked = statements(nurse.get)

    assert page.text.count("data-tile") == beds
    assert page.text.count("COWS 9, Mild") == beds
    assert len(asked) == PAGE <= 8


def test_an_unchanged_poll_costs_three_statements_and_draws_nothing(nurse, ward, house):
    fill(house, ward, 10)
    tag = nurse.get()["ETag"]

    answer, asked = statements(lambda: nurse.poll(tag))

    assert answer.status_code == 304
    assert len(asked) == POLL == 3
    assert not any("records_observation" in sql for sql in asked)
    assert all(sql.startswith("SELECT") for sql in asked)


def test_a_changed_poll_writes_nothing(nurse, ward, house):
    fill(house, ward, 10)

    answer, asked = statements(lambda: nurse.poll(""))

    assert answer.status_code == 200
    assert len(asked) == BOARD
    assert all(sql.startswith("SELECT") for sql in asked)


def test_the_people_who_were_in_a_bed_before_cost_nothing(nurse, ward, house, person):
    bed = Bed.objects.get(unit=ward, label="1")
    for days in range(20, 60, 2):
        past = EpisodeFactory(
            person__facility=house, arrived_at=NOW - timedelta(days=days), left=True
        )
        ended = NOW - timedelta(days=days - 1)
        BedStay.objects.create(
            facility=house, bed=bed, episode=past, started_at=past.arrived_at, ended_at=ended
        )
    person("1")

    page, asked = statements(nurse.get)

    assert page.text.count("data-tile") == 4
    assert "1 person in bed" in page.text
    assert len(asked) == PAGE
    assert Episode.objects.count() == 21
