"""Encrypting under the web key what must be unreadable outside this server."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def box(purpose: str) -> MultiFernet:
    """What seals with the present web key and opens with former ones; one key for each purpose."""
    keys = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([_lock(purpose, key) for key in keys])


def _lock(purpose: str, key: str) -> Fernet:
    return Fernet(urlsafe_b64encode(sha256(f"{purpose}:{key}".encode()).digest()))
