"""Who wrote and who looked, as far as a role reaches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from stepdown.records import audit
from stepdown.records.errors import NotPermitted
from stepdown.records.models import Episode
from stepdown.reports import trail
from stepdown.reports.reach import Reach, require, tabs
from stepdown.reports.trail import Place
from stepdown.web.page import posted
from stepdown.web.request import Request

SHOWN = 50
"""Stays listed at once."""

LONGEST = 60
"""Characters of a search that are read."""

DAYS = 30
"""How far back the director's summary counts."""


@require_safe
def home(request: Request) -> HttpResponseBase:
    """The first report that the role may open."""
    pages = tabs(request.actor)
    if not pages:
        raise NotPermitted(_("Reports are not part of this role. Ask the privacy officer."))
    return redirect(pages[0].url)


def _before(request: Request) -> Place | None:
    """Where a page of a trail begins."""
    return Place.read(request.GET.get("before", ""))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: Request) -> HttpResponse:
    """Stays to look into (privacy officer), counts (director) or sign-ins (administrator).

    A search is posted: what was typed may be a name, and stands in no address, no
    browser history and no server's log.
    """
    actor = request.actor
    part = require(actor, *Reach)
    context: dict[str, Any] = {"part": part.value, "tabs": tabs(actor, "access"), "days": DAYS}
    looked = f"audit.{part.name.lower()}"
    if part is Reach.ALL:
        found = _stays(request)
        context |= found
        looked = "audit.search" if found["asked"] else "audit.stays"
    elif part is Reach.SUMMARY:
        since = request.now - timedelta(days=DAYS)
        context["tallies"] = trail.tallies(actor.facility, since=since)
    else:
        context["trail"] = trail.technical(actor.facility, _before(request))
    audit.looked(looked, by=actor, at=request.now)
    return render(request, "reports/access.html", context)


def _stays(request: Request) -> dict[str, Any]:
    """One page of the stays asked for, the newest arrival first."""
    sent = posted(request) or QueryDict()
    asked = sent.get("q", "").strip()[:LONGEST]
    stays = Episode.objects.filter(facility=request.actor.facility).select_related("person")
    if asked:
        stays = stays.filter(
            Q(code__iexact=asked)
            | Q(person__legal_name__icontains=asked)
            | Q(person__preferred_name__icontains=asked)
        )
    page = sent.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    begin = max(number - 1, 0) * SHOWN
    found = list(stays.order_by("-arrived_at", "-pk")[begin : begin + SHOWN + 1])
    return {
        "stays": found[:SHOWN],
        "asked": asked,
        "older": number + 1 if len(found) > SHOWN else None,
        "newer": number - 1 if number > 1 else None,
    }


@never_cache
@require_safe
def accounts(request: Request) -> HttpResponse:
    """Sign-ins, what became of accounts, and who read the log."""
    actor = request.actor
    require(actor, Reach.ALL)
    context = {
        "part": Reach.ALL.value,
        "trail": trail.of_accounts(actor.facility, _before(request)),
        "tabs": tabs(actor, "sign_ins"),
    }
    audit.looked("audit.accounts", by=actor, at=request.now)
    return render(request, "reports/accounts.html", context)


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
        audit.looked("audit.summary", by=actor, at=request.now, episode_id=stay.pk)
    return render(request, "reports/episode.html", context)
