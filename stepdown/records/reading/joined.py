"""Many rows of a stay as one column: what a page heads itself with costs one statement."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.db.models import Func, QuerySet, Subquery, TextField
from django.db.models.functions import JSONObject


class JoinedRows(Func):
    """All rows of a subquery as one JSON array, in no promised order.

    A plain function and no Django aggregate: the subquery is already one group.
    """

    arity = 1
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        row, parameters = compiler.compile(self.get_source_expressions()[0])
        return f"json_group_array({row})", parameters

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        row, parameters = compiler.compile(self.get_source_expressions()[0])
        return f"json_agg({row})::text", parameters


def joined(rows: QuerySet[Any, Any], **columns: str) -> Subquery:
    """These columns of ``rows`` (name -> field), for :func:`told` to read."""
    found = rows.order_by().values(told=JoinedRows(JSONObject(**columns)))
    return Subquery(found, output_field=TextField())


def told(text: str | None) -> list[dict[str, Any]]:
    """The rows that :func:`joined` fetched; none where there were none."""
    return json.loads(text) or [] if text else []


def moment(text: str | None) -> datetime | None:
    """A time as a database writes it, aware: SQLite leaves its UTC unsaid."""
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def known(text: str) -> datetime:
    """:func:`moment` of a column that is never empty."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
