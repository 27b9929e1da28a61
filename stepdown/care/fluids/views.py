"""What somebody drank and lost: the running totals, the entries, and four short forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stepdown.care.fluids import showing
from stepdown.care.fluids.forms import FluidForm, Kind, StrikeForm
from stepdown.records import access, audit
from stepdown.records.actions.monitoring import fluids
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.models import Episode, FluidEntry
from stepdown.records.reading import fluids as reading
from stepdown.web import typed
from stepdown.web.access import asks
from stepdown.web.onward import onward
from stepdown.web.page import page, posted
from stepdown.web.request import Request


@asks("fluids", "R")
@require_http_methods(["GET"])
def balance(request: Request, episode_id: UUID) -> HttpResponse:
    """Totals of 8 and 24 hours as far as they were told, the forms, and the entries."""
    episode = stay(request, episode_id)
    audit.looked("fluids", by=request.actor, at=request.now, episode_id=episode.pk)
    return _drawn(request, episode)


@typed.takes_typed
@asks("fluids", "C")
@require_http_methods(["POST"])
def record(request: Request, episode_id: UUID, kind: str) -> HttpResponse:
    """One drink or one loss."""
    if kind not in Kind.values:
        raise Http404
    episode = stay(request, episode_id)
    form = _form(request, kind, posted(request))
    if not form.is_valid():
        return _drawn(request, episode, form, 422)
    try:
        fluids.record(
            episode,
            form.fluid,
            by=request.actor,
            at=request.now,
            submission=form.cleaned_data["submission"],
            occurred_at=form.occurred_at or request.told_at,
            typed_at=request.typed.at if request.typed else None,
        )
    except NotPermitted:
        raise
    except Refused as refused:
        for name, words in refused.fields.items():
            form.add_error(name if name in form.fields else None, words)
        form.add_error(None, refused.message)
        return _drawn(request, episode, form, refused.status)
    messages.success(request, _("Recorded: {what}.").format(what=form.title.lower()))
    return onward(request, "fluids:balance", episode.pk)


@asks("fluids", "C")
@require_http_methods(["GET", "POST"])
def strike(request: Request, entry_id: UUID) -> HttpResponse:
    """Strike out an entry made in error."""
    visible = Episode.objects.visible_to(request.actor, request.now)
    entry = get_object_or_404(
        FluidEntry.objects.select_related("episode__person", "actor"),
        pk=entry_id, episode__in=visible,
    )  # fmt: skip
    form = StrikeForm(posted(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                fluids.void(
                    entry,
                    why=form.cleaned_data["why"],
                    by=request.actor,
                    at=request.now,
                    submission=form.cleaned_data["submission"],
                )
            except NotPermitted:
                raise
            except Refused as refused:
                status = refused.status
                for name, words in refused.fields.items():
                    form.add_error(name, words)
                form.add_error(None, refused.message)
            else:
                messages.success(request, _("Struck out; it stays readable."))
                return onward(request, "fluids:balance", entry.episode_id)
    context = {"form": form, "line": showing.line(entry), **about(entry.episode, request)}
    return page(request, "fluids/strike.html", "sheet", context, status)


def _form(request: Request, kind: str, data: Any = None) -> FluidForm:
    return FluidForm(data, kind=kind, zone=request.actor.facility.tz, now=request.told_at)


def _drawn(
    request: Request, episode: Episode, wrong: FluidForm | None = None, status: int = 200
) -> HttpResponse:
    found = reading.of(episode, request.now)
    may_tell = access.may(request.actor, "fluids", "C") and episode.closed_at is None
    kinds = Kind.values if may_tell else []
    context = {
        "forms": [
            wrong if wrong is not None and wrong.kind == kind else _form(request, kind)
            for kind in kinds
        ],
        "balances": [showing.total(each) for each in found.balances],
        "lines": [
            showing.line(row, gone=row.pk in found.struck, actor=request.actor)
            for row in found.entries
        ],
        **about(episode, request),
    }
    return page(request, "fluids/balance.html", "sheet", context, status)


def stay(request: Request, episode_id: UUID) -> Episode:
    """The stay, if this person may see it."""
    visible = Episode.objects.visible_to(request.actor, request.now)
    found: Episode = get_object_or_404(visible.select_related("person"), pk=episode_id)
    found.facility = request.actor.facility
    return found


def about(episode: Episode, request: Request) -> dict[str, Any]:
    """Whose page it is."""
    lying = episode.bed_stays.filter(ended_at=None).select_related("bed").first()
    return {
        "episode": episode,
        "bed": lying.bed.label if lying else "",
        "day": episode.day_on(request.now),
    }
