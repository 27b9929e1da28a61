"""What tests of pages share: signing in, and sending forms as a browser does."""

from __future__ import annotations

from html.parser import HTMLParser

from django.test import Client

from stepdown.records.access import Actor
from stepdown.records.models import Assignment

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sign_in(client: Client, assignment: Assignment) -> Actor:
    """Sign in and work in this role, without walking through the sign-in pages."""
    client.force_login(assignment.user, backend=BACKEND)
    session = client.session
    session["assignment"] = str(assignment.pk)
    session["second_factor"] = True
    session.save()
    return Actor.of(assignment)


class _Fields(HTMLParser):
    """What a browser would send of one form, untouched."""

    def __init__(self, form_id: str | None) -> None:
        super().__init__()
        self.wanted, self.inside = form_id, False
        self.sent: dict[str, str | list[str]] = {}
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value if value is not None else "" for name, value in attrs}
        if tag == "form":
            self.inside = self.wanted is None or given.get("id") == self.wanted
        if not self.inside or "disabled" in given:
            return
        if tag == "input":
            kind = given.get("type", "text")
            if kind in {"radio", "checkbox"} and "checked" not in given:
                return
            if kind not in {"submit", "button", "image"} and "name" in given:
                self._send(given["name"], given.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "select":
            self._select, self._options = given.get("name"), []
        elif tag == "option" and self._select:
            self._options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea" and "name" in given:
            self._area = given["name"]
            self._send(self._area, "")

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.sent[self._area] = str(self.sent[self._area]) + data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            if self._area is not None:  # browsers drop the newline right after the tag
                self.sent[self._area] = str(self.sent[self._area]).removeprefix("\n")
            self._area = None
        elif tag == "select" and self._select:
            if self._options:
                chosen = [value for value, on in self._options if on]
                self._send(self._select, (chosen or [self._options[0][0]])[0])
            self._select = None

    def _send(self, name: str, value: str) -> None:
        if name not in self.sent:
            self.sent[name] = value
            return
        before = self.sent[name]
        self.sent[name] = [*before, value] if isinstance(before, list) else [before, value]


def fields_of(html: str, form_id: str | None = None) -> dict[str, str | list[str]]:
    """What a browser would send of a page's form as it stands: hidden, typed and chosen.

    ``form_id`` names one form of several; without it, fields of all forms are taken.
    """
    reader = _Fields(form_id)
    reader.feed(html)
    return reader.sent
