"""Promises the database keeps by itself, as triggers on both engines.

* Rows of append-only tables can be neither updated nor deleted.
* A row and what it points to belong to the same facility.

Whoever can write SQL can also drop a trigger; the sealed chain finds that. These
guards are against mistakes, ours first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


def append_only(registry: Any = apps) -> list[type[models.Model]]:
    """Models whose rows are never changed."""
    found = registry.get_app_config("records").get_models()
    return [m for m in found if getattr(m, "append_only", False)]


def _by_facility(registry: Any) -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    for model in registry.get_app_config("records").get_models():
        names = {f.name for f in model._meta.concrete_fields}
        if "facility" not in names:
            continue
        for field in model._meta.concrete_fields:
            target = field.related_model
            if not isinstance(target, type) or field.name == "facility":
                continue
            if "facility" in {f.name for f in target._meta.concrete_fields}:
                yield model, field


def _statements(vendor: str, registry: Any) -> Iterator[tuple[str, str, str]]:
    """(trigger name, table, SQL that creates it)."""
    for model in append_only(registry):
        table = model._meta.db_table
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            if vendor == "sqlite":
                yield name, table, (
                    f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            else:
                yield name, table, (
                    f"CREATE OR REPLACE TRIGGER {name} BEFORE {verb} ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION stepdown_append_only()"
                )
    for model, field in _by_facility(registry):
        table, column = model._meta.db_table, field.column
        target = field.related_model._meta.db_table
        name = f"{table}_{column}_same_facility"
        if vendor == "sqlite":
            yield name, table, (
                f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE INSERT ON {table} "
                f"WHEN NEW.{column} IS NOT NULL AND NEW.facility_id IS NOT "
                f"(SELECT facility_id FROM {target} WHERE id = NEW.{column}) "
                f"BEGIN SELECT RAISE(ABORT, '{table}.{column} belongs to another facility'); END"
            )
        else:
            yield name, table, (
                f"CREATE OR REPLACE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW "
                f"WHEN (NEW.{column} IS NOT NULL) "
                f"EXECUTE FUNCTION stepdown_same_facility('{column}', '{target}')"
            )


POSTGRES_FUNCTIONS = (
    """
    CREATE OR REPLACE FUNCTION stepdown_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = '23001'; END $$
    """,
    """
    CREATE OR REPLACE FUNCTION stepdown_same_facility() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE other uuid;
    BEGIN
      EXECUTE format('SELECT facility_id FROM %%I WHERE id = ($1).%%I', TG_ARGV[1], TG_ARGV[0])
        INTO other USING NEW;
      IF other IS DISTINCT FROM NEW.facility_id THEN
        RAISE EXCEPTION '%%.%% belongs to another facility', TG_TABLE_NAME, TG_ARGV[0]
          USING ERRCODE = '23001';
      END IF;
      RETURN NEW;
    END $$
    """,
)


def install(connection: BaseDatabaseWrapper, registry: Any = apps) -> None:
    """Create every guard that is not there yet."""
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for function in POSTGRES_FUNCTIONS:
                cursor.execute(function.replace("%%", "%"))
        for _name, table, sql in _statements(connection.vendor, registry):
            if table in present:
                cursor.execute(sql)


def remove(connection: BaseDatabaseWrapper, registry: Any = apps) -> None:
    """Drop every guard: for tests that tamper, and for a retention run."""
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name, table, _sql in _statements(connection.vendor, registry):
            if table in present:
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
