"""What was seen and measured at the bedside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from stepdown.records.models.entry import Entry, EntryQuerySet

if TYPE_CHECKING:
    from stepdown.records.models.people.episode import Episode

VITALS = "vitals"

RED, AMBER = "red", "amber"
"""The band of a set of vital signs: the gravest zone any of them lay in when it was told."""


class ContentSnapshot(models.Model):
    """Reviewed content exactly as it was when first used, so old scores keep their anchors."""

    digest = models.CharField(primary_key=True, max_length=64)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=60)
    version = models.CharField(max_length=60)
    text = models.TextField("canonical text of the parsed content")

    append_only = True

    def __str__(self) -> str:
        return f"{self.key} {self.version}"


class ObservationQuerySet(EntryQuerySet):
    """Readings, in the words that pages use."""

    def of(self, kind: str) -> Self:
        """Readings of one kind: ``vitals`` or an instrument's key."""
        return self.filter(kind=kind)

    def for_episode(self, episode: Episode | models.OuterRef) -> Self:
        return self.filter(episode=episode)


class Observation(Entry):
    """One set of vitals, or one scale scored (or not scored, with the reason).

    ``answers`` holds item -> [chosen option, points], both as chosen: points are
    never inferred from a position; an item that counts nowhere has none. A number is its
    own code, so the days behind its points are kept. ``values`` holds vital -> decimal text in the
    vital's own unit. ``total`` is empty unless every item was answered;
    ``at_least`` is then the lower bound. ``parts`` has the results of a scale that has no
    whole. ``raised`` names what the answers raised at once, finished or not, each with the
    kind of look that ends it. Vital signs are complete when all of a
    look were taken (``content/vitals``); a set with fewer is partial, and its look
    stays due.
    """

    class Outcome(models.TextChoices):
        COMPLETE = "complete", "Complete"
        PARTIAL = "partial", "Partly scored"
        ASLEEP = "asleep", "Asleep"
        REFUSED = "refused", "Said no"
        UNABLE = "unable", "Too unwell"
        OFF_UNIT = "off_unit", "Off the unit"

    class Context(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        ARRIVAL = "arrival", "Arrival"
        PRE_DOSE = "pre_dose", "Before a dose"
        POST_DOSE = "post_dose", "After a dose"
        SYMPTOM = "symptom", "New symptom"
        REASSESS = "reassess", "Looking again"

    # No index of its own: ``latest_of_kind`` begins with the episode.
    episode = models.ForeignKey(
        "records.Episode", models.PROTECT, related_name="observations", db_index=False
    )
    kind = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.COMPLETE)
    context = models.CharField(max_length=12, choices=Context, default=Context.SCHEDULED)
    answers = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    total = models.SmallIntegerField("points", null=True)
    at_least = models.SmallIntegerField("points, lower bound", null=True)
    band = models.CharField(max_length=24, blank=True)
    severity = models.PositiveSmallIntegerField("0 to 4", null=True)
    asked_twice = models.JSONField("unusual values confirmed by the recorder", default=list)
    note = models.CharField(max_length=1000, blank=True)
    reason = models.CharField("why it was not scored", max_length=500, blank=True)
    is_downtime = models.BooleanField("written up after a downtime", default=False)
    parts = models.JSONField("subscale -> points, band, severity", null=True)
    raised = models.JSONField("what the answers raised -> the look that ends it", null=True)
    snapshot = models.ForeignKey(ContentSnapshot, models.PROTECT, related_name="+", db_index=False)

    objects = ObservationQuerySet.as_manager()

    added = frozenset({"parts", "raised"})

    class Meta:
        indexes = [
            models.Index(
                fields=["episode"],
                name="what_was_raised",
                condition=models.Q(raised__isnull=False),
            ),
            models.Index(
                models.F("episode"),
                models.F("kind"),
                models.F("occurred_at").desc(),
                models.F("id").desc(),
                models.F("outcome"),
                models.F("total"),
                models.F("band"),
                models.F("is_void"),
                name="latest_of_kind",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["submission_id", "kind"], name="observation_told_once"),
            models.CheckConstraint(
                condition=models.Q(outcome="complete") | models.Q(total=None),
                name="no_total_unless_complete",
            ),
            models.CheckConstraint(
                condition=models.Q(severity=None) | models.Q(severity__lte=4),
                name="severity_0_to_4",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.total if self.total is not None else self.outcome}"

    def points(self) -> dict[str, int | None]:
        """Item key -> points as chosen at the time."""
        return {item: chosen[1] for item, chosen in self.answers.items()}

    def results(self) -> dict[str, tuple[int, str, int | None]]:
        """Part of a scale without a whole -> its points, its band, its severity."""
        return {key: (told[0], told[1], told[2]) for key, told in (self.parts or {}).items()}

    def chosen(self) -> dict[str, str]:
        """Item key -> option code as chosen at the time."""
        return {item: chosen[0] for item, chosen in self.answers.items()}


class PersonalTarget(Entry):
    """The range a prescriber expects of this person's vital sign, in the vital's unit."""

    episode = models.ForeignKey("records.Episode", models.PROTECT, related_name="target_entries")
    vital = models.CharField(max_length=40)
    low = models.CharField("lowest expected, decimal text", max_length=12, blank=True)
    high = models.CharField("highest expected, decimal text", max_length=12, blank=True)
    reason = models.CharField(max_length=500)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="target_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.vital} {self.low} to {self.high}"
