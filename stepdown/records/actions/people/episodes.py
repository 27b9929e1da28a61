"""Moving a stay from one state to the next, where its guard is satisfied."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.clinical import episodes as guards
from stepdown.content import library
from stepdown.records import audit, facts
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.models import Episode, Phase, State, Transition


def transition(
    episode: Episode,
    to: str,
    *,
    by: Actor,
    at: datetime,
    submission: UUID,
    reason: str = "",
    seen_version: int | None = None,
) -> Transition:
    """Move a stay to another state, or within withdrawal care to another phase.

    Whoever asks, a step that does not exist or cannot be recorded yet is refused with
    that reason; only then is it asked who may carry it out.

    Raises:
        Refused: no such transition; not built yet, with the reason; or a required
            record is missing, each named with who can supply it.
        NotPermitted: the role may not (admission by ADM, for one).
        Conflict: the stay changed since ``seen_version``.

    Source: operations.md 3.2.
    """
    if to not in State.values and to not in Phase.values:
        raise Refused(_("Not done: {state} is not a state of a stay.").format(state=to[:40]))

    def write() -> Transition:
        _rule(telling.must_see(episode, by=by, at=at), to)
        with audit.action("episodes.transition", by=by, at=at, episode_id=episode.pk) as ledger:
            current = telling.must_see(episode, by=by, at=at)
            telling.must_be_open(current)
            telling.must_be_version(current, seen_version)
            rule = _guarded(current, to, by=by)
            within = to in Phase.values
            row = Transition.told(
                by,
                at=at,
                submission=submission,
                episode=current,
                from_state=current.state,
                to_state=current.state if within else to,
                to_phase=to if within else rule.phase or "",
                reason=reason.strip(),
            )
            ledger.created(row)
            current.state, current.phase = row.to_state, row.to_phase
            if to == State.WITHDRAWAL and current.admitted_at is None:
                current.admitted_at = row.occurred_at
            current.version += 1
            ledger.changed(current, "state", "phase", "admitted_at", "version")
            return row

    return telling.once(Transition, submission, write, by=by, about=episode.pk)


def _rule(current: Episode, to: str) -> guards.Transition:
    """The line of the table for this step, if it can be recorded today.

    Raises:
        Refused: there is no such step, or Stepdown cannot record it yet.
    """
    table = library.episode_states()
    rule = table.transition(current.state, to) or table.transition(current.phase, to)
    if rule is None:
        raise Refused(
            _("Not done: a stay does not go from {before} to {after}.").format(
                before=current.stage_label,
                after=State(to).label if to in State.values else Phase(to).label,
            )
        )
    if not rule.built:
        raise Refused(
            _("Not done: Stepdown cannot record this step yet. {why}").format(why=rule.why_not)
        )
    return rule


def _guarded(current: Episode, to: str, *, by: Actor) -> guards.Transition:
    rule = _rule(current, to)
    if by.role not in rule.executed_by:
        raise NotPermitted(
            _("Not done: {role} does not do this. Ask: {able}.").format(
                role=by.role, able=", ".join(rule.executed_by)
            )
        )
    missing = guards.missing_for(library.episode_states(), rule, facts.admission(current))
    if missing:
        raise Refused(
            _("Not admitted: {count} still missing. ").format(count=len(missing))
            + " ".join(each.message for each in missing),
            {each.key: each.message for each in missing},
        )
    return rule
