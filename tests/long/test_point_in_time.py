"""The recipe of docs/guide/backup.md on a cluster of our own: five minutes back, and what is said."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.long.cluster import Cluster, newest_bin
from tests.operate.backups.house import Place

pytest.importorskip("psycopg")


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Not under pytest's own folder, which only its owner may enter."""
    found = newest_bin()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL's programs are not on this machine, and CI leaves nothing out.")
        pytest.skip("PostgreSQL's programs are not on this machine")
    with tempfile.TemporaryDirectory(prefix="stepdown-pitr-") as folder:
        Path(folder).chmod(0o755)
        made = Cluster(found, Path(folder) / "cluster")
        made.make()
        made.start()
        yield made
        made.stop("immediate")


WRITE = """
import sys
from stepdown.operate import surroundings
surroundings.set_up()
from stepdown import clock
from stepdown.records import audit
from stepdown.records.models import Facility
from tests.records.world import World
facility = Facility.objects.first()
world = World.founded(clock.now()) if facility is None else World(facility, clock.now())
from stepdown.records.access import Actor
from stepdown.records.models import Assignment, Episode
for each in Assignment.objects.select_related("user", "facility"):
    world.actors[each.role] = Actor.of(each)
stay = Episode.objects.first() or world.arrive()
for _each in range(int(sys.argv[1])):
    now = clock.now()
    world.record(stay, world.reading({"heart_rate_bpm": "76"}, occurred_at=now), at=now)
    audit.looked("chart", by=world.by("RN"), at=now, episode_id=stay.pk)
"""


def test_back_to_a_point_in_time_the_seals_fit_and_the_anchors_say_what_is_gone(
    cluster: Cluster, tmp_path: Path
):
    cluster.sql("CREATE DATABASE ward")
    place = Place(tmp_path, cluster.url("ward"))
    assert place.stepdown("migrate", "--demo").returncode == 0
    assert place.run("-c", WRITE, 20).returncode == 0
    base = cluster.base_backup()
    assert place.run("-c", WRITE, 20).returncode == 0
    verified = place.stepdown("verify")
    assert verified.returncode == 0, verified.stdout
    kept = (tmp_path / "anchors" / "chains.jsonl").read_text()
    writes, looks = place.chains()
    moment = cluster.sql("SELECT clock_timestamp()")

    later = place.run("-c", WRITE, 20)  # what somebody regrets
    assert later.returncode == 0, later.stderr
    assert place.stepdown("verify").returncode == 0
    all_writes, _all_looks = place.chains()
    assert len(all_writes) == len(writes) + 20
    cluster.sql("SELECT pg_switch_wal()")
    cluster.stop("fast")  # the last piece of the log is copied away
    cluster.back_to(base, moment)

    assert place.chains() == [writes, looks]
    gone = place.stepdown("verify")
    assert gone.returncode == 1
    assert "it was seen once, and is gone: cut short" in gone.stdout
    assert f"audit event {len(all_writes)}" in gone.stdout
    (tmp_path / "anchors" / "chains.jsonl").write_text(kept)
    whole = place.stepdown("verify")
    assert whole.returncode == 0, whole.stdout
    assert place.run("-c", WRITE, 1).returncode == 0  # and the ward goes on
    assert place.stepdown("verify").returncode == 0
