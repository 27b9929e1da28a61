"""Withdrawal that a medicine sets off: its windows count from the dose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from stepdown.clinical.courses import PARTS, Precipitated, WithdrawalCourses
from stepdown.clinical.windows import ZERO, Window


@dataclass(frozen=True, slots=True)
class Dose:
    """A medicine given: an opioid by its code, or naloxone or naltrexone."""

    at: datetime
    code: str


@dataclass(frozen=True, slots=True)
class Score:
    """A complete score: points and the severity of its band, 0 to 4."""

    at: datetime
    total: int
    severity: int


@dataclass(frozen=True, slots=True)
class AfterDose:
    """A dose that can set withdrawal off: until when it would begin and end, and the rise since.

    ``rise`` is in points from the last score before to the highest one within the time of
    the definition; None without a score on both sides. ``fits``: whether it reaches it.
    """

    kind: Precipitated
    dose: Dose
    windows: tuple[Window, ...]
    rise: int | None
    fits: bool | None


def after_doses(
    courses: WithdrawalCourses, doses: Iterable[Dose], scores: Sequence[Score]
) -> Iterable[AfterDose]:
    """Every dose that can set withdrawal off, oldest first, with what the scores did since."""
    for dose in sorted(doses, key=lambda dose: (dose.at, dose.code)):
        for kind in courses.precipitated:
            if dose.code not in kind.codes:
                continue
            rise = _rise(dose.at, timedelta(minutes=kind.rise.minutes), scores)
            yield AfterDose(
                kind,
                dose,
                _set_off(kind, dose.at),
                rise,
                None if rise is None else rise >= kind.rise.points,
            )


def _rise(given_at: datetime, within: timedelta, scores: Sequence[Score]) -> int | None:
    """Points from the last score before a dose to the highest one within this time after it."""
    before = [each.total for each in scores if each.at <= given_at]
    after = [each.total for each in scores if ZERO < each.at - given_at <= within]
    return max(after) - before[-1] if before and after else None


def _set_off(kind: Precipitated, given_at: datetime) -> tuple[Window, ...]:
    found = []
    for part in PARTS:
        said = [each for each in kind.statements if each.of == part]
        begins = [each.earliest for each in said if each.earliest is not None]
        ends = [each.latest for each in said if each.latest is not None]
        if begins or ends:
            latest = max(ends, default=None)
            found.append(
                Window(
                    part,
                    given_at + min(begins, default=ZERO),
                    None if latest is None else given_at + latest,
                    any(each.or_longer for each in said),
                )
            )
    return tuple(found)
