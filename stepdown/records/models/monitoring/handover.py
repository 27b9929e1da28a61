"""A tablet handed to the person in care for one form, and what became of it."""

from __future__ import annotations

from django.db import models

from stepdown.records.models.entry import Entry, EntryQuerySet
from stepdown.records.models.monitoring.observation import ContentSnapshot, Observation


class Handover(Entry):
    """A nurse gave the tablet to one person for exactly one form.

    ``actor`` and ``role`` are who handed it over, ``occurred_at`` when. ``called`` is what
    the form's first page asks for: a first name or initials. ``snapshot`` is the wording
    the person is shown, also when the content changes meanwhile.
    """

    episode = models.ForeignKey("records.Episode", models.PROTECT, related_name="handovers")
    kind = models.CharField("scale", max_length=40)
    called = models.CharField("what the page calls the person", max_length=40)
    snapshot = models.ForeignKey(ContentSnapshot, models.PROTECT, related_name="+", db_index=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="handover_told_once"),
        ]

    def __str__(self) -> str:
        return self.kind


class HandoverEnd(Entry):
    """How a handed-over form ended, and the observation it left, if the person answered.

    An observation with a ``self_report`` was told by the person, on a tablet, alone.
    ``occurred_at`` is when the form ended; ``actor`` who answers for the record.
    """

    class How(models.TextChoices):
        FINISHED = "finished", "Sent by the person"
        STOPPED = "stopped", "Stopped by the person"
        NOT_ME = "not_me", "Given to somebody else"
        LEFT = "left", "Left lying, closed by itself"
        TAKEN_BACK = "taken_back", "Taken back before it was sent"
        CLOSED = "closed", "Closed from another screen"
        THROWN_AWAY = "thrown_away", "Answers could not be recorded"

    handover = models.OneToOneField(Handover, models.PROTECT, related_name="end")
    how = models.CharField(max_length=12, choices=How)
    answered = models.PositiveSmallIntegerField("questions answered")
    asked = models.PositiveSmallIntegerField("questions asked")
    observation = models.OneToOneField(
        Observation, models.PROTECT, null=True, related_name="self_report"
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="handover_end_told_once"),
        ]

    def __str__(self) -> str:
        return self.how


class HandoverDraft(models.Model):
    """What the person has answered so far. No record yet: it goes when the form ends.

    Kept here and not in the browser, so that nothing of it is left on the tablet, and in
    no session, so that it outlives one. ``passed`` are questions left out on purpose;
    ``ended`` says how the form ended where its answers still wait to be recorded.
    """

    handover = models.OneToOneField(
        Handover, models.PROTECT, primary_key=True, related_name="draft"
    )
    answers = models.JSONField(default=dict)
    passed = models.JSONField(default=list)
    here = models.CharField("question shown", max_length=60, blank=True)
    is_confirmed = models.BooleanField("said who they are", default=False)
    ended = models.CharField(max_length=12, blank=True)
    touched_at = models.DateTimeField("last touch")

    def __str__(self) -> str:
        return f"{len(self.answers)} answers"
