"""The course of a stay, and every observation of it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from stepdown.records import audit
from stepdown.records.models import Episode
from stepdown.web.page import page
from stepdown.web.request import Request


@require_GET
def course(request: Request, episode_id: UUID) -> HttpResponse:
    """How a stay goes."""
    return _page(request, episode_id, "chart/course.html")


@require_GET
def observations(request: Request, episode_id: UUID) -> HttpResponse:
    """Everything observed."""
    return _page(request, episode_id, "chart/observations.html")


def _page(request: Request, episode_id: UUID, template: str) -> HttpResponse:
    visible = Episode.objects.visible_to(request.actor, request.now)
    try:
        episode = get_object_or_404(visible.select_related("person"), pk=episode_id)
    except Http404:
        audit.looked("refused", by=request.actor, at=request.now, detail=f"chart {episode_id}")
        raise
    response = page(request, template, "main", {"episode": episode})
    audit.looked("chart", by=request.actor, at=request.now, episode_id=episode.pk)
    return response
