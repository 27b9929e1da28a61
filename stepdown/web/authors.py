"""Who was signed in when a form was drawn, told by the form itself.

Django gives each sign-in in a browser a new secret against forged posts, and every form
carries a mask of it. A signed cookie remembers which person the last few secrets belonged
to. So a form left open by one person is never taken for the next one's, also when that
next one has signed in meanwhile, and without a field of its own in any form.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponseBase
from django.middleware import csrf
from django.utils.crypto import salted_hmac

from stepdown.web import idle

COOKIE = "stepdown_whose"
MOST = 6
"""So many sign-ins of one browser are remembered; a form older than those is nobody's."""


def note(request: HttpRequest, response: HttpResponseBase, user_id: UUID) -> None:
    """Remember whose forms are drawn with the present secret, unless the page asked by itself."""
    secret = request.META.get("CSRF_COOKIE")
    if not secret or idle.POLL in request.headers:
        return
    if request.session.get(SESSION_KEY) != str(user_id):
        return  # somebody else signed in, or out, in this very request
    known, mark = _known(request), _mark(secret)
    if known.get(mark) == str(user_id):
        return
    # One secret, two people: that cannot be told apart, so it is nobody's.
    known[mark] = "" if mark in known else str(user_id)
    kept = list(known.items())[-MOST:]
    value = _signer().sign(",".join(f"{each}:{whose}" for each, whose in kept))
    response.set_cookie(
        COOKIE, value, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def of_form(request: HttpRequest) -> str:
    """Account id of who was signed in when the posted form was drawn, or nothing."""
    token = request.POST.get("csrfmiddlewaretoken", "")
    try:
        csrf._check_token_format(token)  # type: ignore[attr-defined]
    except csrf.InvalidTokenFormat:
        return ""
    if len(token) == csrf.CSRF_TOKEN_LENGTH:
        token = csrf._unmask_cipher_token(token)  # type: ignore[attr-defined]
    return _known(request).get(_mark(token), "")


def of_present(request: HttpRequest) -> str:
    """Account id of who signed in last in this browser, or nothing."""
    secret: Any = request.META.get("CSRF_COOKIE")
    return _known(request).get(_mark(secret), "") if secret else ""


def _signer() -> Signer:
    return Signer(salt="stepdown.web.authors")


def _mark(secret: str) -> str:
    return salted_hmac("stepdown.web.authors", secret).hexdigest()[:16]


def _known(request: HttpRequest) -> dict[str, str]:
    """Mark of a secret -> account id, oldest first; nothing where we did not sign it."""
    try:
        told = _signer().unsign(request.COOKIES.get(COOKIE, ""))
        return dict(each.split(":") for each in told.split(",") if each)
    except (BadSignature, ValueError):
        return {}
