"""Every page there is. Each room lists its own pages, with whole paths."""

from __future__ import annotations

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

ROOMS = (
    "care.board",
    "care.chart",
    "care.observing",
    "care.admissions",
    "care.facility",
    "reports",
)


def _pages(room: str) -> list[URLPattern | URLResolver]:
    try:
        import_module(f"stepdown.{room}.urls")
    except ImportError:
        return []
    return [path("", include(f"stepdown.{room}.urls"))]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("stepdown.web.urls")),
    *(page for room in ROOMS for page in _pages(room)),
]

handler400 = "stepdown.web.errors.bad_request"
handler403 = "stepdown.web.errors.forbidden"
handler404 = "stepdown.web.errors.not_found"
handler500 = "stepdown.web.errors.server_error"
