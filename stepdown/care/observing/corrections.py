"""Correcting a reading, and striking one out. Both leave the old entry readable."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stepdown.care.observing import amounts, showing, told, views
from stepdown.care.observing.fields import SEEN, Text
from stepdown.care.observing.forms import ReadingForm
from stepdown.care.observing.showing import Previous
from stepdown.clinical.instruments import Instrument
from stepdown.content import library
from stepdown.records import access
from stepdown.records.actions.monitoring import observations, together
from stepdown.records.errors import Conflict, NotPermitted, Refused
from stepdown.records.models import VITALS, Episode, Observation
from stepdown.web import walltime
from stepdown.web.access import asks
from stepdown.web.onward import onward
from stepdown.web.page import page, posted
from stepdown.web.request import Request
from stepdown.web.signing_forms import SubmissionField


class CorrectionForm(ReadingForm):
    """A reading told again, with what was wrong about the first telling."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"] = Text(500)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("why", "").strip():
            self.add_error("why", _("Say what was wrong."))
        return cleaned


class StrikeForm(forms.Form):
    """Why a reading was entered in error."""

    submission = SubmissionField()
    why = forms.CharField(
        label=gettext_lazy("What was wrong"),
        max_length=500,
        error_messages={"required": gettext_lazy("Say why.")},
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
    )


@asks("observations", "C")
@require_http_methods(["GET", "POST"])
def correct(request: Request, observation_id: UUID) -> HttpResponse:
    """Tell one reading again. The page shows what it replaces, filled in as it was."""
    old, episode = _reading(request, observation_id)
    instrument = library.instruments().get(old.kind)
    if instrument is not None:
        views.may_score(request.actor, instrument)
    form = _form(request, old, instrument)
    if request.method == "GET":
        return _drawn(request, old, episode, form, instrument)
    if not form.is_valid():
        return _drawn(request, old, episode, form, instrument, status=422)
    try:
        row = observations.amend(
            old,
            form.result,
            why=form.cleaned_data["why"],
            by=request.actor,
            at=request.now,
            submission=form.cleaned_data["submission"],
        )
    except NotPermitted:
        raise
    except Refused as refused:
        form.take(refused)
        return _drawn(
            request, old, episode, form, instrument, status=refused.status, refused=refused
        )
    messages.success(request, _("Corrected: {what}.").format(what=told.what(row)))
    for level, words in told.raised(row, instrument):
        messages.add_message(request, level, words)
    if look := observations.demanded([row]):
        return onward(request, "observing:scale", episode.pk, look)
    return onward(request, "chart:course", episode.pk)


@asks("observations", "C")
@require_http_methods(["GET", "POST"])
def strike(request: Request, observation_id: UUID) -> HttpResponse:
    """Mark one reading as entered in error."""
    old, episode = _reading(request, observation_id)
    instrument = library.instruments().get(old.kind)
    if instrument is not None:
        views.may_score(request.actor, instrument)
    form, status, refused = StrikeForm(posted(request)), 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                observations.void(
                    old,
                    why=form.cleaned_data["why"],
                    by=request.actor,
                    at=request.now,
                    submission=form.cleaned_data["submission"],
                )
            except NotPermitted:
                raise
            except Refused as found:
                form.add_error(None, found.message)
                status, refused = found.status, found
            else:
                messages.success(request, _("Struck out: {what}.").format(what=told.what(old)))
                return onward(request, "chart:course", episode.pk)
    context = {
        "form": form,
        "old": old_shown(old, instrument),
        "refused": refused,
        "later": _later(old),
        **views.about(request, episode, instrument),
    }
    return page(request, "observing/strike.html", "sheet", context, status)


def _reading(request: Request, observation_id: UUID) -> tuple[Observation, Episode]:
    """The reading and its stay, where this person may see both and correct it."""
    visible = Episode.objects.visible_to(request.actor, request.now)
    old: Observation = get_object_or_404(
        Observation.objects.select_related("actor", "episode__person").filter(episode__in=visible),
        pk=observation_id,
    )
    observations.require_own(old, request.actor)
    old.episode.facility = request.actor.facility
    return old, old.episode


def _form(request: Request, old: Observation, instrument: Instrument | None) -> CorrectionForm:
    facility = request.actor.facility
    given: Mapping[str, Decimal] = {}
    shown = tuple(library.vitals().values())
    if instrument is not None:
        beside = together.vitals_beside(old)
        given = beside or {}
        shown = () if beside is not None else views.needed(instrument)
    return CorrectionForm(
        posted(request),
        instrument=instrument,
        shown_vitals=shown,
        zone=facility.tz,
        now=request.now,
        unchanged=(walltime.typed(old.occurred_at, facility.tz), old.occurred_at),
        given=given,
    )


def _drawn(
    request: Request,
    old: Observation,
    episode: Episode,
    form: CorrectionForm,
    instrument: Instrument | None,
    *,
    status: int = 200,
    refused: Refused | None = None,
) -> HttpResponse:
    reads = access.may(request.actor, "observations", "R") or old.actor_id == request.actor.user.pk
    initial = _as_it_was(old, form, instrument, request.actor.facility.tz) if reads else {}
    sheet = showing.sheet(form, episode, Previous(), now=request.now, initial=initial)
    context: dict[str, Any] = {
        "sheet": sheet,
        "old": old_shown(old, instrument),
        "later": _later(old),
        "is_conflict": isinstance(refused, Conflict),
        "why_suggestions": library.codes("amendment_reason").codes,
        **views.about(request, episode, instrument),
    }
    return page(request, "observing/correct.html", "sheet", context, status)


def _as_it_was(
    old: Observation, form: ReadingForm, instrument: Instrument | None, zone: Any
) -> dict[str, Any]:
    """What the old entry said, as the form's own fields."""
    said: dict[str, Any] = {
        "context": old.context,
        "note": old.note,
        "occurred_at": walltime.typed(old.occurred_at, zone),
        "downtime": old.is_downtime,
    }
    if old.kind == VITALS:
        said |= {key: amounts.shown(Decimal(value)) for key, value in old.values.items()}
        said["confirmed"] = list(old.asked_twice)
    elif instrument is not None:
        said |= {form.name_of(key): code for key, code in old.chosen().items()}
        if old.outcome != Observation.Outcome.COMPLETE:
            said |= {
                form.name_of("outcome", "_"): old.outcome,
                form.name_of("reason", "_"): old.reason,
            }
            first, _mark, rest = old.note.partition("\n")
            if signs := [key for key, label in SEEN.items() if str(label) in first.split(". ")]:
                said |= {form.name_of("seen_signs", "_"): signs, "note": rest}
    return said


def old_shown(old: Observation, instrument: Instrument | None) -> dict[str, Any]:
    """The entry as it stands, in words: who, when, what."""
    if old.kind == VITALS:
        signs = library.vitals()
        rows = [
            (
                signs[key].label if key in signs else key,
                f"{amounts.shown(Decimal(value))} {signs[key].unit if key in signs else ''}",
            )
            for key, value in old.values.items()
        ]
    elif instrument is not None:
        rows = [
            (item.label, told.chosen(old, instrument, item.key))
            for item in instrument.items
            if item.key in old.answers
        ]
    else:
        rows = [(key, code) for key, code in old.chosen().items()]
    return {"reading": old, "words": told.what(old), "rows": rows}


def _later(old: Observation) -> Observation | None:
    """What replaced this entry already, the newest of it."""
    newest: Observation | None = None
    while True:
        later = Observation.objects.select_related("actor").filter(replaces=newest or old).first()
        if later is None:
            return newest
        newest = later
