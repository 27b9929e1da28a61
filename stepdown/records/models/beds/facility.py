"""Where care happens: a facility, its units and beds."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from stepdown.records.ids import new_id


class Facility(models.Model):
    """One licensed program site. ``zone`` is an IANA name, e.g. America/Los_Angeles.

    ``settings`` repeats the signed :class:`SettingChange` rows that stand, so a
    request reads them with the facility and needs no query of its own.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    zone = models.CharField("time zone", max_length=64)
    settings = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        """The facility's time zone; every time on screen is shown in it."""
        return ZoneInfo(self.zone)

    def local(self, moment: datetime) -> datetime:
        """``moment`` (aware) on the facility's wall clock."""
        return moment.astimezone(self.tz)

    def setting(self, key: str) -> Any:
        """A setting's value: the signed one that stands, else the content's default."""
        from stepdown.content import library

        definition = library.facility_settings()[key]
        return definition.value(self.settings.get(key, definition.default))


class Unit(models.Model):
    """A ward with its own board."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="units")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "code"], name="unit_code_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Bed(models.Model):
    """One bed. Who is in it is a :class:`BedStay`, so a move keeps its history."""

    class Status(models.TextChoices):
        READY = "ready"
        CLEANING = "cleaning"
        BLOCKED = "blocked"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="beds")
    label = models.CharField(max_length=8)
    position = models.PositiveSmallIntegerField("place on the board")
    about = models.CharField("room, floor, access", max_length=120, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.READY)
    status_note = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "label"], name="bed_label_once"),
        ]

    def __str__(self) -> str:
        return self.label
