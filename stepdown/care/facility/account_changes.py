"""What is done to one account: its licence renewed, its second factor reset."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stepdown.care.facility.account_forms import LicenceForm, ResetForm
from stepdown.care.facility.tabs import tabs
from stepdown.records.access import Actor
from stepdown.records.actions.people import licences, resets
from stepdown.records.errors import Conflict, NotPermitted, Refused
from stepdown.records.models import Assignment, LicenceRenewal, SecondFactorReset, User
from stepdown.web.access import asks
from stepdown.web.page import page, posted
from stepdown.web.request import Request


def person_here(actor: Actor, user_id: UUID) -> User:
    """Somebody with a role at this facility, or 404."""
    here = User.objects.filter(assignments__facility=actor.facility).distinct()
    return get_object_or_404(here, pk=user_id)


def has_second_factor(person: User) -> bool:
    """True when a code is asked for after their password."""
    return bool(Authenticator.objects.filter(user=person).exists())


def history(actor: Actor, person: User) -> list[LicenceRenewal | SecondFactorReset]:
    """What was done to this account here, newest first."""
    renewals = LicenceRenewal.objects.filter(facility=actor.facility, assignment__user=person)
    taken = SecondFactorReset.objects.filter(facility=actor.facility, user=person)
    found: list[LicenceRenewal | SecondFactorReset] = [
        *renewals.select_related("actor", "assignment"),
        *taken.select_related("actor"),
    ]
    return sorted(found, key=lambda each: (each.recorded_at, each.pk), reverse=True)


@require_http_methods(["GET", "POST"])
@asks("accounts", "U")
def renew_licence(request: Request, user_id: UUID, assignment_id: UUID) -> HttpResponseBase:
    """Bring the licence of one role up to date."""
    actor = request.actor
    person = person_here(actor, user_id)
    roles = Assignment.objects.filter(user=person, facility=actor.facility)
    assignment = get_object_or_404(roles, pk=assignment_id)
    held = licences.on_file(assignment)
    today = actor.facility.local(request.now).date().isoformat()
    form = LicenceForm(posted(request), held=held, today=today)
    status = 200
    if form.is_valid():
        try:
            row = licences.renew(
                assignment,
                form.licence,
                seen=form.cleaned_data["seen"],
                by=actor,
                at=request.now,
                submission=form.cleaned_data["submission"],
            )
        except NotPermitted:
            raise
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
        else:
            messages.success(
                request,
                _("{name} signs as {role} until {day}.").format(
                    name=person.name, role=assignment.role, day=row.expires_on.isoformat()
                ),
            )
            return redirect("facility:account", user_id=user_id)
    elif form.errors:
        status = 422
    context = {
        "person": person,
        "assignment": assignment,
        "held": licences.in_words(held),
        "form": form,
    }
    return _answer(request, "facility/licence.html", "licence", context, status)


@require_http_methods(["GET", "POST"])
@asks("accounts", "U")
def reset_second_factor(request: Request, user_id: UUID) -> HttpResponseBase:
    """Take a lost second factor away; the next sign-in sets up a new one."""
    actor = request.actor
    person = person_here(actor, user_id)
    form = ResetForm(posted(request))
    if form.is_valid():
        try:
            resets.reset_second_factor(
                person,
                form.cleaned_data["reason"],
                by=actor,
                at=request.now,
                submission=form.cleaned_data["submission"],
            )
        except (Conflict, NotPermitted):
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(
                request,
                _(
                    "{name} is signed out everywhere and sets up a new second factor at the "
                    "next sign-in."
                ).format(name=person.name),
            )
            return redirect("facility:account", user_id=user_id)
    context = {"person": person, "form": form}
    status = 422 if form.errors else 200
    return _answer(request, "facility/reset.html", "reset", context, status)


def _answer(
    request: Request, template: str, fragment: str, context: dict[str, Any], status: int
) -> HttpResponse:
    return page(
        request, template, fragment, context | {"tabs": tabs(request.actor, "staff")}, status
    )
