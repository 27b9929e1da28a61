"""A house of invented people behind a real server, for tests that walk through it.

The database is a real one that server threads share: PostgreSQL as it is, SQLite in a
file of its own, for one in memory would make every request wait for one connection.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from django.db import connections
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from stepdown import clock
from stepdown.records import snapshots
from stepdown.records.actions.people import accounts
from stepdown.records.actions.people.accounts import NewAccount
from stepdown.records.models import Assignment, Episode
from tests.records.world import VITALS, World
from tests.support import BACKEND, sign_in
from tools import chromium
from tools.chromium import Device, Theme

PIN = "4826"
SECOND = "second-nurse"
PASSWORD = "a long walk by the harbour"
OPENED = datetime(2027, 1, 7, 14, 30, tzinfo=UTC)
"""When the test begins, by the house's clock: Thursday morning, 06:30 there."""


@dataclass
class Present:
    """The house's clock: it runs, and it is moved on by hand where nobody should wait."""

    begun: float = field(default_factory=clock.ticks)
    passed: timedelta = timedelta()

    def now(self) -> datetime:
        """The present instant."""
        return OPENED + self.passed + timedelta(seconds=clock.ticks() - self.begun)

    def passes(self, **span: float) -> None:
        """Let time pass."""
        self.passed += timedelta(**span)


@dataclass
class House:
    """Somebody at work in every role, a server, and browsers that are signed in."""

    world: World
    present: Present
    url: str
    browser: Any
    watch: Any
    opened: list[Any] = field(default_factory=list)
    pages: dict[tuple[str, Theme], Any] = field(default_factory=dict)

    def client(self, who: str | Assignment | None) -> Client:
        """Signed in as whoever works in a role; the role as text, or an assignment."""
        client = Client()
        if who is not None:
            working = who if isinstance(who, Assignment) else self.world.by(who).assignment
            sign_in(client, working)
        return client

    def context(
        self,
        client: Client | None = None,
        device: Device = "desktop",
        theme: Theme = "light",
        **options: Any,
    ) -> Any:
        """A fresh browser profile with the cookies of ``client``."""
        made = chromium.context(self.browser, device, theme, base_url=self.url, **options)
        made.set_default_timeout(10_000)
        self.watch.follow(made)
        if client is not None:
            made.add_cookies(
                [
                    {"name": name, "value": morsel.value, "url": self.url}
                    for name, morsel in client.cookies.items()
                ]
            )
        self.opened.append(made)
        return made

    def at_work(self, who: str, theme: Theme) -> Any:
        """One page per person and theme, each in a profile of its own, opened once.

        Besides the roles there are ``nobody``; ``password``, a nurse's password and no role
        yet; ``two roles``, somebody who has to choose; ``locked``, idle too long; ``proven``,
        somebody who typed the password and the code a moment ago.
        """
        key = (who, theme)
        if key not in self.pages:
            self.pages[key] = self.context(self._standing(who), theme=theme).new_page()
        return self.pages[key]

    def _standing(self, who: str) -> Client | None:
        if who == "nobody":
            return None
        if who == "proven":
            return self._proven()
        if who not in {"password", "two roles", "locked"}:
            return self.client(who)
        if who == "locked":
            client = self.client("RN")
            client.post("/screen/lock/")
            return client
        client = Client()
        role = "LVN" if who == "two roles" else "COUN"
        client.force_login(self.world.by(role).user, backend=BACKEND)
        return client

    def _proven(self) -> Client:
        working = Assignment.objects.filter(user__username=SECOND).first() or self.second_nurse()
        if not Authenticator.objects.filter(user=working.user).exists():
            TOTP.activate(working.user, "JBSWY3DPEHPK3PXP")
            RecoveryCodes.activate(working.user)
        client = self.client(working)
        session = client.session
        typed = {"method": "password", "at": self.present.now().timestamp()}
        session["account_authentication_methods"] = [typed]
        session.save()
        return client

    def admitted(self, name: str, bed: str) -> Episode:
        """Somebody two days in care, with a COWS of 6 and vital signs from the first hour."""
        self.world.now = self.present.now() - timedelta(days=2)
        stay = self.world.admitted(name, bed)
        self.world.now = self.present.now()
        return stay

    def scored(
        self, stay: Episode, points: tuple[int, ...], hours_ago: float, rate: str, **signs: str
    ) -> None:
        """A COWS with vital signs, so many hours ago."""
        self.world.now = self.present.now() - timedelta(hours=hours_ago)
        self.world.cows(stay, points, vitals={**VITALS, "heart_rate_bpm": rate, **signs})
        self.world.now = self.present.now()

    def second_nurse(self) -> Assignment:
        """Another registered nurse of the house."""
        return accounts.open_account(
            NewAccount(
                username=SECOND,
                name="Noor Haddad",
                role="RN",
                password=PASSWORD,
                licence_number="RN-2",
                licence_state="CA",
                licence_expires_on=(OPENED + timedelta(days=300)).date(),
            ),
            **self.world.told("SYS"),
        )

    def close(self) -> None:
        """Put every browser profile away."""
        for context in self.opened:
            context.close()


@contextmanager
def shared_database(folder: Path, blocker: Any) -> Iterator[None]:
    """A migrated, empty database that threads can share, of nobody else; gone afterwards."""
    with blocker.unblock(), ExitStack() as stack:
        if connections["default"].vendor == "sqlite":
            stack.enter_context(_in_file(folder / "house.sqlite3"))
        else:
            stack.enter_context(_beside())
        snapshots.forget()
        stack.callback(snapshots.forget)
        yield


@contextmanager
def _in_file(file: Path) -> Iterator[None]:
    """SQLite in a file, whose commits do not wait for the disk."""
    kept = connections["default"]
    there = copy.deepcopy(kept.settings_dict) | {"NAME": str(file)}
    there["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connections.databases, "default", there)
        connections["default"] = connections.create_connection("default")
        try:
            call_command("migrate", verbosity=0)
            yield
        finally:
            connections["default"].close()
            connections["default"] = kept


@contextmanager
def _beside() -> Iterator[None]:
    """A database made beside the one in the settings, which is never touched."""
    connection = connections["default"]
    before = connection.settings_dict["NAME"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict["TEST"], "NAME", f"test_house_{os.getpid()}")
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(before, verbosity=0)


@contextmanager
def running(folder: Path, blocker: Any, browser: Any, watching: Any) -> Iterator[House]:
    """A founded house, served; ``watching`` makes the watch over an address."""
    present = Present()
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(clock, "now", present.now)
        stack.enter_context(shared_database(folder, blocker))
        world = World.founded(OPENED - timedelta(days=3), beds=16)
        world.now = OPENED
        accounts.set_pin(PIN, **world.told("RN"))
        server = LiveServer("127.0.0.1")
        stack.callback(server.stop)
        house = House(world, present, server.url, browser, watching(server.url))
        stack.callback(house.close)
        yield house
