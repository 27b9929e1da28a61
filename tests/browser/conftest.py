"""Real pages in a real browser, watched for what a person would not see."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser import house as houses
from tests.browser.stage import HOME, Stage, draw
from tools import chromium
from tools.chromium import Device, Theme


class Watch:
    """What went wrong behind a page: script errors, blocked code, requests elsewhere."""

    def __init__(self, home: str) -> None:
        self.home = urlsplit(home).netloc
        self.faults: list[str] = []

    def follow(self, context: Any) -> None:
        """Listen to every page of a browser profile."""
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)

    def _said(self, message: Any) -> None:
        # A refused form (422) is an answer, not a fault; _answered sees the real ones.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.home:
            self.faults.append(f"a third party was asked: {request.url}")

    def _answered(self, response: Any) -> None:
        asset = response.request.resource_type in {"font", "image", "script", "stylesheet"}
        if response.status >= 500 or (asset and response.status >= 400):
            self.faults.append(f"{response.status} from {response.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One headless Chromium for the run; its absence fails in CI and skips elsewhere."""
    if chromium.executable() is None and os.environ.get("CI") != "true":
        pytest.skip("no Chromium on this machine")
    with pytest.MonkeyPatch.context() as patch, chromium.running() as running:
        # Playwright keeps an event loop in this thread; Django would refuse the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield running


@pytest.fixture
def watch(live_server: Any) -> Iterator[Watch]:
    """Fails the test at its end if a page asked elsewhere or its code was at fault."""
    watch = Watch(live_server.url)
    yield watch
    assert watch.faults == []


@pytest.fixture
def open_page(browser: Any, live_server: Any, watch: Watch) -> Iterator[Callable[..., Any]]:
    """Open a page: ``open_page("/", device="phone", theme="night", client=signed_in)``.

    ``client`` is a Django test client; whoever it is signed in as, the page is.
    """
    contexts = []

    def open_page(
        path: str, *, device: Device = "desktop", theme: Theme = "light", client: Any = None
    ) -> Any:
        context = chromium.context(browser, device, theme, base_url=live_server.url)
        contexts.append(context)
        watch.follow(context)
        if client is not None:
            context.add_cookies(
                [
                    {"name": name, "value": morsel.value, "url": live_server.url}
                    for name, morsel in client.cookies.items()
                ]
            )
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def serious_faults() -> Callable[[Any], list[str]]:
    """What axe finds serious or critical on a page, one line each with where."""
    from axe_playwright_python.sync_playwright import Axe

    def serious_faults(page: Any) -> list[str]:
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        return [
            f"{fault['id']}: {fault['help']} at {node['target']}"
            for fault in found
            if fault["impact"] in {"serious", "critical"}
            for node in fault["nodes"]
        ]

    return serious_faults


@pytest.fixture
def stage() -> Stage:
    """What addresses answer when a page is shown without a server."""
    return Stage()


@pytest.fixture
def show(browser: Any, stage: Stage, now: datetime) -> Iterator[Callable[..., Any]]:
    """Open a page on the stage; further tabs share its cookies and channels."""
    context = chromium.context(browser, "tablet", "light")
    watch = Watch(HOME)
    watch.follow(context)
    context.route("**/*", stage.play)

    def show(blocks: str, path: str = "/", **given: Any) -> Any:
        body = draw(blocks, now, **given)
        stage.pages[path] = lambda _asked: {"body": body}
        page = context.new_page()
        page.goto(f"{HOME}{path}", wait_until="load")
        return page

    yield show
    context.unroute_all(behavior="ignoreErrors")
    context.close()
    assert watch.faults == []


@pytest.fixture(scope="module")
def house(
    browser: Any,
    tmp_path_factory: pytest.TempPathFactory,
    django_test_environment: None,
    django_db_blocker: Any,
) -> Iterator[houses.House]:
    """A house that is served while a module's tests walk through it, one after another."""
    folder = tmp_path_factory.mktemp("house")
    with houses.running(folder, django_db_blocker, browser, Watch) as house:
        yield house
