"""Putting an entry of the intake right, and striking one out. Both leave the old one readable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stepdown.care.admissions import forms as asked
from stepdown.care.admissions import parts, told, views
from stepdown.care.admissions.fields import WallTimeForm
from stepdown.care.admissions.parts import Part
from stepdown.records import access, audit
from stepdown.records.actions.admission import corrections, history
from stepdown.records.actions.admission.history import Pregnancy
from stepdown.records.actions.admission.papers import Paper
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.models import (
    AllergyEntry,
    Consent,
    Episode,
    IdentityCheck,
    PregnancyEntry,
    SubstanceUse,
)
from stepdown.web import walltime
from stepdown.web.onward import onward
from stepdown.web.page import page, posted
from stepdown.web.request import Request


@dataclass(frozen=True, slots=True)
class Again:
    """How one kind of entry is told again: what it said, as the form's fields; and the action."""

    as_it_was: Callable[[Any, ZoneInfo], dict[str, Any]]
    tell: Callable[[Any, Any, dict[str, Any]], object]


def _identity_was(old: IdentityCheck, zone: ZoneInfo) -> dict[str, Any]:
    return {"first": old.first, "second": old.second}


def _identity(old: IdentityCheck, form: asked.IdentityForm, by: dict[str, Any]) -> object:
    said = form.cleaned_data
    return corrections.correct_identity(old, said["first"], said["second"], **by)


def _consent_was(old: Consent, zone: ZoneInfo) -> dict[str, Any]:
    names = ("kind", "decision", "language", "read_by", "interpreter", "capacity", "reason")
    return {name: getattr(old, name) for name in names} | {"copy_given": _yes_no(old.copy_given)}


def _consent(old: Consent, form: asked.ConsentForm, by: dict[str, Any]) -> object:
    paper = Paper(**parts.paper(form.cleaned_data))
    return corrections.correct_consent(old, paper, proof=form.proof, **by)


def _use_was(old: SubstanceUse, zone: ZoneInfo) -> dict[str, Any]:
    names = ("route", "amount", "days_per_week", "certainty", "note")
    return {name: getattr(old, name) for name in names} | {
        "substance": f"{old.category}:{old.substance}",
        "years": "" if old.years is None else f"{old.years.normalize():f}",
        "last_used_at": walltime.typed(old.last_used_at, zone) if old.last_used_at else "",
        **{f"supply_{code}": belief for code, belief in old.supply.items()},
    }


def _use(old: SubstanceUse, form: asked.UseForm, by: dict[str, Any]) -> object:
    return corrections.correct_use(old, parts.use(form), **by)


def _pregnancy_was(old: PregnancyEntry, zone: ZoneInfo) -> dict[str, Any]:
    names = ("applies", "result", "lot", "second_reader", "reason")
    return {name: getattr(old, name) for name in names} | {"control_ok": _yes_no(old.control_ok)}


def _pregnancy(old: PregnancyEntry, form: asked.PregnancyForm, by: dict[str, Any]) -> object:
    test = Pregnancy(**parts.pregnancy(form.cleaned_data))
    return corrections.correct_pregnancy(old, test, **by)


def _yes_no(said: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[said]


AGAIN: dict[str, Again] = {
    "identity": Again(_identity_was, _identity),
    "consents": Again(_consent_was, _consent),
    "use": Again(_use_was, _use),
    "pregnancy": Again(_pregnancy_was, _pregnancy),
}


@require_http_methods(["GET", "POST"])
def correct(request: Request, episode_id: UUID, slug: str, entry_id: UUID) -> HttpResponse:
    """Tell one entry again. The page shows what it replaces, filled in as it was."""
    part = _part(slug, told.CORRECTED)
    old, episode = _entry(request, part, episode_id, entry_id)
    form, status = _form(request, part, old), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            by = _by(request, form) | {"why": form.cleaned_data["why"]}
            try:
                AGAIN[slug].tell(old, form, by)
            except NotPermitted:
                raise
            except Refused as refused:
                views.show(form, refused)
                status = refused.status
            else:
                messages.success(request, _("Corrected. The old entry stays readable."))
                return onward(request, "admissions:part", episode.pk, slug)
    return _drawn(request, "correct", part, episode, old, form, status)


@require_http_methods(["GET", "POST"])
def strike(request: Request, episode_id: UUID, slug: str, entry_id: UUID) -> HttpResponse:
    """Strike out an entry made in error; it stays readable and counts for nothing."""
    part = _part(slug, told.STRUCK)
    old, episode = _entry(request, part, episode_id, entry_id)
    form: forms.Form = (
        asked.SignedStrikeForm(posted(request), request=request)
        if isinstance(old, Consent)
        else asked.StrikeForm(posted(request))
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _strike(old, form, _by(request, form) | {"why": form.cleaned_data["why"]})
            except NotPermitted:
                raise
            except Refused as refused:
                views.show(form, refused)
                status = refused.status
            else:
                words = told.of_entry(part, old, request.now).words
                messages.success(request, _("Struck out: {entry}.").format(entry=words))
                return onward(request, "admissions:part", episode.pk, slug)
    return _drawn(request, "strike", part, episode, old, form, status)


def _strike(old: Any, form: forms.Form, by: dict[str, Any]) -> None:
    if isinstance(old, AllergyEntry):
        history.correct_allergy(old, **by)
    else:
        proof = form.proof if isinstance(form, asked.SignedStrikeForm) else None
        corrections.void(old, proof=proof, **by)


def _by(request: Request, form: forms.Form) -> dict[str, Any]:
    submission = form.cleaned_data["submission"]
    return {"by": request.actor, "at": request.now, "submission": submission}


def _part(slug: str, among: frozenset[str]) -> Part:
    part = parts.part_called(slug)
    if part is None or slug not in among:
        raise Http404
    return part


def _entry(request: Request, part: Part, episode_id: UUID, entry_id: UUID) -> tuple[Any, Episode]:
    """The entry and its stay, where this person may see both and correct it."""
    access.require(request.actor, part.row, part.letter)
    episode = views.stay(request, episode_id)
    model = told.LINES[part.slug][0]
    old = get_object_or_404(
        model.objects.select_related("actor"), pk=entry_id, episode=episode, is_void=False
    )
    old.episode = episode
    if type(old) in corrections.ROWS:
        corrections.require_own(old, request.actor)
    if request.method == "GET":
        what = f"intake.{part.slug}"
        audit.looked(what, by=request.actor, at=request.now, episode_id=episode.pk)
    return old, episode


def _form(request: Request, part: Part, old: Any) -> forms.Form:
    """The part's own form, filled in as the entry was, and why it is told again."""
    extra: dict[str, Any] = {"initial": AGAIN[part.slug].as_it_was(old, request.actor.facility.tz)}
    if issubclass(part.form, WallTimeForm):
        extra["unchanged"] = old.last_used_at
    form = parts.made(part, request, posted(request), **extra)
    form.fields["why"] = asked.why_field()
    form.order_fields(["submission", "why"])
    return form


def _drawn(
    request: Request,
    what: str,
    part: Part,
    episode: Episode,
    old: Any,
    form: forms.Form,
    status: int,
) -> HttpResponse:
    context = {
        "part": part,
        "line": told.of_entry(part, old, request.now),
        "form": form,
        "is_signed": "secret" in form.fields,
        "is_admitted": episode.admitted_at is not None,
        "is_needed": bool(part.documents),
        "corrects": part.slug in told.CORRECTED,
        **views.frame(request, episode, part.slug),
    }
    return page(request, f"admissions/{what}.html", "sheet", context, status)
