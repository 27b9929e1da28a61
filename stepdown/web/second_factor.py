"""Secrets of the second factor, unreadable for whoever reads only the database."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_lazy as _


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([_lock(key) for key in keys])


def _lock(key: str) -> Fernet:
    return Fernet(urlsafe_b64encode(sha256(("second factor:" + key).encode()).digest()))


class SealedAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's second factor with its secrets encrypted under the web key.

    A copy of the database alone makes no valid code. Whoever loses the web key sets
    every second factor up again.
    """

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not the code that is shown now. Type the present one."),
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()
