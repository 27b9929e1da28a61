"""Addresses for machines that watch over the house."""

from __future__ import annotations

from django.urls import path

from stepdown.operate import figures

urlpatterns = [
    path("readyz", figures.readyz, name="readyz"),
    path("metrics", figures.metrics, name="metrics"),
]
