"""One page: read the session, insert one row, commit, redirect."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

from bench.floor.models import Note


def record(request: HttpRequest) -> HttpResponse:
    """Keep the form of whoever the session says this is."""
    with transaction.atomic():
        Note(who=request.session.get("who", ""), said=dict(request.POST.items())).save()
    return HttpResponseRedirect("/")


urlpatterns = [path("record", record)]
