"""Replaying whole journeys from beginning to end, as one ward lives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from stepdown.content.errors import ContentError
from stepdown.operate.journeys import format as journeys
from stepdown.operate.journeys import pending
from stepdown.operate.journeys.format import Journey
from stepdown.operate.journeys.house import House, open_house
from stepdown.operate.journeys.pending import Counts
from stepdown.operate.journeys.playing import Played, Player, in_order
from stepdown.operate.journeys.times import WallTime
from stepdown.operate.journeys.verdict import Verdict

BEFORE = timedelta(days=1)
"""How long before the first event a house opens: accounts start, licences count from there."""

Wait = Callable[[timedelta], None]
Told = Callable[[Played], None]


def load_all(paths: Sequence[Path]) -> list[Journey]:
    """Read several journeys.

    Raises:
        ContentError: a file cannot be read or believed, or two share a name.
    """
    loaded: dict[str, Journey] = {}
    for path in paths:
        journey = journeys.load(path)
        if journey.key in loaded:
            message = f"{journey.key!r} is also the name of {loaded[journey.key].path}."
            raise ContentError(path, 1, message)
        loaded[journey.key] = journey
    return list(loaded.values())


def verdict_on(journey: Journey) -> Verdict:
    """An empty verdict on a journey, with the counts pinned for it."""
    pins = pending.pins_for(journey.path)
    return Verdict(journey, None if pins is None else pins.get(journey.key, Counts()))


def replay(
    loaded: Sequence[Journey],
    *,
    until: WallTime | None = None,
    wait: Wait | None = None,
    told: Told | None = None,
) -> list[Verdict]:
    """Play journeys in order of time, in the database that is configured, and judge them.

    Args:
        until: stop before the first event later than this wall time.
        wait: called with the time that passes between two events, to pace a replay.
        told: called after each event.

    Raises:
        Refused: the database was made for real people.
    """
    verdicts = {journey.key: verdict_on(journey) for journey in loaded}
    houses = open_houses(loaded)
    players = [Player(journey, houses[journey.facility.key]) for journey in loaded]
    last: datetime | None = None
    for due in in_order(players):
        journey = due.player.journey
        if until is not None and due.at > until.instant(journey.facility.zone):
            verdicts[journey.key].whole = False
            continue
        if wait is not None and last is not None:
            wait(due.at - last)
        last = due.at
        played = due.play()
        verdicts[journey.key].played.append(played)
        if told is not None:
            told(played)
    return list(verdicts.values())


def open_houses(loaded: Sequence[Journey]) -> dict[str, House]:
    """The house of every facility these journeys happen in, opened before the first event."""
    opened: dict[str, House] = {}
    for journey in loaded:
        if journey.facility.key not in opened:
            same = [each for each in loaded if each.facility.key == journey.facility.key]
            opened[journey.facility.key] = open_house(journey.facility, at=opening(same))
    return opened


def opening(loaded: Sequence[Journey]) -> datetime:
    """When the house of these journeys opens: some time before the first event of any."""
    return min(journey.instant(journey.events[0]) for journey in loaded) - BEFORE
