"""One click to sign in, in a demonstration only; elsewhere these addresses do not exist (N22)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from stepdown.content import library
from stepdown.records.access import Actor
from stepdown.records.actions.people import accounts
from stepdown.records.ids import new_id
from stepdown.records.models import Assignment, Role
from stepdown.web import context, kept
from stepdown.web.access import open_page
from stepdown.web.account_views import work_as
from stepdown.web.door import Standing, Visit

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NOT_STAFF = frozenset({Role.PT, Role.FAM})


def _only_in_a_demonstration() -> None:
    if not context.is_demo():
        raise Http404


def _staff(now: datetime) -> Sequence[Assignment]:
    """The first person of each role, in the order of the roles."""
    found = (
        Assignment.objects.exclude(role__in=NOT_STAFF)
        .select_related("user", "facility")
        .order_by("facility__code", "user__username")
    )
    first: dict[str, Assignment] = {}
    for assignment in found:
        if assignment.runs_at(now):
            first.setdefault(assignment.role, assignment)
    return sorted(first.values(), key=lambda each: Role.values.index(each.role))


@never_cache
@require_safe
@open_page
def choose(request: HttpRequest) -> HttpResponse:
    """A card for each role, with what it is for."""
    _only_in_a_demonstration()
    meanings = {role.key: role.meaning for role in library.permissions().roles}
    onward = request.GET.get("next", "")
    cards = [
        {
            "assignment": each,
            "label": Role(each.role).label,
            "meaning": meanings.get(each.role, ""),
        }
        for each in _staff(request.now)  # type: ignore[attr-defined]
    ]
    content = {"cards": cards, "next": onward if kept.is_local(onward) else ""}
    return render(request, "account/demo.html", content)


@never_cache
@require_POST
@open_page
def sign_in(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as the first person of a role.

    Whoever has no PIN is given the demonstration's, or their screen could not be unlocked
    and nothing could be signed.
    """
    _only_in_a_demonstration()
    now: datetime = request.now  # type: ignore[attr-defined]
    chosen = next((each for each in _staff(now) if each.role == role), None)
    if chosen is None:
        raise Http404
    if not chosen.user.pin:
        accounts.set_pin(context.DEMO_PIN, by=Actor.of(chosen), at=now, submission=new_id())
    request.session.flush()
    login(request, chosen.user, backend=BACKEND)
    request.visit = Visit(Standing.ROLELESS)  # type: ignore[attr-defined]
    kept.stash(request)
    return work_as(request, chosen, how="sign_in.demo")
