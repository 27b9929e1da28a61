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
from stepdown.records.models import Episode, State, Transition


def transition(
    episode: Episode, to: str, *, by: Actor, at: datetime, submission: UUID,
    reason: str = "", seen_version: int | None = None,
) -> Transition:
    """Move a stay to another state.

    Raises:
        Refused: no such transition; not built yet, with the reason; or a required
            record is missing, each named with who can supply it.
        NotPermitted: the role may not (admission by ADM, for one).
        Conflict: the stay changed since ``seen_version``.

    Source: operations.md 3.2.
    """
    if to not in State.values:
        raise Refused(_("Not done: {state} is not a state of a stay.").format(state=to[:40]))

    def write() -> Transition:
        with audit.action("episodes.transition", by=by, at=at, episode_id=episode.pk) as ledger:
            current = telling.must_see(episode, by=by, at=at)
            told = Transition.objects.filter(submission_id=submission).first()
            if told is not None:
                return told
            telling.must_be_open(current)
            telling.must_be_version(current, seen_version)
            rule = _guarded(current, to, by=by)
            row = Transition.told(
                by, at=at, submission=submission, episode=current, from_state=current.state,
                to_state=to, to_phase=rule.phase or "",
                reason=reason,
            )
            ledger.created(row)
            current.state, current.phase = row.to_state, row.to_phase
            if to == State.WITHDRAWAL and current.admitted_at is None:
                current.admitted_at = row.occurred_at
            current.version += 1
            current.save(update_fields=["state", "phase", "admitted_at", "version"])
            ledger.wrote(current)
            return row

    return telling.once(Transition, submission, write)


def _guarded(current: Episode, to: str, *, by: Actor) -> guards.Transition:
    rule = library.episode_states().transition(current.state, to)
    if rule is None:
        raise Refused(
            _("Not done: a stay does not go from {before} to {after}.").format(
                before=State(current.state).label, after=State(to).label
            )
        )
    if not rule.built:
        raise Refused(
            _("Not done: Stepdown cannot record this step yet. {why}").format(why=rule.why_not)
        )
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
