"""Who may do what, and whom they may see. Default deny.

The matrix itself is content (``content/access/permissions.yaml``); here are only
the named conditions of its limited cells, and the one rule by which people are
fetched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from stepdown.content import library
from stepdown.content.access import Cell
from stepdown.records.errors import NotPermitted
from stepdown.records.models import Assignment, BreakGlass, Episode, Facility, Role, User


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody at work: an account, in one role, at one facility."""

    user: User
    role: str
    facility: Facility
    assignment: Assignment

    @classmethod
    def of(cls, assignment: Assignment) -> Actor:
        """The actor an assignment stands for."""
        return cls(assignment.user, assignment.role, assignment.facility, assignment)

    @property
    def title(self) -> str:
        """Name and role as shown on screen and stamped on paper."""
        return f"{self.user.name}, {self.role}"


def _trained_in_vitals(actor: Actor) -> bool:
    return actor.assignment.trained_in_vitals


def _checked_by_the_action(actor: Actor) -> bool:
    return True


# What an actor alone decides is decided here. A condition that needs to know more
# (the order, the reason, the setting) begins open and the action that knows closes it.
CONDITIONS: dict[str, Callable[[Actor], bool]] = {
    "vitals_only": _checked_by_the_action,  # observations.record
    "vitals_only_if_trained": _trained_in_vitals,
    "by_order_of_a_prescriber": _checked_by_the_action,  # episodes.transition
    "in_an_emergency_with_reason": _checked_by_the_action,  # break_glass.open_chart
    "operational_settings": _checked_by_the_action,  # settings.change
}

VITALS_ONLY = frozenset({"vitals_only", "vitals_only_if_trained"})
"""Conditions under which a role records vital signs and no scale."""


@cache
def _cell(row: str, role: str) -> Cell:
    return library.permissions().cell(row, role)


def condition(actor: Actor, row: str, letter: str) -> str:
    """The named condition on a letter of this role's cell, or nothing."""
    return _cell(row, actor.role).condition(letter) or ""


def may(actor: Actor, row: str, letter: str) -> bool:
    """True when the active role's cell of ``row`` carries ``letter`` and its condition holds.

    A limited cell whose condition nobody has built yet is closed, not open.
    """
    cell = _cell(row, actor.role)
    if not cell.allows(letter):
        return False
    bound = cell.condition(letter)
    if bound is None:
        return True
    holds = CONDITIONS.get(bound)
    return holds is not None and holds(actor)


def require(actor: Actor, row: str, letter: str) -> None:
    """Refuse unless :func:`may`.

    Raises:
        NotPermitted: names the role, the record, and whom to ask.
    """
    if may(actor, row, letter):
        return
    matrix = library.permissions()
    able = [role for role in Role.values if _cell(row, role).allows(letter)]
    raise NotPermitted(
        _("Not done: {role} does not do this ({record}). Ask: {able}.").format(
            role=Role(actor.role).label,
            record=matrix.row(row).label,
            able=", ".join(able) or _("nobody here"),
        )
    )


def require_running(actor: Actor, at: datetime) -> None:
    """Refuse what somebody does in a role that has not begun or has run out.

    Raises:
        NotPermitted: names the last day, where there was one.
    """
    if actor.assignment.runs_at(at):
        return
    ended = actor.assignment.expires_at or actor.user.expires_at
    until = actor.facility.local(ended).date().isoformat() if ended else _("today")
    raise NotPermitted(
        _(
            "Not done: your role as {role} is not open now (until {until}). Ask whoever keeps "
            "the accounts to renew it."
        ).format(role=Role(actor.role).label, until=until)
    )


KNOWS_THE_PEOPLE = ("demographics", "rounds")
"""Rows whose readers know who is here: a technician who takes somebody's pulse does."""


def knows_the_people(actor: Actor) -> bool:
    """True for a role that may know who is in the house."""
    return any(may(actor, row, "R") for row in KNOWS_THE_PEOPLE)


def rule_for(actor: Actor, now: datetime) -> Q:
    """The episodes an actor may see, as one filter.

    Staff see their own facility's, where the matrix lets their role read who
    somebody is, or walk the rounds. A restricted chart opens to those invited, and for a while to
    whoever broke the glass, in the role they broke it in. Patients see their own. Everybody
    else: nobody.
    """
    if actor.role != Role.PT and not knows_the_people(actor):
        return Q(pk__in=[])
    return rule(actor.role, user=actor.user.pk, facility=actor.facility.pk, now=now)


def rule(role: str, *, user: UUID, facility: UUID, now: datetime) -> Q:
    """:func:`rule_for` of a role that knows the people, for a statement put together once."""
    here = Q(facility_id=facility)
    if role == Role.PT:
        return here & Q(person__account_id=user)
    opened = BreakGlass.objects.filter(
        episode=OuterRef("pk"), actor_id=user, role=role, until__gt=now
    )
    invited = Episode.invited.through.objects.filter(episode_id=OuterRef("pk"), user_id=user)
    return here & (Q(is_restricted=False) | Exists(invited) | Exists(opened))
