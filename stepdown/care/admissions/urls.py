"""Pages of the admissions room."""

from __future__ import annotations

from django.urls import path

from stepdown.care.admissions import changes, views

app_name = "admissions"

urlpatterns = [
    path("admissions/new", views.arrive, name="arrive"),
    path("people/<uuid:episode_id>/intake/", views.intake, name="intake"),
    path("people/<uuid:episode_id>/intake/admit", views.admit, name="admit"),
    path(
        "people/<uuid:episode_id>/intake/allergies/<uuid:entry_id>/strike",
        views.strike_allergy,
        name="strike_allergy",
    ),
    path("people/<uuid:episode_id>/intake/<slug:slug>", views.part, name="part"),
    path("people/<uuid:episode_id>/move", changes.move, name="move"),
    path("people/<uuid:episode_id>/targets", changes.personal, name="targets"),
]
