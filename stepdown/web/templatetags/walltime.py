"""Asking which of the two, where a typed time comes twice: ``{% load walltime %}``."""

from __future__ import annotations

from django import template
from django.utils import timezone

from stepdown.web import walltime

register = template.Library()


@register.simple_tag
def twice(typed: str | None) -> list[tuple[str, str]]:
    """``{% twice value as readings %}``: (value, words) of both readings; empty as a rule."""
    zone = timezone.get_current_timezone()
    return walltime.which_hour(typed or "", zone) if typed else []
