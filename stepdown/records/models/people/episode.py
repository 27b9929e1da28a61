"""One stay in care, from arrival to the end of aftercare."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models

from stepdown.records.ids import new_id
from stepdown.records.models.entry import Entry

if TYPE_CHECKING:
    from stepdown.records.access import Actor


class State(models.TextChoices):
    """States of operations.md section 3.2."""

    INTAKE = "INTAKE", "Intake"
    MEDICAL_CLEARANCE_OUT = "MEDICAL_CLEARANCE_OUT", "Out for medical clearance"
    WITHDRAWAL = "WITHDRAWAL", "Withdrawal"
    HOSPITAL_LEAVE = "HOSPITAL_LEAVE", "On hospital leave"
    LEAVING_REQUESTED = "LEAVING_REQUESTED", "Asked to leave"
    MISSING = "MISSING", "Missing"
    HANDOVER = "HANDOVER", "Handing over to counselling"
    COUNSELLING_RES = "COUNSELLING_RES", "Residential counselling"
    COUNSELLING_OP = "COUNSELLING_OP", "Outpatient counselling"
    DISCHARGE_PENDING = "DISCHARGE_PENDING", "Leaving, being prepared"
    DISCHARGED = "DISCHARGED", "Left"
    AFTERCARE = "AFTERCARE", "Aftercare"
    AFTERCARE_CLOSED = "AFTERCARE_CLOSED", "Aftercare closed"


class Phase(models.TextChoices):
    """Phases inside WITHDRAWAL."""

    PRE_DOSE = "PRE_DOSE", "Before first dose"
    STARTING = "STARTING", "Starting"
    STABILISING = "STABILISING", "Stabilising"
    TAPERING = "TAPERING", "Stepping down"
    CONTINUING_MOUD = "CONTINUING_MOUD", "Continuing medication"
    POST_TAPER_OBSERVATION = "POST_TAPER_OBSERVATION", "After the last step"


class EpisodeQuerySet(models.QuerySet["Episode"]):
    """Episodes, and who may see them."""

    def visible_to(self, actor: Actor, now: datetime) -> Self:
        """Episodes this person may see in the role they are working in, at this facility."""
        from stepdown.records import access

        return self.filter(access.rule_for(actor, now))

    def open(self) -> Self:
        """Stays in the house or expected back: everything before the person has left."""
        return self.filter(closed_at=None)


class Episode(models.Model):
    """One stay. ``state`` and ``phase`` repeat the last :class:`Transition`.

    ``targets`` repeats the standing :class:`PersonalTarget` of each vital sign.
    ``version`` rises with each change, so that two people who both saw the same
    page cannot both change it unawares. ``code`` is the name on shared walls.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = models.ForeignKey("records.Facility", models.PROTECT, related_name="+")
    person = models.ForeignKey("records.Person", models.PROTECT, related_name="episodes")
    code = models.CharField(max_length=8)
    state = models.CharField(max_length=24, choices=State)
    phase = models.CharField(max_length=24, choices=Phase, blank=True)
    arrived_at = models.DateTimeField()
    admitted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_restricted = models.BooleanField("by invitation only", default=False)
    invited = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    targets = models.JSONField("vital -> [low, high], decimal text or empty", default=dict)
    version = models.PositiveIntegerField(default=1)

    objects = EpisodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(closed_at=None), name="one_open_stay"
            ),
            models.UniqueConstraint(
                fields=["facility", "code"],
                condition=models.Q(closed_at=None),
                name="code_once_in_the_house",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def day_on(self, now: datetime) -> int:
        """Day of stay at ``now``: 1 on the day of arrival; rolls at local midnight."""
        facility = self.facility
        return (facility.local(now).date() - facility.local(self.arrived_at).date()).days + 1

    def target(self, vital: str) -> tuple[Decimal | None, Decimal | None]:
        """This person's expected (low, high) for a vital sign, in its unit; None where open."""
        low, high = self.targets.get(vital, ("", ""))
        return (Decimal(low) if low else None, Decimal(high) if high else None)

    @property
    def stage_label(self) -> str:
        """The phase while in withdrawal, else the state, in words."""
        if self.state == State.WITHDRAWAL and self.phase:
            return str(Phase(self.phase).label)
        return str(State(self.state).label)


class Segment(models.Model):
    """A stretch of one level of care inside an episode (operations.md 3.2, Segments)."""

    class Level(models.TextChoices):
        WM_RES = "WM_RES", "Residential withdrawal care"
        WM_OP = "WM_OP", "Outpatient withdrawal care"
        COUNS_RES = "COUNS_RES", "Residential counselling"
        COUNS_OP = "COUNS_OP", "Outpatient counselling"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = models.ForeignKey("records.Facility", models.PROTECT, related_name="+")
    episode = models.ForeignKey(Episode, models.PROTECT, related_name="segments")
    level = models.CharField(max_length=12, choices=Level)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["episode"], condition=models.Q(ended_at=None), name="one_open_segment"
            ),
        ]

    def __str__(self) -> str:
        return self.level


class Transition(Entry):
    """A move from one state to another: who, when, why."""

    episode = models.ForeignKey(Episode, models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=24, choices=State, blank=True)
    to_state = models.CharField(max_length=24, choices=State)
    to_phase = models.CharField(max_length=24, choices=Phase, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="transition_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.from_state} -> {self.to_state}"
