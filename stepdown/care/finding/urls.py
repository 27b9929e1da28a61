"""Pages of the finding room."""

from __future__ import annotations

from django.urls import path

from stepdown.care.finding import calls, views

app_name = "finding"

urlpatterns = [
    path("find/", views.find, name="find"),
    path("calls/", calls.call, name="call"),
]
