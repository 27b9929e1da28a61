"""Pages of the admissions room."""

from __future__ import annotations

from django.urls import path

from stepdown.care.admissions import arriving, changes, corrections, views

app_name = "admissions"

urlpatterns = [
    path("admissions/new", arriving.arrive, name="arrive"),
    path("people/<uuid:episode_id>/intake/", views.intake, name="intake"),
    path("people/<uuid:episode_id>/intake/admit", views.admit, name="admit"),
    path(
        "people/<uuid:episode_id>/intake/<slug:slug>/<uuid:entry_id>/correct",
        corrections.correct,
        name="correct",
    ),
    path(
        "people/<uuid:episode_id>/intake/<slug:slug>/<uuid:entry_id>/strike",
        corrections.strike,
        name="strike",
    ),
    path("people/<uuid:episode_id>/intake/<slug:slug>", views.part, name="part"),
    path("people/<uuid:episode_id>/move", changes.move, name="move"),
    path("people/<uuid:episode_id>/targets", changes.personal, name="targets"),
]
