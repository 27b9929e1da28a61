"""How a view says who may open it. Without a word, it asks for a sign-in and a role."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from stepdown.records import access
from stepdown.records.access import Actor
from stepdown.web.request import Request

View = Callable[..., HttpResponseBase]


def _marked(view: View, **marks: Any) -> View:
    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    for name, value in marks.items():
        setattr(marked, name, value)
    return marked


def open_page(view: View) -> View:
    """Open to everybody, signed in or not: signing in, the state of health, errors."""
    return _marked(view, is_open_page=True)


def before_role(view: View) -> View:
    """Open to a signed-in account that works in no role yet, or lacks its second factor."""
    return _marked(view, is_before_role=True)


def while_locked(view: View) -> View:
    """Answers although the screen is locked: unlocking, and signing out."""
    return _marked(view, is_while_locked=True)


def while_handed(view: View) -> View:
    """Answers on a tablet that is handed to the person in care; every other view does not."""
    return _marked(view, is_while_handed=True)


def asks(row: str, letter: str) -> Callable[[View], View]:
    """Only for roles whose cell of the permission matrix carries ``letter``.

    The view raises ``NotPermitted`` for others, whose message names whom to ask.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def asking(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            access.require(request.actor, row, letter)
            return view(request, *args, **kwargs)

        asking.asks = (row, letter)  # type: ignore[attr-defined]
        return asking

    return decorate


def is_open(view: Any) -> bool:
    """True for a view marked with :func:`open_page`."""
    return getattr(view, "is_open_page", False) is True


def needs_no_role(view: Any) -> bool:
    """True for a view marked with :func:`before_role`."""
    return getattr(view, "is_before_role", False) is True


def answers_while_locked(view: Any) -> bool:
    """True for a view marked with :func:`while_locked`."""
    return getattr(view, "is_while_locked", False) is True


def answers_while_handed(view: Any) -> bool:
    """True for a view marked with :func:`while_handed`."""
    return getattr(view, "is_while_handed", False) is True


def may(actor: Actor | None, row: str, letter: str) -> bool:
    """``records.access.may`` for templates and menus, where nobody may be signed in."""
    return actor is not None and access.may(actor, row, letter)


def is_shown_while_handed(path: str) -> bool:
    """True when a path of ours leads to a page of a handed-over form."""
    try:
        return answers_while_handed(resolve(path).func)
    except Resolver404:
        return False


def leads_to_open(path: str) -> bool:
    """True when a path of ours leads to an open page; such a page is never returned to."""
    try:
        return is_open(resolve(path).func)
    except Resolver404:
        return True
