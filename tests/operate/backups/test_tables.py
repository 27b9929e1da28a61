"""Rows as lines: what the seals are over, to the microsecond, on both engines."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection

from stepdown.operate.backups import filling, tables
from stepdown.operate.backups.tables import Column, Present, Table
from stepdown.operate.console import Stopped
from stepdown.records import audit, canonical, guards
from stepdown.records.models import Assignment
from tests.records.world import World

STRANGE = "caf\u00e9 \\ \t tab \r\n line \u2028 \U0001f984 \\N 'quoted\" {}"


def table(name: str) -> Table:
    return next(each for each in Present().tables if each.name == name)


def rows(one: Table) -> list[dict[str, Any]]:
    names = [each.name for each in one.columns]
    text = b"".join(block for _count, block in tables.lines(one))
    return [dict(zip(names, json.loads(line), strict=True)) for line in text.splitlines()]


@pytest.mark.django_db
def test_every_table_of_the_house_is_in_a_backup_or_left_out_by_name():
    there = set(connection.introspection.table_names())

    assert {each.name for each in Present().tables} == there - set(tables.LEFT_OUT)


@pytest.mark.django_db
def test_every_column_of_the_house_has_a_kind_that_backups_know():
    known = {each.name: {column.name for column in each.columns} for each in Present().tables}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table not in tables.LEFT_OUT:
            columns = {field.column for field in model._meta.concrete_fields}
            assert known[model._meta.db_table] == columns


def test_a_line_says_what_the_seal_is_over(world: World):
    stay = world.arrive(at=world.now - timedelta(hours=3))
    world.cows(stay, occurred_at=world.now - timedelta(microseconds=7))
    audit.looked("chart", by=world.by("RN"), at=world.now, episode_id=stay.pk)

    by_name = {each.name: each for each in Present().tables}
    for model in apps.get_app_config("records").get_models():
        one = by_name[model._meta.db_table]
        kinds = {each.name: each.kind for each in one.columns}
        written = {row[one.key.name]: row for row in rows(one)}
        assert len(written) == model._base_manager.count()
        for row in model._base_manager.all():
            sealed = json.loads(canonical.row_text(row))
            line = written[canonical.plain(row.pk)]
            for name, value in sealed.items():
                kept = line[name]
                if kinds[name] == "json" and kept is not None:
                    kept = json.loads(kept)
                assert kept == value, (model, name)


def test_a_time_keeps_its_microseconds_and_a_whole_second_its_nothing(world: World):
    stay = world.arrive(at=world.now - timedelta(hours=3))
    for micro in (0, 1, 120_000, 999_999):
        at = (world.now - timedelta(hours=1)).replace(microsecond=micro)
        world.record(stay, world.reading({"heart_rate_bpm": "76"}, occurred_at=at))

    kept = {row["occurred_at"][19:] for row in rows(table("records_observation"))}

    assert kept == {".000000Z", ".000001Z", ".120000Z", ".999999Z"}


def again(one: Table) -> list[dict[str, Any]]:
    """Read a table, empty it, write it again from what was read, and read that."""
    text = [line for _count, block in tables.lines(one) for line in block.splitlines(keepends=True)]
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {one.name}")
    assert rows(one) == []
    assert filling.put(one, text) == len(text)
    return rows(one)


@pytest.mark.django_db
def test_words_numbers_and_nothing_come_back_as_they_were():
    cells = [
        ("integer", 2**62), ("boolean", True), ("boolean", False), ("text", STRANGE), ("text", ""),
        ("date", "2027-02-28"), ("time", "2027-01-07T14:30:00.000000Z"),
        ("time", "2027-01-07T14:30:00.000001Z"), ("decimal", "12.5"), ("address", "127.0.0.1"),
        ("json", '{"a":[1,2.5,null,"\\u0007 é"],"b":{}}'),
        ("uuid", "01a20581-825a-7f93-958d-e3aabbccddee"),
    ]  # fmt: skip
    kinds = {
        "integer": "bigint", "boolean": "boolean", "text": "text", "date": "date",
        "time": "timestamptz", "decimal": "numeric(9,3)", "address": "inet", "json": "jsonb",
        "uuid": "uuid",
    }  # fmt: skip
    if connection.vendor == "sqlite":
        kinds |= {
            "boolean": "bool", "time": "datetime", "decimal": "decimal", "address": "char(39)",
            "json": "text", "uuid": "char(32)",
        }  # fmt: skip
    columns = [Column("id", "integer")]
    columns += [Column(f"c{n}", kind, 3) for n, (kind, _value) in enumerate(cells)]
    whole = Table("kinds", "default", tuple(columns), columns[0])
    listed = ", ".join(f"{c.name} {kinds[c.kind]}" for c in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE kinds ({listed})")
    lines = [
        [1, *(value for _kind, value in cells)],
        [2, *(None for _cell in cells)],
    ]
    text = [json.dumps(line, ensure_ascii=False).encode() for line in lines]

    filling.put(whole, text)

    assert [list(row.values()) for row in rows(whole)] == lines
    before = tables.summed(whole)
    again(whole)
    assert tables.summed(whole) == before
    assert before.rows == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "value"), [("text", "a\0b"), ("json", '{"a":["\\u0000"]}')])
def test_a_character_postgresql_cannot_keep_is_named_with_its_row(kind, value):
    one = Table(
        "kinds", "default", (Column("id", "text"), Column("words", kind)), Column("id", "text")
    )

    with pytest.raises(Stopped, match="kinds row-7: words holds a character"):
        filling._copied(one, ["row-7", value], filling._changes(one, filling._POSTGRESQL))


def test_words_that_only_look_like_that_character_are_kept():
    assert not filling._has_nul('{"a":"\\\\u0000"}', "json")


def test_a_line_with_another_number_of_columns_is_refused(world: World):
    with pytest.raises(Stopped, match="do not have its"):
        filling.put(table("records_facility"), [b"[1, 2]\n"])


def test_the_sum_tells_one_changed_character(world: World):
    world.cows(world.arrive())
    one = table("records_observation")
    before = tables.summed(one)
    world.tampered = True
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_observation SET total = total + 1 WHERE kind = 'cows'")

    assert tables.summed(one).rows == before.rows
    assert tables.summed(one).sha256 != before.sha256


def test_only_the_columns_that_were_there_are_compared_after_an_upgrade(world: World):
    one = table("records_assignment")
    before = tables.history(one, ["id", "role"])
    row = Assignment.objects.all()[0]
    Assignment.objects.filter(pk=row.pk).update(licence_number="X")

    assert tables.history(one, ["id", "role"]) == before
    Assignment.objects.filter(pk=row.pk).update(role="SYS" if row.role != "SYS" else "MD")
    assert tables.history(one, ["id", "role"]) != before
    world.tampered = True


@pytest.mark.django_db
def test_a_database_that_was_set_up_by_a_newer_release_is_said_so():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('records', '9999_from_tomorrow', '2027-01-01 00:00:00')"
        )

    with pytest.raises(Stopped, match="9999_from_tomorrow"):
        Present()


def test_ids_are_written_as_people_know_them(world: World):
    (first, *_more) = rows(table("records_facility"))

    assert UUID(first["id"]) == world.facility.pk
