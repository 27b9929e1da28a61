"""Whether a page somebody holds is still true, told by its ETag alone.

The tag has two halves. The first stands for everything that decides what the page
shows: the end of the facility's chain of writes, the account, its role and what that
role may see, the language, the release, the content. The second is the next moment
at which time by itself changes the page: a look falls due or grows late, the local
day ends, an emergency opening runs out. Whoever comes back with the tag brings that
moment along, so no server needs to remember it.
"""

from __future__ import annotations

from datetime import datetime
from math import ceil

from django.conf import settings
from django.http import HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from stepdown.records.access import Actor
from stepdown.records.reading import drafts
from stepdown.records.reading.board import Ward
from stepdown.records.reading.sight import Sight
from stepdown.web.request import Request


def state_of(request: Request, actor: Actor, ward: Ward, page: str) -> str:
    """The half of the tag that writes, rights and releases change.

    Args:
        actor: who looks.
        page: which page of the unit this is; a wall is no board.
    """
    parts = (
        page,
        ward.unit.pk,
        ward.writes.seq,
        actor.user.pk,
        actor.role,
        actor.assignment.pk,
        Sight.of(actor),
        get_language(),
        settings.STEPDOWN_RELEASE,
        drafts.fingerprint(),
        request.session.session_key,
    )
    return salted_hmac("stepdown.care.board", repr(parts)).hexdigest()[:24]


def tag(state: str, until: datetime) -> str:
    """The ETag of a page that stays true until ``until``."""
    return f'"{state}.{ceil(until.timestamp())}"'


def still_true(request: Request, state: str) -> str:
    """The tag the browser holds, when it names this state and its time has not come; or ""."""
    for held in request.headers.get("If-None-Match", "").split(","):
        each = held.strip().removeprefix("W/")
        told, _dot, until = each.strip('"').partition(".")
        if told == state and until.isdecimal() and request.now.timestamp() < int(until):
            return each
    return ""


def unchanged(held: str) -> HttpResponse:
    """304: the page behind this tag is still true."""
    return tagged(HttpResponse(status=304), held)


def tagged(response: HttpResponse, tag: str) -> HttpResponse:
    """Give an answer its tag. Nobody keeps it: a shared tablet's Back button must show nothing."""
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-store"
    return response
