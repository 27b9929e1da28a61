"""Addresses of pages: worked out once for each kind of page, then filled in.

Django tries the whole table of addresses for every link. A board has one link a bed,
and all of them differ in nothing but an id.
"""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.urls import get_script_prefix, reverse

_BLANK = UUID("ffffffff-ffff-ffff-ffff-ffffffffffff")


def address(name: str, *keys: object) -> str:
    """The address of a page.

    Args:
        keys: what the address names: ids, or words such as a scale's key.

    Raises:
        NoReverseMatch: there is no such page. A link that quietly goes missing is a
            mistyped name that nobody finds.
    """
    blanks = tuple(_BLANK if isinstance(key, UUID) else key for key in keys)
    found = _pattern(name, blanks, settings.ROOT_URLCONF, get_script_prefix())
    for key in keys:
        if isinstance(key, UUID):
            found = found.replace(str(_BLANK), str(key), 1)
    return found


@lru_cache(maxsize=512)
def _pattern(name: str, keys: tuple[object, ...], _urls: str, _prefix: str) -> str:
    """The address with blank ids. A page that is not there is asked for again each time."""
    return reverse(name, args=keys)
