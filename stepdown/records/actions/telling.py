"""What every action that records something asks first: once, and at a believable time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, models
from django.utils.translation import gettext as _

from stepdown.records.access import Actor
from stepdown.records.errors import Conflict, NotPermitted, NotSigned, Refused, SentBefore
from stepdown.records.models import Episode, Facility

Told = TypeVar("Told", bound=models.Model)

CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far ahead a tablet's clock may run before a time counts as the future."""


TOLD_ANEW = frozenset({"id", "recorded_at", "occurred_at", "replaces_id"})
"""Columns in which a retry of the same form may differ from its first telling."""


def once(
    model: type[Told],
    submission: UUID,
    write: Callable[[], Told],
    *,
    by: Actor,
    about: UUID | None = None,
    apart_from: frozenset[str] = frozenset(),
) -> Told:
    """Run ``write``; if this submission was already recorded, return what it made then.

    The unique constraint decides, so twenty retries in parallel have one effect. A
    retry that is refused because its first telling succeeded counts as that telling.

    ``about`` is the stay it tells of, where there is one; ``apart_from`` names columns
    that are worked out anew each time.

    Raises:
        SentBefore: the form was sent before by somebody else, or with other words;
            answering "saved" would lose what was typed now.
    """
    try:
        return write()
    except (NotPermitted, NotSigned, SentBefore):
        raise
    except (IntegrityError, Refused) as error:
        told = model._default_manager.filter(submission_id=submission).first()
        if told is None:
            raise
        attempted = getattr(error, "row", None)
        if isinstance(attempted, model):
            must_be_same(attempted, told, apart_from=apart_from)
        elif (getattr(told, "actor_id", None), getattr(told, "episode_id", about)) != (
            by.user.pk,
            about,
        ):
            raise sent_before() from error
        return told


def must_be_same(
    attempted: models.Model, told: models.Model, *, apart_from: frozenset[str] = frozenset()
) -> None:
    """Refuse to take a form sent again for the one recorded, where they say different things.

    Raises:
        SentBefore: they do.
    """
    ignored = TOLD_ANEW | apart_from
    for field in told._meta.concrete_fields:
        name = field.attname
        if name not in ignored and getattr(attempted, name) != getattr(told, name):
            raise sent_before()


def sent_before() -> SentBefore:
    """What is said when a form comes a second time and says something else."""
    return SentBefore(
        _(
            "Not recorded: this form was sent before and says something else now. What was "
            "sent first stands. Look at it; correct it there, or start a new form."
        )
    )


def check_time(
    occurred_at: datetime,
    *,
    at: datetime,
    facility: Facility,
    since: datetime | None = None,
    downtime: bool = False,
) -> None:
    """Refuse a time that is ahead, or too far back to be told without a downtime.

    Raises:
        Refused: in the future; before ``since``; or further back than the
            facility's limit (hours) while not written up after a downtime.

    Source: operations.md 4.4 (no back-dating over 4 h without the downtime flag).
    """
    if occurred_at > at + CLOCK_TOLERANCE:
        raise Refused(
            _("Not recorded: {time} is in the future. Enter when it happened.").format(
                time=_shown(occurred_at, facility)
            ),
            {"occurred_at": _("This time is in the future.")},
        )
    if since is not None and occurred_at < since:
        arrived = _shown(since, facility)
        raise Refused(
            _("Not recorded: {time} is before the person arrived ({arrived}).").format(
                time=_shown(occurred_at, facility), arrived=arrived
            ),
            {"occurred_at": _("Before arrival at {arrived}.").format(arrived=arrived)},
        )
    limit = timedelta(hours=int(facility.setting("back_date_hours")))
    if not downtime and at - occurred_at > limit:
        raise Refused(
            _(
                "Not recorded: {time} is more than {hours} hours ago. If it was written on paper "
                "during a downtime, mark it as such; otherwise record what is true now."
            ).format(time=_shown(occurred_at, facility), hours=int(limit.total_seconds() // 3600)),
            {
                "occurred_at": _("More than {hours} hours ago.").format(
                    hours=int(limit.total_seconds() // 3600)
                )
            },
        )


def is_late(occurred_at: datetime, *, at: datetime, facility: Facility) -> bool:
    """True for what is further back than may be told without the mark of a downtime."""
    return at - occurred_at > timedelta(hours=int(facility.setting("back_date_hours")))


def _shown(moment: datetime, facility: Facility) -> str:
    return facility.local(moment).strftime("%H:%M, %d %b")


def must_see(episode: Episode, *, by: Actor, at: datetime) -> Episode:
    """The episode, fetched again through what this actor may see.

    Raises:
        NotPermitted: not visible to this actor, or not there at all; the same words.
    """
    found = (
        Episode.objects.visible_to(by, at)
        .select_related("person", "facility")
        .filter(pk=episode.pk)
        .first()
    )
    if found is None:
        raise NotPermitted(_("Not done: this chart is not open to you. Ask the charge nurse."))
    return found


def must_be_open(episode: Episode) -> None:
    """Refuse to add to a stay that has ended.

    Raises:
        Refused: the stay is closed.
    """
    if episode.closed_at is not None:
        raise Refused(
            _("Not recorded: this stay has ended. Open the person's present stay instead.")
        )


def must_be_version(episode: Episode, seen: int | None) -> None:
    """Refuse to change what somebody else changed since this page was shown.

    Raises:
        Conflict: names the present state.
    """
    if seen is not None and seen != episode.version:
        raise Conflict(
            _(
                "Not done: somebody changed this stay after your page was shown. "
                "It is now: {state}. Look again, then decide."
            ).format(state=episode.stage_label)
        )
