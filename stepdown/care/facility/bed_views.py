"""Units and beds: which can be used, and why not."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from stepdown.care.facility.forms import BED_STATUS, BedForm
from stepdown.care.facility.tabs import tabs
from stepdown.records import access
from stepdown.records.actions.beds import beds
from stepdown.records.errors import Refused
from stepdown.records.models import Bed, BedStay
from stepdown.web.access import asks
from stepdown.web.page import page, posted
from stepdown.web.request import Request

LABELS = dict(BED_STATUS)


def _of_here(request: Request) -> list[Bed]:
    taken = BedStay.objects.filter(bed=OuterRef("pk"), ended_at=None)
    found = Bed.objects.filter(facility=request.actor.facility).select_related("unit")
    return list(found.annotate(taken=Exists(taken)).order_by("unit__name", "position"))


@require_safe
@asks("bed_board", "R")
def overview(request: Request) -> HttpResponse:
    """Every bed by unit: in use, ready, being cleaned, blocked. Names nobody."""
    everything = _of_here(request)
    context = {
        "beds": [(bed, LABELS[Bed.Status(bed.status)]) for bed in everything],
        "free": sum(1 for bed in everything if _is_free(bed)),
        "may_change": access.may(request.actor, "bed_board", "U"),
        "tabs": tabs(request.actor, "beds"),
    }
    return render(request, "facility/beds.html", context)


def _is_free(bed: Bed) -> bool:
    return bed.status == Bed.Status.READY and not getattr(bed, "taken", False)


@require_http_methods(["GET", "POST"])
@asks("bed_board", "U")
def one(request: Request, bed_id: UUID) -> HttpResponseBase:
    """Say that a bed is ready, being cleaned or blocked."""
    bed = get_object_or_404(Bed, pk=bed_id, facility=request.actor.facility)
    form = BedForm(posted(request), initial={"status": bed.status, "note": bed.status_note})
    if form.is_valid():
        given = form.cleaned_data
        try:
            beds.set_status(
                bed,
                given["status"],
                note=given["note"],
                by=request.actor,
                at=request.now,
                submission=given["submission"],
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("facility:beds")
    status = 422 if form.errors else 200
    context = {"bed": bed, "form": form, "tabs": tabs(request.actor, "beds")}
    return page(request, "facility/bed.html", "bed", context, status)
