"""A statement put together once gives what the query itself would give."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from stepdown.records.models import Episode, Observation
from stepdown.records.reading.prepared import Prepared
from tests.factories import CowsFactory, EpisodeFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)


def _since(kind, *, episode, since, outcome):
    return Observation.objects.filter(
        episode=episode, kind=kind, occurred_at__gte=since, outcome=outcome
    ).values("id", "occurred_at", "total", "answers", "is_void")


@pytest.fixture
def stays():
    return [EpisodeFactory(arrived_at=NOW - timedelta(days=1), in_bed=True) for _each in range(2)]


def test_each_run_gets_its_own_values_and_the_same_types_as_django(stays):
    statement = Prepared(_since)
    for stay in stays:
        CowsFactory(episode=stay, occurred_at=NOW - timedelta(hours=3), scored=7)
        CowsFactory(episode=stay, occurred_at=NOW - timedelta(hours=9), scored=9)

    for stay in stays:
        for hours in (4, 12):
            values = {
                "episode": stay.pk, "since": NOW - timedelta(hours=hours), "outcome": "complete",
            }  # fmt: skip
            assert statement.rows("cows", **values) == list(_since("cows", **values))
    assert statement.rows("vitals", **values) == []


def test_what_a_shape_decides_is_kept_apart(stays):
    statement = Prepared(_since)
    CowsFactory(episode=stays[0], occurred_at=NOW, scored=7)
    values = {"episode": stays[0].pk, "since": NOW, "outcome": "complete"}

    assert len(statement.rows("cows", **values)) == 1
    assert statement.rows("vitals", **values) == []
    assert len(statement.rows("cows", **values)) == 1


def test_a_value_that_the_statement_does_not_use_is_a_mistake_told_at_once(stays):
    statement = Prepared(lambda *, episode, now: Episode.objects.filter(pk=episode).values("pk"))

    with pytest.raises(LookupError, match="now"):
        statement.rows(episode=stays[0].pk, now=NOW)


def test_a_word_from_outside_is_a_value_and_never_becomes_part_of_the_statement(stays):
    statement = Prepared(lambda *, code: Episode.objects.filter(code=code).values("pk"))

    assert statement.rows(code="' OR 1=1 --") == []
    assert len(statement.rows(code=stays[0].code)) == 1
    assert statement.rows(code=f"{uuid4()}%s") == []
