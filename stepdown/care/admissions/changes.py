"""Changing a stay itself: its bed, and what is expected of a person's vital signs.

The page carries the version it was shown at. Whoever comes second sees what changed,
keeps what they typed, and decides again.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stepdown.care.admissions import views
from stepdown.care.admissions.forms import ChangeForm, MoveForm, TargetForm
from stepdown.content import library
from stepdown.records import access, audit
from stepdown.records.actions.beds import beds
from stepdown.records.actions.monitoring import targets
from stepdown.records.errors import Conflict, NotPermitted, Refused
from stepdown.records.models import AuditEvent, Episode, User
from stepdown.web.access import asks
from stepdown.web.onward import onward
from stepdown.web.page import page, posted
from stepdown.web.request import Request


@asks("bed_move", "C")
@require_http_methods(["GET", "POST"])
def move(request: Request, episode_id: UUID) -> HttpResponse:
    """Move somebody to another free bed."""
    episode = views.stay(request, episode_id)
    form = MoveForm(
        posted(request),
        beds=views.all_beds(request),
        initial={"seen_version": episode.version},
    )
    status, refused = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                lies = beds.move(
                    episode,
                    said["bed"],
                    by=request.actor,
                    at=request.now,
                    submission=said["submission"],
                    seen_version=said["seen_version"],
                )
            except NotPermitted:
                raise
            except Refused as found:
                views.show(form, found)
                status, refused = found.status, found
            else:
                words = _("{name} is in bed {bed} now.")
                messages.success(request, words.format(name=episode.person, bed=lies.bed.label))
                return onward(request, "chart:course", episode.pk)
    free = views.free_beds(request)
    context = {
        "form": _after(form, refused, episode),
        "beds": free,
        "several_units": len({bed.unit_id for bed in free}) > 1,
        "changed": latest_change(episode) if isinstance(refused, Conflict) else None,
        **views.frame(request, episode, "move"),
    }
    return page(request, "admissions/move.html", "sheet", context, status)


@asks("personal_targets", "R")
@require_http_methods(["GET", "POST"])
def personal(request: Request, episode_id: UUID) -> HttpResponse:
    """What a prescriber expects of this person's vital signs; outside it, a value is asked twice."""
    episode = views.stay(request, episode_id)
    form = TargetForm(posted(request), initial={"seen_version": episode.version})
    status, refused = 200, None
    if request.method == "GET":
        audit.looked("targets", by=request.actor, at=request.now, episode_id=episode.pk)
    else:
        access.require(request.actor, "personal_targets", "C")
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                targets.set_target(
                    episode,
                    said["vital"],
                    low=said["low"],
                    high=said["high"],
                    reason=said["reason"],
                    by=request.actor,
                    at=request.now,
                    submission=said["submission"],
                    seen_version=said["seen_version"],
                )
            except NotPermitted:
                raise
            except Refused as found:
                views.show(form, found)
                status, refused = found.status, found
            else:
                messages.success(request, _("Set, with your reason."))
                return onward(request, "admissions:targets", episode.pk)
    context = {
        "form": _after(form, refused, episode)
        if access.may(request.actor, "personal_targets", "C")
        else None,
        "changed": latest_change(episode) if isinstance(refused, Conflict) else None,
        "standing": _standing(episode),
        **views.frame(request, episode, "targets"),
    }
    return page(request, "admissions/targets.html", "sheet", context, status)


def _after(form: ChangeForm, refused: Refused | None, episode: Episode) -> ChangeForm:
    """The same form, ready to be sent again against the stay as it is now."""
    if isinstance(refused, Conflict):
        again: Any = form.data
        again = again.copy()
        again["seen_version"] = str(episode.version)
        form.data = again
    return form


CHANGES = {
    "admissions.arrive": gettext_lazy("The stay was opened."),
    "beds.move": gettext_lazy("The person was moved to another bed."),
    "episodes.restrict": gettext_lazy("The chart was made open by invitation only."),
    "episodes.transition": gettext_lazy("The stay went on to another state."),
    "targets.set": gettext_lazy("A personal target was set."),
}
"""The actions that raise a stay's version, in words."""


def latest_change(episode: Episode) -> dict[str, Any] | None:
    """What changed a stay last: in words, by whom, when."""
    told = AuditEvent.objects.filter(episode_id=episode.pk, action__in=CHANGES).order_by("-seq")
    event = told.first()
    if event is None:
        return None
    who = User.objects.filter(pk=event.actor_id).first() if event.actor_id else None
    return {"words": CHANGES[event.action], "who": who or "", "at": event.at}


def _standing(episode: Episode) -> list[dict[str, str]]:
    shown = []
    latest = {row.vital: row for row in episode.target_entries.order_by("recorded_at")}
    for key, sign in library.vitals().items():
        low, high = episode.target(key)
        if low is None and high is None:
            continue
        row = latest.get(key)
        shown.append(
            {
                "label": sign.label,
                "range": _range(low, high, sign.unit),
                "reason": row.reason if row else "",
            }
        )
    return shown


def _range(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    if high is None:
        return _("from {low} {unit}").format(low=low, unit=unit)
    if low is None:
        return _("up to {high} {unit}").format(high=high, unit=unit)
    return _("{low} to {high} {unit}").format(low=low, high=high, unit=unit)
