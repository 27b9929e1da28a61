"""Which reviewed content nobody at this facility has signed yet: pages show it as a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import OuterRef, Subquery, TextField

from stepdown.content import library
from stepdown.records import snapshots
from stepdown.records.models import Facility, Signature
from stepdown.records.reading.sql import APART, JoinedTexts

SEDATION = "sedation_map_"
"""How the names of sedation mappings begin; no scale is called so."""

SIGNED = "reviewed and signed"
"""What a medical director's signature on content says (``actions.access.settings``)."""


def _shown() -> dict[str, Any]:
    """The content that boards and charts rest on, by the name pages use."""
    return {
        **library.instruments(),
        "vitals": library.vital_signs(),
        "schedule": library.schedule(),
        "symptoms": library.symptoms(),
        "courses": library.courses(),
        **{f"{SEDATION}{key}": each for key, each in library.sedation().items()},
    }


@dataclass(frozen=True, slots=True)
class Drafts:
    """The names of unsigned content.

    Instrument keys, ``vitals``, ``schedule``, ``symptoms``, ``courses``, ``sedation_map_`` and a
    mapping's key.
    """

    names: frozenset[str]

    @classmethod
    def annotations(cls, facility: str = "facility_id") -> dict[str, Subquery]:
        """A column for a query over rows of a facility: which content was signed here.

        One for all content: a scale more costs a page nothing.
        """
        signed = Signature.objects.filter(
            facility_id=OuterRef(facility),
            subject_id__in=[snapshots.digest_of(content) for content in _shown().values()],
            meaning=SIGNED,
        )
        told = signed.order_by().values(told=JoinedTexts("subject_id"))
        return {"signed": Subquery(told, output_field=TextField())}

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Read the columns of :meth:`annotations` from a fetched row."""
        signed = set((row["signed"] or "").split(APART))
        return cls(
            frozenset(
                name
                for name, content in _shown().items()
                if snapshots.digest_of(content) not in signed
            )
        )

    @classmethod
    def at(cls, facility: Facility) -> Self:
        """The unsigned content of one facility. One query."""
        row = Facility.objects.filter(pk=facility.pk).values(**cls.annotations("pk")).get()
        return cls.of(row)

    def __contains__(self, name: object) -> bool:
        return name in self.names


def fingerprint() -> str:
    """One text that changes with any content a page rests on: part of its ETag."""
    shown = (*_shown().values(), library.permissions())
    return "".join(snapshots.digest_of(content)[:10] for content in shown)
