"""Pages of the rounds room."""

from __future__ import annotations

from django.urls import path

from stepdown.care.rounds import views

app_name = "rounds"

urlpatterns = [
    path("ward/<slug:unit>/rounds/", views.walk, name="walk"),
    path("people/<uuid:episode_id>/rounds/", views.person, name="person"),
    path("rounds/<uuid:round_id>/strike", views.strike, name="strike"),
]
