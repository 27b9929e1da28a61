"""The Django app that carries the frame round every page."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files and template tags; no models."""

    name = "stepdown.web"
    label = "web"

    def ready(self) -> None:
        from stepdown.records import transactions
        from stepdown.web import accounts, measures, telling

        accounts.connect()
        telling.connect()
        transactions.on_wait = lambda took_s: measures.mine().waited(took_s)
