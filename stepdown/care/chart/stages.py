"""Where somebody is in withdrawal, in words: by the clock, by what is seen, what is not known.

It informs people and starts nothing. What was worked out is never drawn like a reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stepdown.care.chart import strip, wording
from stepdown.clinical.courses import Of, Signs, StageKey, WithdrawalCourses
from stepdown.clinical.other_signs import OtherFinding
from stepdown.clinical.symptoms import Presence
from stepdown.clinical.windows import Window
from stepdown.clinical.withdrawal import Contribution, Course, How, Unknown
from stepdown.content import library
from stepdown.records.reading.readings import SCALE
from stepdown.web import ranges as spans
from stepdown.web import times
from stepdown.web.times import Teller


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: an opioid or all together, and its onset, peak and end."""

    name: str
    how: str
    onset: str
    peak: str
    end: str
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything the panel draws. ``agreement`` is a state (``agree``, ``differ``, ``none``)."""

    clock: str
    clock_why: str
    seen: str
    seen_why: str
    agreement: str
    agreement_words: str
    questions: tuple[str, ...]
    findings: tuple[tuple[str, str], ...]
    strip: SafeString
    rows: tuple[Row, ...]
    sources: SafeString
    unknowns: tuple[tuple[str, str], ...]
    signs: tuple[tuple[str, str, str], ...]
    limits: tuple[str, ...]
    caution: str


@dataclass(frozen=True, slots=True)
class NotWithdrawal:
    """A sign that is there and is no part of opioid withdrawal."""

    words: str
    think_of: str
    at: datetime


def not_withdrawal(found: Sequence[OtherFinding]) -> list[NotWithdrawal]:
    """What to say at the top of the chart, in the content's order.

    What the answers of a scale raise stands there already, in that scale's own words.
    """
    return [
        NotWithdrawal(_measured(each), _joined(each.sign.think_of), each.at)
        for each in found
        if each.presence is Presence.PRESENT and each.value is not None and each.at is not None
    ]


def _measured(found: OtherFinding) -> str:
    """``Temperature 38.6 °C, above 38.5``."""
    assert found.sign.vital is not None, "what is there was measured"
    told = wording.sign(found.sign.vital.vital, str(found.value))
    return _("{sign}, above {limit}").format(
        sign=told, limit=wording.number(str(found.sign.vital.above))
    )


def panel(course: Course, others: Sequence[OtherFinding], now: datetime) -> Panel:
    """One stay's place in withdrawal."""
    courses, teller = library.courses(), Teller(now)
    agreement, words = _agreement(course)
    return Panel(
        clock=_stages(courses, course.stages) if course.has_clock else _("No clock"),
        clock_why=_clock_why(course),
        seen=_seen(course),
        seen_why=_seen_why(courses, course, teller),
        agreement=agreement,
        agreement_words=words,
        questions=tuple(each.words for each in course.questions),
        findings=tuple(
            (stage.name, ", ".join(each.name for each in stage.findings))
            for stage in courses.stages
            if stage.key in course.stages and stage.findings
        ),
        strip=strip.strip(course, teller),
        rows=tuple(_rows(course, teller)),
        sources=_sources(tuple(dict.fromkeys(c.opioid.key for c in course.contributions))),
        unknowns=tuple(_unknown(courses, each) for each in course.unknowns),
        signs=tuple(_sign(each, teller) for each in others),
        limits=tuple(_limits(each) for each in others if each.sign.vital is not None),
        caution=courses.caution,
    )


def _stages(courses: WithdrawalCourses, keys: Sequence[StageKey]) -> str:
    """``Early``, ``Early or developed``, ``Not begun to developed``."""
    names = [courses.stage(key).name for key in keys]
    if len(names) == 1:
        return names[0]
    pattern = _("{first} or {last}") if len(names) == 2 else _("{first} to {last}")
    return pattern.format(first=names[0], last=names[-1].lower())


def _clock_why(course: Course) -> str:
    if course.has_clock:
        return _("{span} since the last opioid use told").format(span=_since(course))
    if any(each.key == "nothing_told" for each in course.unknowns):
        return _("Nobody has told which opioids were used.")
    if any(each.key == "last_use" for each in course.unknowns):
        return _("The last use of at least one opioid is not known: it could be just now.")
    if any(each.key == "ahead" for each in course.unknowns):
        return _("A last use told lies in the future. Correct the entry.")
    return _("For at least one opioid told no source gives a course.")


def _since(course: Course) -> str:
    told = [c.last_used_at for c in course.contributions if c.last_used_at is not None]
    return times.span((course.at - max(told)).total_seconds())


SIGNS: Mapping[Signs, Callable[[], str]] = {
    "nothing": lambda: _("No symptom is there"),
    "first": lambda: _("Anxiety or irritability is there"),
    "early": lambda: _("Early symptoms are there"),
    "later": lambda: _("Later symptoms are there"),
}


def _seen(course: Course) -> str:
    return SIGNS[course.seen.signs]() if course.seen is not None else _("Not looked yet")


def _seen_why(courses: WithdrawalCourses, course: Course, teller: Teller) -> str:
    """``COWS 11 at 08:55. Fits: early, developed, waning, protracted.``"""
    seen = course.seen
    if seen is None:
        return _("No complete score and no symptom is on record.")
    said = []
    if seen.score is not None:
        said.append(
            _("{scale} {total} at {at}.").format(
                scale=wording.name_of(SCALE),
                total=seen.score.total,
                at=teller.short(seen.score.at),
            )
        )
    else:
        said.append(_("No complete score; seen at {at}.").format(at=teller.short(seen.at)))
    fits = ", ".join(courses.stage(key).name.lower() for key in seen.fits)
    return " ".join([*said, _("Fits: {stages}.").format(stages=fits)])


def _agreement(course: Course) -> tuple[str, str]:
    """Whether clock and signs agree, as a state and in words."""
    said = []
    if "earlier" in course.differs:
        said.append(_("More is seen than the clock gives: it came earlier, or is stronger."))
    if "later" in course.differs:
        said.append(_("Clock and signs differ: it comes later, is milder, or lasts longer."))
    if "stronger" in course.differs:
        said.append(_("The score is in its red range."))
    if said:
        return "differ", " ".join(said)
    if not course.compared:
        return "none", _("Clock and signs cannot be compared.")
    # No more than that: the ranges are wide, and agreement must not reassure.
    return "agree", _("Clock and signs do not contradict each other.")


HOW: Mapping[How, Callable[[], str]] = {
    "told": lambda: "",
    "contains": lambda: _("in the supply, as the person believes"),
    "may_contain": lambda: _("may be in the supply: not excluded"),
    "given": lambda: _("given here"),
}


def _rows(course: Course, teller: Teller) -> list[Row]:
    """Each opioid with its windows since its last use and on the calendar; then all together."""
    rows = [_row(each, teller) for each in course.contributions]
    if course.envelope and len(course.contributions) > 1:
        told = {window.of: _calendar(window, teller) for window in course.envelope}
        rows.append(Row(_("All together, the widest"), "", *_parts(told), is_whole=True))
    return rows


def _row(one: Contribution, teller: Teller) -> Row:
    name = f"{one.opioid.name}: {one.named}" if one.named else one.opioid.name
    since = {
        found.of: spans.words(found.earliest, found.latest, found.is_open) for found in one.ranges
    }
    calendar = {window.of: _calendar(window, teller) for window in one.windows}
    told = {
        part: f"{words}: {calendar[part]}" if part in calendar else words
        for part, words in since.items()
    }
    return Row(name, HOW[one.how](), *_parts(told))


def _parts(told: Mapping[Of, str]) -> tuple[str, str, str]:
    missing = _("not said")
    return told.get("onset", missing), told.get("peak", missing), told.get("end", missing)


def _calendar(window: Window, teller: Teller) -> str:
    first = teller.short(window.earliest)
    if window.latest is None:
        return _("{first} or later").format(first=first)
    told = _("{first} to {last}").format(first=first, last=teller.short(window.latest))
    return _("{range} or later").format(range=told) if window.is_open else told


def _unknown(courses: WithdrawalCourses, unknown: Unknown) -> tuple[str, str]:
    """What is not known, of which substance, and what would settle it."""
    gap = next(each for each in courses.unknowns if each.key == unknown.key)
    if not unknown.code:
        return gap.words, gap.settle
    known = library.codes("opioid_type").code(unknown.code)
    name = known.label if known else unknown.code
    about = f"{name}: {unknown.named}" if unknown.named else name
    for supply in courses.supplies:
        if supply.code == unknown.supply:
            words = f"{gap.words} {supply.think}" if unknown.key != "supply_believed" else gap.words
            return f"{about}, {supply.words.lower()}: {words}", gap.settle
    return f"{about}: {gap.words}", gap.settle


PRESENCE: Mapping[Presence, Callable[[], str]] = {
    Presence.PRESENT: lambda: _("there"),
    Presence.ABSENT: lambda: _("not there"),
    Presence.NOT_OBSERVED: lambda: _("not looked at"),
    Presence.NOT_ASKED: lambda: _("not asked: no field asks for this"),
}


def _sign(found: OtherFinding, teller: Teller) -> tuple[str, str, str]:
    """(name, state in words, what to think of)."""
    state = PRESENCE[found.presence]()
    if found.at is not None:
        told = _value(found)
        state = f"{state}: {told}, {teller.short(found.at)}"
    return found.sign.name, state, _joined(found.sign.think_of)


def _value(found: OtherFinding) -> str:
    """What was measured, or the scale that was looked with."""
    if found.sign.vital is not None:
        return wording.sign(found.sign.vital.vital, str(found.value))
    assert found.sign.scale is not None, "a look has a field"
    return wording.name_of(found.sign.scale.instrument)


def _limits(found: OtherFinding) -> str:
    """Why this number is another one than the limits of the same vital sign."""
    assert found.sign.vital is not None, "asked of measured signs only"
    vital = library.vitals()[found.sign.vital.vital]
    told = {
        "above": wording.number(str(found.sign.vital.above)),
        "amber": vital.limits.amber_high,
        "red": vital.limits.red_high,
        "unit": vital.unit,
    }
    return _(
        "{sign}: above {above} {unit} is more than withdrawal explains; the limits of the vital "
        "signs are amber from {amber} and red from {red}. They answer different questions."
    ).format(sign=vital.label, **told)


def _joined(parts: Sequence[str]) -> str:
    return "; ".join(parts)


def _sources(kinds: tuple[str, ...]) -> SafeString:
    """Every source that speaks of these kinds, row by row."""
    courses = library.courses()
    digest, language = library.digest(courses), get_language() or ""
    return SafeString("".join(_of_kind(digest, key, language) for key in kinds))


@lru_cache(maxsize=256)
def _of_kind(_digest: str, key: str, _language: str) -> str:
    """One kind's sources as rows of a table; content of one digest never changes."""
    courses = library.courses()
    opioid = courses.opioid(key)
    parts: Mapping[Of, str] = {
        "onset": _("Onset"),
        "peak": _("Peak"),
        "end": _("End of the acute phase"),
    }
    tags = {
        "C": _("confirmed in part"),
        "S": _("secondary source"),
        "U": _("unverified"),
        "D": _("worked out here"),
    }
    confirmed = _("confirmed")
    rows = ""
    for part, title in parts.items():
        said = [(k, each) for k, each in courses.speaking_of(opioid) if each.of == part]
        differ = f" ({_('sources disagree')})" if courses.disagree(opioid, part) else ""
        for kind, each in said:
            note = f'<br><span class="fine">{escape(each.note)}</span>' if each.note else ""
            rows += (
                f'<tr><th scope="row">{escape(kind.name)}</th><td>{escape(title + differ)}</td>'
                f"<td>{escape(each.words)}{note}</td><td>{escape(each.source)}</td>"
                f"<td>{escape(tags[each.tag] if each.evidence == 'draft' else confirmed)}</td></tr>"
            )
    for remark in opioid.remarks:
        rows += (
            f'<tr><th scope="row">{escape(opioid.name)}</th><td>{escape(_("Remark"))}</td>'
            f"<td>{escape(remark.words)}</td><td>{escape(remark.source)}</td>"
            f"<td>{escape(tags[remark.tag] if remark.evidence == 'draft' else confirmed)}</td></tr>"
        )
    return rows
