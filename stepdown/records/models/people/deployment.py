"""What this database is for, decided once, when it is made."""

from __future__ import annotations

from django.db import models


class Deployment(models.Model):
    """The single row that says whether this database holds real people.

    Written when the database is set up and never changed after: invented people
    and one-click sign-in exist only where ``demo`` was set at creation (N22).
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    demo = models.BooleanField()
    created_at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="deployment_is_single"),
        ]

    def __str__(self) -> str:
        return "demonstration" if self.demo else "real people"
