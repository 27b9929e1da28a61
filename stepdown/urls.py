"""Every page there is. Each room lists its own pages, with whole paths."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

ROOMS = ("board", "chart", "observing", "admissions", "facility")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("stepdown.web.urls")),
    *(
        path("", include(f"stepdown.care.{room}.urls"))
        for room in ROOMS
        if find_spec(f"stepdown.care.{room}.urls")
    ),
]
if find_spec("stepdown.reports.urls"):
    urlpatterns.append(path("", include("stepdown.reports.urls")))

handler400 = "stepdown.web.errors.bad_request"
handler403 = "stepdown.web.errors.forbidden"
handler404 = "stepdown.web.errors.not_found"
handler500 = "stepdown.web.errors.server_error"
