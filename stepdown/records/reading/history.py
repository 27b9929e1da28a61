"""Every observation of a stay as it was told, the newest first: nothing is left out.

A page costs two queries, and one more for those whose wording it shows: the content
each was taken with, which may be an older version than the ward's today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from stepdown.clinical.instruments import Instrument
from stepdown.content import library
from stepdown.records.models import ContentSnapshot, Episode, Observation

EACH_PAGE = 50


@dataclass(frozen=True, slots=True)
class Told:
    """One entry, the entry that took its place (None while it stands), and its wording then."""

    reading: Observation
    replaced_by: Observation | None
    instrument: Instrument | None

    @property
    def is_standing(self) -> bool:
        """True unless it was corrected, struck out, or is itself the note of a striking out."""
        return self.replaced_by is None and not self.reading.is_void


@dataclass(frozen=True, slots=True)
class Page:
    """One page of entries; ``number`` counts from 1, and ``count`` is of the whole stay."""

    entries: tuple[Told, ...]
    number: int
    pages: int
    count: int


def page(episode: Episode, number: int) -> Page:
    """The entries of one page, newest first by when they happened.

    Args:
        number: from 1; below or beyond what there is, the nearest page.
    """
    all_of_it = Observation.objects.for_episode(episode)
    count = all_of_it.count()
    pages = max(1, -(-count // EACH_PAGE))
    number = min(max(number, 1), pages)
    first = (number - 1) * EACH_PAGE
    found = list(
        all_of_it.select_related(
            "actor", "replaced_by", "replaced_by__actor", "self_report__handover__actor"
        )
        .newest()[first : first + EACH_PAGE]
    )  # fmt: skip
    wording = _wording(found)
    return Page(
        tuple(
            Told(reading, getattr(reading, "replaced_by", None), wording.get(reading.snapshot_id))
            for reading in found
        ),
        number,
        pages,
        count,
    )


def page_with(episode: Episode, entry_id: UUID) -> int:
    """The number of the page that holds one entry; 1 where the stay has no such entry."""
    all_of_it = Observation.objects.for_episode(episode)
    entry = all_of_it.filter(pk=entry_id).first()
    if entry is None:
        return 1
    later = Q(occurred_at__gt=entry.occurred_at) | Q(occurred_at=entry.occurred_at, id__gt=entry.pk)
    return int(all_of_it.filter(later).count()) // EACH_PAGE + 1


def _wording(found: Iterable[Observation]) -> Mapping[str, Instrument]:
    """Digest -> the scale word for word as it was when used."""
    wanted = {reading.snapshot_id for reading in found if reading.answers}
    known = {digest: _kept[digest] for digest in wanted if digest in _kept}
    if missing := wanted - set(known):
        for digest, text in ContentSnapshot.objects.filter(digest__in=missing).values_list(
            "digest", "text"
        ):
            known[digest] = _kept[digest] = library.restore(Instrument, text)
    return known


_kept: dict[str, Instrument] = {}
"""A digest names one text for ever, and a house uses few."""
