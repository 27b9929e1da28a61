"""How often somebody has searched for people lately."""

from __future__ import annotations

from django.db import models


class SearchTally(models.Model):
    """Searches of one account since ``began_at``. Kept beside the log of looks, and begun anew
    every hour; what was searched, and when, stands in that log.
    """

    user_id = models.UUIDField(primary_key=True)
    began_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.count)
