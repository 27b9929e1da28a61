"""Pages of the reports."""

from __future__ import annotations

from django.urls import path

from stepdown.reports import (
    access_views,
    emergency_views,
    ending_views,
    export_views,
    search_views,
)

app_name = "reports"
urlpatterns = [
    path("reports/", access_views.home, name="home"),
    path("reports/access/", access_views.overview, name="access"),
    path("reports/access/<uuid:episode_id>/", access_views.episode, name="episode"),
    path("reports/sign-ins/", access_views.accounts, name="sign_ins"),
    path("reports/searches/", search_views.overview, name="searches"),
    path("reports/emergencies/", emergency_views.overview, name="emergencies"),
    path("reports/emergencies/<uuid:opening_id>/", emergency_views.review, name="review"),
    path("reports/exports/", export_views.overview, name="exports"),
    path("reports/accounts/", ending_views.overview, name="ending"),
    path("people/<uuid:episode_id>/emergency/", emergency_views.open_chart, name="break_glass"),
]
