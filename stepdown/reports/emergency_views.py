"""Opening a restricted chart in an emergency, and the privacy officer's review of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from stepdown.records import audit
from stepdown.records.actions.access import break_glass
from stepdown.records.errors import Refused
from stepdown.records.models import BreakGlass, Episode
from stepdown.reports.reach import tabs
from stepdown.web.access import asks
from stepdown.web.page import page, posted
from stepdown.web.request import Request
from stepdown.web.signing_forms import SubmissionField

REVIEW_WORKING_DAYS = 3
"""An opening is reviewed within so many working days (operations.md 1.1, notes)."""


class _Words(forms.Form):
    submission = SubmissionField()

    def refuse(self, refused: Refused) -> None:
        """Show what the action refused."""
        for name, words in refused.fields.items():
            if name in self.fields:
                self.add_error(name, words)
        if not self.errors:
            self.add_error(None, refused.message)


class OpenForm(_Words):
    """Why a chart is opened in an emergency."""

    reason = forms.CharField(
        label=gettext_lazy("What is the emergency?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The privacy officer reads this."),
    )


class ReviewForm(_Words):
    """What the privacy officer found."""

    finding = forms.CharField(
        label=gettext_lazy("What you found"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@asks("break_glass", "C")
def open_chart(request: Request, episode_id: UUID) -> HttpResponseBase:
    """Ask why, then open the chart for a while. Says nothing of who it is before."""
    actor = request.actor
    visible = Episode.objects.visible_to(actor, request.now)
    if visible.filter(pk=episode_id).exists():
        return redirect("chart:course", episode_id)
    form = OpenForm(posted(request))
    if form.is_valid():
        try:
            break_glass.open_chart(
                episode_id,
                reason=form.cleaned_data["reason"],
                by=actor,
                at=request.now,
                submission=form.cleaned_data["submission"],
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("chart:course", episode_id)
    context = {"form": form, "minutes": actor.facility.setting("break_glass_minutes")}
    status = 422 if form.errors else 200
    return page(request, "reports/break_glass.html", "open", context, status)


def due_on(opened: date) -> date:
    """The last day to review an opening, counting Monday to Friday."""
    day, left = opened, REVIEW_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


@require_safe
@asks("break_glass", "R")
def overview(request: Request) -> HttpResponse:
    """Every emergency opening, those without a review first."""
    actor = request.actor
    openings = BreakGlass.objects.filter(facility=actor.facility).select_related(
        "actor", "episode__person", "review__actor"
    )
    today = actor.facility.local(request.now).date()
    lines = []
    for opening in openings.order_by("-occurred_at"):
        due = due_on(actor.facility.local(opening.occurred_at).date())
        lines.append((opening, due, due < today))
    context = {
        "waiting": [line for line in lines if not _reviewed(line[0])],
        "reviewed": [line for line in lines if _reviewed(line[0])],
        "tabs": tabs(actor, "emergencies"),
    }
    audit.looked("audit.emergencies", by=actor, at=request.now)
    return render(request, "reports/emergencies.html", context)


def _reviewed(opening: BreakGlass) -> bool:
    return getattr(opening, "review", None) is not None


@require_http_methods(["GET", "POST"])
@asks("break_glass", "A")
def review(request: Request, opening_id: UUID) -> HttpResponseBase:
    """Read the reason, look into the trail, and write the finding."""
    actor = request.actor
    opening = get_object_or_404(
        BreakGlass.objects.select_related("actor", "episode__person"),
        pk=opening_id,
        facility=actor.facility,
    )
    form = ReviewForm(posted(request))
    if form.is_valid():
        try:
            break_glass.review(
                opening,
                form.cleaned_data["finding"],
                by=actor,
                at=request.now,
                submission=form.cleaned_data["submission"],
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The review is on record."))
            return redirect("reports:emergencies")
    context: dict[str, Any] = {
        "opening": opening,
        "form": None if _reviewed(opening) else form,
        "tabs": tabs(actor, "emergencies"),
    }
    if request.method != "POST":
        audit.looked("audit.review", by=actor, at=request.now, episode_id=opening.episode_id)
    status = 422 if form.errors else 200
    return page(request, "reports/review.html", "review", context, status)
