"""Which reviewed content nobody at this facility has signed yet: pages show it as a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Exists, OuterRef

from stepdown.content import library
from stepdown.records import snapshots
from stepdown.records.models import Signature

SIGNED = "reviewed and signed"
"""What a medical director's signature on content says (``actions.access.settings``)."""


def _shown() -> dict[str, Any]:
    """The content that boards and charts rest on, by the name pages use."""
    return {
        **library.instruments(),
        "vitals": library.vital_signs(),
        "schedule": library.schedule(),
        "symptoms": library.symptoms(),
    }


@dataclass(frozen=True, slots=True)
class Drafts:
    """The names of unsigned content: instrument keys, ``vitals``, ``schedule``, ``symptoms``."""

    names: frozenset[str]

    @classmethod
    def annotations(cls, facility: str = "facility_id") -> dict[str, Exists]:
        """Columns for a query over rows of a facility: is each piece of content signed here?"""
        return {
            f"signed_{name}": Exists(
                Signature.objects.filter(
                    facility_id=OuterRef(facility),
                    subject_id=snapshots.digest_of(content),
                    meaning=SIGNED,
                )
            )
            for name, content in _shown().items()
        }

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Read the columns of :meth:`annotations` from a fetched row."""
        return cls(frozenset(name for name in _shown() if not row[f"signed_{name}"]))

    def __contains__(self, name: object) -> bool:
        return name in self.names


def fingerprint() -> str:
    """One text that changes with any content a page rests on: part of its ETag."""
    shown = (*_shown().values(), library.permissions())
    return "".join(snapshots.digest_of(content)[:10] for content in shown)
