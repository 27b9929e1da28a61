"""Pages of the fluids room."""

from __future__ import annotations

from django.urls import path

from stepdown.care.fluids import views

app_name = "fluids"

urlpatterns = [
    path("people/<uuid:episode_id>/fluids/", views.balance, name="balance"),
    path("people/<uuid:episode_id>/fluids/<slug:kind>", views.record, name="record"),
    path("fluids/<uuid:entry_id>/strike", views.strike, name="strike"),
]
