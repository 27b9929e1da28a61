"""Take the pictures in docs/screens from a demonstration unit (``make screens``).

Starts a fresh demonstration of its own, signs in as the registered nurse as anybody
would, and looks at the board, one person's course and the bedside page on three
sizes of screen. With ``--url`` it looks at a demonstration that is already running.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tools import chromium
from tools.chromium import Device, Theme

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SCREENS = Path("docs/screens")
READY_S = 180
ROLE = "RN"
LOOKS: tuple[tuple[Device, Theme], ...] = (
    ("phone", "light"),
    ("tablet", "light"),
    ("desktop", "light"),
    ("desktop", "night"),
)
# Enough to read on the page of a repository, small enough to keep in it.
SHARPNESS: dict[Device, int] = {"phone": 2, "tablet": 1, "desktop": 1}
PERSON = re.compile(r"/people/[0-9a-f-]{36}/")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the address answers.

    Raises:
        RuntimeError: the server ended, or three minutes went by.
    """
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"The demonstration ended with status {server.returncode}.")
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise RuntimeError(f"{url} did not answer in {READY_S} s.")


@contextmanager
def demonstration() -> Iterator[str]:
    """The address of a fresh demonstration unit, for as long as the block lasts."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    console = Path(sys.executable).with_name("stepdown")
    with tempfile.TemporaryDirectory() as data:
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        server = subprocess.Popen(
            [str(console), "demo", "--port", str(port)],
            env={**environment, "STEPDOWN_DATA": data},
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_for(url, server)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=30)


def sign_in(page: Page) -> None:
    """Sign in as the nurse, by the button everybody has, and come to the board."""
    page.goto("/demo/sign-in/")
    page.locator(f"form[action$='/demo/sign-in/{ROLE}/'] button").first.click()
    page.wait_for_url(lambda url: "/demo/" not in url)


def course_of(page: Page, bed: str) -> str:
    """The address of the course of whoever is in a bed; of the first taken bed when none is named.

    Raises:
        RuntimeError: nobody is there.
    """
    taken = page.locator("li.bed:has(h2 a)")
    if bed:
        taken = taken.filter(has=page.locator(".bed__no", has_text=re.compile(rf"\b{bed}$")))
    if not taken.count():
        raise RuntimeError(f"{page.url} shows nobody in {f'bed {bed}' if bed else 'any bed'}.")
    return taken.first.locator("h2 a").get_attribute("href") or ""


def take(browser: Browser, url: str, device: Device, theme: Theme, bed: str) -> Iterator[Path]:
    """Save each screen on one device in one theme.

    Raises:
        RuntimeError: a page did not answer as it should.
    """
    context = chromium.context(
        browser, device, theme, base_url=url, device_scale_factor=SHARPNESS[device]
    )
    page = context.new_page()
    sign_in(page)
    course = course_of(page, bed)
    person = PERSON.match(course)
    if person is None:
        raise RuntimeError(f"{course} is not the address of somebody's pages.")
    screens = {"board": page.url, "course": course, "cows": f"{person[0]}observe/"}
    for name, address in screens.items():
        answer = page.goto(address)
        if answer is None or not answer.ok:
            raise RuntimeError(f"{address} did not answer as it should.")
        page.evaluate("document.fonts.ready.then(() => true)")
        path = SCREENS / f"{name}-{device}-{theme}.png"
        page.screenshot(path=path, full_page=device != "desktop" and name != "board")
        yield path
    context.close()


def main() -> int:
    """Take every picture; say where each one is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a running demonstration, such as http://127.0.0.1:8000")
    parser.add_argument(
        "--bed",
        default="",
        help="whose pages to show; such as 07; default: the first that is taken",
    )
    options = parser.parse_args()
    SCREENS.mkdir(parents=True, exist_ok=True)
    with chromium.running() as browser:
        if options.url:
            return look(browser, options.url, options.bed)
        with demonstration() as url:
            return look(browser, url, options.bed)


def look(browser: Browser, url: str, bed: str) -> int:
    """Every device and theme, one after the other."""
    for device, theme in LOOKS:
        for path in take(browser, url, device, theme, bed):
            print(f"{path} ({path.stat().st_size / 1024:.0f} kB)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
