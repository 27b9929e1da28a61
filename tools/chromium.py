"""The Chromium of this machine, and the three sizes of screen that pages are looked at on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

Device = Literal["phone", "tablet", "desktop"]
Theme = Literal["light", "night"]

DEVICES: dict[Device, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
    "tablet": {
        "viewport": {"width": 820, "height": 1180},
        "device_scale_factor": 2,
        "has_touch": True,
    },
    "desktop": {"viewport": {"width": 1440, "height": 900}, "device_scale_factor": 1},
}
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

# The theme is a choice of the device: set before the page's own first script reads it.
CHOOSE_THEME = "try { localStorage.setItem('theme', '%s') } catch { /* about:blank */ }"


def executable() -> str | None:
    """Where Chromium is: ``STEPDOWN_CHROMIUM``, else on the path; None if there is none."""
    return os.environ.get("STEPDOWN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def running() -> Iterator[Browser]:
    """A headless Chromium for as long as the block lasts.

    Raises:
        FileNotFoundError: this machine has no Chromium.
    """
    path = executable()
    if path is None:
        raise FileNotFoundError(
            "No Chromium on this machine. Install your system's package "
            "(Debian: apt-get install chromium) or set STEPDOWN_CHROMIUM."
        )
    from playwright.sync_api import sync_playwright

    # Chromium's sandbox cannot start as root, which is what containers are.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        try:
            yield browser
        finally:
            browser.close()


def context(browser: Browser, device: Device, theme: Theme, **options: Any) -> BrowserContext:
    """A fresh browser profile with one device's screen and one theme; motion is off."""
    usual = {
        **DEVICES[device],
        "color_scheme": "dark" if theme == "night" else "light",
        "reduced_motion": "reduce",
        "locale": "en-US",
    }
    made = browser.new_context(**{**usual, **options})
    made.add_init_script(CHOOSE_THEME % theme)
    return made
