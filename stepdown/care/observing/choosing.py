"""The scales to choose from for one person, each with what it last came to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stepdown.care.observing import told, views
from stepdown.clinical.instruments import Instrument
from stepdown.content import library
from stepdown.records import access, audit
from stepdown.records.models import VITALS, Episode, Facility, Observation
from stepdown.records.reading.drafts import Drafts
from stepdown.web.access import asks
from stepdown.web.page import page
from stepdown.web.request import Request

GROUPS: tuple[tuple[str, str | Promise], ...] = (
    ("withdrawal", gettext_lazy("Withdrawal")),
    ("mood", gettext_lazy("Mood and risk")),
    ("use", gettext_lazy("Use")),
    ("recovery", gettext_lazy("Recovery")),
    ("other", gettext_lazy("Other")),
)
"""The groups a scale may name, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One scale on offer; ``last`` is its newest standing reading, ``words`` what it came to."""

    instrument: Instrument
    is_draft: bool
    last: Observation | None
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    """Scales of one kind; a group without any is not shown."""

    key: str
    label: str
    choices: tuple[Choice, ...]


@asks("observations", "C")
@require_safe
def scales(request: Request, episode_id: UUID) -> HttpResponse:
    """Every scale this person may be asked, by group, with its last result and its age."""
    for instrument in library.instruments().values():
        views.may_score(request.actor, instrument)
    episode = views.stay(request, episode_id)
    reads = access.may(request.actor, "observations", "R")
    context = {
        "groups": groups(episode, request.actor.facility, reads=reads),
        **views.about(request, episode, None),
    }
    response = page(request, "observing/scales.html", "scales", context)
    audit.looked("observe", by=request.actor, at=request.now, episode_id=episode.pk)
    return response


def groups(episode: Episode, facility: Facility, *, reads: bool) -> list[Group]:
    """The scales of the library by group. Two queries, however many scales there are."""
    newest = _newest(episode) if reads else {}
    unsigned = Drafts.at(facility)
    offered = [
        (each.group, Choice(each, key in unsigned, last, told.what(last) if last else ""))
        for key, each in library.instruments().items()
        for last in [newest.get(key)]
    ]
    found = [
        Group(key, str(label), tuple(choice for group, choice in offered if group == key))
        for key, label in GROUPS
    ]
    return [group for group in found if group.choices]


def _newest(episode: Episode) -> dict[str, Observation]:
    """Kind -> its newest standing reading. A stay has some hundred readings, so all are read."""
    standing = Observation.objects.for_episode(episode).exclude(kind=VITALS).standing()
    found: dict[str, Observation] = {}
    for reading in standing.newest().defer("note", "answers"):
        found.setdefault(reading.kind, reading)
    return found
