"""Recomputing the sealed chains from the clinical tables, and naming the first broken row."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
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
)

BATCH = 500
UNSEALED = (AuditEvent, ChainHead, AccessEvent, AccessHead, Deployment, ContentSnapshot)
"""The chains themselves, and rows that are checked in another way or hold no care."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that is not as it was sealed."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def sealed_models() -> dict[str, type[models.Model]]:
    """Table -> model, for every table whose rows audit events answer for."""
    found = apps.get_app_config("records").get_models(include_auto_created=True)
    return {m._meta.db_table: m for m in found if m not in UNSEALED}


def verify(facility: Facility, anchors: list[tuple[int, str]] | None = None) -> Iterator[Broken]:
    """Everything broken in a facility's record, in order; nothing when all is as sealed.

    ``anchors`` are (sequence, seal) pairs kept elsewhere; each must still be found.
    """
    seals: dict[int, str] = {0: ""}
    latest: dict[tuple[str, str], tuple[int, str]] = {}
    yield from _events(facility, seals, latest)
    yield from _head(facility, seals)
    yield from _anchored(facility, seals, anchors or [])
    yield from _rows(facility, latest)
    yield from _looked(facility)


def _events(
    facility: Facility, seals: dict[int, str], latest: dict[tuple[str, str], tuple[int, str]]
) -> Iterator[Broken]:
    previous, expected = "", 1
    events = AuditEvent.objects.filter(facility=facility).order_by("seq")
    for event in events.iterator(chunk_size=BATCH):
        place = f"audit event {event.seq}"
        if event.seq != expected:
            yield Broken(place, f"event {expected} is gone")
        elif event.mac != audit.event_seal(event, previous):
            yield Broken(place, f"the seal does not fit ({event.action}): altered after writing")
        previous, expected = event.mac, event.seq + 1
        seals[event.seq] = event.mac
        for table, key, digest in json.loads(event.rows):
            latest[(table, key)] = (event.seq, digest)


def _head(facility: Facility, seals: dict[int, str]) -> Iterator[Broken]:
    head = ChainHead.objects.filter(pk=facility.pk).first()
    last = max(seals)
    if head is None:
        if last:
            yield Broken("chain", "its end is gone")
    elif (head.seq, head.mac) != (last, seals[last]):
        yield Broken("chain", f"it should end at event {head.seq}, and ends at {last}: cut short")


def _anchored(
    facility: Facility, seals: dict[int, str], anchors: list[tuple[int, str]]
) -> Iterator[Broken]:
    """Chain ends noted outside this table: by each look, and by earlier verifications."""
    seen = AccessEvent.objects.filter(facility_id=facility.pk, writes_seq__gt=0).order_by("seq")
    noted = seen.values_list("writes_seq", "writes_mac").distinct()
    for seq, mac in [*anchors, *noted.iterator(chunk_size=BATCH)]:
        if seals.get(seq) != mac:
            yield Broken(f"audit event {seq}", "it was seen once and is not there as it was")
            return


def _rows(
    facility: Facility, latest: dict[tuple[str, str], tuple[int, str]]
) -> Iterator[Broken]:
    by_table: dict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
    for (table, key), sealed in latest.items():
        by_table[table][key] = sealed
    for table, model in sealed_models().items():
        yield from _table(facility, table, model, by_table.pop(table, {}))
    for table in by_table:
        yield Broken(table, "the table is gone")


def _table(
    facility: Facility, table: str, model: type[models.Model],
    sealed: dict[str, tuple[int, str]],
) -> Iterator[Broken]:
    for row in _of(facility, model).iterator(chunk_size=BATCH):
        known = sealed.pop(str(row.pk), None)
        place = f"{table} {row.pk}"
        if known is None:
            if not _elsewhere(facility, model):
                yield Broken(place, "no audit event answers for this row: added from outside")
        elif canonical.row_digest(row) != known[1]:
            yield Broken(place, f"altered since event {known[0]}")
    for key, (seq, _digest) in sealed.items():
        yield Broken(f"{table} {key}", f"written by event {seq} and now gone")


def _of(facility: Facility, model: type[models.Model]) -> models.QuerySet[Any]:
    names = {field.name for field in model._meta.concrete_fields}
    rows = model._base_manager.order_by("pk")
    if "facility" in names:
        return rows.filter(facility=facility)
    if model is Facility:
        return rows.filter(pk=facility.pk)
    if "episode" in names:
        return rows.filter(episode__facility=facility)
    return rows.filter(assignments__facility=facility).distinct()


def _elsewhere(facility: Facility, model: type[models.Model]) -> bool:
    """True for rows that another facility may answer for: an account works in several."""
    names = {field.name for field in model._meta.concrete_fields}
    return not names & {"facility", "episode"} and model is not Facility


def _looked(facility: Facility) -> Iterator[Broken]:
    previous, expected = "", 1
    events = AccessEvent.objects.filter(facility_id=facility.pk).order_by("seq")
    for event in events.iterator(chunk_size=BATCH):
        place = f"access event {event.seq}"
        if event.seq != expected:
            yield Broken(place, f"event {expected} is gone")
            return
        if event.mac != audit.access_seal(event, previous):
            yield Broken(place, f"the seal does not fit ({event.what}): altered after writing")
            return
        previous, expected = event.mac, event.seq + 1
    head = AccessHead.objects.filter(pk=facility.pk).first()
    if head is not None and (head.seq, head.mac) != (expected - 1, previous):
        yield Broken("access log", f"it should end at {head.seq}: cut short")


def head_of(facility: Facility) -> tuple[int, str]:
    """(sequence, seal) of the end of the chain, to be kept elsewhere as an anchor."""
    head = ChainHead.objects.filter(pk=facility.pk).first()
    return (head.seq, head.mac) if head else (0, "")


