"""The range a prescriber expects of one person's vital sign."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.clinical.vitals import Vital, round_to
from stepdown.content import library
from stepdown.records import audit
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.errors import Refused
from stepdown.records.models import Episode, PersonalTarget


def set_target(
    episode: Episode,
    vital: str,
    *,
    low: Decimal | None,
    high: Decimal | None,
    reason: str,
    by: Actor,
    at: datetime,
    submission: UUID,
    seen_version: int | None = None,
) -> PersonalTarget:
    """Set what is expected of a vital sign, in its unit. It never widens the red limits.

    Raises:
        Refused: unknown sign; no reason; no side given; sides swapped; beyond
            what is plausible.
        Conflict: the stay changed since ``seen_version``.
    """
    signs = library.vitals()
    if vital not in signs:
        raise Refused(_("Not set: choose a vital sign."), {"vital": _("Choose one.")})
    sign = signs[vital]
    wrong = {}
    if not reason.strip():
        wrong["reason"] = _("Say why.")
    if low is None and high is None:
        wrong["low"] = _("Enter a lowest or a highest value.")
    for side, value in (("low", low), ("high", high)):
        if value is not None and not _plausible(sign, value):
            wrong[side] = _("Enter {low} to {high} {unit}.").format(
                low=sign.plausible_low, high=sign.plausible_high, unit=sign.unit
            )
    if not wrong and low is not None and high is not None and low >= high:
        wrong["high"] = _("The highest must be above the lowest.")
    if wrong:
        raise Refused(_("Not set. ") + " ".join(wrong.values()), wrong)

    def write() -> PersonalTarget:
        with audit.action("targets.set", by=by, at=at, episode_id=episode.pk) as ledger:
            current = telling.must_see(episode, by=by, at=at)
            telling.must_be_open(current)
            telling.must_be_version(current, seen_version)
            row = PersonalTarget.told(
                by,
                at=at,
                submission=submission,
                episode=current,
                vital=vital,
                low="" if low is None else format(round_to(sign, low), "f"),
                high="" if high is None else format(round_to(sign, high), "f"),
                reason=reason.strip(),
            )
            ledger.created(row)
            current.targets = {**current.targets, vital: [row.low, row.high]}
            current.version += 1
            ledger.changed(current, "targets", "version")
            return row

    return telling.once(PersonalTarget, submission, write, by=by, about=episode.pk)


def _plausible(sign: Vital, value: Decimal) -> bool:
    return value.is_finite() and sign.plausible_low <= value <= sign.plausible_high
