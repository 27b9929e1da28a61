"""The course of a stay, and every observation of it.

A stay is fetched by the rule of who sees whom; what the role does not read is never
fetched. A chart that is closed to somebody looks to them like one that is not there,
unless their role may open it in an emergency.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stepdown.care.chart import banner, beside, drawing, listing, stages, symptoms, verdict
from stepdown.records import access, audit
from stepdown.records.reading import course as readings
from stepdown.records.reading import heading, history, stage
from stepdown.records.reading.heading import Stay
from stepdown.records.reading.sight import Sight
from stepdown.web.addresses import address
from stepdown.web.page import page
from stepdown.web.request import Request

LONGEST_NUMBER = 6
"""No stay has a million pages."""


@require_safe
def course(request: Request, episode_id: UUID) -> HttpResponse:
    """How a stay goes: one sentence, the chart, the symptoms, what is next."""
    actor, now, sight = request.actor, request.now, Sight.of(request.actor)
    found = heading.find(episode_id, actor, sight, now)
    if found is None:
        return _closed(request, episode_id)
    read = readings.course(found.episode, sight)
    context: dict[str, Any] = {
        **_frame(request, found, sight, "chart:course"),
        "nexts": beside.nexts(read.dues, episode_id, actor, now),
        "uses": beside.last_uses(found, now) if sight.use else None,
        "pregnancy": beside.pregnancy(found),
    }
    if sight.scores:
        others = stage.not_withdrawal(read)
        context |= {
            "not_withdrawal": stages.not_withdrawal(others),
            "flags": readings.stands_out(read, now),
            "verdict": verdict.of(read, found.episode, now),
            "drawn": drawing.draw(read, found, request.GET.get("span", ""), now),
            "symptoms": symptoms.by_stage(read.findings, now),
        }
        if sight.use:
            context["stage"] = stages.panel(stage.now(found, read, now), others, now)
    response = page(request, "chart/course.html", "course", context)
    audit.looked("chart", by=actor, at=now, episode_id=episode_id)
    return response


@require_safe
def observations(request: Request, episode_id: UUID) -> HttpResponse:
    """Every observation, the newest first, whatever became of it."""
    actor, now, sight = request.actor, request.now, Sight.of(request.actor)
    found = heading.find(episode_id, actor, sight, now)
    if found is None:
        return _closed(request, episode_id)
    if not sight.scores:
        _refused(request, episode_id, episode_id)
        access.require(actor, "observations", "R")
    shown = history.page(found.episode, _number(request, found))
    context = {
        **_frame(request, found, sight, "chart:observations"),
        "history": shown,
        "rows": listing.rows(shown, found.episode, actor),
    }
    response = page(request, "chart/observations.html", "observations", context)
    audit.looked("observations", by=actor, at=now, episode_id=episode_id)
    return response


def _frame(request: Request, found: Stay, sight: Sight, current: str) -> dict[str, Any]:
    return {
        "stay": found,
        "episode": found.episode,
        "patient": banner.banner(found, request.actor, sight, request.now),
        "tabs": banner.tabs(found, request.actor, sight, current),
        "sight": sight,
    }


def _number(request: Request, found: Stay) -> int:
    """The page asked for by its number, or by an entry that is on it; else the first."""
    text = request.GET.get("page", "")
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER:
        return int(text)
    try:
        return history.page_with(found.episode, UUID(request.GET["entry"]))
    except (KeyError, ValueError):
        return 1


def _closed(request: Request, episode_id: UUID) -> HttpResponse:
    """Not there; or closed, with the way in for a role that has one.

    Raises:
        Http404: the same for a stay that does not exist and one that is not theirs.
    """
    may_open = access.may(request.actor, "break_glass", "C")
    if may_open and heading.is_closed_to(episode_id, request.actor):
        _refused(request, episode_id, episode_id)
        url = address("reports:break_glass", episode_id)
        return render(request, "closed.html", {"open_url": url}, status=HTTPStatus.FORBIDDEN)
    _refused(request, episode_id, None)
    raise Http404


def _refused(request: Request, asked: UUID, known: UUID | None) -> None:
    audit.looked(
        "refused", by=request.actor, at=request.now, episode_id=known, detail=f"chart {asked}"
    )
