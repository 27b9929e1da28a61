"""Who searches for people, who reached the limit, and calls from outside. Nobody sought is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stepdown.content import library
from stepdown.records import audit, searching
from stepdown.records.access import Actor
from stepdown.records.actions.access import calls
from stepdown.records.errors import Refused
from stepdown.records.models import AccessEvent, CallNote, Facility, User
from stepdown.records.reading import finding
from stepdown.records.searching import LIMITED, SEARCHED, Noted
from stepdown.reports.reach import Reach, require, tabs
from stepdown.web import walltime
from stepdown.web.page import posted
from stepdown.web.request import Request

DAYS = 30
"""How far back the page counts."""

SHOWN = 50
"""Lines of a list."""

OFTEN = 3
"""So many searches for the same words within :data:`DAYS` are named as one pattern."""


@dataclass
class Searcher:
    """One person's searches in the days the page counts."""

    name: str
    role: str
    searches: int = 0
    nobody: int = 0
    limited: int = 0
    marks: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same words, searched often or by several people. What they were is not known here."""

    mark: str
    kinds: str
    times: int
    people: tuple[str, ...]
    last: datetime


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: Request) -> HttpResponse:
    """Patterns of searches, and whether certain words were searched; posted, never in a URL."""
    actor = request.actor
    part = require(actor, Reach.ALL)
    since = request.now - timedelta(days=DAYS)
    context: dict[str, Any] = {
        "part": part.value,
        "tabs": tabs(actor, "searches"),
        "days": DAYS,
        "limit": searching.LIMIT,
        **patterns(actor.facility, since),
        "calls": _calls(actor.facility),
    }
    sent, status = posted(request), 200
    if sent is not None:
        context["typed"] = {name: sent.get(name, "")[: finding.LONGEST] for name in ("q", "born")}
        try:
            context["hits"] = _hits(sent, actor)
        except Refused as refused:
            context["refused"], status = refused.message, refused.status
    what = "audit.searches" if sent is None else "audit.searched"
    audit.looked(what, by=actor, at=request.now)
    return render(request, "reports/searches.html", context, status=status)


def patterns(facility: Facility, since: datetime) -> dict[str, Any]:
    """Who searched how often since a time, and what was searched again and again."""
    events = AccessEvent.objects.filter(
        facility_id=facility.pk, at__gte=since, what__in=(SEARCHED, LIMITED)
    ).order_by("seq")
    found = list(events.values_list("actor_id", "role", "what", "at", "detail"))
    names = _names(each[0] for each in found)
    searchers: dict[tuple[UUID | None, str], Searcher] = {}
    marked: defaultdict[tuple[str, str], list[tuple[UUID | None, datetime]]] = defaultdict(list)
    for actor_id, role, what, at, detail in found:
        key = (actor_id, role)
        mine = searchers.setdefault(key, Searcher(names.get(actor_id, ""), role))
        noted = Noted.read(detail)
        if what == LIMITED or noted is None:
            mine.limited += 1
            continue
        mine.searches += 1
        mine.nobody += noted.shown == 0
        mine.marks.add(noted.mark)
        marked[noted.mark, noted.kinds].append((actor_id, at))
    return {
        "searchers": sorted(searchers.values(), key=lambda each: (-each.limited, -each.searches)),
        "repeated": _repeated(marked, names),
    }


def _repeated(
    marked: dict[tuple[str, str], list[tuple[UUID | None, datetime]]],
    names: dict[UUID | None, str],
) -> list[Repeated]:
    often = [
        Repeated(
            mark,
            kinds,
            len(times),
            tuple(sorted({names.get(who, "") for who, _at in times})),
            max(at for _who, at in times),
        )
        for (mark, kinds), times in marked.items()
        if len(times) >= OFTEN
    ]
    return sorted(often, key=lambda each: (-len(each.people), -each.times))[:SHOWN]


def _names(ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    found = User.objects.filter(pk__in={each for each in ids if each is not None})
    return dict(found.values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody searched for exactly these words."""

    at: datetime
    name: str
    role: str
    shown: int


def _hits(sent: QueryDict, actor: Actor) -> list[Hit]:
    """Who searched for these words, the newest first.

    Raises:
        Refused: too little was typed, or no date.
    """
    born: date | None = None
    if typed := sent.get("born", "").strip():
        try:
            born = walltime.day(typed)
        except ValidationError as error:
            raise Refused(_("Nothing was looked up: the birth date is not a date.")) from error
    wanted = finding.asked(sent.get("q", ""), born, actor)
    mark = searching.mark(actor.facility, wanted)
    events = AccessEvent.objects.filter(
        facility_id=actor.facility.pk, what=SEARCHED, detail__startswith=f"{mark} "
    ).order_by("-seq")[:SHOWN]
    found = list(events.values_list("at", "actor_id", "role", "detail"))
    names = _names(each[1] for each in found)
    return [
        Hit(at, names.get(who, ""), role, noted.shown)
        for at, who, role, detail in found
        if (noted := Noted.read(detail)) is not None
    ]


def _calls(facility: Facility) -> list[tuple[CallNote, str, str]]:
    """The last notes of calls, with their answers in words."""
    notes = CallNote.objects.filter(facility=facility).select_related("actor")
    said = {each: library.codes(each) for each in (calls.CALLER, calls.DONE)}
    return [
        (note, _label(said[calls.CALLER], note.caller), _label(said[calls.DONE], note.done))
        for note in notes.order_by("-occurred_at", "-id")[:SHOWN]
    ]


def _label(codes: Any, code: str) -> str:
    found = codes.code(code)
    return found.label if found else code
