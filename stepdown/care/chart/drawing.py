"""The pictures of a course: the scale above, vital signs and other scales aligned under it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stepdown.care.chart import wording
from stepdown.care.chart.happened import Listed, all_of, numbered
from stepdown.clinical.instruments import Instrument
from stepdown.content import library
from stepdown.records.models import VITALS, Episode
from stepdown.records.reading.course import Course, Entry
from stepdown.records.reading.heading import Stay
from stepdown.records.reading.readings import SCALE
from stepdown.web.charts import course as course_chart
from stepdown.web.charts import vital as vital_chart
from stepdown.web.charts.points import Point
from stepdown.web.charts.scale import Scale
from stepdown.web.charts.span import CHOICES, Span, choices, span_for
from stepdown.web.charts.table import table

WHOLE_STAY_FOR = timedelta(days=3)
"""A stay up to this long opens whole, a longer one on its last three days."""

PANELS: tuple[tuple[str, str | Promise, tuple[str, ...]], ...] = (
    ("pulse", gettext_lazy("Pulse"), ("heart_rate_bpm",)),
    ("pressure", gettext_lazy("Blood pressure"), ("systolic_mmhg", "diastolic_mmhg")),
    ("temperature", gettext_lazy("Temperature"), ("temperature_c",)),
    ("oxygen", gettext_lazy("Oxygen"), ("spo2_percent",)),
    ("breathing", gettext_lazy("Breathing"), ("respiratory_rate_bpm",)),
)
"""The small multiples: key, words, vital signs (a pair is two lines of one panel)."""

DRAWN_SIGNS = frozenset(sign for _key, _words, signs in PANELS for sign in signs)

LOOKS_BEFORE = 10
"""Looks before the shown time that are still handed to the charts."""

MOST_ROWS = 400
"""Moments in the table beside the chart; beyond that the newest, and the list has them all."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A scale without a total, in its latest results, oldest first: (when, words, severity)."""

    name: str
    results: tuple[tuple[datetime, str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything of the chart panel. ``rows_left_out`` counts moments the table leaves to the list."""

    course: SafeString
    panels: tuple[SafeString, ...]
    table: SafeString
    rows_left_out: int
    events: tuple[Listed, ...]
    zooms: tuple[tuple[str, str | Promise, bool], ...]
    span: Span
    tiers: tuple[Tier, ...]
    limits: tuple[str, ...]
    others: tuple[tuple[str, datetime], ...]


def draw(course: Course, stay: Stay, choice: str, now: datetime) -> Drawn:
    """Draw one course.

    Args:
        choice: what ``?span=`` says; anything unknown means the usual one for this stay.
    """
    span, shown = _span(stay.episode, course, choice, now)
    events, listed = numbered(all_of(stay, course), span)
    vitals = course.of(VITALS)
    near = _near(vitals, span)
    scales = [kind for kind in course.kinds() if kind not in (VITALS, SCALE)]
    summed = [s for kind in scales if (s := _instrument(kind)) and s.maximum is not None]
    tiers = [kind for kind in scales if kind not in {each.key for each in summed}]
    drawn, left_out = _table(course, summed, span)
    return Drawn(
        course=course_chart.course(
            points_of(_near(course.of(SCALE), span)),
            span,
            Scale.of(library.instrument(SCALE)),
            events=events,
        ),
        panels=(
            *(
                vital_chart.vital(panel, span)
                for panel in _vital_panels(near, vitals, stay.episode)
            ),
            *(vital_chart.vital(_scale_panel(each, course), span) for each in summed),
        ),
        table=drawn,
        rows_left_out=left_out,
        events=tuple(listed),
        zooms=_zooms(stay.episode, shown, now),
        span=span,
        tiers=tuple(tier for kind in tiers for tier in _tiers(kind, course)),
        limits=_limits(stay.episode),
        others=_others(vitals),
    )


def _instrument(kind: str) -> Instrument | None:
    return library.instruments().get(kind)


def _span(episode: Episode, course: Course, choice: str, now: datetime) -> tuple[Span, str]:
    """The time shown and its name; of a stay that ended, the present is not on the picture."""
    end = min(now, episode.closed_at or now)
    first = min([episode.arrived_at, *(entry.occurred_at for entry in course.entries[:1])])
    if choice not in {key for key, _hours, _words in CHOICES}:
        choice = "stay" if end - first <= WHOLE_STAY_FOR else "3d"
    span = span_for(choice, first=first, now=end, zone=episode.facility.tz)
    return (span if end == now else replace(span, now=now)), choice


def _zooms(
    episode: Episode, shown: str, now: datetime
) -> tuple[tuple[str, str | Promise, bool], ...]:
    """The lengths to choose from; a week only where the stay is longer than one."""
    long = (episode.closed_at or now) - episode.arrived_at > timedelta(days=7)
    return tuple(each for each in choices(shown) if long or each[0] != "7d" or each[2])


def points_of(entries: Iterable[Entry]) -> list[Point]:
    """The totals of one scale, oldest first; a look without one is a gap with its reason."""
    return [
        Point(
            entry.occurred_at,
            entry.total if entry.is_complete else None,
            entry.outcome,
            entry.is_correction,
            "" if entry.is_complete else wording.gap(entry),
        )
        for entry in entries
    ]


def _near(entries: Sequence[Entry], span: Span) -> Sequence[Entry]:
    """What is shown, and some looks before it, which give the lines their way in."""
    first = next((n for n, entry in enumerate(entries) if span.holds(entry.occurred_at)), 0)
    return entries[max(0, first - LOOKS_BEFORE) :]


def _vital_panels(
    near: Sequence[Entry], vitals: Sequence[Entry], episode: Episode
) -> list[vital_chart.Panel]:
    series: dict[str, list[Point]] = {sign: [] for sign in DRAWN_SIGNS}
    for entry in near:
        at, amended = entry.occurred_at, entry.is_correction
        for key, text in entry.values.items():
            if key in series:
                series[key].append(Point(at, float(text), "complete", amended))
    return [
        _vital_panel(key, str(words), signs, series, vitals, episode)
        for key, words, signs in PANELS
    ]


def _vital_panel(
    key: str,
    words: str,
    signs: tuple[str, ...],
    series: dict[str, list[Point]],
    vitals: Sequence[Entry],
    episode: Episode,
) -> vital_chart.Panel:
    known = [library.vitals()[sign] for sign in signs]
    newest = next((entry for entry in reversed(vitals) if pair(entry, signs)), None)
    high, low = episode.target(signs[0])[1], episode.target(signs[-1])[0]
    return vital_chart.Panel(
        key=key,
        label=words,
        unit=known[0].unit,
        series=tuple(series[sign] for sign in signs),
        latest=pair(newest, signs) if newest else "",
        latest_at=newest.occurred_at if newest else None,
        usual=(float(known[-1].usual_low), float(known[0].usual_high)),
        limits=(None if low is None else float(low), None if high is None else float(high)),
    )


def pair(entry: Entry, signs: tuple[str, ...]) -> str:
    """One value, or two with a stroke between: ``124/76``; a missing half is a dash."""
    values = entry.values
    if len(signs) == 1:
        return wording.number(values.get(signs[0], ""))
    told = [values.get(sign) for sign in signs]
    if not any(told):
        return ""
    return "/".join([wording.number(text or "–") for text in told])


def _scale_panel(scale: Instrument, course: Course) -> vital_chart.Panel:
    """Any other scale with a total: a line of its own, on the same time axis."""
    entries = course.of(scale.key)
    scores = [entry for entry in entries if entry.is_complete]
    latest = entries[-1]
    return vital_chart.Panel(
        key=scale.key.replace("_", "-"),
        label=scale.short_name,
        unit="",
        series=(points_of(entries),),
        latest=wording.result(latest) if scores else wording.gap(latest),
        latest_at=latest.occurred_at,
        usual=(float(scale.minimum), float(scale.chart_maximum or scale.maximum or 1)),
    )


TIER_RESULTS = 6


def _tiers(kind: str, course: Course) -> list[Tier]:
    """The latest results of a scale without a total; one row for each part of a scale of parts."""
    entries = course.of(kind)[-TIER_RESULTS:]
    scale = _instrument(kind)
    if scale is not None and scale.subscales:
        name = scale.short_name
        return [_part(f"{name} {part.label}", part.key, entries) for part in scale.subscales]
    told = ((each.occurred_at, wording.result(each), each.severity) for each in entries)
    return [Tier(wording.name_of(kind), tuple(told))]


def _part(name: str, key: str, entries: Sequence[Entry]) -> Tier:
    told: list[tuple[datetime, str, int | None]] = []
    for each in entries:
        found = each.results().get(key)
        scale = _instrument(each.kind)
        part = scale.subscale(key) if scale else None
        if found is None or part is None:
            told.append((each.occurred_at, wording.gap(each), None))
            continue
        band = part.band(found[1])
        told.append((each.occurred_at, f"{found[0]} {band.label if band else found[1]}", found[2]))
    return Tier(name, tuple(told))


def _limits(episode: Episode) -> tuple[str, ...]:
    """This person's own limits in words, for the signs that have any."""
    said = []
    for key, vital in library.vitals().items():
        low, high = episode.target(key)
        if low is None and high is None:
            continue
        shown = [wording.number(str(each)) if each is not None else "" for each in (low, high)]
        if low is None:
            words = _("{sign} at most {high} {unit}")
        elif high is None:
            words = _("{sign} at least {low} {unit}")
        else:
            words = _("{sign} {low} to {high} {unit}")
        said.append(words.format(sign=vital.label, low=shown[0], high=shown[1], unit=vital.unit))
    return tuple(said)


def _others(vitals: Sequence[Entry]) -> tuple[tuple[str, datetime], ...]:
    """The newest of each vital sign that has no picture: weight, pain, glucose."""
    newest = (
        (key, next((entry for entry in reversed(vitals) if key in entry.values), None))
        for key in library.vitals()
        if key not in DRAWN_SIGNS
    )
    return tuple(
        (wording.sign(key, entry.values[key]), entry.occurred_at)
        for key, entry in newest
        if entry is not None
    )


def _table(course: Course, summed: Sequence[Instrument], span: Span) -> tuple[SafeString, int]:
    """The numbers of the shown time, one row a moment, and how many moments are left out."""
    columns = [SCALE, *(each.key for each in summed)]
    told = {*columns, VITALS}
    moments: dict[datetime, list[Entry]] = {}
    for entry in course.entries:
        if entry.kind in told and span.start <= entry.occurred_at <= span.end:
            moments.setdefault(entry.occurred_at, []).append(entry)
    rows = [(at, _row(entries, columns)) for at, entries in list(moments.items())[-MOST_ROWS:]]
    heads = [wording.name_of(key) for key in columns] + [str(words) for _k, words, _s in PANELS]
    return (
        table(heads, rows, span, label=_("Readings as numbers")),
        max(0, len(moments) - MOST_ROWS),
    )


def _row(entries: Iterable[Entry], columns: Sequence[str]) -> list[str]:
    """What was told of one moment: the scales of the columns, then the vital signs."""
    row = [""] * (len(columns) + len(PANELS))
    for entry in entries:
        if entry.kind == VITALS:
            place, told = len(columns), [pair(entry, signs) for _key, _words, signs in PANELS]
        else:
            place, told = columns.index(entry.kind), [wording.result(entry)]
        if entry.is_correction:
            told = [_("{what} (corrected)").format(what=words) if words else "" for words in told]
        for n, words in enumerate(told, start=place):
            if words:  # two readings of one moment stand side by side; neither hides the other
                row[n] = f"{row[n]}; {words}" if row[n] else words
    return row
