"""The rows that audit events answer for, held against what is in the tables.

Rows that never change are compared as the events pass, and only counted; rows that
change are compared at the end, with the last event that named each.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import models

from stepdown.records import audit, canonical
from stepdown.records.models import (
    AccessEvent,
    AccessHead,
    AuditEvent,
    ChainHead,
    ContentSnapshot,
    Deployment,
    Facility,
    HandoverDraft,
    PersonKey,
    SearchTally,
    User,
)

BATCH = 500
APART = (
    AuditEvent,
    ChainHead,
    AccessEvent,
    AccessHead,
    ContentSnapshot,
    HandoverDraft,
    PersonKey,
    SearchTally,
)
"""The chains; content, under its own digest; what is no record yet; what is worked out from rows."""

SHARED = (User, Deployment)
"""Rows that several facilities answer for."""

Found = Iterator[tuple[str, str]]
Model = type[models.Model]


def sealed_models() -> dict[str, Model]:
    """Table -> model, for every table whose rows audit events answer for."""
    found = apps.get_app_config("records").get_models(include_auto_created=True)
    return {m._meta.db_table: m for m in found if m not in APART}


class Rows:
    """What the events of one facility have said of rows so far."""

    def __init__(self, facility: Facility) -> None:
        self.facility = facility
        self.models = sealed_models()
        self._waiting: dict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
        self._counted: dict[str, int] = defaultdict(int)
        self._latest: dict[str, dict[str, tuple[int, str]]] = defaultdict(dict)

    def named_by(self, seq: int, rows: Iterable[list[str]]) -> Found:
        """Take note of the rows one event names."""
        for table, key, digest in rows:
            model = self.models.get(table)
            if model is None:
                yield table, f"event {seq} wrote to it and the table is gone"
            elif _never_changes(model):
                self._waiting[table][key] = (seq, digest)
                self._counted[table] += 1
            else:
                self._latest[table][key] = (seq, digest)

    def up_to_here(self) -> Found:
        """Compare the rows that never change and were named since the last call."""
        for table, sealed in self._waiting.items():
            rows = self.models[table]._base_manager.in_bulk(list(sealed))
            found = {str(key): row for key, row in rows.items()}
            for key, (seq, digest) in sealed.items():
                yield from _compare(table, key, found.get(key), seq, digest)
        self._waiting.clear()

    def at_the_end(self, progress: Callable[[str, int, int], None]) -> Found:
        """Compare the rows that change, and look for rows that no event named."""
        tables = sorted(self.models.items())
        for done, (table, model) in enumerate(tables, start=1):
            if _never_changes(model):
                yield from self._added(table, model)
            else:
                yield from self._changing(table, model)
            progress("tables", done, len(tables))

    def _added(self, table: str, model: Model) -> Found:
        """Rows of a table that never changes, if it holds more than the events named."""
        there = _of(self.facility, model)
        if there.count() <= self._counted[table]:
            return
        named: set[str] = set()
        for event in AuditEvent.objects.filter(facility=self.facility).iterator(BATCH):
            named |= {key for at, key, _digest in rows_of(event) if at == table}
        for key in there.values_list("pk", flat=True).iterator(chunk_size=BATCH):
            if str(key) not in named:
                yield f"{table} {key}", "no audit event answers for this row: added from outside"

    def _changing(self, table: str, model: Model) -> Found:
        sealed = self._latest[table]
        for row in _of(self.facility, model).iterator(chunk_size=BATCH):
            seq, digest = sealed.pop(str(row.pk), (0, ""))
            fits = canonical.row_digest(row) == digest
            if fits or (model in SHARED and self._answered_elsewhere(table, row)):
                continue
            said = f"altered since event {seq}" if seq else "no audit event answers for this row"
            yield f"{table} {row.pk}", said if seq else f"{said}: added from outside"
        for key, (seq, digest) in sealed.items():
            if digest != audit.GONE:
                yield f"{table} {key}", f"written by event {seq} and now gone"

    def _answered_elsewhere(self, table: str, row: models.Model) -> bool:
        """True when the newest event of another facility that names the row fits it."""
        elsewhere = AuditEvent.objects.exclude(facility=self.facility)
        event = elsewhere.filter(rows__contains=str(row.pk)).order_by("-at", "-id").first()
        named = rows_of(event) if event else []
        return [table, str(row.pk), canonical.row_digest(row)] in named


def rows_of(event: AuditEvent) -> list[list[str]]:
    """[table, key, digest] of each row an event names; none where it was made unreadable."""
    try:
        found: list[list[str]] = json.loads(event.rows)
    except ValueError:  # altered; its seal says so
        return []
    return found


def _never_changes(model: Model) -> bool:
    return bool(getattr(model, "append_only", False)) and model not in SHARED


def _compare(table: str, key: str, row: Any, seq: int, digest: str) -> Found:
    if row is None:
        yield f"{table} {key}", f"written by event {seq} and now gone"
    elif canonical.row_digest(row) != digest:
        yield f"{table} {key}", f"altered since event {seq}"


def _of(facility: Facility, model: Model) -> models.QuerySet[Any]:
    """The rows of a table that belong to a facility."""
    names = {field.name for field in model._meta.concrete_fields}
    rows = model._base_manager.order_by("pk")
    if "facility" in names:
        return rows.filter(facility=facility)
    if model is Facility:
        return rows.filter(pk=facility.pk)
    if model is Deployment:
        return rows
    if "episode" in names:
        return rows.filter(episode__facility=facility)
    return rows.filter(assignments__facility=facility).distinct()
