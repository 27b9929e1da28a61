"""The records that admission stands on (operations.md 3.2). None exists by default."""

from __future__ import annotations

from django.db import models

from stepdown.records.models.entry import Entry, EntryQuerySet


class AdmissionEntry(Entry):
    """A record told about one episode."""

    objects = EntryQuerySet.as_manager()

    class Meta:
        abstract = True

    @staticmethod
    def told_once(name: str) -> list[models.BaseConstraint]:
        return [models.UniqueConstraint(fields=["submission_id"], name=f"{name}_told_once")]


class IdentityCheck(AdmissionEntry):
    """Two identifiers matched, at arrival, by somebody who saw them."""

    episode = models.ForeignKey("records.Episode", models.PROTECT, related_name="identity_checks")
    first = models.CharField(max_length=60)
    second = models.CharField(max_length=60)

    class Meta:
        constraints = AdmissionEntry.told_once("identity")

    def __str__(self) -> str:
        return f"{self.first}, {self.second}"


class Consent(AdmissionEntry):
    """One document put to one person: what they decided, in which language, read by whom."""

    class Decision(models.TextChoices):
        GIVEN = "given", "Given"
        DECLINED = "declined", "Said no"
        UNABLE = "unable", "Not able to decide now"

    episode = models.ForeignKey("records.Episode", models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=40)
    decision = models.CharField(max_length=10, choices=Decision)
    language = models.CharField(max_length=40)
    read_by = models.CharField("who read it", max_length=80)
    interpreter = models.CharField(max_length=80, blank=True)
    capacity = models.CharField("able to decide", max_length=10)
    copy_given = models.BooleanField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    snapshot = models.ForeignKey("records.ContentSnapshot", models.PROTECT, related_name="+")

    class Meta:
        constraints = AdmissionEntry.told_once("consent")

    def __str__(self) -> str:
        return f"{self.kind}: {self.decision}"


class AllergyEntry(AdmissionEntry):
    """One allergy, or the statement that there is none, or that it could not be asked."""

    class Statement(models.TextChoices):
        LISTED = "listed", "Allergy"
        NONE_KNOWN = "none_known", "None known"
        UNABLE = "unable", "Could not be asked"

    episode = models.ForeignKey("records.Episode", models.PROTECT, related_name="allergies")
    statement = models.CharField(max_length=12, choices=Statement)
    substance = models.CharField(max_length=120, blank=True)
    reaction = models.CharField(max_length=120, blank=True)
    severity = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            *AdmissionEntry.told_once("allergy"),
            models.CheckConstraint(
                condition=~models.Q(statement="listed") | ~models.Q(substance=""),
                name="allergy_names_a_substance",
            ),
        ]

    def __str__(self) -> str:
        if self.statement != self.Statement.LISTED:
            return str(self.Statement(self.statement).label)
        return f"{self.substance} ({self.reaction})" if self.reaction else self.substance


class SubstanceUse(AdmissionEntry):
    """Use of one substance as told. An unknown last use is neither zero nor long ago (N20)."""

    OTHER = "other"
    """The code of what is not on the list: its note names it."""

    class Category(models.TextChoices):
        OPIOID = "opioid", "Opioid"
        CO_USE = "co_use", "Other substance"

    class Certainty(models.TextChoices):
        EXACT = "exact", "Exact"
        WITHIN_1H = "within_1h", "Within an hour"
        GUESS = "guess", "A guess"
        UNKNOWN = "unknown", "Unknown"

    episode = models.ForeignKey("records.Episode", models.PROTECT, related_name="substance_use")
    category = models.CharField(max_length=10, choices=Category)
    substance = models.CharField(max_length=40)
    route = models.CharField(max_length=20, blank=True)
    amount = models.CharField("amount in the person's words", max_length=80, blank=True)
    days_per_week = models.PositiveSmallIntegerField(null=True)
    years = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    last_used_at = models.DateTimeField(null=True)
    certainty = models.CharField(max_length=10, choices=Certainty)
    supply = models.JSONField("what the person believes is in it: yes, no, unknown", default=dict)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            *AdmissionEntry.told_once("substance_use"),
            models.CheckConstraint(
                condition=(
                    models.Q(certainty="unknown", last_used_at=None)
                    | (~models.Q(certainty="unknown") & ~models.Q(last_used_at=None))
                ),
                name="last_use_known_or_said_unknown",
            ),
        ]

    def __str__(self) -> str:
        return self.substance

    @property
    def called(self) -> str:
        """What tells one substance from another: its code, and its note where the code is *other*."""
        return called(self.substance, self.note)


def called(substance: str, note: str) -> str:
    """:attr:`SubstanceUse.called` of what was fetched without the row."""
    return (
        f"{substance} {note.strip().casefold()}" if substance == SubstanceUse.OTHER else substance
    )


class PregnancyEntry(AdmissionEntry):
    """Whether pregnancy is possible and what the test said. Unknown is never no."""

    class Result(models.TextChoices):
        NEGATIVE = "negative", "Negative"
        POSITIVE = "positive", "Positive"
        INVALID = "invalid", "Invalid"
        NOT_DONE = "not_done", "Not done"

    episode = models.ForeignKey("records.Episode", models.PROTECT, related_name="pregnancy")
    applies = models.CharField("can be pregnant: yes, no, unknown", max_length=8)
    result = models.CharField(max_length=10, choices=Result)
    lot = models.CharField(max_length=40, blank=True)
    control_ok = models.BooleanField("control line seen", null=True)
    second_reader = models.CharField(max_length=80, blank=True)
    reason = models.CharField("why no test", max_length=500, blank=True)

    class Meta:
        constraints = AdmissionEntry.told_once("pregnancy")

    def __str__(self) -> str:
        return str(self.result)


class GoalEntry(AdmissionEntry):
    """What the person wants from treatment, in their own words, unchanged."""

    episode = models.ForeignKey("records.Episode", models.PROTECT, related_name="goals")
    words = models.CharField(max_length=500)

    class Meta:
        constraints = AdmissionEntry.told_once("goal")

    def __str__(self) -> str:
        return self.words


class AdmissionOrder(AdmissionEntry):
    """A prescriber's order to admit, signed."""

    episode = models.ForeignKey("records.Episode", models.PROTECT, related_name="admission_orders")
    text = models.CharField(max_length=1000)

    class Meta:
        constraints = AdmissionEntry.told_once("admission_order")

    def __str__(self) -> str:
        return self.text
