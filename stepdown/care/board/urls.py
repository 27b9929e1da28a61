"""The pages of the ward board."""

from __future__ import annotations

from django.urls import path

from stepdown.care.board import views

app_name = "board"
urlpatterns = [
    path("ward/<slug:unit>/", views.ward, name="ward"),
    path("ward/<slug:unit>/live", views.live, name="live"),
    path("ward/<slug:unit>/wall", views.wall, name="wall"),
]
