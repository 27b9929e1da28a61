"""Which database a model lives in: reads are logged apart from what they read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Model

APART = {"accessevent", "accesshead", "searchtally"}


class Router:
    """Send the access log to its own database where there is one."""

    def _alias(self, model: type[Model]) -> str | None:
        if model._meta.app_label == "records" and model._meta.model_name in APART:
            return str(settings.ACCESS_ALIAS)
        return None

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        return self._alias(model)

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        return self._alias(model)

    def allow_relation(self, left: Model, right: Model, **hints: Any) -> bool | None:
        return None

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **hints: Any
    ) -> bool | None:
        apart = app_label == "records" and model_name in APART
        if db == "default":
            return not apart or settings.ACCESS_ALIAS == "default"
        return apart
