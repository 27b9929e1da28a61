"""Recording a safety round: one person, one look, by who walked it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.content import library
from stepdown.records import audit
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.actions.monitoring import striking
from stepdown.records.errors import Refused
from stepdown.records.models import Episode, SafetyRound

OFF_UNIT = "off_unit"


@dataclass(frozen=True, slots=True)
class Seen:
    """One look of a round. ``place`` is a code of ``round_place``."""

    place: str
    with_whom: str = ""
    note: str = ""
    late_reason: str = ""
    downtime: bool = False


def record(
    episode: Episode,
    seen: Seen,
    *,
    by: Actor,
    at: datetime,
    submission: UUID,
    occurred_at: datetime | None = None,
    typed_at: datetime | None = None,
) -> SafetyRound:
    """Record that somebody was seen, or was not found. Never ahead, never for several at once.

    ``typed_at`` is when it was tapped on a device without a connection, where that was
    checked: it is late only if it was late then.

    Raises:
        Refused: no place; off the unit without a companion; told late without a reason;
            a time ahead (N16) or too far back; the stay has ended.
        NotPermitted: the role walks no rounds, or the chart is closed to it.

    Source: operations.md section 2 (what a round record needs), N16.
    """
    told_at, walked_at = typed_at or at, occurred_at or at
    wrong = {}
    if library.codes("round_place").code(seen.place) is None:
        wrong["place"] = _("Choose where the person was.")
    if seen.place == OFF_UNIT and not seen.with_whom.strip():
        wrong["with_whom"] = _("Say with whom.")
    # What waited on a device past the limit is marked as paper would be.
    waited = typed_at is not None and telling.is_late(walked_at, at=at, facility=by.facility)
    is_late = told_at - walked_at > telling.CLOCK_TOLERANCE
    if is_late and not seen.late_reason.strip():
        wrong["late_reason"] = _("Say why it is told late.")
    if wrong:
        raise Refused(_("Not recorded. ") + " ".join(wrong.values()), wrong)

    def write() -> SafetyRound:
        with audit.action("rounds.record", by=by, at=at, episode_id=episode.pk) as ledger:
            current = telling.must_see(episode, by=by, at=at)
            telling.must_be_open(current)
            telling.check_time(
                walked_at, at=told_at, facility=by.facility, since=current.arrived_at,
                downtime=seen.downtime,
            )  # fmt: skip
            row = SafetyRound.told(
                by, at=at, submission=submission, occurred_at=walked_at, episode=current,
                place=seen.place, with_whom=seen.with_whom.strip(), note=seen.note.strip(),
                late_reason=seen.late_reason.strip() if is_late else "",
                is_downtime=seen.downtime or waited,
            )  # fmt: skip
            ledger.created(row)
            return row

    apart = frozenset({"is_downtime"}) if typed_at else frozenset[str]()
    return telling.once(SafetyRound, submission, write, by=by, about=episode.pk, apart_from=apart)


def void(old: SafetyRound, *, why: str, by: Actor, at: datetime, submission: UUID) -> SafetyRound:
    """Mark a round as entered in error; it stays readable.

    Raises:
        Refused: no reason; struck out already.
        NotPermitted: somebody else told it and the role does not amend.
    """
    striking.refuse(old, "rounds", why=why, by=by, submission=submission)

    def write() -> SafetyRound:
        with audit.action("rounds.void", by=by, at=at, episode_id=old.episode_id) as ledger:
            return striking.strike(
                old, ledger, why=why, by=by, at=at, submission=submission,
                place=old.place, with_whom=old.with_whom,
            )  # fmt: skip

    return telling.once(SafetyRound, submission, write, by=by, about=old.episode_id)
