"""Texts that a column can hold, on every database alike.

SQLite takes any length and any character; PostgreSQL refuses what is too long and
what no text may hold. Both answers are given here, as a sentence, before either.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from stepdown.records.errors import Refused


def refuse(row: models.Model) -> None:
    """Return quietly when every text and number of a new row fits its column.

    Raises:
        Refused: names each field that is too long or holds what cannot be kept.
    """
    wrong = {}
    for field in _judged(type(row)):
        value = getattr(row, field.attname)
        if said := _wrong(field, value):
            wrong[field.name] = f"{str(field.verbose_name).capitalize()}: {said}"
    if wrong:
        raise Refused(_("Not recorded. ") + " ".join(wrong.values()), wrong)


@cache
def _judged(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns that hold words or decimals; the others hold what their type allows."""
    kinds = (models.CharField, models.TextField, models.JSONField, models.DecimalField)
    return [field for field in model._meta.concrete_fields if isinstance(field, kinds)]


def _wrong(field: models.Field[Any, Any], value: Any) -> str:
    if isinstance(field, models.DecimalField) and value is not None:
        return _wrong_decimal(field, Decimal(value))
    if not all(_can_be_kept(text) for text in _texts(value)):
        return _("it holds a character that cannot be kept. Type it again.")
    if isinstance(value, str) and field.max_length and len(value) > field.max_length:
        return _("at most {most} characters, not {count}.").format(
            most=field.max_length, count=len(value)
        )
    return ""


def _wrong_decimal(field: models.DecimalField[Any, Any], value: Decimal) -> str:
    places = field.decimal_places or 0
    limit = Decimal(10) ** ((field.max_digits or 0) - places)
    if not value.is_finite() or abs(value) >= limit:
        return _("enter a number below {limit}.").format(limit=limit)
    if value != round(value, places):
        return _("at most {places} decimal places.").format(places=places)
    return ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, held in value.items():
            yield str(key)
            yield from _texts(held)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from _texts(held)


def _can_be_kept(text: str) -> bool:
    """False for NUL, and for half of a character pair, which no database stores."""
    if "\0" in text:
        return False
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
