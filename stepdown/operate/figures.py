"""Figures for a collector (Prometheus text format): how the house runs, and of nobody in it.

There only where STEPDOWN_METRICS_TOKEN is set, and only for whoever shows it. Behind a proxy
on the same machine every request comes from loopback, so an address protects nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from stepdown import clock
from stepdown.operate import ages, readiness
from stepdown.operate.console import Stopped
from stepdown.records.models import AccessHead, ChainHead, Facility
from stepdown.web import measures
from stepdown.web.access import open_page
from stepdown.web.measures import SPAN, STATUSES, UP_TO_S

KIND = "text/plain; version=0.0.4; charset=utf-8"
READY_FOR_S = 5.0
"""So long an answer about readiness stands before the house is looked at again."""


@never_cache
@require_safe
@open_page
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures, for whoever shows the token; 404 where none is set, 401 for a wrong one."""
    token = settings.STEPDOWN_METRICS_TOKEN
    if not token:
        raise Http404
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not constant_time_compare(shown.encode(), token.encode()):
        return HttpResponse(
            "Show the token.\n",
            status=401,
            content_type="text/plain",
            headers={"WWW-Authenticate": 'Bearer realm="figures"'},
        )
    return HttpResponse("\n".join(lines(clock.now())) + "\n", content_type=KIND)


_seen: dict[str, tuple[float, bool]] = {}


@never_cache
@require_safe
@open_page
def readyz(request: HttpRequest) -> HttpResponse:
    """``ready`` while pages could be served in earnest; 503 otherwise. Says nothing of why.

    What is wrong, ``stepdown doctor`` tells an operator; a stranger is told nothing.
    """
    at, ready = _seen.get("ready", (-READY_FOR_S, False))
    if clock.ticks() - at >= READY_FOR_S:
        ready = _ready()
        _seen["ready"] = (clock.ticks(), ready)
    words, status = ("ready", 200) if ready else ("not ready", 503)
    return HttpResponse(words, status=status, content_type="text/plain")


def _ready() -> bool:
    try:
        readiness.require()
    except (Stopped, DatabaseError):
        return False
    return True


def lines(now: datetime) -> Iterator[str]:
    """Every figure with its name, one a line."""
    cells, pids = measures.together()
    own = measures.mine()
    yield from _head("stepdown_request_seconds", "histogram", "Time to answer, by route.")
    seen = [(name, at) for name, at in own.index.items() if any(cells[at : at + SPAN])]
    for name, at in seen:
        yield from _histogram("stepdown_request_seconds", cells[at : at + SPAN], f'route="{name}"')
    yield from _head("stepdown_responses_total", "counter", "Answers, by route and status.")
    for name, at in seen:
        for n, status in enumerate(STATUSES):
            if count := cells[at + SPAN + n]:
                yield f'stepdown_responses_total{{route="{name}",status="{status}"}} {count:.0f}'
    yield from _head("stepdown_faults_total", "counter", "Faults that no page answered.")
    yield f"stepdown_faults_total {cells[own.faults]:.0f}"
    yield from _head(
        "stepdown_write_wait_seconds", "histogram", "Time a writer waited for its turn (SQLite)."
    )
    yield from _histogram("stepdown_write_wait_seconds", cells[own.waits : own.waits + SPAN], "")
    yield from _head("stepdown_worker_resident_bytes", "gauge", "Memory of each worker.")
    for n, pid in enumerate(pids):
        if (held := measures.resident_bytes(pid)) is not None:
            yield f'stepdown_worker_resident_bytes{{worker="{n}"}} {held}'
    yield from _notes(now)
    yield from _database()


def _head(name: str, kind: str, words: str) -> Iterator[str]:
    yield f"# HELP {name} {words}"
    yield f"# TYPE {name} {kind}"


def _histogram(name: str, cells: list[float], label: str) -> Iterator[str]:
    before = f"{label}," if label else ""
    after = f"{{{label}}}" if label else ""
    count = 0.0
    for edge, inside in zip((*map(str, UP_TO_S), "+Inf"), cells[:-1], strict=True):
        count += inside
        yield f'{name}_bucket{{{before}le="{edge}"}} {count:.0f}'
    yield f"{name}_sum{after} {cells[-1]:.6f}"
    yield f"{name}_count{after} {count:.0f}"


def _notes(now: datetime) -> Iterator[str]:
    """Ages are left out where nothing was ever noted: absent is not zero."""
    for what, at in (("verify", ages.last_verified()), ("backup", ages.last_backup())):
        name = f"stepdown_last_{what}_age_seconds"
        yield from _head(name, "gauge", f"Since the last {what}; absent while there was none.")
        if at is not None:
            yield f"{name} {(now - at).total_seconds():.0f}"


def _database() -> Iterator[str]:
    yield from _head("stepdown_database_up", "gauge", "1 while the database answers.")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        lengths = list(_lengths())
    except DatabaseError:
        yield "stepdown_database_up 0"
        return
    yield "stepdown_database_up 1"
    yield from _head("stepdown_chain_length", "gauge", "Events in each sealed chain.")
    yield from lengths


def _lengths() -> Iterator[str]:
    codes = dict(Facility.objects.values_list("pk", "code"))
    for chain, model in (("writes", ChainHead), ("reads", AccessHead)):
        for facility, seq in model._default_manager.values_list("pk", "seq"):
            code = codes.get(facility, "unknown")
            yield f'stepdown_chain_length{{facility="{code}",chain="{chain}"}} {seq}'
