"""What the newest readings of one stay say: the score, its trend, what is due, what stands out.

The same columns serve a tile and a chart. Reading them is pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from stepdown.clinical.schedules import COMPLETE, Look, Schedule
from stepdown.content import library
from stepdown.records.models import VITALS, Episode
from stepdown.records.reading import flags, monitoring, raised, sql
from stepdown.records.reading.flags import Flag
from stepdown.records.reading.monitoring import LookDue, Looked
from stepdown.records.reading.raised import Raised

SCALE = "cows"
"""The scale whose score stands on a tile; every other one is on the chart."""

SCREEN = "cssrs_screener"

SIGNS_HOURS = 24
"""So far back each vital sign is looked for in every set, with whatever it says.

Three times the widest interval of the schedule, so that a round without one sign loses nothing.
Beyond that the newest full set stands, and any red sign not measured since (``lasting``).
"""

PLAIN = frozenset({"points", "signs", "reds", "pregnancy", "raised"})
"""Columns beside the readings that are no reading."""


@dataclass(frozen=True, slots=True)
class Score:
    """The latest complete score. ``change`` is the difference from the one before, in points."""

    at: datetime
    total: int
    band: str
    severity: int | None
    change: int | None


@dataclass(frozen=True, slots=True)
class Missed:
    """The newest look at the scale, where it gave no score: when, and the outcome."""

    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Newest:
    """What the newest readings say, as far as the reader may see."""

    score: Score | None = None
    missed: Missed | None = None
    dues: tuple[LookDue, ...] = ()
    flags: tuple[Flag, ...] = ()


def watched(kinds: Iterable[str], *, scores: bool) -> tuple[str, ...]:
    """The kinds whose newest readings are needed: those on the schedule, and those shown.

    Who reads no scores but takes vital signs is told of those alone: that a suicide
    screen is due each shift already says how the last one went.
    """
    shown = (*kinds, VITALS, SCALE, SCREEN, *sedation_scales())
    return tuple(dict.fromkeys(shown)) if scores else (VITALS,)


def sedation_scales() -> tuple[str, ...]:
    """The scales that sedation was or is told in: our own words, and a facility's own."""
    return tuple(each.instrument for each in library.sedation().values())


def signs_since(now: datetime) -> datetime:
    """From when on every set of vital signs is read: full hours, so that pages hold still."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour - timedelta(hours=SIGNS_HOURS - 1)


def read(
    columns: Mapping[str, str | None],
    episode: Episode,
    schedule: Schedule,
    *,
    scores: bool,
    since: datetime,
) -> Newest:
    """What the columns of ``sql.newest_of`` (and ``before``) say of this stay.

    Args:
        columns: empty where the reader may not even know what is due.
        episode: needs its state, its times and its facility.
        scores: with the score and what stands out; otherwise only what is due.
        since: see :func:`signs_since`.
    """
    if not columns:
        return Newest()
    told = {name: sql.told(text) for name, text in columns.items() if name not in PLAIN}
    looked = [
        Looked(kind, _look(told[f"done_{kind}"]), _look(told.get(f"last_{kind}")))
        for kind in monitoring.kinds(schedule)
        if f"done_{kind}" in told
    ]
    stay = monitoring.stay_of(episode)
    open_ones = raised.read(columns.get("raised"))
    dues = monitoring.looks_due(schedule, stay, looked, episode.facility.tz, open_ones)
    if not scores:
        return Newest(dues=dues)
    return Newest(
        _score(told[f"done_{SCALE}"], told["before"]),
        _missed(told[f"last_{SCALE}"]),
        dues,
        stands_out(
            sql.signs(told[f"done_{VITALS}"], columns.get("signs"), columns.get("reds")),
            _look(told[f"done_{VITALS}"]),
            since,
            told[f"last_{SCREEN}"],
            told[f"done_{SCREEN}"],
            {kind: (told[f"last_{kind}"], told[f"done_{kind}"]) for kind in sedation_scales()},
            open_ones,
        ),
    )


def _look(told: sql.Told | None) -> Look | None:
    return Look(told.at, told.outcome, told.band or None) if told else None


def _score(latest: sql.Told | None, before: sql.Told | None) -> Score | None:
    if latest is None or latest.total is None:
        return None
    change = None
    if before is not None and before.total is not None:
        change = latest.total - before.total
    return Score(latest.at, latest.total, latest.band, latest.severity, change)


def _missed(latest: sql.Told | None) -> Missed | None:
    if latest is None or latest.outcome == COMPLETE:
        return None
    return Missed(latest.at, latest.outcome)


def stands_out(
    signs: Mapping[str, tuple[str, datetime]],
    full: Look | None,
    since: datetime,
    screened: sql.Told | None,
    screen: sql.Told | None,
    sedation: Mapping[str, tuple[sql.Told | None, sql.Told | None]],
    open_ones: Iterable[Raised] = (),
) -> tuple[Flag, ...]:
    """What to act on, gravest first: the same on a tile and on a chart.

    A red sign stands until it is measured again. An amber one does so for a day, or
    for as long as no newer full set was taken.

    Args:
        signs: the latest measurement of each vital sign, and when.
        full: the newest full set.
        since: see :func:`signs_since`.
        screened: the newest suicide screen, whatever came of it.
        screen: the newest complete one.
        sedation: the same two of each sedation scale.
        open_ones: what answers raised, as far as it still stands.
    """
    found = flags.of_screen(SCREEN, screened, screen) + flags.of_sedation(sedation, since)
    found += flags.of_raised(open_ones)
    for sign in library.vitals():  # in reading order: databases keep an order of their own
        if sign in signs:
            value, at = signs[sign]
            is_recent = at >= since or (full is not None and at == full.at)
            flagged = flags.of_vitals({sign: value}, at)
            found += tuple(flag for flag in flagged if is_recent or flag.level == flags.STOP)
    return tuple(sorted(found, key=lambda flag: flag.rank))
