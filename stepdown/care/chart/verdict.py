"""The sentence that answers a course's question, from measurements only: never a forecast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stepdown.care.chart import wording
from stepdown.records.models import Episode
from stepdown.records.reading.course import Course, Entry
from stepdown.records.reading.monitoring import LookDue
from stepdown.records.reading.readings import SCALE
from stepdown.web import times


@dataclass(frozen=True, slots=True)
class Verdict:
    """``headline`` in a word or two, the sentences under it, and the chip beside it.

    ``severity`` is 0 to 4, or None where the chip is dashed. ``at`` is when the latest
    score was taken: its age stands behind the first sentence and runs with the clock.
    """

    headline: str
    sentences: tuple[str, ...]
    chip: str
    severity: int | None
    at: datetime | None = None


def of(course: Course, episode: Episode, now: datetime) -> Verdict:
    """Latest score, trend against the one before, highest so far; and how old that is."""
    looks = course.of(SCALE)
    scores = [entry for entry in looks if entry.is_complete and entry.total is not None]
    due = next((due for due in course.dues if SCALE in due.kinds), None)
    missed = looks[-1] if looks and not looks[-1].is_complete else None
    name = wording.name_of(SCALE)
    if not scores:
        told = [] if missed is None else [_missed(missed, now)]
        return Verdict(
            _("No score yet"), (*told, *_due(due, now)), _("{scale}: none").format(scale=name), None
        )
    latest = scores[-1]
    chip = f"{latest.total} {wording.band_of(latest)}"
    said = [_latest(name, latest, scores[-2] if len(scores) > 1 else None, now)]
    if len(scores) > 1:
        said.append(_highest(scores, latest, now))
    if missed is not None:
        said.append(_missed(missed, now))
    said += _due(due, now)
    headline = _headline(scores, due, missed, episode, now)
    return Verdict(headline, tuple(said), chip, latest.severity, latest.occurred_at)


def _headline(
    scores: list[Entry],
    due: LookDue | None,
    missed: Entry | None,
    episode: Episode,
    now: datetime,
) -> str:
    if episode.closed_at is not None:
        return _("Stay has ended")
    if due is not None and due.state(now) == "late":
        return _("The last score is old")
    if missed is not None:
        return _("The last look gave no score")
    if len(scores) == 1:
        return _("First score")
    change = (scores[-1].total or 0) - (scores[-2].total or 0)
    if change == 0:
        return _("Same as the score before")
    return _("Higher than before") if change > 0 else _("Lower than before")


def _latest(name: str, latest: Entry, before: Entry | None, now: datetime) -> str:
    total = latest.total or 0
    at = times.short(latest.occurred_at, now)
    if before is None:
        return _("{scale} {total} at {at}.").format(scale=name, total=total, at=at)
    change = total - (before.total or 0)
    then = times.short(before.occurred_at, now)
    if change == 0:
        return _("{scale} {total} at {at}, as at {then}.").format(
            scale=name, total=total, at=at, then=then
        )
    moved = (
        ngettext("{n} point higher", "{n} points higher", change)
        if change > 0
        else ngettext("{n} point lower", "{n} points lower", -change)
    ).format(n=abs(change))
    return _("{scale} {total} at {at}: {moved} than at {then}.").format(
        scale=name, total=total, at=at, moved=moved, then=then
    )


def _highest(scores: list[Entry], latest: Entry, now: datetime) -> str:
    highest = max(scores, key=lambda entry: entry.total or 0)
    if highest.total == latest.total:
        return _("That is the highest so far.")
    return _("Highest so far {total}, {at}.").format(
        total=highest.total, at=times.short(highest.occurred_at, now)
    )


def _missed(missed: Entry, now: datetime) -> str:
    return _("At {at}: {why}, not scored.").format(
        at=times.short(missed.occurred_at, now), why=wording.gap(missed)
    )


def _due(due: LookDue | None, now: datetime) -> tuple[str, ...]:
    if due is None:
        return ()
    at = times.short(due.at, now)
    state = due.state(now)
    if state == "late":
        behind = times.span((now - due.at).total_seconds())
        return (_("The next was due at {at}, {behind} ago.").format(at=at, behind=behind),)
    if state == "due":
        return (_("The next is due now, since {at}.").format(at=at),)
    return (_("Next at {at}.").format(at=at),)
