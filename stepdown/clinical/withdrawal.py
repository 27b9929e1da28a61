"""Where somebody is in opioid withdrawal: by the clock, by what is seen, and what is not known.

Typical ranges without medicine, every person is different: nothing here orders anything,
forecasts how strong withdrawal will be, or diagnoses. Where one last use is unknown there
is no clock: it could have been a moment ago (rule N20).

Source: programme reference, course of opioid withdrawal, through ``content/courses``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from stepdown.clinical.courses import (
    PARTS,
    SIGNS,
    STAGES,
    Direction,
    Of,
    Opioid,
    Question,
    Signs,
    StageKey,
    WithdrawalCourses,
)
from stepdown.clinical.set_off import AfterDose, Dose, Score, after_doses
from stepdown.clinical.symptoms import Finding, Presence
from stepdown.clinical.windows import ZERO, Edge, Range, Timetable, Window, possible

How = Literal["told", "contains", "may_contain", "given"]
"""Why an opioid counts: told of, believed to be in a supply, not excluded from it, given here."""

DAILY = 7
"""Days a week of somebody who uses every day."""


@dataclass(frozen=True, slots=True)
class Use:
    """What was told last of one opioid. ``last_used_at`` is None where it is not known.

    ``supply`` is what the person believes was in it: code -> yes, no or unknown. What was
    not asked is not in it.
    """

    code: str
    last_used_at: datetime | None
    certainty: str
    supply: Mapping[str, str] = field(default_factory=dict)
    days_per_week: int | None = None
    named: str = ""


@dataclass(frozen=True, slots=True)
class Contribution:
    """One opioid that may be leaving the body: its ranges since a last use, and its windows.

    Without a source there are no ranges, without a last use no windows.
    """

    opioid: Opioid
    how: How
    code: str
    named: str
    last_used_at: datetime | None
    ranges: tuple[Range, ...]
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """One thing that is not known: a key of ``WithdrawalCourses.unknowns``, and of what."""

    key: str
    code: str = ""
    named: str = ""
    supply: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen: the furthest signs that are there, and the stages they fit.

    ``at`` is the newest look that counts. ``score`` is the latest complete one, None
    without one.
    """

    at: datetime
    signs: Signs
    score: Score | None
    fits: tuple[StageKey, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """Where somebody is in withdrawal at one moment, as far as the records carry.

    ``stages`` are possible by the clock; empty where there is no clock. ``compared`` tells
    whether clock and signs could be held against each other, at the time of the look;
    ``differs`` is empty where they agree.
    """

    at: datetime
    contributions: tuple[Contribution, ...]
    envelope: tuple[Window, ...]
    stages: tuple[StageKey, ...]
    seen: Seen | None
    compared: bool
    differs: tuple[Direction, ...]
    questions: tuple[Question, ...]
    unknowns: tuple[Unknown, ...]
    after_doses: tuple[AfterDose, ...]

    @property
    def has_clock(self) -> bool:
        """True where every opioid told of has a last use and a source."""
        return bool(self.stages)


def course(
    table: Timetable,
    uses: Iterable[Use],
    at: datetime,
    *,
    findings: Iterable[Finding] = (),
    scores: Sequence[Score] = (),
    doses: Sequence[Dose] | None = None,
) -> Course:
    """Where somebody is in withdrawal at ``at``.

    Args:
        table: the reviewed content, worked out.
        uses: what was told last of each opioid, in any order.
        findings: the symptoms of the catalogue, as ``symptoms.findings`` knows them.
        scores: complete scores of one scale, oldest first.
        doses: medicines given, in any order; None where the records keep none.

    Raises:
        ValueError: a time does not say its zone.
    """
    at, courses = _utc(at), table.courses
    counted = [_Counted.of(table, use) for use in uses]
    counted += [each for use in counted for each in _supplied(table, use)]
    given = [Dose(_utc(dose.at), dose.code) for dose in doses or () if _utc(dose.at) <= at]
    counted += _given(table, given)
    counted.sort(key=lambda each: each.rank)
    seen = _seen(courses, findings, scores)
    stages = _stages(counted, at)
    compared, differs = _compare(courses, counted, seen)
    contributions = tuple(each.contribution() for each in counted)
    return Course(
        at,
        contributions,
        _envelope(contributions) if stages else (),
        stages,
        seen,
        compared,
        differs,
        tuple(each for each in courses.questions if each.when in differs),
        tuple(dict.fromkeys(_unknowns(courses, counted, seen, at, doses is not None))),
        tuple(after_doses(courses, given, scores)),
    )


def _utc(at: datetime) -> datetime:
    """Two local times subtract as clock faces show them; elapsed time needs UTC."""
    if at.tzinfo is None:
        raise ValueError(f"{at} does not say its zone.")
    return at.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A use or a dose with its kind of course and the room its time leaves."""

    use: Use
    how: How
    opioid: Opioid
    last: datetime | None
    slack: timedelta
    ranges: tuple[Range, ...]
    edges: tuple[Edge, ...]

    @classmethod
    def of(cls, table: Timetable, use: Use, how: How = "told", adds: str | None = None) -> _Counted:
        """A use as its kind; ``adds`` is the kind its supply brings instead."""
        courses = table.courses
        opioid = courses.opioid(adds) if adds else courses.covering(use.code)
        last = None if use.last_used_at is None else _utc(use.last_used_at)
        slack = ZERO if last is None else _slack(courses, use.certainty)
        key = opioid.key
        return cls(use, how, opioid, last, slack, table.ranges[key], table.edges[key])

    @property
    def rank(self) -> tuple[bool, float, str, str, str]:
        """Unknown uses first, then the latest; the order in which they came does not matter."""
        since = 0.0 if self.last is None else -self.last.timestamp()
        return self.last is not None, since, self.use.code, self.how, self.use.named

    def elapsed(self, at: datetime) -> tuple[timedelta, timedelta] | None:
        """The least and the most time since the last use; None where there is no clock."""
        if self.last is None or not self.edges or self.last > at:
            return None
        since = at - self.last
        return max(since - self.slack, ZERO), since + self.slack

    def contribution(self) -> Contribution:
        """What is shown of it."""
        windows: tuple[Window, ...] = ()
        if self.last is not None:
            windows = tuple(
                Window(
                    found.of,
                    self.last - self.slack + found.earliest,
                    None if found.latest is None else self.last + self.slack + found.latest,
                    found.is_open,
                )
                for found in self.ranges
            )
        return Contribution(
            self.opioid,
            self.how,
            self.use.code,
            self.use.named,
            self.use.last_used_at,
            self.ranges,
            windows,
        )


def _slack(courses: WithdrawalCourses, certainty: str) -> timedelta:
    """How far off a last use may be; for a word that is not known, as far as any."""
    hours = {each.certainty: each.at_most for each in courses.slack}
    return timedelta(hours=hours.get(certainty, max(hours.values())))


def _supplied(table: Timetable, told: _Counted) -> Iterable[_Counted]:
    """What else the supply held or may have held: only a "no" leaves it out."""
    for supply in table.courses.supplies:
        belief = told.use.supply.get(supply.code)
        asked = belief is not None or told.opioid.asks_supply
        if supply.adds is None or supply.adds == told.opioid.key or belief == "no" or not asked:
            continue
        how: How = "contains" if belief == "yes" else "may_contain"
        yield _Counted.of(table, told.use, how, supply.adds)


def _given(table: Timetable, doses: Iterable[Dose]) -> list[_Counted]:
    """The last dose of each opioid given here: it is that opioid's last use."""
    newest = {dose.code: dose for dose in sorted(doses, key=lambda dose: dose.at)}
    return [
        _Counted.of(table, Use(dose.code, dose.at, "exact"), "given")
        for dose in newest.values()
        if any(dose.code in opioid.codes for opioid in table.courses.opioids)
    ]


def _stages(counted: Sequence[_Counted], at: datetime) -> tuple[StageKey, ...]:
    """The stages that are possible for all opioids together; none where one has no clock."""
    elapsed = [each.elapsed(at) for each in counted]
    known = [each for each in elapsed if each is not None]
    if not known or len(known) < len(elapsed):
        return ()
    sets = [
        possible(each.edges, least, most)
        for each, (least, most) in zip(counted, known, strict=True)
    ]
    places = [STAGES.index(stage) for stages in sets for stage in stages]
    return STAGES[min(places) : max(places) + 1]


def _envelope(contributions: Sequence[Contribution]) -> tuple[Window, ...]:
    """Each part as wide as the widest of all opioids; their own windows stay beside it."""
    return tuple(
        _around(part, [each for one in contributions for each in one.windows if each.of == part])
        for part in PARTS
        if any(window.of == part for one in contributions for window in one.windows)
    )


def _around(part: Of, windows: Sequence[Window]) -> Window:
    latest = [each.latest for each in windows if each.latest is not None]
    return Window(
        part,
        min(each.earliest for each in windows),
        max(latest, default=None),
        any(each.is_open for each in windows),
    )


def _seen(
    courses: WithdrawalCourses, findings: Iterable[Finding], scores: Sequence[Score]
) -> Seen | None:
    """What the newest looks show. Nothing is seen only where a complete score says so."""
    there = [each for each in findings if each.presence is Presence.PRESENT]
    score = scores[-1] if scores else None
    if not there and score is None:
        return None
    signs = max((_level(courses, each) for each in there), key=SIGNS.index, default=SIGNS[0])
    looks = [each.observed_at for each in there if each.observed_at is not None]
    if score is not None:
        looks.append(score.at)
    rule = next(
        rule
        for rule in courses.seen
        if rule.signs == signs
        and (rule.unscored if score is None else score.severity in rule.severities)
    )
    return Seen(_utc(max(looks)), signs, score, rule.fits)


LEVELS: Mapping[str, Signs] = {"anticipatory": "first", "early": "early", "developed": "later"}


def _level(courses: WithdrawalCourses, finding: Finding) -> Signs:
    """How far along the first stage is that lists this symptom; else what the catalogue says."""
    for stage in courses.stages:
        if any(finding.symptom.key in listed.symptoms for listed in stage.findings):
            return LEVELS[stage.key]
    return "early" if finding.symptom.stage == "early" else "later"


def _compare(
    courses: WithdrawalCourses, counted: Sequence[_Counted], seen: Seen | None
) -> tuple[bool, tuple[Direction, ...]]:
    """Clock against signs, at the time of the look: could they be compared, and do they differ."""
    if seen is None:
        return False, ()
    stages = _stages(counted, seen.at)
    differs: list[Direction] = []
    if stages and not set(stages) & set(seen.fits):
        furthest, nearest = STAGES.index(stages[-1]), STAGES.index(seen.fits[0])
        differs.append("earlier" if furthest < nearest else "later")
    if seen.score is not None and seen.score.severity >= courses.strong_from:
        differs.append("stronger")
    return bool(stages), tuple(differs)


def _unknowns(
    courses: WithdrawalCourses,
    counted: Sequence[_Counted],
    seen: Seen | None,
    at: datetime,
    are_doses_kept: bool,
) -> Iterable[Unknown]:
    """What is not known, that of the whole first."""
    told = [each for each in counted if each.how == "told"]
    if not counted:
        yield Unknown("nothing_told")
    for each in told:
        about = (each.use.code, each.use.named)
        if each.last is None:
            yield Unknown("last_use", *about)
        elif each.last > at:
            yield Unknown("ahead", *about)
        elif each.use.certainty == "guess":
            yield Unknown("guess", *about)
        if not each.edges:
            yield Unknown("no_source", *about)
        if each.use.days_per_week is not None and each.use.days_per_week < DAILY:
            yield Unknown("not_daily", *about)
    for each in told:
        for supply in courses.supplies:
            if key := _belief(each, supply.code, supply.adds):
                yield Unknown(key, each.use.code, each.use.named, supply.code)
    if seen is None:
        yield Unknown("never_looked")
    if not are_doses_kept:
        yield Unknown("doses")


BELIEFS = {"yes": "supply_held", "no": "supply_believed", "unknown": "supply_unknown"}


def _belief(told: _Counted, code: str, adds: str | None) -> str | None:
    """What is not known of one thing in a supply; None where it does not matter.

    A "no" matters only for what would change the windows; what was not asked, only where
    the supply matters.
    """
    belief = told.use.supply.get(code)
    if adds == told.opioid.key or (belief == "no" and adds is None):
        return None
    if belief is None:
        return "supply_unknown" if adds is not None and told.opioid.asks_supply else None
    return BELIEFS[belief]
