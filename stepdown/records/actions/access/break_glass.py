"""Opening a restricted chart in an emergency, and its review by the privacy officer."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.records import audit
from stepdown.records.access import Actor
from stepdown.records.actions import telling
from stepdown.records.errors import Conflict, NotPermitted, Refused
from stepdown.records.models import BreakGlass, BreakGlassReview, Episode, User


def open_chart(
    episode_id: UUID, *, reason: str, by: Actor, at: datetime, submission: UUID
) -> BreakGlass:
    """Open a restricted chart for a while, with a typed reason the privacy officer will read.

    Raises:
        Refused: no reason. NotPermitted: not here, or not a role that may.
    """
    if len(reason.strip()) < 10:
        raise Refused(
            _("Not opened: write what the emergency is. The privacy officer reads it."),
            {"reason": _("Write what the emergency is.")},
        )

    def write() -> BreakGlass:
        with audit.action("break_glass.open", by=by, at=at, episode_id=episode_id) as ledger:
            episode = Episode.objects.filter(pk=episode_id, facility=by.facility).first()
            if episode is None:
                raise NotPermitted(_("Not opened: there is no such chart here."))
            minutes = int(by.facility.setting("break_glass_minutes"))
            row = BreakGlass.told(
                by,
                at=at,
                submission=submission,
                episode=episode,
                reason=reason.strip(),
                until=at + timedelta(minutes=minutes),
            )
            ledger.created(row)
            return row

    return telling.once(
        BreakGlass, submission, write, by=by, about=episode_id, apart_from=frozenset({"until"})
    )


def review(
    opening: BreakGlass, finding: str, *, by: Actor, at: datetime, submission: UUID
) -> BreakGlassReview:
    """Record the privacy officer's finding on an emergency opening.

    Raises:
        Refused: no finding, or one's own opening. Conflict: reviewed already.
    """
    if not finding.strip():
        raise Refused(_("Not recorded: write what you found."), {"finding": _("Write it.")})

    def write() -> BreakGlassReview:
        with audit.action(
            "break_glass.review", by=by, at=at, episode_id=opening.episode_id
        ) as ledger:
            if opening.actor_id == by.user.pk:
                raise Refused(_("Not recorded: somebody else reviews your own opening."))
            if opening.facility_id != by.facility.pk:
                raise NotPermitted(_("Not recorded: that opening was in another facility."))
            if BreakGlassReview.objects.filter(opening=opening).exists():
                raise Conflict(_("Not recorded: this opening was reviewed already."))
            row = BreakGlassReview.told(
                by, at=at, submission=submission, opening=opening, finding=finding.strip()
            )
            ledger.created(row)
            return row

    return telling.once(BreakGlassReview, submission, write, by=by)


def restrict(
    episode: Episode, *, invited: list[User], by: Actor, at: datetime, submission: UUID
) -> Episode:
    """Make a chart open by invitation only: staff as patients, relatives of staff, others.

    Raises:
        Refused: nobody would be left to care for the person; somebody invited does
            not work here.
    """
    if not invited:
        raise Refused(
            _("Not done: name at least one person who cares for them."),
            {"invited": _("Name somebody.")},
        )
    with audit.action("episodes.restrict", by=by, at=at, episode_id=episode.pk) as ledger:
        # Whoever keeps the list need not be on it.
        current = Episode.objects.filter(pk=episode.pk, facility=by.facility).first()
        if current is None:
            raise NotPermitted(_("Not done: there is no such chart here."))
        _must_work_here(invited, by)
        current.is_restricted = True
        current.version += 1
        ledger.changed(current, "is_restricted", "version")
        guests = Episode.invited.through.objects.filter(episode=current)
        ledger.removed(*guests.exclude(user__in=invited))
        current.invited.set(invited)
        ledger.wrote(*guests.all())
        return current


def _must_work_here(invited: list[User], by: Actor) -> None:
    here = set(User.objects.filter(assignments__facility=by.facility).values_list("pk", flat=True))
    if strangers := [user.name for user in invited if user.pk not in here]:
        raise Refused(
            _("Not done: {names} does not work in this facility.").format(
                names=", ".join(strangers)
            ),
            {"invited": _("Choose people who work here.")},
        )
