"""Pages of the chart room."""

from __future__ import annotations

from django.urls import path

from stepdown.care.chart import views

app_name = "chart"

urlpatterns = [
    path("people/<uuid:episode_id>/", views.course, name="course"),
    path("people/<uuid:episode_id>/observations", views.observations, name="observations"),
]
