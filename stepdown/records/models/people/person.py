"""A person who asks for, or is in, care."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models

from stepdown.records import names
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and keep with it what finds this person again when somebody types the name."""
        is_new = self._state.adding
        super().save(*args, **kwargs)
        changed = kwargs.get("update_fields")
        if changed is None or not {"legal_name", "preferred_name"}.isdisjoint(changed):
            PersonKey.keep(self, is_new=is_new)

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


class PersonKey(models.Model):
    """A word somebody may be found by, as :mod:`stepdown.records.names` folds it.

    Worked out from the names on record and from nothing else, and kept in the same
    transaction; ``stepdown verify`` works it out again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # No index of its own: those below begin with the facility.
    facility = models.ForeignKey(
        "records.Facility", models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="keys")
    word = models.CharField(max_length=names.LONGEST)
    head = models.CharField(max_length=names.EDGE)
    tail = models.CharField(max_length=names.EDGE)
    letters = models.CharField(max_length=names.LONGEST)
    sound = models.CharField(max_length=2 * names.LONGEST)

    class Meta:
        indexes = [
            models.Index(fields=["facility", "word", "person"], name="people_by_word"),
            models.Index(fields=["facility", "head", "word"], name="people_by_head"),
            models.Index(fields=["facility", "tail", "word"], name="people_by_tail"),
            models.Index(fields=["facility", "letters", "word"], name="people_by_letters"),
            models.Index(fields=["facility", "sound", "word"], name="people_by_sound"),
        ]

    def __str__(self) -> str:
        return self.word

    @classmethod
    def keep(cls, person: Person, *, is_new: bool) -> None:
        """Keep the words of somebody's names as they stand."""
        wanted = {key.word: key for key in names.keys(person.legal_name, person.preferred_name)}
        if not is_new:
            kept = dict(cls.objects.filter(person=person).values_list("word", "pk"))
            gone = [pk for word, pk in kept.items() if word not in wanted]
            if gone:
                cls.objects.filter(pk__in=gone).delete()
            wanted = {word: key for word, key in wanted.items() if word not in kept}
        PersonKey.objects.bulk_create(
            PersonKey(
                facility_id=person.facility_id,
                person=person,
                word=key.word,
                head=key.head,
                tail=key.tail,
                letters=key.letters,
                sound=key.sound,
            )
            for key in wanted.values()
        )
