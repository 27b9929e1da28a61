"""One signature mechanism for settings, content, consents, orders, notes and plans."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from stepdown.records.ids import new_id
from stepdown.records.models.entry import Entry, EntryQuerySet


class Signature(models.Model):
    """Somebody put their name to exactly these words, having proved who they are.

    ``digest`` is the SHA-256 of the canonical text of what was signed. A licence
    is stamped as it stood. Signing something again is a new row.
    """

    class Method(models.TextChoices):
        PASSWORD = "password"
        PIN = "pin"
        REPLAY = "replay", "replayed journey"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = models.ForeignKey("records.Facility", models.PROTECT, related_name="+")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=8)
    licence = models.CharField("licence as it stood", max_length=60, blank=True)
    signed_at = models.DateTimeField()
    meaning = models.CharField("what signing says", max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    method = models.CharField(max_length=10, choices=Method)

    append_only = True

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="signatures_of")]

    def __str__(self) -> str:
        return f"{self.signer}, {self.role}, {self.meaning}"


class SettingChange(Entry):
    """A facility setting given a new value, signed by the role that answers for it (N26)."""

    key = models.CharField(max_length=60)
    value = models.JSONField()
    previous = models.JSONField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="setting_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class BreakGlass(Entry):
    """A restricted chart opened in an emergency, with the reason typed by the one who did."""

    episode = models.ForeignKey("records.Episode", models.PROTECT, related_name="emergency_access")
    reason = models.CharField(max_length=500)
    until = models.DateTimeField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="break_glass_told_once"),
        ]

    def __str__(self) -> str:
        return self.reason


class BreakGlassReview(Entry):
    """The privacy officer's finding on one emergency opening."""

    opening = models.OneToOneField(BreakGlass, models.PROTECT, related_name="review")
    finding = models.CharField(max_length=500)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="break_glass_reviewed_once"),
        ]

    def __str__(self) -> str:
        return self.finding
