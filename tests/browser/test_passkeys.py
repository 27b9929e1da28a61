"""Passkeys in a real browser, with the authenticator that Chromium lends to tests.

A passkey belongs to a name and not to a number, so the house is asked as ``localhost``.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt

from stepdown.records.actions.people import resets
from stepdown.records.models import AccessEvent, Assignment, User
from tests.browser.conftest import Watch
from tests.browser.house import PASSWORD, House
from tools import chromium


class Ward:
    """A tablet of the ward, and a phone that is its holder's own: an authenticator."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.url = house.url.replace("127.0.0.1", "localhost")
        self.watch = Watch(self.url)
        self.contexts: list[Any] = []

    def tablet(self, client: Any = None, *, verifies: bool = True, passkeys: Any = ()) -> Any:
        context = chromium.context(self.house.browser, "tablet", "light", base_url=self.url)
        context.set_default_timeout(10_000)
        self.watch.follow(context)
        self.contexts.append(context)
        if client is not None:
            context.add_cookies(
                [
                    {"name": name, "value": morsel.value, "url": self.url}
                    for name, morsel in client.cookies.items()
                ]
            )
        page: Any = context.new_page()
        page.cdp = context.new_cdp_session(page)
        page.cdp.send("WebAuthn.enable")
        page.phone = page.cdp.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                    "hasUserVerification": True, "isUserVerified": verifies,
                    "automaticPresenceSimulation": True,
                }
            },
        )["authenticatorId"]  # fmt: skip
        for each in passkeys:
            page.cdp.send(
                "WebAuthn.addCredential", {"authenticatorId": page.phone, "credential": each}
            )
        return page

    def kept(self, page: Any) -> list[dict[str, Any]]:
        told = page.cdp.send("WebAuthn.getCredentials", {"authenticatorId": page.phone})
        found: list[dict[str, Any]] = told["credentials"]
        return found

    def add(self, name: str = "My phone") -> Any:
        client = self.house._proven()
        session = client.session
        session["account_authentication_methods_user"] = user_id_to_str(second(self.house))
        session.save()
        page = self.tablet(client)
        page.goto("/account/passkeys/add/")
        page.get_by_label("What you call it").fill(name)
        page.get_by_role("button", name="Make the passkey").click()
        page.wait_for_url("**/account/passkeys/")
        return page


@pytest.fixture
def ward(house: House, settings: Any) -> Any:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    Authenticator.objects.filter(type="webauthn").delete()
    AccessAttempt.objects.all().delete()
    made = Ward(house)
    yield made
    for each in made.contexts:
        each.close()
    assert made.watch.faults == []


def second(house: House) -> User:
    return Assignment.objects.get(user__username="second-nurse").user


def seen(what: str) -> list[AccessEvent]:
    return list(AccessEvent.objects.filter(what=what).order_by("-seq"))


def sign_in(ward: Ward, page: Any, **more: Any) -> Any:
    shared = ward.tablet(passkeys=ward.kept(page), **more)
    shared.goto("/account/login/")
    shared.get_by_role("button", name="Sign in with a passkey").click()
    return shared


def test_a_passkey_signs_in_on_another_tablet_without_name_password_or_code(ward, house):
    page = ward.add()
    assert page.get_by_role("heading", name="My phone").is_visible()

    shared = sign_in(ward, page)

    shared.wait_for_url("**/ward/**")
    (entry, *_older) = seen("sign_in")
    assert (entry.actor_id, entry.role, entry.detail) == (second(house).pk, "RN", "with a passkey")
    assert seen("passkey.add")[0].actor_id == second(house).pk


def test_a_key_that_does_not_ask_who_it_is_signs_nobody_in(ward, house):
    page = ward.add()

    shared = sign_in(ward, page, verifies=False)

    shared.get_by_text("No passkey was used, and nothing changed").wait_for()
    assert shared.url.endswith("/account/login/")


def test_a_removed_passkey_opens_nothing_and_the_refusal_is_on_record(ward, house):
    page = ward.add()
    phone = ward.kept(page)
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    page.get_by_text("It opens nothing any more.").wait_for()
    before = len(seen("sign_in.refused"))

    shared = ward.tablet(passkeys=phone)
    shared.goto("/account/login/")
    shared.get_by_role("button", name="Sign in with a passkey").click()

    shared.get_by_text("This passkey opens no account here").wait_for()
    assert len(seen("sign_in.refused")) == before + 1
    assert seen("passkey.remove")[0].actor_id == second(house).pk


def test_after_five_refused_ones_the_account_is_locked_for_a_passkey_that_is_right_too(ward, house):
    page = ward.add()
    phone = ward.kept(page)
    Authenticator.objects.filter(type="webauthn").update(type="recovery_codes_parked")
    for _each in range(5):
        shared = ward.tablet(passkeys=phone)
        shared.goto("/account/login/")
        shared.get_by_role("button", name="Sign in with a passkey").click()
        shared.get_by_text("opens no account here").wait_for()
    Authenticator.objects.filter(type="recovery_codes_parked").update(type="webauthn")

    shared = ward.tablet(passkeys=phone)
    shared.goto("/account/login/")
    shared.get_by_role("button", name="Sign in with a passkey").click()

    shared.get_by_text("15 minutes").first.wait_for()


def test_an_account_that_has_ended_is_refused_as_with_a_password(ward, house):
    page = ward.add()
    user = second(house)
    User.objects.filter(pk=user.pk).update(is_active=False)
    try:
        shared = sign_in(ward, page)
        shared.get_by_text("has ended or has not begun").wait_for()
    finally:
        User.objects.filter(pk=user.pk).update(is_active=True)


def test_whoever_keeps_the_accounts_takes_a_lost_passkey_away(ward, house):
    page = ward.add()
    keeper = house.world.by("SYS")
    resets.reset_second_factor(
        second(house), "telephone fell into the harbour", by=keeper,
        at=house.present.now(), submission=uuid4(),
    )  # fmt: skip

    shared = sign_in(ward, page)

    shared.get_by_text("This passkey opens no account here").wait_for()


def test_after_the_password_a_passkey_is_the_second_factor(ward, house):
    page = ward.add()
    user = second(house)
    user.set_password(PASSWORD)
    user.save()
    shared = ward.tablet(passkeys=ward.kept(page))
    shared.goto("/account/login/")
    shared.locator("input[name=login]").fill(user.username)
    shared.locator("input[name=password]").fill(PASSWORD)
    shared.get_by_role("button", name="Sign in", exact=True).click()
    shared.get_by_role("button", name="Use a passkey").click()

    shared.wait_for_url("**/ward/**")


def test_a_passkey_is_renamed_and_its_pages_pass_axe(ward, house, serious_faults):
    page = ward.add()
    page.get_by_label("Another name").fill("Blue key")
    page.get_by_role("button", name="Rename").click()
    page.get_by_text("It is called Blue key now.").wait_for()

    for path in ("/account/passkeys/", "/account/passkeys/add/", "/account/"):
        page.goto(path)
        assert serious_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
