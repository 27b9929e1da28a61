"""Pages of the room where a tablet is handed over, and those it is locked to."""

from __future__ import annotations

from django.urls import path

from stepdown.care.handing import alone, back, views

app_name = "handing"

urlpatterns = [
    path("people/<uuid:episode_id>/hand-over/", views.hand_over, name="hand_over"),
    path("people/<uuid:episode_id>/handed/<uuid:handover_id>/", views.told, name="told"),
    path("handed/", alone.form, name="form"),
    path("handed/rest", alone.rest, name="rest"),
    path("handed/back", back.take_back, name="back"),
]
