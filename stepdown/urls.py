"""Every page there is. Each room lists its own pages, with whole paths."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("stepdown.web.urls")),
    path("", include("stepdown.care.board.urls")),
    path("", include("stepdown.care.chart.urls")),
    path("", include("stepdown.care.observing.urls")),
    path("", include("stepdown.care.handing.urls")),
    path("", include("stepdown.care.admissions.urls")),
    path("", include("stepdown.care.fluids.urls")),
    path("", include("stepdown.care.rounds.urls")),
    path("", include("stepdown.care.facility.urls")),
    path("", include("stepdown.care.finding.urls")),
    path("", include("stepdown.reports.urls")),
    path("", include("stepdown.operate.urls")),
]

handler400 = "stepdown.web.errors.bad_request"
handler403 = "stepdown.web.errors.forbidden"
handler404 = "stepdown.web.errors.not_found"
handler500 = "stepdown.web.errors.server_error"
