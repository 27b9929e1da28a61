"""Secrets of the second factor, unreadable for whoever reads only the database."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import user_pk_to_url_str
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

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """What a passkey keeps of its owner: the user name and the name as shown, no mail."""
        handle = user_pk_to_url_str(user).encode()
        return {"id": handle, "display_name": user.name, "name": user.username}

    def encrypt(self, text: str) -> str:
        return box(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box(PURPOSE).decrypt(encrypted_text.encode()).decode()
