"""The ward board, the piece of it that keeps itself current, and the wall."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from stepdown.care.board import freshness, queue, tiles, verdict, walls
from stepdown.care.board.showing import Showing
from stepdown.records import access, audit
from stepdown.records.access import Actor
from stepdown.records.reading import board as reading
from stepdown.records.reading import drafts
from stepdown.records.reading.board import Board, Ward
from stepdown.records.reading.sight import Sight
from stepdown.web.access import while_locked
from stepdown.web.idle import POLL
from stepdown.web.request import Request


@dataclass(frozen=True, slots=True)
class Shown:
    """A unit read for one actor: its pieces as HTML, and the tag of the page."""

    ward: Ward
    verdict: str
    beds: str
    queue: str
    sight: Sight
    tag: str


@require_safe
def ward(request: Request, unit: str) -> HttpResponse:
    """The board as a whole page."""
    found, state = _unit(request, unit, "board")
    if held := freshness.still_true(request, state):
        _looked(request, "board", found)
        return freshness.unchanged(held)
    shown = _board(request, found, state)
    response = render(request, "board/ward.html", {"shown": shown})
    _looked(request, "board", found)
    return freshness.tagged(response, shown.tag)


@require_safe
def live(request: Request, unit: str) -> HttpResponse:
    """What changes of the board, for a page that keeps itself current (``live.js``)."""
    found, state = _unit(request, unit, "board")
    if held := freshness.still_true(request, state):
        return freshness.unchanged(held)
    shown = _board(request, found, state)
    _looked(request, "board", found)
    pieces = f"{shown.verdict}<ul>{shown.beds}</ul>{shown.queue}"
    return freshness.tagged(HttpResponse(pieces), shown.tag)


@while_locked
@require_safe
def wall(request: Request, unit: str) -> HttpResponse:
    """The board for a shared screen: beds and codes, no names and no flag texts.

    It goes on while the session that opened it is locked: a wall has nobody to lock
    out, and every other page stays behind the lock.
    """
    found, state = _unit(request, unit, "wall")
    if held := freshness.still_true(request, state):
        _looked(request, "wall", found)
        return freshness.unchanged(held)
    board, showing = _read(request, found)
    shown = Shown(
        found,
        walls.verdict(board.places, request.now, showing),
        walls.tiles(board.places, request.now, showing),
        "",
        showing.sight,
        freshness.tag(state, board.until),
    )
    response = render(request, "board/wall.html", {"shown": shown})
    _looked(request, "wall", found)
    return freshness.tagged(response, shown.tag)


def _board(request: Request, found: Ward, state: str) -> Shown:
    board, showing = _read(request, found)
    waiting = queue.items(board.places, request.now)
    return Shown(
        found,
        mark_safe(verdict.verdict(board.places, waiting, showing)),
        mark_safe(tiles.tiles(board.places, request.now, showing)),
        mark_safe(queue.queue(waiting, request.now, showing) if showing.sight.dues else ""),
        showing.sight,
        freshness.tag(state, board.until),
    )


def _actor(request: Request) -> Actor:
    """Who works here; behind a wall whose session is locked, who opened it."""
    held = request.visit.held
    assert held is not None, "the door lets nobody come this far without a role"
    return held


def _read(request: Request, found: Ward) -> tuple[Board, Showing]:
    actor = _actor(request)
    sight = Sight.of(actor)
    board = reading.board(found.unit, actor, sight, request.now)
    language, content = get_language() or "", drafts.fingerprint()
    zone = actor.facility.tz
    return board, Showing.of(board, zone, language, content, sight, found.drafts)


def _unit(request: Request, code: str, page: str) -> tuple[Ward, str]:
    """The unit, and the state of its page for this actor.

    Raises:
        NotPermitted: the role reads no bed board; asked before the unit is looked for.
        Http404: there is no such unit at this facility.
    """
    actor = _actor(request)
    if not access.may(actor, "bed_board", "R"):
        _refused(request, code)
        access.require(actor, "bed_board", "R")
    found = reading.ward(actor, code)
    if found is None:
        _refused(request, code)
        raise Http404
    return found, freshness.state_of(request, actor, found, page)


def _looked(request: Request, what: str, ward: Ward) -> None:
    """Note that somebody looked. A page that asks by itself is nobody looking."""
    if POLL not in request.headers:
        actor, unit = _actor(request), ward.unit.code
        audit.looked(what, by=actor, at=request.now, detail=unit, writes=ward.writes)


def _refused(request: Request, unit: str) -> None:
    audit.looked("refused", by=_actor(request), at=request.now, detail=f"board {unit}")
