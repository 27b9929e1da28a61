"""One text for one row, letter for letter the same on every database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from stepdown.content import library
from stepdown.records import canonical, snapshots
from stepdown.records.actions.admission import history
from stepdown.records.models import Facility, Observation, SubstanceUse
from tests.records.world import World

SUBMISSION = UUID("018f4c1e-7a2b-7c3d-8e4f-001122334455")
ROW = UUID("018f4c1e-7a2b-7c3d-8e4f-0123456789ab")


def observation(world: World) -> Observation:
    """A row with every kind of value in it, under a fixed id."""
    stay = world.arrive()
    snapshots.keep(library.instrument("cows"), kind="instrument", key="cows")
    row = Observation.told(
        world.by("RN"),
        at=world.now,
        submission=SUBMISSION,
        occurred_at=datetime(2027, 1, 7, 6, 29, 59, 123, tzinfo=timezone(timedelta(hours=-8))),
        episode=stay,
        kind="cows",
        answers={"yawning": ["once", 1], "pulse": ["at_most_80", 0]},
        values={"temperature_c": "37.0"},
        asked_twice=["temperature_c"],
        note='Línea\r\n"quoted" \u2764 </script>',
        total=1,
        snapshot_id=snapshots.digest_of(library.instrument("cows")),
    )
    row.pk = ROW
    return row


def test_the_text_of_a_row_is_this_one_on_sqlite_and_on_postgresql(world: World):
    world.tampered = True  # written past the actions
    made = observation(world)
    made.save()
    row = Observation.objects.get(pk=ROW)

    assert canonical.row_text(row) == canonical.row_text(made)
    assert canonical.row_text(row) == (
        '{"actor_id":"ACTOR","answers":{"pulse":["at_most_80",0],"yawning":["once",1]},'
        '"asked_twice":["temperature_c"],"at_least":null,"band":"","context":"scheduled",'
        '"episode_id":"EPISODE","facility_id":"FACILITY",'
        '"id":"018f4c1e-7a2b-7c3d-8e4f-0123456789ab","is_downtime":false,"is_void":false,'
        '"kind":"cows","note":"Línea\\r\\n\\"quoted\\" \u2764 </script>",'
        '"occurred_at":"2027-01-07T14:29:59.000123Z","outcome":"complete","reason":"",'
        '"recorded_at":"2027-01-07T14:30:00.000000Z","replaces_id":null,"role":"RN",'
        '"severity":null,"snapshot_id":"SNAPSHOT",'
        '"submission_id":"018f4c1e-7a2b-7c3d-8e4f-001122334455","total":1,'
        '"values":{"temperature_c":"37.0"},"why":""}'
    ).replace("ACTOR", str(row.actor_id)).replace("EPISODE", str(row.episode_id)).replace(
        "FACILITY", str(row.facility_id)
    ).replace("SNAPSHOT", row.snapshot_id)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (datetime(2027, 3, 14, 10, 0, tzinfo=UTC), "2027-03-14T10:00:00.000000Z"),
        (date(2027, 3, 14), "2027-03-14"),
        (Decimal("2.50"), "2.5"),
        (Decimal(100), "100"),
        (Decimal("1E+2"), "100"),
        (Decimal("0.0"), "0"),
        (ROW, str(ROW)),
        (True, True),
        (None, None),
    ],
)
def test_a_value_has_one_way_of_being_written(value, plain):
    assert canonical.plain(value) == plain


def test_years_come_back_as_they_were_digested(world: World):
    stay = world.arrive()
    told = history.record_use(
        stay, history.Use("opioid", "heroin", "unknown", years=Decimal("2.50")), **world.told()
    )

    assert canonical.row_text(told) == canonical.row_text(SubstanceUse.objects.get(pk=told.pk))


def test_settings_come_back_as_they_were_digested(world: World):
    world.tampered = True
    Facility.objects.filter(pk=world.facility.pk).update(settings={"b": "2", "a": ["x", "1"]})
    row = Facility.objects.get(pk=world.facility.pk)

    assert '"settings":{"a":["x","1"],"b":"2"}' in canonical.row_text(row)


def test_a_password_is_not_sealed_for_django_hashes_it_anew_by_itself(world: World):
    user = world.by("RN").user
    before = canonical.row_digest(user)
    user.password = "rehashed"

    assert canonical.row_digest(user) == before
    user.username = "other"
    assert canonical.row_digest(user) != before
