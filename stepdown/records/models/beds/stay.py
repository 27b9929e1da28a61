"""Who lies in which bed, from when to when."""

from __future__ import annotations

from django.db import models

from stepdown.records.ids import new_id


class BedStay(models.Model):
    """One person's time in one bed; open while ``ended_at`` is empty (N7)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = models.ForeignKey("records.Facility", models.PROTECT, related_name="+")
    bed = models.ForeignKey("records.Bed", models.PROTECT, related_name="stays")
    episode = models.ForeignKey("records.Episode", models.PROTECT, related_name="bed_stays")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bed"], condition=models.Q(ended_at=None), name="one_person_per_bed"
            ),
            models.UniqueConstraint(
                fields=["episode"], condition=models.Q(ended_at=None), name="one_bed_per_person"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("started_at")),
                name="stay_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"bed {self.bed_id} from {self.started_at:%Y-%m-%d %H:%M}"
