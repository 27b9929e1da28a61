from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


def _install_guards(using: str, **kwargs: Any) -> None:
    from stepdown.records import guards

    guards.install(connections[using])


def _remove_guards(using: str, **kwargs: Any) -> None:
    # SQLite changes a table by rebuilding it, and cannot while a trigger names it.
    from stepdown.records import guards

    guards.remove(connections[using])


class RecordsConfig(AppConfig):
    name = "stepdown.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.backends.sqlite3.base import DatabaseWrapper

        # Django asks SQLite once whether it knows JSON, inside a write; a database that could not
        # be written at that moment would count as one without JSON until the worker ends.
        setattr(DatabaseWrapper.features_class, "supports_json_field", True)  # noqa: B010
        pre_migrate.connect(_remove_guards, sender=self)
        post_migrate.connect(_install_guards, sender=self)
