"""Somebody comes: somebody known here, or somebody new. Staff say which; nobody is guessed.

One form asks both. Whoever looks first, by a button, and whoever forgets to are shown the
same people, before anything is recorded. What was typed stays.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stepdown.care.admissions import views
from stepdown.care.admissions.forms import NEW_PERSON, ArriveForm
from stepdown.content import library
from stepdown.records import audit
from stepdown.records.actions.admission import arrival
from stepdown.records.actions.admission.arrival import Arriving
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.reading import known
from stepdown.records.reading.known import Found, Known
from stepdown.web import walltime
from stepdown.web.access import asks
from stepdown.web.onward import onward
from stepdown.web.page import page, posted
from stepdown.web.request import Request

LOOK = "look"
"""What the button is called that only looks for people known here."""


@asks("bed_board", "U")
@require_http_methods(["GET", "POST"])
def arrive(request: Request) -> HttpResponse:
    """Record who has come and where they will lie: a stay in intake, nothing more."""
    sent = posted(request)
    if sent is None:
        return _drawn(request, _form(request, None, Found()), 200)
    found = _known(request, sent)
    if LOOK in sent:
        return _looked_for(request, sent, found)
    form = _form(request, sent, found)
    if not form.is_valid():
        return _drawn(request, form, 422)
    said = form.cleaned_data
    try:
        episode = arrival.arrive(
            Arriving(
                legal_name=said["legal_name"],
                preferred_name=said["preferred_name"],
                pronouns=said["pronouns"],
                born_on=form.born,
                language=said["language"],
                needs_interpreter={"yes": True, "no": False}.get(said["needs_interpreter"]),
                goal=said["goal"],
            ),
            person=form.person,
            bed=said["bed"],
            by=request.actor,
            at=request.now,
            submission=said["submission"],
            occurred_at=form.moment,
        )
    except NotPermitted:
        raise
    except Refused as refused:
        views.show(form, refused)
        return _drawn(request, form, refused.status)
    messages.success(request, _("{name} is here. Intake is open.").format(name=episode.person))
    return onward(request, "admissions:intake", episode.pk)


def _known(request: Request, sent: QueryDict) -> Found:
    """The people known here by the name or birth date that was typed.

    Sent a second time, the form does not find the very person it recorded as new.
    """
    try:
        stay = arrival.recorded(UUID(sent.get("submission", "")), by=request.actor)
    except ValueError:
        stay = None
    was_new = stay is not None and sent.get("person", NEW_PERSON) != str(stay.person_id)
    return known.find(
        sent.get("legal_name", ""),
        _born(sent),
        request.actor,
        request.now,
        but=stay.person_id if stay and was_new else None,
    )


def _born(sent: QueryDict) -> date | None:
    """The birth date typed; None where there is none, or none that can be."""
    try:
        return walltime.day(sent.get("born_on", ""))
    except ValidationError:
        return None


def _form(request: Request, sent: QueryDict | None, found: Found) -> ArriveForm:
    zone = request.actor.facility.tz
    return ArriveForm(sent, beds=views.all_beds(request), found=found, zone=zone, now=request.now)


def _looked_for(request: Request, sent: QueryDict, found: Found) -> HttpResponse:
    """The same form with what was typed, not yet judged, and who may be meant."""
    zone = request.actor.facility.tz
    form = ArriveForm(
        beds=views.all_beds(request),
        found=found,
        zone=zone,
        now=request.now,
        initial={name: sent[name] for name in sent if name not in ("person", "submission")},
    )
    typed = bool(sent.get("legal_name", "").strip() or _born(sent))
    return _drawn(request, form, 200, has_looked=True, typed=typed)


def _drawn(
    request: Request,
    form: ArriveForm,
    status: int,
    *,
    has_looked: bool = False,
    typed: bool = False,
) -> HttpResponse:
    beds = views.free_beds(request)
    if has_looked or form.found.people:
        _record_the_look(request, form.found)
    context = {
        "form": form,
        "found": form.found,
        "people": [(each, _came(request, each)) for each in form.found.people],
        "has_looked": has_looked,
        "typed": typed,
        "beds": beds,
        "several_units": len({bed.unit_id for bed in beds}) > 1,
        "suggestions": {"pronouns": library.codes("pronouns").codes},
    }
    return page(request, "admissions/arrive.html", "sheet", context, status)


def _came(request: Request, each: Known) -> date | None:
    """The local day on which their last stay began."""
    return request.actor.facility.local(each.came_at).date() if each.came_at else None


def _record_the_look(request: Request, found: Found) -> None:
    """Whoever was shown stands in the trail of their own stay; what was typed stands nowhere."""
    shown: list[UUID | None] = [each.episode_id for each in found.people if each.episode_id]
    for episode_id in shown or [None]:
        audit.looked(
            "arrival.search",
            by=request.actor,
            at=request.now,
            episode_id=episode_id,
            detail=f"{len(found.people)} shown",
        )
