"""Secrets of the second factor, unreadable for whoever reads only the database."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.translation import gettext_lazy as _

from stepdown.web.sealing import box

PURPOSE = "second factor"


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
        return box(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box(PURPOSE).decrypt(encrypted_text.encode()).decode()
