"""Each request has a number that a nurse can read out, a line in the log, and counts once."""

from __future__ import annotations

import logging
import secrets
import sys
from typing import Any

from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponseBase

from stepdown import clock
from stepdown.web import measures
from stepdown.web.middleware import GetResponse

log = logging.getLogger("stepdown.requests")

HEADER = "X-Request-ID"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Figures and letters that are not taken for each other when read out (Crockford)."""

QUIET = frozenset({"healthz", "readyz", "metrics"})
"""Asked by machines every few seconds; a line each would drown the others."""


def new_number() -> str:
    """A number such as ``7F3K-92QD``: 40 random bits, nothing of the person or the page."""
    bits = int.from_bytes(secrets.token_bytes(5), "big")
    figures = [LETTERS[bits >> shift & 31] for shift in range(0, 40, 5)]
    return "".join(figures[:4]) + "-" + "".join(figures[4:])


def number_of(request: HttpRequest) -> str:
    """The number of a request; empty where the middleware has not seen it."""
    return str(getattr(request, "number", ""))


def role_of(request: HttpRequest) -> str:
    """The role somebody works in; nobody's name."""
    held = getattr(getattr(request, "visit", None), "held", None)
    return str(held.role) if held is not None else ""


class TellingMiddleware:
    """Numbers, times, counts and logs every request that a view answers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun = clock.ticks()
        request.number = number = new_number()  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers[HEADER] = number
        match = request.resolver_match
        route = match.view_name if match is not None else measures.UNMATCHED
        took_s = clock.ticks() - begun
        measures.mine().request(route, response.status_code, took_s)
        if route not in QUIET and log.isEnabledFor(logging.INFO):
            told = {
                "route": route, "method": request.method, "status": response.status_code,
                "ms": round(took_s * 1000, 1), "request": number, "role": role_of(request),
            }  # fmt: skip
            log.info("request", extra={"told": told})
        return response


def failed(sender: Any, request: HttpRequest | None = None, **_more: Any) -> None:
    """Log what no page answered: where and of what kind, never what it said."""
    measures.mine().failed()
    match = request.resolver_match if request is not None else None
    told = {
        "route": match.view_name if match is not None else measures.UNMATCHED,
        "request": number_of(request) if request is not None else "",
        "role": role_of(request) if request is not None else "",
    }
    log.error("fault", extra={"told": told}, exc_info=sys.exc_info())


def connect() -> None:
    """Listen for faults; called once when the app is ready."""
    got_request_exception.connect(failed, dispatch_uid="stepdown.failed")
