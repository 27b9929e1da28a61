"""A ward where eight people write at once until they are told to stop; run as a program.

Says "ready" when all of them are at work, and at the end how many entries were confirmed.
"""

from __future__ import annotations

import json
import os
import sys
import threading

import django


def main() -> None:
    """Set up where the environment says, write until standard input ends, and count."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "stepdown.settings"
    django.setup()
    from django.db import connections

    from stepdown import clock
    from stepdown.operate.commands.migrate import migrate
    from stepdown.operate.filling import without_waiting
    from stepdown.records import audit
    from tests.records.world import World

    migrate()
    with without_waiting():
        world = World.founded(clock.now())
        stays = [world.arrive(f"Person {n}", str(n)) for n in range(1, 9)]
    connections.close_all()
    stop = threading.Event()
    all_at_work = threading.Barrier(9)
    counts: list[int] = []

    def write(number: int) -> None:
        stay, done = stays[number], 0
        while not stop.is_set():
            now = clock.now()
            reading = world.reading({"heart_rate_bpm": "76"}, occurred_at=now)
            world.record(stay, reading, at=now)
            audit.looked("chart", by=world.by("RN"), at=now, episode_id=stay.pk)
            done += 1
            if done == 3:
                all_at_work.wait()
        counts.append(done)
        connections.close_all()

    writers = [threading.Thread(target=write, args=[number]) for number in range(8)]
    for writer in writers:
        writer.start()
    all_at_work.wait()
    print("ready", flush=True)
    sys.stdin.read()
    stop.set()
    for writer in writers:
        writer.join()
    print(json.dumps(sum(counts)), flush=True)


if __name__ == "__main__":
    main()
