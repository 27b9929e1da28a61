"""The pages of this room that somebody's role may open."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from stepdown.records import access
from stepdown.records.access import Actor


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the room."""

    label: str
    url: str
    current: bool


PAGES = (
    ("settings", "facility_settings"),
    ("staff", "accounts"),
    ("beds", "bed_board"),
    ("content", "protocols"),
)
"""Page and the row of the permission matrix whose R opens it."""


def tabs(actor: Actor, here: str = "") -> list[Tab]:
    """The pages this role may open, in order."""
    words = {
        "settings": _("Settings"),
        "staff": _("Staff"),
        "beds": _("Beds"),
        "content": _("Reviewed content"),
    }
    return [
        Tab(words[page], reverse(f"facility:{page}"), page == here)
        for page, row in PAGES
        if access.may(actor, row, "R")
    ]
