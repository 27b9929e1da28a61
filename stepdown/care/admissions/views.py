"""Somebody who has come is asked what monitoring needs, and is admitted when nothing is missing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stepdown.care.admissions import told
from stepdown.care.admissions.forms import ChangeForm
from stepdown.care.admissions.parts import PARTS, Part, made, part_called
from stepdown.records import access, audit
from stepdown.records.actions.people import episodes
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.models import Bed, Episode, State
from stepdown.web.access import asks
from stepdown.web.onward import onward
from stepdown.web.page import page, posted
from stepdown.web.request import Request


def all_beds(request: Request) -> list[Bed]:
    """Every bed of this facility: one taken meanwhile is refused as taken, not as unknown."""
    return list(Bed.objects.filter(facility=request.actor.facility))


def free_beds(request: Request) -> list[Bed]:
    """Beds of this facility that are ready and empty, in the order of the board."""
    return list(
        Bed.objects.filter(facility=request.actor.facility, status=Bed.Status.READY)
        .exclude(stays__ended_at=None, stays__isnull=False)
        .select_related("unit")
        .order_by("unit__name", "position")
    )


@asks("demographics", "R")
@require_http_methods(["GET"])
def intake(request: Request, episode_id: UUID) -> HttpResponse:
    """What is there, what is missing and who can supply it, before an admission."""
    episode = stay(request, episode_id)
    audit.looked("intake", by=request.actor, at=request.now, episode_id=episode.pk)
    return _overview(request, episode)


@asks("admission_transition", "C")
@require_POST
def admit(request: Request, episode_id: UUID) -> HttpResponse:
    """Admit, if every record is there; otherwise each missing one is named."""
    episode = stay(request, episode_id)
    form = ChangeForm(posted(request))
    if not form.is_valid():
        return _overview(request, episode, form=form, status=422)
    try:
        episodes.transition(
            episode,
            State.WITHDRAWAL,
            by=request.actor,
            at=request.now,
            submission=form.cleaned_data["submission"],
            seen_version=form.cleaned_data["seen_version"],
        )
    except NotPermitted:
        raise
    except Refused as refused:
        return _overview(request, episode, refused=refused, status=refused.status)
    messages.success(request, _("{name} is admitted.").format(name=episode.person))
    return onward(request, "chart:course", episode.pk)


def _overview(
    request: Request,
    episode: Episode,
    *,
    form: ChangeForm | None = None,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    fresh = ChangeForm(initial={"seen_version": episode.version})
    context = {
        "ready": told.readiness(episode, request.actor),
        "since": told.since_last_use(episode, request.actor, request.now),
        "change": fresh,
        "wrong": form,
        "refused": refused,
        "lapsed": told.lapsed(episode, request.actor),
        "is_intake": episode.state == State.INTAKE,
        "may_admit": access.may(request.actor, "admission_transition", "C"),
        **frame(request, episode, "overview"),
    }
    return page(request, "admissions/intake.html", "sheet", context, status)


@require_http_methods(["GET", "POST"])
def part(request: Request, episode_id: UUID, slug: str) -> HttpResponse:
    """One part of the intake: what was told so far, and the form that tells more."""
    wanted = part_called(slug)
    if wanted is None:
        raise Http404
    if not wanted.may_read(request.actor) and not wanted.may_tell(request.actor):
        access.require(request.actor, wanted.row, wanted.letter)
    episode = stay(request, episode_id)
    if request.method == "GET":
        audit.looked(f"intake.{slug}", by=request.actor, at=request.now, episode_id=episode.pk)
        return _part(request, episode, wanted, made(wanted, request, None))
    access.require(request.actor, wanted.row, wanted.letter)
    form = made(wanted, request, posted(request))
    if not form.is_valid():
        return _part(request, episode, wanted, form, 422)
    try:
        words = wanted.act(request, episode, form)
    except NotPermitted:
        raise
    except Refused as refused:
        show(form, refused)
        return _part(request, episode, wanted, form, refused.status)
    messages.success(request, words)
    if wanted.repeats:
        return onward(request, "admissions:part", episode.pk, slug)
    return onward(request, "admissions:intake", episode.pk)


def _part(
    request: Request, episode: Episode, wanted: Part, form: forms.Form, status: int = 200
) -> HttpResponse:
    context = {
        "part": wanted,
        "form": form if wanted.may_tell(request.actor) and episode.closed_at is None else None,
        "lines": told.so_far(wanted, episode, request.actor, request.now),
        "is_signed": "secret" in form.fields,
        "lapsed": told.lapsed(episode, request.actor, wanted),
        "since": told.since_last_use(episode, request.actor, request.now)
        if wanted.slug == "use"
        else "",
        **frame(request, episode, wanted.slug),
    }
    return page(request, "admissions/part.html", "sheet", context, status)


def show(form: forms.Form, refused: Refused) -> None:
    """Show what an action refused, beside the fields it named."""
    for name, words in refused.fields.items():
        if name in form.fields:
            form.add_error(name, words)
    form.add_error(None, refused.message)


def stay(request: Request, episode_id: UUID) -> Episode:
    """The stay, if this person may see it."""
    visible = Episode.objects.visible_to(request.actor, request.now)
    found: Episode = get_object_or_404(visible.select_related("person"), pk=episode_id)
    found.facility = request.actor.facility
    return found


def frame(request: Request, episode: Episode, here: str) -> dict[str, Any]:
    """Whose page it is, and the steps beside it that this role may open."""
    lying = episode.bed_stays.filter(ended_at=None).select_related("bed").first()
    today = request.actor.facility.local(request.now).date()
    return {
        "episode": episode,
        "bed": lying.bed if lying else None,
        "day": episode.day_on(request.now),
        "age": episode.person.age_on(today),
        "here": here,
        "steps": [
            each for each in PARTS if each.may_read(request.actor) or each.may_tell(request.actor)
        ],
    }
