"""Roles and licences that end soon, or have ended without anybody noticing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stepdown.records import audit
from stepdown.records.models import Assignment, Facility
from stepdown.reports.reach import tabs
from stepdown.web.access import asks
from stepdown.web.request import Request

AHEAD = timedelta(days=60)
"""How far ahead the page looks."""

BEHIND = timedelta(days=14)
"""How long something that has ended stays on the page."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A role, account or licence and its last day."""

    assignment: Assignment
    what: str
    day: date
    days_left: int


@require_safe
@asks("accounts", "R")
def overview(request: Request) -> HttpResponse:
    """What ends within sixty days, soonest first."""
    actor = request.actor
    found = Assignment.objects.filter(facility=actor.facility, user__is_active=True)
    lines = [
        line
        for assignment in found.select_related("user")
        for line in _endings(assignment, request.now, actor.facility)
    ]
    lines.sort(key=lambda line: (line.day, line.assignment.user.name))
    context = {
        "lines": lines,
        "gone": sum(1 for line in lines if line.days_left < 0),
        "tabs": tabs(actor, "ending"),
    }
    audit.looked("audit.ending", by=actor, at=request.now)
    return render(request, "reports/ending.html", context)


def _endings(assignment: Assignment, now: datetime, here: Facility) -> list[Ending]:
    today = here.local(now).date()
    ends = [each for each in (assignment.expires_at, assignment.user.expires_at) if each]
    days = []
    if ends:
        # It ends at midnight; its last day is the day before.
        days.append(("role", here.local(min(ends) - timedelta(microseconds=1)).date()))
    if assignment.licence_expires_on and (not ends or min(ends) > now):
        days.append(("licence", assignment.licence_expires_on))
    return [
        Ending(assignment, what, day, (day - today).days)
        for what, day in days
        if today - BEHIND <= day <= today + AHEAD
    ]
