"""Safety rounds: everybody of a unit on one page, each told by themself, two taps a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stepdown.care.rounds.forms import RoundForm, StrikeForm
from stepdown.content import library
from stepdown.records import access, audit
from stepdown.records.actions.monitoring import rounds
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.ids import new_id
from stepdown.records.models import Episode, SafetyRound, Unit
from stepdown.records.reading import rounds as reading
from stepdown.web import typed
from stepdown.web.access import asks
from stepdown.web.onward import onward
from stepdown.web.page import page, posted
from stepdown.web.request import Request

ALARM = "alarm"
"""The group of ``round_place`` whose answers say at once what to do."""


@asks("rounds", "R")
@require_safe
def walk(request: Request, unit: str) -> HttpResponse:
    """Everybody in a bed of this unit, in the order of the beds, with the last round of each."""
    found = Unit.objects.filter(facility=request.actor.facility, code=unit).first()
    if found is None:
        raise Http404
    people = reading.of_unit(unit, request.actor, request.now)
    places = library.codes("round_place")
    context = {
        "unit": found,
        "people": [(each, places.code(each.place), new_id()) for each in people],
        "places": places.codes,
        "may_tell": access.may(request.actor, "rounds", "C"),
    }
    audit.looked("rounds", by=request.actor, at=request.now, detail=unit)
    return render(request, "rounds/walk.html", context)


@typed.takes_typed
@asks("rounds", "R")
@require_http_methods(["GET", "POST"])
def person(request: Request, episode_id: UUID) -> HttpResponse:
    """The rounds of one person, and the form for the next."""
    visible = Episode.objects.visible_to(request.actor, request.now)
    episode = get_object_or_404(visible.select_related("person"), pk=episode_id)
    episode.facility = request.actor.facility
    form = RoundForm(posted(request), zone=request.actor.facility.tz, now=request.told_at)
    if request.method != "POST":
        audit.looked("rounds", by=request.actor, at=request.now, episode_id=episode.pk)
        return _person(request, episode, form)
    access.require(request.actor, "rounds", "C")
    if not form.is_valid():
        return _person(request, episode, form, 422)
    try:
        row = rounds.record(
            episode,
            form.seen,
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
            form.add_error({"occurred_at": "at"}.get(name, name), words)
        form.add_error(None, refused.message)
        return _person(request, episode, form, refused.status)
    said = library.codes("round_place").code(row.place)
    assert said is not None, "the action takes only places of the list"
    messages.success(
        request,
        _("Recorded: bed {bed}, {place}, {at}.").format(
            bed=_bed(episode) or "–", place=said.label,
            at=f"{request.actor.facility.local(row.occurred_at):%H:%M}",
        ),
    )  # fmt: skip
    if said.group == ALARM:
        messages.error(request, f"{said.label}. {said.help}")
    if unit := _unit(request):
        return onward(request, "rounds:walk", unit)
    return onward(request, "rounds:person", episode.pk)


@asks("rounds", "C")
@require_http_methods(["GET", "POST"])
def strike(request: Request, round_id: UUID) -> HttpResponse:
    """Strike out a round that was told in error."""
    visible = Episode.objects.visible_to(request.actor, request.now)
    row = get_object_or_404(
        SafetyRound.objects.select_related("episode__person", "actor"),
        pk=round_id, episode__in=visible,
    )  # fmt: skip
    form = StrikeForm(posted(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                rounds.void(
                    row,
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
                return onward(request, "rounds:person", row.episode_id)
    code = library.codes("round_place").code(row.place)
    context = {
        "form": form, "row": row, "words": code.label if code else row.place,
        **_about(row.episode, request),
    }  # fmt: skip
    return page(request, "rounds/strike.html", "sheet", context, status)


def _unit(request: Request) -> str:
    """The unit whose list the round was told from, if it is one of this facility."""
    wanted = request.POST.get("unit", "")
    known = Unit.objects.filter(facility=request.actor.facility, code=wanted)
    return wanted if wanted and known.exists() else ""


def _person(request: Request, episode: Episode, form: RoundForm, status: int = 200) -> HttpResponse:
    places = library.codes("round_place")
    told = reading.of_stay(episode)
    gone = {row.replaces_id for row in told if row.replaces_id}
    lines = [
        {
            "row": row,
            "place": places.code(row.place),
            "is_struck": row.pk in gone,
            "may_strike": row.pk not in gone
            and access.may(request.actor, "rounds", "C")
            and (
                (row.actor_id, row.role) == (request.actor.user.pk, request.actor.role)
                or access.may(request.actor, "rounds", "U")
            ),
        }
        for row in told
        if not row.is_void
    ]
    may_tell = access.may(request.actor, "rounds", "C") and episode.closed_at is None
    context = {
        "form": form if may_tell else None,
        "submission": form["submission"].value() or new_id(),
        "unit_code": request.POST.get("unit", ""),
        "places": places.codes,
        "lines": lines,
        **_about(episode, request),
    }
    return page(request, "rounds/person.html", "sheet", context, status)


def _bed(episode: Episode) -> str:
    lying = episode.bed_stays.filter(ended_at=None).select_related("bed").first()
    return lying.bed.label if lying else ""


def _about(episode: Episode, request: Request) -> dict[str, Any]:
    return {"episode": episode, "bed": _bed(episode), "day": episode.day_on(request.now)}
