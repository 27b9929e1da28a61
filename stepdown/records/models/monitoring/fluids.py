"""What somebody drank and lost."""

from __future__ import annotations

from django.db import models

from stepdown.records.models.entry import Entry, EntryQuerySet


class FluidEntry(Entry):
    """One drink, one vomit, one stool, one urine: as it was seen or measured.

    ``volume_ml`` is null where nothing was measured, which is never zero. Blood, bile and
    dark urine are *unknown* until somebody looked.
    """

    class Kind(models.TextChoices):
        DRUNK = "drunk", "Drank"
        VOMITED = "vomited", "Vomited"
        STOOL = "stool", "Stool"
        URINE = "urine", "Urine"

    class Seen(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        UNKNOWN = "unknown", "Not looked at"

    episode = models.ForeignKey(
        "records.Episode", models.PROTECT, related_name="fluids", db_index=False
    )
    kind = models.CharField(max_length=8, choices=Kind)
    what = models.CharField(
        "code of fluid_type, emesis_class or bristol", max_length=20, blank=True
    )
    volume_ml = models.PositiveSmallIntegerField("measured volume (mL)", null=True)
    blood = models.CharField(max_length=8, choices=Seen, default=Seen.UNKNOWN)
    bile = models.CharField(max_length=8, choices=Seen, default=Seen.UNKNOWN)
    is_dark = models.CharField("dark urine", max_length=8, choices=Seen, default=Seen.UNKNOWN)
    note = models.CharField(max_length=300, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                models.F("episode"), models.F("occurred_at").desc(), name="fluids_of_a_stay"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="fluid_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.what} {self.volume_ml if self.volume_ml is not None else ''}"
