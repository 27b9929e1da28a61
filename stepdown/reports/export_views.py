"""The ledger of exports, for whoever answers for what leaves the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from stepdown.content import library
from stepdown.records import audit
from stepdown.records.models import Export, ExportEnd
from stepdown.reports.reach import tabs
from stepdown.web.access import asks
from stepdown.web.request import Request

PAGE = 50
"""Exports on one page."""

CUT_OFF_AFTER = timedelta(hours=6)
"""An export that has not ended by then did not end at all."""

SHOWN_FIGURES = 16
"""Of a digest; all of it stands in the manifest beside the files."""


@dataclass(frozen=True, slots=True)
class Line:
    """One export as the ledger has it."""

    export: Export
    purpose: str
    state: str
    tag: str
    files: list[dict[str, Any]]
    until: datetime | None


@never_cache
@require_safe
@asks("exports", "R")
def overview(request: Request) -> HttpResponse:
    """Every export of this house, the newest first: who, what for, how much, and its digests."""
    actor = request.actor
    found = Export.objects.filter(facility=actor.facility).select_related("actor", "end")
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    begin = max(number - 1, 0) * PAGE
    shown = list(found.order_by("-recorded_at", "-pk")[begin : begin + PAGE + 1])
    context = {
        "lines": [_line(each, request.now) for each in shown[:PAGE]],
        "older": number + 1 if len(shown) > PAGE else None,
        "newer": number - 1 if number > 1 else None,
        "tabs": tabs(actor, "exports"),
    }
    audit.looked("audit.exports", by=actor, at=request.now)
    return render(request, "reports/exports.html", context)


def _line(export: Export, now: datetime) -> Line:
    code = library.codes("export_purpose").code(export.purpose)
    end: ExportEnd | None = getattr(export, "end", None)
    files = [each | {"digest": each["sha256"][:SHOWN_FIGURES]} for each in end.files] if end else []
    if end is not None and end.outcome == ExportEnd.Outcome.FINISHED:
        state, tag = _("finished"), "ok"
    elif end is not None:
        state, tag = _("failed: its files were removed"), "due"
    elif now - export.recorded_at > CUT_OFF_AFTER:
        state, tag = _("cut off: what had left is not known"), "late"
    else:
        state, tag = _("under way"), "line"
    until = export.until - timedelta(microseconds=1) if export.until else None
    return Line(export, code.label if code else export.purpose, state, tag, files, until)
