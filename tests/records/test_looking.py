"""One look costs little, waits for nobody's disk, and never loosens a record."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from stepdown.records import audit, looking, verifying
from stepdown.records.models import AccessEvent, AccessHead
from tests.records.world import World

only_postgres = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite keeps its looks in a file of their own"
)


@pytest.fixture
def looked(world: World) -> Any:
    def look() -> None:
        audit.looked("chart", by=world.by("RN"), at=world.now)

    look()
    return look


def waits() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_looks_follow_each_other_without_a_gap(world: World, looked: Any):
    for _each in range(3):
        looked()

    told = AccessEvent.objects.order_by("seq").values_list("seq", flat=True)
    assert list(told) == [1, 2, 3, 4]
    assert AccessHead.objects.get().seq == 4
    assert [str(each) for each in verifying.verify(world.facility)] == []


@only_postgres
@pytest.mark.django_db(transaction=True)
def test_a_look_is_one_statement_after_the_end_was_read(looked: Any):
    with CaptureQueriesContext(connection) as asked:
        looked()

    assert [each["sql"].split()[0] for each in asked] == ["SELECT", "SELECT", "WITH"]


@only_postgres
@pytest.mark.django_db(transaction=True)
def test_a_look_behind_an_end_that_moved_is_not_written(world: World, looked: Any):
    head = AccessHead.objects.get()
    looked()
    late = AccessEvent(
        facility_id=world.facility.pk, seq=head.seq + 1, at=world.now, what="chart", mac="x" * 64
    )

    assert not looking.write(late, head, using="default")
    assert AccessEvent.objects.count() == AccessHead.objects.get().seq == 2


@only_postgres
@pytest.mark.django_db(transaction=True)
def test_a_look_that_always_comes_too_late_takes_its_turn(
    world: World, looked: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(looking, "write", lambda *_told, **_more: False)

    looked()

    assert AccessHead.objects.get().seq == 2
    assert [str(each) for each in verifying.verify(world.facility)] == []


@only_postgres
@pytest.mark.django_db(transaction=True)
def test_a_look_within_a_record_leaves_the_record_waiting_for_the_disk(looked: Any):
    before = waits()
    with transaction.atomic():
        looked()
        assert waits() == before
    looked()
    assert waits() == before
