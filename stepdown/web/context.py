"""What the frame round every page needs, read only when a template asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from stepdown.records.access import Actor, knows_the_people
from stepdown.records.models import Deployment
from stepdown.web import access, idle
from stepdown.web.addresses import address

DEMO_PIN = "3007"
"""In a demonstration everybody who walks in with one click unlocks and signs with this."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the main navigation."""

    label: str
    url: str
    current: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: the deployment, the navigation, the idle limit, the zone."""
    actor: Actor | None = getattr(request, "actor", None)
    visit = getattr(request, "visit", None)
    return {
        "deployment": partial(_deployment, visit.demo if visit else None),
        "nav": cache(partial(_nav, request, actor)),
        "may_find": cache(partial(_may_find, actor)),
        "idle_seconds": idle.limit_s(actor.facility) if actor else None,
        "facility_zone": actor.facility.zone if actor else "UTC",
        "now": getattr(request, "now", None),
    }


def _deployment(demo: bool | None) -> dict[str, Any]:
    """Whether this is a demonstration; the role's own query has told it on signed-in pages."""
    return {"demo": is_demo() if demo is None else demo, "pin": DEMO_PIN}


def is_demo() -> bool:
    """True where the database was made for a demonstration. It never changes (N22)."""
    return Deployment.objects.filter(demo=True).exists()


def _may_find(actor: Actor | None) -> str:
    """Where this role looks for people; nothing for a role that does not."""
    return address("finding:find") if actor and knows_the_people(actor) else ""


PLACES = (
    ("home", (("bed_board", "R"),)),
    ("admissions:arrive", (("bed_board", "C"),)),
    ("finding:call", (("calls", "C"),)),
    (
        "facility:home",
        (("facility_settings", "R"), ("accounts", "R"), ("bed_board", "R"), ("protocols", "R")),
    ),
    (
        "reports:home",
        (("audit_log", "R"), ("break_glass", "R"), ("accounts", "R"), ("exports", "R")),
    ),
)
"""Page and the cells of the matrix of which one opens it."""


def _nav(request: HttpRequest, actor: Actor | None) -> list[Place]:
    labels = {
        "home": _("Ward"),
        "admissions:arrive": _("Admit"),
        "finding:call": _("Calls"),
        "facility:home": _("Facility"),
        "reports:home": _("Reports"),
    }
    places = []
    for name, cells in PLACES:
        if any(access.may(actor, row, letter) for row, letter in cells):
            url = address(name)
            places.append(Place(labels[name], url, _is_here(request.path, url)))
    return places


def _is_here(path: str, url: str) -> bool:
    if url == "/":
        return path.startswith(("/ward/", "/people/", "/observations/"))
    return path.startswith(url)
