"""Reviewed content: what it says, where it comes from, and who has signed it here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stepdown.care.facility.forms import SignContentForm
from stepdown.care.facility.tabs import tabs
from stepdown.content import library
from stepdown.records import access, snapshots
from stepdown.records.access import Actor
from stepdown.records.actions.access import settings
from stepdown.records.errors import Refused
from stepdown.records.models import Signature
from stepdown.web.access import asks
from stepdown.web.page import page, posted
from stepdown.web.request import Request

KIND = {"instruments": "instrument", "vitals": "vitals"}
"""Folder -> the kind under which a snapshot keeps it; the folder's own name where unlisted."""

OWN_PAGES = {"instruments", "vitals", "access"}
"""Folders whose content has a page made for reading; others show as nested lists."""


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of content as the list shows it."""

    folder: str
    thing: Any
    digest: str
    signature: Signature | None

    @property
    def name(self) -> str:
        """The name people know it by."""
        return getattr(self.thing, "name", "") or self.thing.key.replace("_", " ").capitalize()


def _signatures(actor: Actor) -> dict[str, Signature]:
    """Digest -> newest signature here."""
    found = Signature.objects.filter(facility=actor.facility, meaning="reviewed and signed")
    return {each.subject_id: each for each in found.select_related("signer").order_by("signed_at")}


def _lines(actor: Actor) -> list[tuple[str, list[Line]]]:
    titles = {
        "instruments": _("Scales"),
        "vitals": _("Vital signs"),
        "schedules": _("Schedules"),
        "symptoms": _("Symptoms"),
        "courses": _("Course of withdrawal"),
        "access": _("Permissions"),
        "settings": _("Settings"),
        "states": _("States of a stay"),
        "codes": _("Choices in forms"),
        "sedation": _("What sedation levels mean"),
        "handover": _("Words on a handed-over form"),
    }
    signed = _signatures(actor)
    groups = []
    for folder, things in library.everything().items():
        lines = [
            Line(folder, thing, digest, signed.get(digest))
            for thing in things.values()
            for digest in [snapshots.digest_of(thing)]
        ]
        groups.append((titles.get(folder, folder), lines))
    return groups


@require_safe
@asks("protocols", "R")
def overview(request: Request) -> HttpResponse:
    """Everything reviewed, with version, source, evidence and signature."""
    groups = _lines(request.actor)
    everything = [line for _title, lines in groups for line in lines]
    context = {
        "groups": groups,
        "unsigned": sum(1 for line in everything if line.signature is None),
        "count": len(everything),
        "tabs": tabs(request.actor, "content"),
    }
    return render(request, "facility/content.html", context)


@require_http_methods(["GET", "POST"])
@asks("protocols", "R")
def one(request: Request, folder: str, key: str) -> HttpResponseBase:
    """One piece of content, to be read whole; a medical director signs it here."""
    actor = request.actor
    thing = library.everything().get(folder, {}).get(key)
    if thing is None:
        raise Http404
    digest = snapshots.digest_of(thing)
    form = None
    if access.may(actor, "protocols", "S"):
        form = SignContentForm(posted(request), digest=digest, request=request)
        if form.is_valid() and _signed(request, form, thing, folder):
            messages.success(request, _("Signed. It is no longer a draft here."))
            return redirect("facility:thing", folder=folder, key=key)
    elif request.method == "POST":
        access.require(actor, "protocols", "S")
    signature = settings.signature_on(thing, actor.facility)
    context = {
        "line": Line(folder, thing, digest, signature),
        "thing": thing,
        "form": form,
        "matrix": _matrix(thing) if folder == "access" else None,
        "nested": None if folder in OWN_PAGES else json.loads(library.canonical(thing)),
        "tabs": tabs(actor, "content"),
        "template": f"facility/read_{folder}.html" if folder in OWN_PAGES else "facility/read.html",
    }
    status = 422 if form is not None and form.errors else 200
    return page(request, "facility/thing.html", "sign", context, status)


def _signed(request: Request, form: SignContentForm, thing: Any, folder: str) -> bool:
    try:
        settings.sign_content(
            thing,
            kind=KIND.get(folder, folder),
            by=request.actor,
            at=request.now,
            proof=form.proof,
        )
    except Refused as refused:
        form.refuse(refused.message, refused.fields)
        return False
    return True


def _matrix(permissions: Any) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Rows with a cell for each role, in the order of the roles."""
    roles = [role.key for role in permissions.roles]
    return [
        (row, [(role, row.cells[role]) for role in roles])
        for row in (*permissions.rows, *permissions.added)
    ]
