"""Whom a write in the trail of accounts is about, in words; the chain itself holds only keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Model

from stepdown.records.models import (
    Assignment,
    AuditEvent,
    Export,
    ExportEnd,
    LicenceRenewal,
    SecondFactorReset,
    User,
)
from stepdown.records.verifying_rows import rows_of

TOLD: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (ExportEnd, ("outcome",)),
    (Export, ("purpose", "words")),
    (SecondFactorReset, ("user__name", "reason")),
    (LicenceRenewal, ("assignment__user__name", "assignment__role", "expires_on")),
    (Assignment, ("user__name", "role")),
    (User, ("name",)),
)
"""A table -> what tells whom and what, the most telling first."""

TELLING = ("accounts.", "exports.")


def of(events: Iterable[AuditEvent]) -> dict[UUID, str]:
    """Event -> whom it is about and what it says, for events about accounts and exports; no other is read.

    One query for each kind of row that the events name, whatever their number.
    """
    named = {
        event.pk: {table: key for table, key, _digest in rows_of(event)}
        for event in events
        if event.action.startswith(TELLING)
    }
    words = {model._meta.db_table: _words(model, columns, named) for model, columns in TOLD}
    return {
        event: next(
            (words[table][rows[table]] for table in words if rows.get(table) in words[table]), ""
        )
        for event, rows in named.items()
    }


def _words(
    model: type[Model], columns: tuple[str, ...], named: dict[UUID, dict[str, str]]
) -> dict[str, str]:
    """Key of a row -> its words, for every row of this table that an event names."""
    table = model._meta.db_table
    keys = {rows[table] for rows in named.values() if table in rows}
    if not keys:
        return {}
    found: Any = model._default_manager.filter(pk__in=keys).values_list("pk", *columns)
    return {str(row[0]): ", ".join(str(each) for each in row[1:]) for row in found}
