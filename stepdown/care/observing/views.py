"""Recording at the bedside: vital signs and a scale together, and any scale of the library.

A recorded form costs no query beyond the action's own: the page, the last answers and
the person are only read when something is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stepdown.care.observing import history, showing, told
from stepdown.care.observing.forms import ReadingForm
from stepdown.care.observing.showing import Previous
from stepdown.clinical.instruments import Instrument
from stepdown.clinical.vitals import Vital
from stepdown.content import library
from stepdown.records import access, audit
from stepdown.records.access import VITALS_ONLY, Actor
from stepdown.records.actions.access.settings import signature_on
from stepdown.records.actions.monitoring import observations
from stepdown.records.errors import Conflict, NotPermitted, Refused
from stepdown.records.models import VITALS, Episode, Observation
from stepdown.web import typed
from stepdown.web.access import asks
from stepdown.web.onward import onward
from stepdown.web.page import page, posted
from stepdown.web.request import Request

AT_THE_BEDSIDE = "cows"
"""The scale that vital signs are taken with; every other one has a page of its own."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one page asks, and how it is drawn."""

    template: str
    instrument: Instrument | None
    vitals: tuple[Vital, ...]
    beside: Instrument | None = None


@typed.takes_typed
@asks("observations", "C")
@require_http_methods(["GET", "POST"])
def bedside(request: Request, episode_id: UUID) -> HttpResponse:
    """COWS, vital signs and sedation in one submission; vital signs only, for some roles."""
    scores = access.condition(request.actor, "observations", "C") not in VITALS_ONLY
    scale = library.instrument(AT_THE_BEDSIDE) if scores else None
    beside = library.sedation_scale() if scores else None
    asked = Asked("observing/bedside.html", scale, tuple(library.vitals().values()), beside)
    return _observe(request, episode_id, asked)


@typed.takes_typed
@asks("observations", "C")
@require_http_methods(["GET", "POST"])
def scale(request: Request, episode_id: UUID, key: str) -> HttpResponse:
    """Any scale of the library, with the vital signs it follows from, above its scores so far."""
    instrument = library.instruments().get(key)
    if instrument is None:
        raise Http404
    may_score(request.actor, instrument)
    return _observe(
        request, episode_id, Asked("observing/scale.html", instrument, needed(instrument))
    )


def may_score(actor: Actor, instrument: Instrument) -> None:
    """Refuse a role that records vital signs only, or not this scale.

    Raises:
        NotPermitted: says whom to ask.
    """
    access.require(actor, instrument.record, "C")
    if access.condition(actor, instrument.record, "C") in VITALS_ONLY:
        raise NotPermitted(_("Your role records vital signs only. Ask a nurse to score."))


def needed(instrument: Instrument) -> tuple[Vital, ...]:
    """The vital signs that items of a scale are derived from."""
    keys = [item.derived_from.vital for item in instrument.items if item.derived_from]
    return tuple(library.vitals()[key] for key in dict.fromkeys(keys))


def _observe(request: Request, episode_id: UUID, asked: Asked) -> HttpResponse:
    form = ReadingForm(
        posted(request),
        instrument=asked.instrument,
        shown_vitals=asked.vitals,
        beside=asked.beside,
        zone=request.actor.facility.tz,
        now=request.told_at,
    )
    if request.method == "GET":
        return _drawn(request, episode_id, asked, form, opened=True)
    if not form.is_valid():
        return _drawn(request, episode_id, asked, form, status=422)
    try:
        rows = observations.record(
            Episode(pk=episode_id),
            replace(form.result, typed_at=request.typed.at if request.typed else None),
            by=request.actor,
            at=request.now,
            submission=form.cleaned_data["submission"],
        )
    except NotPermitted:
        raise
    except Conflict as conflict:
        return _drawn(request, episode_id, asked, form, status=409, conflict=conflict)
    except Refused as refused:
        form.take(refused)
        return _drawn(request, episode_id, asked, form, status=422)
    for level, words in told.recorded(rows, request.actor.facility):
        messages.add_message(request, level, words)
    if look := observations.demanded(rows):
        answer = onward(request, "observing:scale", episode_id, look)
    else:
        answer = onward(request, "chart:course", episode_id)
    if request.typed is None:
        return answer
    return typed.recorded(answer, {f"{r.kind}_seen": r.pk for r in rows if r.kind != VITALS})


def _drawn(
    request: Request,
    episode_id: UUID,
    asked: Asked,
    form: ReadingForm,
    *,
    status: int = 200,
    conflict: Conflict | None = None,
    opened: bool = False,
) -> HttpResponse:
    episode = stay(request, episode_id)
    instrument, reads = asked.instrument, access.may(request.actor, "observations", "R")
    last = showing.previous(episode, instrument.key) if instrument and reads else Previous()
    if opened:
        audit.looked("observe", by=request.actor, at=request.now, episode_id=episode.pk)
    sheet = showing.sheet(form, episode, last, now=request.now, initial=_initial(request))
    context: dict[str, Any] = {
        "sheet": sheet,
        "other": _other(conflict, sheet) if conflict else None,
        "conflict": conflict,
        **about(request, episode, instrument),
    }
    if instrument is not None and reads and asked.template == "observing/scale.html":
        context["readings"] = history.of(episode, instrument)
    return page(request, asked.template, "sheet", context, status)


def stay(request: Request, episode_id: UUID) -> Episode:
    """The stay, if this person may see it and it is still open."""
    visible = Episode.objects.visible_to(request.actor, request.now).open()
    found: Episode = get_object_or_404(visible.select_related("person"), pk=episode_id)
    found.facility = request.actor.facility
    return found


def about(request: Request, episode: Episode, instrument: Instrument | None) -> dict[str, Any]:
    """Whose page it is, and whether what it asks was ever signed here."""
    lying = episode.bed_stays.filter(ended_at=None).select_related("bed").first()
    facility = request.actor.facility
    content = instrument or library.vital_signs()
    return {
        "episode": episode,
        "bed": lying.bed.label if lying else "",
        "day": episode.day_on(request.now),
        "contexts": library.codes("context").codes,
        "reasons": showing.reasons(),
        "signs": showing.signs(),
        "wake_from": int(facility.setting("wake_below_points")),
        "is_draft": signature_on(content, facility) is None,
    }


def _initial(request: Request) -> Mapping[str, Any]:
    """Why this look is taken, where the link that led here said so."""
    wanted = request.GET.get("context", "")
    known = wanted in Observation.Context.values
    return {
        "context": wanted if known else Observation.Context.SCHEDULED,
        "do": "not_scored" if "not_scored" in request.GET else "",
    }


def _other(conflict: Conflict, sheet: showing.Sheet) -> dict[str, Any] | None:
    """The score somebody else recorded meanwhile, beside this one, item by item."""
    if sheet.instrument is None or sheet.instrument.key not in conflict.fields:
        return None
    theirs = (
        Observation.objects.select_related("actor")
        .filter(pk=conflict.fields[sheet.instrument.key])
        .first()
    )
    return told.side_by_side(theirs, sheet) if theirs else None
