"""A query that is put together once and then only given its values.

Finding the newest reading of each kind for every bed is a few milliseconds of work
for a database and some twenty for Django, which builds the same statement anew for
every page. Here it is built once per shape, in Django's own words, and kept.

A statement may carry the rule of who sees whom (``access.rule``). Invitations and
emergency openings are part of what it asks, so a right withdrawn is withdrawn at once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

Build = Callable[..., QuerySet[Any, Any]]
Fill = UUID | datetime | str


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, str], ...]
    names: tuple[str, ...]
    converters: tuple[tuple[int, tuple[Any, Any]], ...]


class Prepared:
    """One query, by its shape (what decides its columns) and its values (what fills it).

    ``build(*shape, **values)`` returns a queryset of ``values(...)`` rows. Values are
    keys, words and times; each must be used in it. The shape must not come from a
    visitor: one statement is kept for each. ``using`` names the database.
    """

    def __init__(self, build: Build, *, using: str = DEFAULT_DB_ALIAS) -> None:
        self._build, self._using = build, using
        self._kept: dict[Hashable, _Statement] = {}

    def rows(self, *shape: Hashable, **values: Fill) -> list[dict[str, Any]]:
        """The rows for these values, each by column name."""
        connection = connections[self._using]
        key = (connection.vendor, *shape)
        if key not in self._kept:
            self._kept[key] = _prepare(self._build, shape, values, connection)
        statement = self._kept[key]
        parameters = list(statement.parameters)
        for place, name in statement.places:
            parameters[place] = _adapted(values[name], connection)
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, parameters)
            found = cursor.fetchall()
        return [_row(statement, row, connection) for row in found]


def _row(statement: _Statement, row: tuple[Any, ...], connection: Any) -> dict[str, Any]:
    cells = list(row)
    for place, (functions, expression) in statement.converters:
        for convert in functions:
            cells[place] = convert(cells[place], expression, connection)
    return dict(zip(statement.names, cells, strict=True))


def _prepare(
    build: Build, shape: tuple[Hashable, ...], values: dict[str, Fill], connection: Any
) -> _Statement:
    """Build the statement around stand-ins, and remember where each of them went.

    Raises:
        LookupError: a value is not used where it could be replaced.
    """
    stand_ins = {
        name: _stand_in(value, place) for place, (name, value) in enumerate(values.items())
    }
    query = build(*shape, **stand_ins).query
    compiler = query.get_compiler(connection.alias)
    sql, parameters = compiler.as_sql()
    adapted = {name: _adapted(value, connection) for name, value in stand_ins.items()}
    places = tuple(
        (place, name)
        for place, parameter in enumerate(parameters)
        for name, value in adapted.items()
        if type(parameter) is type(value) and parameter == value
    )
    if missing := set(values) - {name for _place, name in places}:
        raise LookupError(f"Not used in the statement: {', '.join(sorted(missing))}.")
    converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
    return _Statement(
        sql, tuple(parameters), places, tuple(query.selected or ()), tuple(converters.items())
    )


def _stand_in(value: Fill, place: int) -> Fill:
    """Something of the same kind that no record holds."""
    if isinstance(value, datetime):
        return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(days=place, microseconds=271828)
    return uuid4() if isinstance(value, UUID) else f"stand-in {uuid4()}"


def _adapted(value: Fill, connection: Any) -> Any:
    """A value as this database takes it."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, str):
        return value
    return connection.ops.adapt_datetimefield_value(value)
