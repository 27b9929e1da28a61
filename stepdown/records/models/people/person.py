"""A person who asks for, or is in, care."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models

from stepdown.records.ids import new_id


class Person(models.Model):
    """Who somebody is, across all their stays. Names are as the person gave them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = models.ForeignKey("records.Facility", models.PROTECT, related_name="+")
    legal_name = models.CharField(max_length=120)
    preferred_name = models.CharField(max_length=60, blank=True)
    pronouns = models.CharField(max_length=40, blank=True)
    born_on = models.DateField(null=True, blank=True)
    language = models.CharField("preferred language", max_length=40, blank=True)
    needs_interpreter = models.BooleanField(null=True)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="person"
    )

    def __str__(self) -> str:
        return self.called

    @property
    def called(self) -> str:
        """The full name as the person wants to be called."""
        if not self.preferred_name:
            return self.legal_name
        surname = self.legal_name.split()[-1] if " " in self.legal_name else ""
        if surname and surname in self.preferred_name:
            return self.preferred_name
        return f"{self.preferred_name} {surname}".strip()

    @property
    def short(self) -> str:
        """First name and initial, for shared screens and paper."""
        words = self.called.split()
        return words[0] if len(words) < 2 else f"{words[0]} {words[-1][0]}."

    def age_on(self, day: date) -> int | None:
        """Age in whole years on ``day``; None while the birth date is unknown."""
        if self.born_on is None:
            return None
        had_birthday = (day.month, day.day) >= (self.born_on.month, self.born_on.day)
        return day.year - self.born_on.year - (0 if had_birthday else 1)
