"""Going on after something was recorded: a redirect that a script's post follows, too."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from stepdown.web.request import Request

SEE_OTHER = 303


def onward(request: Request, name: str, *args: Any, fragment: str = "") -> HttpResponse:
    """Go to another page. htmx is told to open it whole, because its style sheets are its own.

    A browser gets 303, so that reloading the next page sends nothing again.
    """
    url = reverse(name, args=args) + (f"#{fragment}" if fragment else "")
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url, status=SEE_OTHER)
