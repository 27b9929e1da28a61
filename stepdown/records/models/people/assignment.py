"""The role somebody works in, where, and until when."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models

from stepdown.records.ids import new_id


class Role(models.TextChoices):
    """The roles of operations.md section 1."""

    MD = "MD", "Medical director"
    PRES = "PRES", "Prescriber"
    RN = "RN", "Registered nurse"
    LVN = "LVN", "Licensed vocational nurse"
    BHT = "BHT", "Behavioural health technician"
    MT = "MT", "Medication technician"
    COUN = "COUN", "Counsellor"
    FAC = "FAC", "Group facilitator"
    CM = "CM", "Case manager"
    ADM = "ADM", "Admissions coordinator"
    UR = "UR", "Utilisation reviewer"
    PEER = "PEER", "Peer support"
    DIR = "DIR", "Programme director"
    PRIV = "PRIV", "Privacy officer"
    SYS = "SYS", "System administrator"
    PT = "PT", "Patient"
    FAM = "FAM", "Family or support person"


class Assignment(models.Model):
    """One role of one person at one facility. A login works under one of these at a time.

    A licence that has run out switches off the role's signing rights at midnight
    local time (operations.md section 1). Students' entries need a co-signer.
    """

    class Employment(models.TextChoices):
        STAFF = "staff"
        AGENCY = "agency"
        STUDENT = "student"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = models.ForeignKey("records.Facility", models.PROTECT, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=8, choices=Role)
    employment = models.CharField(max_length=10, choices=Employment, default=Employment.STAFF)
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    licence_number = models.CharField(max_length=40, blank=True)
    licence_state = models.CharField(max_length=2, blank=True)
    licence_expires_on = models.DateField(null=True, blank=True)
    trained_in_vitals = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "user", "role"], name="one_assignment_per_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.role}"

    def runs_at(self, now: datetime) -> bool:
        """True while the role is open: started, not run out, account switched on."""
        started = self.starts_at <= now
        running = self.expires_at is None or now < self.expires_at
        return started and running and self.user.works_at(now)

    def licence_valid_on(self, day: date) -> bool:
        """True when a licence is held and its last day is not before ``day``."""
        return bool(self.licence_number) and (
            self.licence_expires_on is None or day <= self.licence_expires_on
        )
