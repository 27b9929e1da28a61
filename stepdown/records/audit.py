"""The sealed chains. Every write is one transaction with its audit event.

An event names each row it wrote with the digest of that row's text and is sealed
with an HMAC over itself and the seal before it, keyed from outside the database.
Whoever alters, removes or adds a row, or an event, breaks a seal that
``stepdown verify`` recomputes (``records/verifying.py``).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, models
from django.db.models import QuerySet

from stepdown.records import canonical, fits, looking
from stepdown.records.actions.register import ACTIONS
from stepdown.records.errors import Clash
from stepdown.records.inserting import insert, put
from stepdown.records.models import AccessEvent, AccessHead, AuditEvent, ChainHead, Facility
from stepdown.records.reading.prepared import Prepared
from stepdown.records.transactions import writing

if TYPE_CHECKING:
    from stepdown.records.access import Actor


def seal(*parts: Any) -> str:
    """The HMAC-SHA-256 of the parts' canonical text, in hex."""
    words = canonical.text([canonical.plain(part) for part in parts])
    return hmac.new(settings.STEPDOWN_AUDIT_KEY.encode(), words.encode(), sha256).hexdigest()


def event_seal(event: AuditEvent, previous: str) -> str:
    """What ``event.mac`` must be, given the seal before it."""
    return seal(
        previous,
        event.facility_id,
        event.seq,
        event.at,
        event.actor_id,
        event.role,
        event.action,
        event.episode_id,
        event.rows,
    )


def access_seal(event: AccessEvent, previous: str) -> str:
    """What an access event's ``mac`` must be, given the seal before it."""
    return seal(
        previous,
        event.facility_id,
        event.seq,
        event.at,
        event.actor_id,
        event.role,
        event.what,
        event.episode_id,
        event.detail,
        event.writes_seq,
        event.writes_mac,
    )


GONE = ""
"""What stands for the digest of a row that an action took away."""


class Ledger:
    """The rows one action has written so far, and the stay it is about."""

    def __init__(self, episode_id: UUID | None = None) -> None:
        self.rows: list[models.Model] = []
        self.gone: list[tuple[str, str]] = []
        self.episode_id = episode_id

    def wrote(self, *rows: models.Model) -> None:
        """Note rows, once each, to be digested as they stand when the action ends."""
        self.rows += [row for row in rows if not any(row is known for known in self.rows)]

    def created(self, row: models.Model) -> models.Model:
        """Save a new row and note it.

        Raises:
            Refused: a text does not fit its column. Clash: the database refuses the row.
        """
        fits.refuse(row)
        try:
            row.save(force_insert=True)
        except IntegrityError as error:
            raise Clash(row) from error
        self.wrote(row)
        return row

    def changed(self, row: models.Model, *names: str) -> models.Model:
        """Save these fields of a row that may change, and note it.

        Raises:
            Refused: a text does not fit its column.
        """
        fits.refuse(row)
        row.save(update_fields=names)
        self.wrote(row)
        return row

    def removed(self, *rows: models.Model) -> None:
        """Note rows taken away: a guest struck off a list, never a record of care."""
        self.gone += [(row._meta.db_table, str(row.pk)) for row in rows]

    def text(self) -> str:
        """Canonical JSON: each row by table and key, with its digest."""
        written = [[r._meta.db_table, str(r.pk), canonical.row_digest(r)] for r in self.rows]
        return canonical.text(written + [[table, key, GONE] for table, key in self.gone])


@contextmanager
def action(
    name: str, *, by: Actor, at: datetime, episode_id: UUID | None = None
) -> Iterator[Ledger]:
    """Run one named action: one transaction, the records and their audit event, or nothing.

    The chain's end is held from the start, so one facility's writers follow each other
    on both engines: what an action reads is still true when it writes.

    Raises:
        KeyError: the action has no row in the register, so nobody may do it.
        NotPermitted: the active role may not do it, or has run out.
    """
    from stepdown.records import access

    row, verb = ACTIONS[name]
    access.require(by, row, verb)
    access.require_running(by, at)
    with writing():
        head, ledger = _head(by.facility), Ledger(episode_id)
        yield ledger
        _append(name, by.facility, by.user.pk, by.role, at, head, ledger)


@contextmanager
def founding(facility: Facility, *, at: datetime) -> Iterator[Ledger]:
    """What an operator sets up before there is anybody to do it: beds, first accounts."""
    with writing():
        head, ledger = _head(facility), Ledger()
        yield ledger
        _append("facility.found", facility, None, "", at, head, ledger)


def _append(
    name: str,
    facility: Facility,
    actor_id: UUID | None,
    role: str,
    at: datetime,
    head: ChainHead,
    ledger: Ledger,
) -> None:
    if not ledger.rows and not ledger.gone:
        return
    event = AuditEvent(
        facility_id=facility.pk,
        seq=head.seq + 1,
        at=at,
        actor_id=actor_id,
        role=role,
        action=name,
        episode_id=ledger.episode_id,
        rows=ledger.text(),
    )
    event.mac = event_seal(event, head.mac)
    insert([event])
    head.seq, head.mac = event.seq, event.mac
    put(head, "seq", "mac")


def _head(facility: Facility) -> ChainHead:
    """The chain's end, held until the transaction ends."""
    held = _HEAD.rows(facility=facility.pk)
    return ChainHead(**held[0]) if held else ChainHead.objects.create(facility=facility)


def _held(*, facility: UUID) -> QuerySet[Any, Any]:
    heads = ChainHead.objects.select_for_update().filter(pk=facility)
    return heads.values("facility_id", "seq", "mac")


_HEAD = Prepared(_held)


def version(facility: Facility) -> int:
    """A number that rises with each write at a facility; pages are stale when it has."""
    found = ChainHead.objects.filter(pk=facility.pk).values_list("seq", flat=True).first()
    return found or 0


def looked(
    what: str,
    *,
    by: Actor,
    at: datetime,
    episode_id: UUID | None = None,
    detail: str = "",
    writes: ChainHead | None = None,
) -> None:
    """Record that somebody opened something. Never waits for a writer.

    ``writes`` is the end of the chain of writes where the page has read it already.
    """
    _log(by.facility.pk, by.user.pk, by.role, what, at, episode_id, detail, writes)


def looked_together(
    what: str,
    episode_ids: Sequence[UUID | None],
    *,
    by: Actor,
    at: datetime,
    detail: str = "",
) -> None:
    """Record one look at several stays, one event for each, in one transaction."""
    noted = _WRITES.rows(facility=by.facility.pk)
    writes = ChainHead(**noted[0]) if noted else None
    events = [
        _look(by.facility.pk, by.user.pk, by.role, what, at, each, detail, writes)
        for each in episode_ids
    ]
    if events:
        _log_in_turn(*events)


def signed_in(
    what: str,
    *,
    facility_id: UUID,
    user_id: UUID | None,
    role: str,
    at: datetime,
    detail: str = "",
) -> None:
    """Record a sign-in, a lock, an unlock or a refused attempt."""
    _log(facility_id, user_id, role, what, at, None, detail)


def _log(
    facility_id: UUID,
    actor_id: UUID | None,
    role: str,
    what: str,
    at: datetime,
    episode_id: UUID | None,
    detail: str,
    writes: ChainHead | None = None,
) -> None:
    if writes is None and (end := _WRITES.rows(facility=facility_id)):
        writes = ChainHead(**end[0])
    event = _look(facility_id, actor_id, role, what, at, episode_id, detail, writes)
    for _each in range(TRIES if looking.can(settings.ACCESS_ALIAS) else 0):
        found = _LOOKED_LAST.rows(facility=facility_id)
        if not found:
            break
        head = AccessHead(**found[0])
        if looking.write(_behind(event, head), head, using=settings.ACCESS_ALIAS):
            return
    _log_in_turn(event)


def _look(
    facility_id: UUID,
    actor_id: UUID | None,
    role: str,
    what: str,
    at: datetime,
    episode_id: UUID | None,
    detail: str,
    writes: ChainHead | None,
) -> AccessEvent:
    return AccessEvent(
        facility_id=facility_id,
        at=at,
        actor_id=actor_id,
        role=role,
        what=what,
        episode_id=episode_id,
        detail=detail[:200],
        writes_seq=writes.seq if writes else 0,
        writes_mac=writes.mac if writes else "",
    )


TRIES = 3
"""So often a look is written without holding the end of the chain; then it takes its turn."""


def _behind(event: AccessEvent, head: AccessHead) -> AccessEvent:
    event.seq = head.seq + 1
    event.mac = access_seal(event, head.mac)
    return event


def _log_in_turn(*events: AccessEvent) -> None:
    """Write looks at one facility while holding the end of its chain."""
    facility_id = events[0].facility_id
    with writing(settings.ACCESS_ALIAS):
        held = _LOOKED.rows(facility=facility_id)
        if not held:  # two first looks at once: one makes the row, both then hold it
            AccessHead.objects.get_or_create(facility_id=facility_id)
            held = _LOOKED.rows(facility=facility_id)
        head = AccessHead(**held[0])
        for event in events:
            _behind(event, head)
            head.seq, head.mac = event.seq, event.mac
        insert(events, using=settings.ACCESS_ALIAS)
        put(head, "seq", "mac", using=settings.ACCESS_ALIAS)


def _end_of_writes(*, facility: UUID) -> QuerySet[Any, Any]:
    return ChainHead.objects.filter(pk=facility).values("facility_id", "seq", "mac")


_WRITES = Prepared(_end_of_writes)


def _last_look(*, facility: UUID) -> QuerySet[Any, Any]:
    heads = AccessHead.objects.using(settings.ACCESS_ALIAS).filter(pk=facility)
    return heads.values("facility_id", "seq", "mac")


_LOOKED_LAST = Prepared(_last_look, using=settings.ACCESS_ALIAS)


def _held_looks(*, facility: UUID) -> QuerySet[Any, Any]:
    heads = AccessHead.objects.using(settings.ACCESS_ALIAS).select_for_update()
    return heads.filter(pk=facility).values("facility_id", "seq", "mac")


_LOOKED = Prepared(_held_looks, using=settings.ACCESS_ALIAS)
