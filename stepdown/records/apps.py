from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def _install_guards(using: str, **kwargs: Any) -> None:
    from stepdown.records import guards

    guards.install(connections[using])


class RecordsConfig(AppConfig):
    name = "stepdown.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_install_guards, sender=self)
