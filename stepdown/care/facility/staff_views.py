"""Who works here, in which role, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stepdown.care.facility.account_changes import has_second_factor, history, person_here
from stepdown.care.facility.forms import AccountForm, CloseForm, RoleForm
from stepdown.care.facility.tabs import tabs
from stepdown.records import access
from stepdown.records.actions.people import accounts
from stepdown.records.actions.people.licences import WITHOUT_LICENCE
from stepdown.records.errors import Refused
from stepdown.records.models import Assignment, User
from stepdown.records.signing import LICENSED
from stepdown.web.access import asks
from stepdown.web.page import page, posted
from stepdown.web.request import Request


@dataclass(frozen=True, slots=True)
class Line:
    """One role of one person, and what to say of it today."""

    assignment: Assignment
    state: str
    kind: str
    licence: str
    licence_kind: str

    @property
    def carries_licence(self) -> bool:
        """True for every role of somebody who works here."""
        return self.assignment.role not in WITHOUT_LICENCE


def _line(request: Request, assignment: Assignment) -> Line:
    state, kind = _state(request, assignment)
    licence, licence_kind = _licence(request, assignment)
    return Line(assignment, state, kind, licence, licence_kind)


def _state(request: Request, assignment: Assignment) -> tuple[str, str]:
    if not assignment.user.is_active:
        return _("Closed"), "line"
    if assignment.starts_at > request.now:
        return _("Not begun"), "line"
    ends = assignment.expires_at or assignment.user.expires_at
    if not assignment.runs_at(request.now):
        return _("Ended"), "line"
    if ends is None:
        return _("Open"), "ok"
    # A role ends at midnight; its last day is the day before.
    last = request.actor.facility.local(ends - timedelta(microseconds=1)).date()
    soon = ends - request.now <= timedelta(days=7)
    return _("Open to {day}").format(day=last.isoformat()), "due" if soon else "ok"


def _licence(request: Request, assignment: Assignment) -> tuple[str, str]:
    """What to say of a licence: missing, run out, soon to run out, or its number."""
    today = request.actor.facility.local(request.now).date()
    if assignment.role not in LICENSED and not assignment.licence_number:
        return "", ""
    if not assignment.licence_number:
        return _("No licence on file: cannot sign"), "late"
    number = f"{assignment.licence_state} {assignment.licence_number}".strip()
    if not assignment.licence_valid_on(today):
        return _("{number} has run out: cannot sign").format(number=number), "late"
    until = assignment.licence_expires_on
    if until is None:
        return number, "line"
    words = _("{number} to {day}").format(number=number, day=until.isoformat())
    warn = timedelta(days=int(request.actor.facility.setting("licence_warning_days")))
    return words, "due" if until - today <= warn else "line"


@require_safe
@asks("accounts", "R")
def overview(request: Request) -> HttpResponse:
    """Everybody with a role here; those who have left last."""
    found = Assignment.objects.filter(facility=request.actor.facility).select_related("user")
    lines = [_line(request, each) for each in found.order_by("user__name", "role")]
    open_now = [each for each in lines if each.assignment.runs_at(request.now)]
    context = {
        "here": open_now,
        "gone": [each for each in lines if each not in open_now],
        "may_open": access.may(request.actor, "accounts", "C"),
        "tabs": tabs(request.actor, "staff"),
    }
    return render(request, "facility/staff.html", context)


@require_http_methods(["GET", "POST"])
@asks("accounts", "C")
def open_account(request: Request) -> HttpResponseBase:
    """Open an account with its first role."""
    actor = request.actor
    form = AccountForm(posted(request), now=request.now, zone=actor.facility.tz)
    if form.is_valid():
        try:
            made = accounts.open_account(
                form.new_account(),
                by=actor,
                at=request.now,
                submission=form.cleaned_data["submission"],
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("{name} can sign in now.").format(name=made.user.name))
            return redirect("facility:account", user_id=made.user.pk)
    status = 422 if form.errors else 200
    context = {
        "form": form,
        "days": actor.facility.setting("account_expiry_days"),
        "tabs": tabs(actor, "staff"),
    }
    return page(request, "facility/open_account.html", "account", context, status)


@require_http_methods(["GET", "POST"])
@asks("accounts", "R")
def account(request: Request, user_id: UUID) -> HttpResponseBase:
    """One account: its roles and licences, what was done to it, closing it."""
    actor = request.actor
    person = person_here(request.actor, user_id)
    form = None
    if access.may(actor, "accounts", "U"):
        form = RoleForm(posted(request), now=request.now, zone=actor.facility.tz)
        if form.is_valid() and _given(request, person, form):
            return redirect("facility:account", user_id=user_id)
    elif request.method == "POST":
        access.require(actor, "accounts", "U")
    roles = person.assignments.filter(facility=actor.facility).select_related("user")
    may_change = form is not None and person.is_active and person.pk != actor.user.pk
    context = {
        "person": person,
        "may_change": may_change,
        "has_second_factor": has_second_factor(person),
        "history": history(actor, person),
        "lines": [_line(request, each) for each in roles.order_by("role")],
        "form": form,
        "close": CloseForm() if may_change else None,
        "tabs": tabs(actor, "staff"),
    }
    status = 422 if form is not None and form.errors else 200
    return page(request, "facility/account.html", "roles", context, status)


def _given(request: Request, person: User, form: RoleForm) -> bool:
    given = form.cleaned_data
    try:
        accounts.assign(
            person,
            given["role"],
            employment=given["employment"],
            expires_at=form.expires_at,
            by=request.actor,
            at=request.now,
            submission=given["submission"],
        )
    except Refused as refused:
        form.refuse(refused)
        return False
    return True


@require_POST
@asks("accounts", "U")
def close_account(request: Request, user_id: UUID) -> HttpResponseBase:
    """Switch an account off at once; a session that is open ends with its next page."""
    person = person_here(request.actor, user_id)
    form = CloseForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Not closed: the page was not sent whole. Open it again."))
    accounts.close_account(
        person, by=request.actor, at=request.now, submission=form.cleaned_data["submission"]
    )
    messages.success(request, _("{name} can no longer sign in.").format(name=person.name))
    return redirect("facility:account", user_id=user_id)
