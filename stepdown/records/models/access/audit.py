"""Two sealed chains: what was written, and what was looked at."""

from __future__ import annotations

from django.db import models

from stepdown.records.ids import new_id


class ChainHead(models.Model):
    """The end of a facility's chain of writes. ``seq`` is also the version of its pages."""

    facility = models.OneToOneField("records.Facility", models.PROTECT, primary_key=True)
    seq = models.PositiveBigIntegerField(default=0)
    mac = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return str(self.seq)


class AuditEvent(models.Model):
    """One action that wrote something. ``rows`` names each row with the digest of its text."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # No index of its own: the constraint below begins with the facility.
    facility = models.ForeignKey(
        "records.Facility", models.PROTECT, related_name="+", db_index=False
    )
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    role = models.CharField(max_length=8)
    action = models.CharField(max_length=60)
    episode_id = models.UUIDField(null=True)
    rows = models.TextField("canonical JSON: [[table, key, digest], ...]")
    mac = models.CharField(max_length=64)

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "seq"], name="audit_in_sequence"),
        ]
        indexes = [models.Index(fields=["episode_id", "seq"], name="audit_of_episode")]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class AccessHead(models.Model):
    """The end of a facility's chain of reads."""

    facility_id = models.UUIDField(primary_key=True)
    seq = models.PositiveBigIntegerField(default=0)
    mac = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return str(self.seq)


class AccessEvent(models.Model):
    """Somebody looked, signed in or was refused. Also anchors the head of the writes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility_id = models.UUIDField()
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    role = models.CharField(max_length=8, blank=True)
    what = models.CharField(max_length=60)
    episode_id = models.UUIDField(null=True)
    detail = models.CharField(max_length=200, blank=True)
    writes_seq = models.PositiveBigIntegerField(default=0)
    writes_mac = models.CharField(max_length=64, default="")
    mac = models.CharField(max_length=64)

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility_id", "seq"], name="access_in_sequence"),
        ]
        indexes = [models.Index(fields=["episode_id", "seq"], name="access_of_episode")]

    def __str__(self) -> str:
        return f"{self.seq} {self.what}"
