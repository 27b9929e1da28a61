"""What is asked of a server: the same forms and pages, whatever lies under them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from bench.client import Ask
from bench.newest import Newest


def records(known: dict[str, Any], session: str, newest: Newest) -> tuple[Ask, Ask]:
    """The same form to both; both clients look up the newest score first, unmeasured."""
    people = [e for e in known["here"] if e not in (known["long_stay"], known["short_stay"])]
    fields = dict(known["fields"])
    seen_field = next(name for name in fields if name.endswith("_seen"))
    plain = {"Content-Type": "application/x-www-form-urlencoded"}

    def form(number: int) -> tuple[str, bytes]:
        person = people[number % len(people)]
        filled = fields | {"submission": str(uuid4()), seen_field: newest(person)}
        return person, urlencode(filled, doseq=True).encode()

    def to_app(number: int) -> tuple[str, str, bytes | None, dict[str, str]]:
        person, body = form(number)
        return "POST", f"/people/{person}/observe/", body, plain | {"Cookie": known["cookie"]}

    def to_floor(number: int) -> tuple[str, str, bytes | None, dict[str, str]]:
        _person, body = form(number)
        return "POST", "/record", body, plain | {"Cookie": f"sessionid={session}"}

    return to_app, to_floor


def reads(known: dict[str, Any]) -> dict[str, tuple[Ask, int]]:
    cookie = {"Cookie": known["cookie"], "Accept-Encoding": "gzip"}

    def get(path: str, headers: dict[str, str]) -> Ask:
        return lambda _number: ("GET", path, None, cookie | headers)

    paths = known["paths"]
    found: dict[str, tuple[Ask, int]] = {
        name: (get(paths[name], {}), 200) for name in ("board", "chart_36", "chart_500")
    }
    found["board_304"] = (_unchanged(paths["live"], cookie), 304)
    return found


def _unchanged(path: str, cookie: dict[str, str]) -> Ask:
    """A poll with the tag of the page as it stands: fetched anew when the run begins."""
    held: dict[str, str] = {}

    def ask(number: int) -> tuple[str, str, bytes | None, dict[str, str]]:
        return "GET", path, None, cookie | {"X-Stepdown-Poll": "1"} | held

    ask.held = held  # type: ignore[attr-defined]
    return ask
