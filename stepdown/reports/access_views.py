"""Who wrote and who looked, as far as a role reaches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stepdown.records import audit
from stepdown.records.errors import NotPermitted
from stepdown.records.models import Episode
from stepdown.reports import trail
from stepdown.reports.reach import Reach, require, tabs
from stepdown.web.request import Request

SHOWN = 50
"""Stays listed at once; older ones are found by code or name."""

DAYS = 30
"""How far back the director's summary counts."""


@require_safe
def home(request: Request) -> HttpResponseBase:
    """The first report that the role may open."""
    pages = tabs(request.actor)
    if not pages:
        raise NotPermitted(_("Reports are not part of this role. Ask the privacy officer."))
    return redirect(pages[0].url)


def _before(request: Request) -> datetime | None:
    """Where a page of a trail begins; anything but a time begins at the newest."""
    try:
        found = parse_datetime(request.GET.get("before", ""))
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


@require_safe
def overview(request: Request) -> HttpResponse:
    """Stays to look into (privacy officer), counts (director) or sign-ins (administrator)."""
    actor = request.actor
    part = require(actor, *Reach)
    context: dict[str, Any] = {"part": part.value, "tabs": tabs(actor, "access"), "days": DAYS}
    if part is Reach.ALL:
        asked = request.GET.get("q", "").strip()[:60]
        stays = Episode.objects.filter(facility=actor.facility).select_related("person")
        if asked:
            stays = stays.filter(
                Q(code__iexact=asked)
                | Q(person__legal_name__icontains=asked)
                | Q(person__preferred_name__icontains=asked)
            )
        context |= {"stays": stays.order_by("-arrived_at")[:SHOWN], "asked": asked}
    elif part is Reach.SUMMARY:
        since = request.now - timedelta(days=DAYS)
        context["tallies"] = trail.tallies(actor.facility, since=since)
    else:
        context["trail"] = trail.technical(actor.facility, _before(request))
    return render(request, "reports/access.html", context)


@require_safe
def episode(request: Request, episode_id: UUID) -> HttpResponse:
    """The trail of one stay. Looking at it is itself on record."""
    actor = request.actor
    part = require(actor, Reach.ALL, Reach.SUMMARY)
    stay = get_object_or_404(
        Episode.objects.select_related("person"), pk=episode_id, facility=actor.facility
    )
    context: dict[str, Any] = {"part": part.value, "stay": stay, "tabs": tabs(actor, "access")}
    if part is Reach.ALL:
        context["trail"] = trail.of_episode(actor.facility, stay.pk, _before(request))
        audit.looked("audit", by=actor, at=request.now, episode_id=stay.pk)
    else:
        since = stay.arrived_at - timedelta(days=1)
        context["tallies"] = trail.tallies(actor.facility, since=since, episode_id=stay.pk)
    return render(request, "reports/episode.html", context)
