"""The ledger of exports: what left the house, asked for by whom, what for, and what became of it."""

from __future__ import annotations

from django.db import models

from stepdown.records.models.entry import Entry, EntryQuerySet


class Export(Entry):
    """Records were asked for in bulk. Written, sealed and signed before the first row leaves.

    ``since`` and ``until`` bound when things happened: the first instant taken, and the first
    not taken any more; empty is without bound.
    """

    purpose = models.CharField("code of export_purpose", max_length=40)
    words = models.CharField("what it is for, in words", max_length=300)
    datasets = models.JSONField("names of what leaves")
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    kinds = models.JSONField("kinds of observations taken; empty is all", default=list)
    file_format = models.CharField(max_length=10)
    identified = models.BooleanField("with the ids of the house instead of pseudonyms")

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="export_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.words}"


class ExportEnd(Entry):
    """How an export ended. One without an end was cut off: what it had written is not known."""

    class Outcome(models.TextChoices):
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed; its files were removed"

    export = models.OneToOneField(Export, models.PROTECT, related_name="end")
    outcome = models.CharField(max_length=10, choices=Outcome)
    files = models.JSONField("[{name, rows, bytes, sha256}]", default=list)
    fault = models.CharField("kind of fault, never its words", max_length=120, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="export_end_told_once"),
        ]

    def __str__(self) -> str:
        return self.outcome
