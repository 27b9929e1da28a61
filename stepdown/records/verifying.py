"""Recomputing the sealed chains from the tables, and naming what is not as it was sealed.

Everything is read in batches, from one moment's view of the database, so a ward may go
on working and a long history needs no long memory.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from stepdown.records import audit, canonical, names
from stepdown.records.models import (
    AccessEvent,
    AccessHead,
    AuditEvent,
    ChainHead,
    ContentSnapshot,
    Facility,
    Person,
    PersonKey,
)
from stepdown.records.transactions import one_moment
from stepdown.records.verifying_rows import Rows, rows_of

BATCH = 500

Progress = Callable[[str, int, int], None]
"""Called with what is being read, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that is not as it was sealed."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where both chains of a facility ended once, as noted outside the database."""

    writes: tuple[int, str]
    reads: tuple[int, str] = (0, "")


def _silent(what: str, done: int, count: int) -> None:
    """Nobody is watching."""


def verify(
    facility: Facility, anchors: Iterable[Anchor] = (), *, progress: Progress = _silent
) -> Iterator[Broken]:
    """Everything broken in a facility's record, in order; nothing when all is as sealed.

    ``anchors`` were kept elsewhere; each must still be found. Every look at a chart
    noted the end of the writes as well, in a chain of its own.
    """
    kept = list(anchors)
    with ExitStack() as views:
        # The reads first: what they noted of the writes is then never ahead of them.
        for alias in dict.fromkeys([settings.ACCESS_ALIAS, "default"]):
            views.enter_context(one_moment(alias))
        yield from _contents()
        rows = Rows(facility)
        for place, what in _writes(facility, kept, rows, progress):
            yield Broken(place, what)
        for place, what in rows.at_the_end(progress):
            yield Broken(place, what)
        yield from _keys(facility)
        for place, what in _reads(facility, kept, progress):
            yield Broken(place, what)


def anchor(facility: Facility) -> Anchor:
    """Where both chains end now, to be kept outside the database."""
    writes = ChainHead.objects.filter(pk=facility.pk).first()
    reads = AccessHead.objects.filter(pk=facility.pk).first()
    return Anchor(
        (writes.seq, writes.mac) if writes else (0, ""),
        (reads.seq, reads.mac) if reads else (0, ""),
    )


def key_fits(facility: Facility) -> bool:
    """True when the last event was sealed with the key in use; True for an empty chain.

    Quick, for start-up: a lost key must not go on sealing as if nothing were wrong.
    """
    events = AuditEvent.objects.filter(facility=facility).order_by("-seq")
    last = events.first()
    if last is None:
        return True
    before = events.filter(seq=last.seq - 1).first()
    return last.mac == audit.event_seal(last, before.mac if before else "")


def _contents() -> Iterator[Broken]:
    """Reviewed content is stored under the digest of its own text."""
    for kept in ContentSnapshot.objects.order_by("digest").iterator(chunk_size=50):
        if canonical.digest(kept.text) != kept.digest:
            yield Broken(f"content {kept.key} {kept.version}", "its text was altered")


def _keys(facility: Facility) -> Iterator[Broken]:
    """What finds people again is what their names say: nobody was hidden, and nobody planted."""
    kept: defaultdict[UUID, set[names.Key]] = defaultdict(set)
    of_house = PersonKey.objects.filter(facility=facility)
    columns = ("person_id", "word", "head", "tail", "letters", "sound")
    for person_id, *key in of_house.values_list(*columns).iterator(chunk_size=BATCH):
        kept[person_id].add(names.Key(*key))
    called = Person.objects.filter(facility=facility).values_list(
        "pk", "legal_name", "preferred_name"
    )
    for key, legal, preferred in called.iterator(chunk_size=BATCH):
        if kept.pop(key, set()) != set(names.keys(legal, preferred)):
            yield Broken(f"records_person {key}", "what finds it by name does not fit the name")


def _writes(
    facility: Facility, anchors: list[Anchor], rows: Rows, progress: Progress
) -> Iterator[tuple[str, str]]:
    """The chain of writes against itself, its anchors and its end; ``rows`` follows along."""
    noted = _Noted(_noted_ends(facility, anchors))
    events = AuditEvent.objects.filter(facility=facility).order_by("seq")
    count = events.count()
    last, seal = 0, ""
    for done, event in enumerate(events.iterator(chunk_size=BATCH), start=1):
        place = f"audit event {event.seq}"
        if event.seq != last + 1:
            yield place, f"event {last + 1} is gone"
        elif event.mac != audit.event_seal(event, seal):
            yield place, f"the seal does not fit ({event.action}): altered after writing"
        last, seal = event.seq, event.mac
        yield from noted.passed(last, seal)
        yield from rows.named_by(event.seq, rows_of(event))
        if done % BATCH == 0 or done == count:
            yield from rows.up_to_here()
            progress("events", done, count)
    yield from noted.never_reached()
    head = ChainHead.objects.filter(pk=facility.pk).first()
    if head is None and last:
        yield "chain", "its end is gone"
    if head is not None and (head.seq, head.mac) != (last, seal):
        yield "chain", f"it should end at event {head.seq}, and ends at {last}: cut short"


def _noted_ends(facility: Facility, anchors: list[Anchor]) -> Iterator[tuple[int, str]]:
    """Ends of the chain of writes noted elsewhere, in order: by anchors, and by each look."""
    seen = AccessEvent.objects.filter(facility_id=facility.pk, writes_seq__gt=0)
    looks = seen.order_by("writes_seq").values_list("writes_seq", "writes_mac").distinct()
    mine = sorted(each.writes for each in anchors if each.writes[0])
    return heapq.merge(mine, looks.iterator(chunk_size=BATCH))


class _Noted:
    """Noted ends, held one by one against the chain as it is read."""

    def __init__(self, ends: Iterator[tuple[int, str]]) -> None:
        self._ends = ends
        self._next = next(ends, None)

    def passed(self, seq: int, seal: str) -> Iterator[tuple[str, str]]:
        """What was noted up to this event and is not so."""
        while self._next is not None and self._next[0] <= seq:
            if self._next != (seq, seal):
                yield f"audit event {self._next[0]}", "it was seen once, and was another one then"
            self._next = next(self._ends, None)

    def never_reached(self) -> Iterator[tuple[str, str]]:
        """The first end that was noted beyond the last event."""
        if self._next is not None:
            yield f"audit event {self._next[0]}", "it was seen once, and is gone: cut short"


def _reads(
    facility: Facility, anchors: list[Anchor], progress: Progress
) -> Iterator[tuple[str, str]]:
    noted = _Noted(iter(sorted(each.reads for each in anchors if each.reads[0])))
    events = AccessEvent.objects.filter(facility_id=facility.pk).order_by("seq")
    count = events.count()
    last, seal = 0, ""
    for done, event in enumerate(events.iterator(chunk_size=BATCH), start=1):
        place = f"access event {event.seq}"
        if event.seq != last + 1:
            yield place, f"access event {last + 1} is gone"
        elif event.mac != audit.access_seal(event, seal):
            yield place, f"the seal does not fit ({event.what}): altered after writing"
        last, seal = event.seq, event.mac
        for _place, what in noted.passed(last, seal):
            yield place, what
        if done % BATCH == 0 or done == count:
            progress("looks", done, count)
    for _place, what in noted.never_reached():
        yield "access log", what
    head = AccessHead.objects.filter(pk=facility.pk).first()
    if head is None and last:
        yield "access log", "its end is gone"
    if head is not None and (head.seq, head.mac) != (last, seal):
        yield "access log", f"it should end at {head.seq}, and ends at {last}: cut short"
