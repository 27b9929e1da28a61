"""Pages of the observing room."""

from __future__ import annotations

from django.urls import path

from stepdown.care.observing import choosing, corrections, views

app_name = "observing"

urlpatterns = [
    path("people/<uuid:episode_id>/observe/", views.bedside, name="bedside"),
    path("people/<uuid:episode_id>/scales/", choosing.scales, name="scales"),
    path("people/<uuid:episode_id>/observe/<slug:key>/", views.scale, name="scale"),
    path("observations/<uuid:observation_id>/correct", corrections.correct, name="correct"),
    path("observations/<uuid:observation_id>/strike", corrections.strike, name="strike"),
]
