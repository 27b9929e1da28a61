"""The door of the facility room."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stepdown.care.facility.tabs import tabs
from stepdown.records.errors import NotPermitted
from stepdown.web.request import Request


@require_safe
def home(request: Request) -> HttpResponseBase:
    """The first page of this room that the role may open."""
    pages = tabs(request.actor)
    if not pages:
        raise NotPermitted(_("These pages are not part of this role. Ask the program director."))
    return redirect(pages[0].url)
