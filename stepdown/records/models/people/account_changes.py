"""What was done to an account and must stay readable: a licence brought up to date, a reset."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from stepdown.records.models.entry import Entry, EntryQuerySet


class LicenceRenewal(Entry):
    """The licence of one role, as it was and as it is from now on. Never edited."""

    assignment = models.ForeignKey(
        "records.Assignment", models.PROTECT, related_name="licence_renewals"
    )
    number = models.CharField("licence number", max_length=40)
    state = models.CharField(max_length=2)
    expires_on = models.DateField("last day")
    previous_number = models.CharField(max_length=40, blank=True)
    previous_state = models.CharField(max_length=2, blank=True)
    previous_expires_on = models.DateField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="licence_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.number} to {self.expires_on}"


class SecondFactorReset(Entry):
    """Somebody's second factor taken away by another person, who typed why."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="resets")
    reason = models.CharField(max_length=500)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="reset_told_once"),
        ]

    def __str__(self) -> str:
        return self.reason
