"""What every clinical record has in common."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models

from stepdown.records.ids import new_id

if TYPE_CHECKING:
    from stepdown.records.access import Actor


class EntryQuerySet(models.QuerySet[Any]):
    """Words that every record understands."""

    def standing(self) -> Self:
        """Entries that still stand: neither corrected by a later one nor entered in error."""
        later = self.model._default_manager.filter(replaces=models.OuterRef("pk"))
        return self.filter(~models.Exists(later), is_void=False)

    def newest(self) -> Self:
        """Latest first, by when it happened; ties by when we were told."""
        return self.order_by("-occurred_at", "-id")

    def update(self, **kwargs: Any) -> int:
        raise TypeError(f"{self.model.__name__} is append-only: record a correction instead.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError(f"{self.model.__name__} is append-only: record it as entered in error.")


class Entry(models.Model):
    """One thing that happened, as told by one person. Never edited, never deleted.

    A correction is a new entry that ``replaces`` the old one and says why; an
    entry made in error is replaced by one with ``is_void``. Both stay readable.
    The database refuses updates and deletions as well (``records/guards.py``).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Nobody asks for all entries of a house or of a person: an index would only cost each write.
    facility = models.ForeignKey(
        "records.Facility", models.PROTECT, related_name="+", db_index=False
    )
    occurred_at = models.DateTimeField("when it happened")
    recorded_at = models.DateTimeField("when it was recorded")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    role = models.CharField(max_length=8)
    submission_id = models.UUIDField()
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    is_void = models.BooleanField("entered in error", default=False)
    why = models.CharField("reason for a correction", max_length=500, blank=True)

    append_only = True

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is append-only: record a correction instead.")
        super().save(*args, force_insert=True, using=kwargs.pop("using", None))

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(f"{type(self).__name__} is append-only: record it as entered in error.")

    @classmethod
    def told(
        cls,
        by: Actor,
        *,
        at: datetime,
        submission: Any,
        occurred_at: datetime | None = None,
        **fields: Any,
    ) -> Self:
        """A new entry, not yet saved, stamped with who, in which role, and both times."""
        return cls(
            facility_id=by.facility.pk,
            actor_id=by.user.pk,
            role=by.role,
            occurred_at=occurred_at or at,
            recorded_at=at,
            submission_id=submission,
            **fields,
        )
