"""How far into the audit log a role reaches, as the signed matrix says it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.urls import reverse
from django.utils.translation import gettext as _

from stepdown.content import library
from stepdown.records import access
from stepdown.records.access import Actor
from stepdown.records.errors import NotPermitted


class Reach(Enum):
    """What of the log is open to a role."""

    ALL = "all"  # who, what, when (privacy officer)
    SUMMARY = "summary_only"  # counts, nobody's name (program director)
    TECHNICAL = "technical_events_only"  # sign-ins and locks, no stay (system administrator)


def reach(actor: Actor) -> Reach | None:
    """The part of the log this role reads, or None. A condition not known here is closed."""
    cell = library.permissions().cell("audit_log", actor.role)
    if not cell.allows("R"):
        return None
    condition = cell.condition("R")
    if condition is None:
        return Reach.ALL
    return next((each for each in Reach if each.value == condition), None)


def require(actor: Actor, *parts: Reach) -> Reach:
    """The role's reach.

    Raises:
        NotPermitted: it is none of ``parts``.
    """
    found = reach(actor)
    if found is None or found not in parts:
        raise NotPermitted(
            _("Not shown: this part of the log is not open to your role. Ask the privacy officer.")
        )
    return found


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the reports."""

    label: str
    url: str
    current: bool


def tabs(actor: Actor, here: str = "") -> list[Tab]:
    """The reports this role may open, in order."""
    pages = (
        ("access", _("Who looked, who wrote"), reach(actor) is not None),
        ("sign_ins", _("Sign-ins and accounts"), reach(actor) is Reach.ALL),
        ("searches", _("Searches and calls"), reach(actor) is Reach.ALL),
        ("emergencies", _("Emergency openings"), access.may(actor, "break_glass", "R")),
        ("exports", _("Exports"), access.may(actor, "exports", "R")),
        ("ending", _("Accounts that end"), access.may(actor, "accounts", "R")),
    )
    return [
        Tab(label, reverse(f"reports:{page}"), page == here)
        for page, label, opens in pages
        if opens
    ]
