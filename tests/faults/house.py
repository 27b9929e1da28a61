"""A scratch database with somebody in every bed, and a nurse who is signed in.

Run as a program, with the environment of the server that will use it; prints what a
client needs to know as JSON.
"""

from __future__ import annotations

import json
import os

import django


def main() -> None:
    """Set it up, and say how to come in."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "stepdown.settings"
    django.setup()
    from django.test import Client

    from stepdown import clock
    from stepdown.operate.commands.migrate import migrate
    from stepdown.operate.filling import without_waiting
    from tests.records.world import World
    from tests.support import sign_in

    migrate()
    with without_waiting():
        world = World.founded(clock.now())
        stays = [world.arrive(f"Person {n}", str(n)) for n in range(1, 7)]
        nurse = Client()
        sign_in(nurse, world.by("RN").assignment)
    cookies = {name: morsel.value for name, morsel in nurse.cookies.items()}
    print(json.dumps({"cookies": cookies, "stays": [str(stay.pk) for stay in stays]}))


if __name__ == "__main__":
    main()
