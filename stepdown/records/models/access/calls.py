"""Calls from outside, as far as a record may know of them: nobody asked for is named."""

from __future__ import annotations

from django.db import models

from stepdown.records.models.entry import Entry, EntryQuerySet


class CallNote(Entry):
    """Somebody called and asked for somebody: who answered, when, and what was done.

    No field holds a name, a number or a stay, on purpose (docs/decisions): neither who was
    asked for, nor whether they are here, can be read from it.
    """

    caller = models.CharField("who they said they were", max_length=40)
    done = models.CharField("what was done", max_length=40)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="call_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.caller}: {self.done}"
