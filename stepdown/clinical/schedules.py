"""When the next look is due: a pure function of what was done and when.

Intervals are elapsed time, so a clock-change night neither loses nor doubles a look.
Whether the ward is awake, when a shift starts and which day of stay it is are read
from the local clock on the wall. Only a completed look counts as done: asleep,
refused, unable and off the unit leave it due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stepdown.clinical.instruments import Evidence

COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Night:
    """The quiet hours, local wall time: from ``begins`` until ``ends`` the next morning."""

    begins: time
    ends: time

    def covers(self, wall: time) -> bool:
        """True while the ward sleeps; the first minute does, the last does not."""
        if self.begins <= self.ends:
            return self.begins <= wall < self.ends
        return wall >= self.begins or wall < self.ends


@dataclass(frozen=True, slots=True)
class FirstLook:
    """The first look of a stay, in minutes after arrival."""

    due_minutes: int
    overdue_minutes: int


@dataclass(frozen=True, slots=True)
class Every:
    """Looks repeated at an interval, by the hours since admission of the last one.

    ``awake_minutes`` holds while the ward is awake, ``night_minutes`` is the longest
    a night may stretch it. ``to_hours`` is None where the rule has no end.
    """

    from_hours: int
    to_hours: int | None
    awake_minutes: int
    night_minutes: int
    grace_minutes: int


@dataclass(frozen=True, slots=True)
class EachShift:
    """One look in each shift for as long as the last result is in one of ``bands``."""

    bands: tuple[str, ...]
    grace_minutes: int


@dataclass(frozen=True, slots=True)
class OnDay:
    """One look on a day of the stay (day 1 is the day of arrival), red from another day on."""

    day: int
    at: time
    overdue_day: int


@dataclass(frozen=True, slots=True)
class WhenRaised:
    """A look that an answer demanded: due at once, in any state, until it is done."""

    overdue_minutes: int


@dataclass(frozen=True, slots=True)
class Daily:
    """One look on each local day, due at a time on the wall."""

    at: time
    grace_minutes: int


@dataclass(frozen=True, slots=True)
class After:
    """One look at each of these days after an anchor, from the start of that local day.

    An ``anchor`` names a moment of the stay (``admission``, ``discharge``); while it is
    not known nothing is due. Red ``window_days`` later. A look taken at or after a day
    stands for that day and all before it.
    """

    anchor: str
    days: tuple[int, ...]
    window_days: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the schedule: which looks, and exactly one of the seven shapes.

    ``states`` limits it to these states of an episode; without, it runs where the
    schedule does. ``only_if`` names a yes-or-no setting of the facility: the rule is
    proposed, and off until that setting is signed.
    """

    id: str
    what: str
    kinds: tuple[str, ...]
    source: str
    evidence: Evidence = "draft"
    first: FirstLook | None = None
    every: Every | None = None
    each_shift: EachShift | None = None
    on_day: OnDay | None = None
    when_raised: WhenRaised | None = None
    daily: Daily | None = None
    after: After | None = None
    states: tuple[str, ...] = ()
    only_if: str = ""


@dataclass(frozen=True, slots=True)
class LookAgain:
    """After how many minutes a look that did not happen is offered again."""

    outcome: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """The rules of a unit, its clock, and in which states of an episode they run."""

    key: str
    name: str
    version: str
    night: Night
    shifts: tuple[time, ...]
    running: tuple[str, ...]
    paused: tuple[str, ...]
    rules: tuple[Rule, ...]
    source: str
    evidence: Evidence = "draft"
    look_again: tuple[LookAgain, ...] = ()


@dataclass(frozen=True, slots=True)
class Stay:
    """What a schedule needs to know of an episode. All times aware.

    ``anchors`` are the moments that rules count days from, by name.
    """

    state: str
    arrived_at: datetime
    admitted_at: datetime | None = None
    anchors: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """One recorded look: when it happened, how it went, and the band if it was scored."""

    at: datetime
    outcome: str = COMPLETE
    band: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """The next look. From ``grace_until`` on it is overdue. Times are UTC."""

    at: datetime
    grace_until: datetime
    rule_id: str
    what: str

    def is_due(self, now: datetime) -> bool:
        """True from the moment it is due."""
        return now >= self.at

    def is_overdue(self, now: datetime) -> bool:
        """True from the end of the grace time."""
        return now >= self.grace_until


def next_due(
    schedule: Schedule,
    kind: str,
    stay: Stay,
    *,
    done: Look | None,
    tried: Look | None = None,
    raised: Iterable[datetime] = (),
    zone: ZoneInfo,
) -> Due | None:
    """The next look of one kind ("vitals" or an instrument key), or None.

    None means nothing is scheduled: the episode's state pauses the schedule, or no
    rule speaks of this kind. Where several rules apply, the earliest wins. No state
    pauses what an answer has raised.

    Args:
        done: the latest *complete* look, if any.
        tried: the latest look that did not complete; it matters only after ``done``.
            It never counts as done. Only where the schedule gives a time to look
            again does it move the due time, and then never to an earlier one.
        raised: when answers demanded a look of this kind; each stands until one was
            completed at that moment or later.

    Raises:
        ValueError: the state is in neither list of the schedule; a state nobody
            thought of must not switch monitoring off in silence.
    """
    if stay.state not in (*schedule.running, *schedule.paused):
        raise ValueError(f"Schedule {schedule.key} does not say whether it runs in {stay.state}.")
    demanded = tuple(raised)
    dues = [
        due
        for rule in schedule.rules
        if kind in rule.kinds and _runs(schedule, rule, stay.state)
        for due in _dues(schedule, rule, stay, done, demanded, zone)
    ]
    if not dues:
        return None
    due = min(dues, key=lambda each: (each.at, each.grace_until))
    if tried is None or (done is not None and _elapsed(done.at, tried.at) <= timedelta()):
        return due
    return _offered_again(schedule, due, tried)


def _runs(schedule: Schedule, rule: Rule, state: str) -> bool:
    """True where a rule is in force: a demand everywhere, the others where they say."""
    if rule.when_raised is not None:
        return True
    return state in (rule.states or schedule.running)


def _dues(
    schedule: Schedule,
    rule: Rule,
    stay: Stay,
    done: Look | None,
    demanded: tuple[datetime, ...],
    zone: ZoneInfo,
) -> Iterator[Due]:
    """At most one due time for one rule."""
    if rule.when_raised is not None:
        open_ones = [at for at in demanded if done is None or _elapsed(done.at, at) > timedelta()]
        if open_ones:
            yield _after(rule, min(open_ones), 0, rule.when_raised.overdue_minutes)
    elif rule.daily is not None:
        yield _daily(rule, rule.daily, stay, done, zone)
    elif rule.after is not None:
        yield from _days_after(rule, rule.after, stay, done, zone)
    elif rule.on_day is not None:
        yield from _on_day(rule, rule.on_day, stay, done, zone)
    elif done is None:
        if rule.first is not None:
            yield _after(rule, stay.arrived_at, rule.first.due_minutes, rule.first.overdue_minutes)
    elif rule.every is not None:
        since = _elapsed(stay.admitted_at or stay.arrived_at, done.at)
        begins = timedelta(hours=rule.every.from_hours)
        ends = None if rule.every.to_hours is None else timedelta(hours=rule.every.to_hours)
        if (begins <= since or rule.every.from_hours == 0) and (ends is None or since < ends):
            at = _repeated(schedule, rule.every, done.at, zone)
            yield _at(rule, at, at + timedelta(minutes=rule.every.grace_minutes))
    elif rule.each_shift is not None and done.band in rule.each_shift.bands:
        at = min(_next_wall(done.at, start, zone) for start in schedule.shifts)
        yield _at(rule, at, at + timedelta(minutes=rule.each_shift.grace_minutes))


def _daily(rule: Rule, daily: Daily, stay: Stay, done: Look | None, zone: ZoneInfo) -> Due:
    """The first time on the wall after arrival; then that time on the day after the last look."""
    if done is None:
        at = _next_wall(stay.arrived_at, daily.at, zone)
    else:
        day = done.at.astimezone(zone).date() + timedelta(days=1)
        at = _instant(day, daily.at, zone)
    return _at(rule, at, _later(at, daily.grace_minutes))


def _days_after(
    rule: Rule, after: After, stay: Stay, done: Look | None, zone: ZoneInfo
) -> Iterator[Due]:
    anchor = dict(stay.anchors).get(after.anchor)
    if anchor is None:
        return
    from_day = anchor.astimezone(zone).date()
    for days in sorted(after.days):
        at = _instant(from_day + timedelta(days=days), time(), zone)
        if done is None or done.at < at:
            red = _instant(from_day + timedelta(days=days + after.window_days), time(), zone)
            yield _at(rule, at, red)
            return


def _on_day(
    rule: Rule, on_day: OnDay, stay: Stay, done: Look | None, zone: ZoneInfo
) -> Iterator[Due]:
    arrival = stay.arrived_at.astimezone(zone).date()
    day = arrival + timedelta(days=on_day.day - 1)
    if done is None or done.at < _instant(day, time(), zone):
        red = arrival + timedelta(days=on_day.overdue_day - 1)
        yield _at(rule, _instant(day, on_day.at, zone), _instant(red, time(), zone))


def _repeated(schedule: Schedule, every: Every, last: datetime, zone: ZoneInfo) -> datetime:
    """The awake interval after a look by day; in the night, until morning but bounded.

    A look taken while the ward is awake is repeated after the awake interval, even if
    that falls into the night: the evening look is then not skipped. A look taken at
    night is repeated once the awake interval has passed *and* the ward is awake, or
    after the night interval, whichever comes first.
    """
    soonest = _later(last, every.awake_minutes)
    by_night = schedule.night.covers(last.astimezone(zone).time())
    if not by_night or not schedule.night.covers(soonest.astimezone(zone).time()):
        return soonest
    return min(_later(last, every.night_minutes), _next_wall(soonest, schedule.night.ends, zone))


def _offered_again(schedule: Schedule, due: Due, tried: Look) -> Due:
    """The due time moved to the next offer after an asleep or a no, if the data gives one."""
    minutes = next(
        (again.minutes for again in schedule.look_again if again.outcome == tried.outcome), None
    )
    if minutes is None or (at := _later(tried.at, minutes)) <= due.at:
        return due
    return Due(at, at + (due.grace_until - due.at), due.rule_id, due.what)


def _after(rule: Rule, start: datetime, due_minutes: int, overdue_minutes: int) -> Due:
    return _at(rule, _later(start, due_minutes), _later(start, overdue_minutes))


def _at(rule: Rule, at: datetime, grace_until: datetime) -> Due:
    return Due(at.astimezone(UTC), grace_until.astimezone(UTC), rule.id, rule.what)


def _elapsed(earlier: datetime, later: datetime) -> timedelta:
    """Elapsed time between two moments. Python would subtract the wall clocks of one zone."""
    return later.astimezone(UTC) - earlier.astimezone(UTC)


def _later(moment: datetime, minutes: int) -> datetime:
    """Elapsed minutes on; in UTC, because local arithmetic would follow the wall clock."""
    return moment.astimezone(UTC) + timedelta(minutes=minutes)


def _instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant a local clock first shows this time; a skipped time comes an hour late."""
    return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)


def _next_wall(moment: datetime, wall: time, zone: ZoneInfo) -> datetime:
    """The next instant strictly after ``moment`` at which the local clock shows ``wall``."""
    today = moment.astimezone(zone).date()
    at = _instant(today, wall, zone)
    return at if at > moment else _instant(today + timedelta(days=1), wall, zone)
