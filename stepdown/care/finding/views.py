"""Looking for somebody. What is typed is posted: it stands in no address, title or history."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stepdown.records import searching
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.reading import finding
from stepdown.web import walltime
from stepdown.web.page import page, posted
from stepdown.web.request import Request


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: Request) -> HttpResponse:
    """Ask for somebody, and show who of the people this role may see could be meant."""
    finding.require(request.actor)
    sent = posted(request)
    context: dict[str, Any] = {
        "by_birth_date": finding.reads_birth_dates(request.actor),
        "limit": searching.LIMIT,
        "typed": {},
        "wrong": {},
    }
    status = 200
    if sent is not None:
        context["typed"] = {name: sent.get(name, "")[: finding.LONGEST] for name in ("q", "born")}
        try:
            context["found"] = _searched(request, sent)
        except NotPermitted:
            raise
        except Refused as refused:
            context |= {"refused": refused.message, "wrong": refused.fields}
            status = refused.status
    return page(request, "finding/find.html", "find", context, status)


def _searched(request: Request, sent: QueryDict) -> finding.Found:
    """One search: counted, made, and put on record, in this order.

    Raises:
        Refused: not a birth date, or too little to look for. TooMany: the hour's limit.
    """
    born = None
    if typed := sent.get("born", "").strip():
        try:
            born = walltime.day(typed)
        except ValidationError as error:
            message = " ".join(error.messages)
            raise Refused(
                _("Nobody was looked for: the birth date is not a date."), {"born": message}
            ) from error
    wanted = finding.asked(sent.get("q", ""), born, request.actor)
    searching.reserve(request.actor, request.now)
    found = finding.find(wanted, request.actor, request.now)
    searching.note(wanted, found, by=request.actor, at=request.now)
    return found
