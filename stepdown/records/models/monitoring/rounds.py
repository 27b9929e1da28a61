"""Safety rounds: that somebody looked, where, and how the person was."""

from __future__ import annotations

from django.db import models

from stepdown.records.models.entry import Entry, EntryQuerySet


class SafetyRound(Entry):
    """One person seen (or not found) on a round. One entry a person: nobody ticks a ward.

    ``place`` is a code of ``round_place``, which says of somebody asleep whether breathing
    was seen. ``late_reason`` stands where it was told later than it was walked.
    """

    episode = models.ForeignKey(
        "records.Episode", models.PROTECT, related_name="rounds", db_index=False
    )
    place = models.CharField("code of round_place", max_length=24)
    with_whom = models.CharField(max_length=100, blank=True)
    note = models.CharField(max_length=300, blank=True)
    late_reason = models.CharField("why it was told late", max_length=200, blank=True)
    is_downtime = models.BooleanField("written up after a downtime", default=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                models.F("episode"), models.F("occurred_at").desc(), name="rounds_of_a_stay"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="round_told_once"),
        ]

    def __str__(self) -> str:
        return self.place
