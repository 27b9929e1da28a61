"""Promises the database keeps by itself, as triggers on both engines.

* Rows of append-only tables can be neither updated nor deleted.
* A row and what it points to belong to the same facility.

Whoever can write SQL can also drop a trigger; the sealed chain finds that. These
guards are against mistakes, ours first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class Guard(NamedTuple):
    """One trigger: its name, its table, and the SQL that creates it."""

    name: str
    table: str
    sql: str


def append_only(registry: Any = apps) -> list[type[models.Model]]:
    """Models whose rows are never changed."""
    found = registry.get_app_config("records").get_models()
    return [m for m in found if getattr(m, "append_only", False)]


def _by_facility(
    registry: Any,
) -> Iterator[tuple[type[models.Model], models.Field[Any, Any], type[models.Model]]]:
    """Model, key and target, wherever both rows carry a facility."""
    for model in registry.get_app_config("records").get_models():
        if not _has_facility(model):
            continue
        for field in model._meta.concrete_fields:
            target: Any = field.related_model
            if target is not None and field.name != "facility" and _has_facility(target):
                yield model, field, target


def _has_facility(model: type[models.Model]) -> bool:
    return "facility" in {field.name for field in model._meta.concrete_fields}


def guards(vendor: str, registry: Any = apps) -> Iterator[Guard]:
    """Every guard there should be."""
    never = append_only(registry)
    for model in never:
        yield from _never_changes(vendor, model._meta.db_table)
    for model, field, target in _by_facility(registry):
        verbs = ["INSERT"] if model in never else ["INSERT", "UPDATE"]
        for verb in verbs:
            yield _same_facility(
                vendor, verb, model._meta.db_table, field.attname, target._meta.db_table
            )


def _never_changes(vendor: str, table: str) -> Iterator[Guard]:
    verbs = ["UPDATE", "DELETE"] if vendor == "sqlite" else ["UPDATE", "DELETE", "TRUNCATE"]
    for verb in verbs:
        name = f"{table}_no_{verb.lower()}"
        if vendor == "sqlite":
            sql = (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        else:
            each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
            sql = (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION stepdown_append_only()"
            )
        yield Guard(name, table, sql)


def _same_facility(vendor: str, verb: str, table: str, column: str, target: str) -> Guard:
    name = f"{table}_{column}_same_facility" + ("" if verb == "INSERT" else "_update")
    if vendor == "sqlite":
        sql = (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            f"WHEN NEW.{column} IS NOT NULL AND NEW.facility_id IS NOT "
            f"(SELECT facility_id FROM {target} WHERE id = NEW.{column}) "
            f"BEGIN SELECT RAISE(ABORT, '{table}.{column} belongs to another facility'); END"
        )
    else:
        sql = (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW "
            f"WHEN (NEW.{column} IS NOT NULL) "
            f"EXECUTE FUNCTION stepdown_same_facility('{column}', '{target}')"
        )
    return Guard(name, table, sql)


POSTGRES_FUNCTIONS = (
    """
    CREATE OR REPLACE FUNCTION stepdown_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23001'; END $$
    """,
    """
    CREATE OR REPLACE FUNCTION stepdown_same_facility() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE other uuid;
    BEGIN
      EXECUTE format('SELECT facility_id FROM %I WHERE id = ($1).%I', TG_ARGV[1], TG_ARGV[0])
        INTO other USING NEW;
      IF other IS DISTINCT FROM NEW.facility_id THEN
        RAISE EXCEPTION '%.% belongs to another facility', TG_TABLE_NAME, TG_ARGV[0]
          USING ERRCODE = '23001';
      END IF;
      RETURN NEW;
    END $$
    """,
)


def install(connection: BaseDatabaseWrapper, registry: Any = apps) -> None:
    """Create every guard anew, as this release words it."""
    remove(connection, registry)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for function in POSTGRES_FUNCTIONS:
                cursor.execute(function)
        for guard in _wanted(connection, registry):
            cursor.execute(guard.sql)


def remove(connection: BaseDatabaseWrapper, registry: Any = apps) -> None:
    """Drop every guard: while tables are rebuilt, for tests that tamper, for a retention run."""
    with connection.cursor() as cursor:
        for guard in _wanted(connection, registry):
            on = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}{on}")


def missing(connection: BaseDatabaseWrapper, registry: Any = apps) -> list[str]:
    """Names of guards that should be there and are not."""
    found = (
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(found)
        present = {name for (name,) in cursor.fetchall()}
    longest = connection.ops.max_name_length() or 255
    return [
        guard.name for guard in _wanted(connection, registry) if guard.name[:longest] not in present
    ]


def _wanted(connection: BaseDatabaseWrapper, registry: Any) -> list[Guard]:
    """The guards whose tables are in this database."""
    present = set(connection.introspection.table_names())
    return [each for each in guards(connection.vendor, registry) if each.table in present]
