"""The first page of each role, and whether the house stands."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from stepdown.records import access
from stepdown.records.models import BedStay, Unit
from stepdown.web.access import open_page
from stepdown.web.addresses import address
from stepdown.web.request import Request

FIRST_PAGES = (
    ("accounts", "R", "facility:staff"),
    ("audit_log", "R", "reports:access"),
    ("facility_settings", "R", "facility:settings"),
)


def home(request: Request) -> HttpResponse:
    """The ward for those who work on it; for others the page their work begins on.

    Of several wards the first where somebody lies: an empty board tells nobody anything.
    """
    if access.may(request.actor, "bed_board", "R"):
        lying = BedStay.objects.filter(bed__unit=OuterRef("pk"), ended_at=None)
        units = Unit.objects.filter(facility=request.actor.facility)
        unit = units.order_by(Exists(lying).desc(), "name").first()
        if unit is not None:
            return redirect(address("board:ward", unit.code))
    for row, letter, name in FIRST_PAGES:
        if access.may(request.actor, row, letter):
            return redirect(address(name))
    return render(request, "account/nothing.html")


@open_page
def healthz(request: HttpRequest) -> HttpResponse:
    """``ok`` while the database answers, 503 otherwise. Says nothing of anybody."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("no database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
