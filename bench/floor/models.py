from django.db import models


class Note(models.Model):
    """One entry as it was posted."""

    at = models.DateTimeField(auto_now_add=True)
    who = models.CharField(max_length=40)
    said = models.JSONField()

    def __str__(self) -> str:
        return self.who
