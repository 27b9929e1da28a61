"""People who work here (and, later, patients) as accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password, make_password
from django.db import models

from stepdown.records.ids import new_id


class UserManager(BaseUserManager["User"]):
    """Accounts are found without regard to case, as people type them."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username or "")


class User(AbstractBaseUser):
    """An account. What it may do comes from its :class:`Assignment`, never from here."""

    last_login = None  # sign-ins are in the access log, which is sealed

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField("name as shown", max_length=120)
    email = models.EmailField(blank=True)
    pin = models.CharField("hashed PIN that reopens a locked screen", max_length=160, blank=True)
    is_active = models.BooleanField(default=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    unsealed = frozenset({"password"})  # re-hashed by Django at sign-in when its cost rises

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def set_pin(self, raw: str) -> None:
        """Keep a 4 to 8 digit PIN, hashed like a password."""
        self.pin = make_password(raw)

    def pin_is(self, raw: str) -> bool:
        """True when ``raw`` is this person's PIN; always False when none was set."""
        return bool(self.pin) and check_password(raw, self.pin)

    def works_at(self, now: datetime) -> bool:
        """True while the account is switched on and has not run out."""
        return self.is_active and (self.expires_at is None or now < self.expires_at)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions are not used: ``records.access`` decides."""
        return False
