"""The watch over every page sees what it claims to see."""

import pytest

from tests.browser.conftest import Watch
from tools import chromium

HOME = "http://stepdown.test"


@pytest.fixture
def visit(browser):
    """Show one invented answer as the home page, and tell what the watch noted."""
    contexts = []

    def visit(html: str, status: int = 200, theme: chromium.Theme = "light"):
        context = chromium.context(browser, "phone", theme)
        contexts.append(context)
        watch = Watch(HOME)
        watch.follow(context)
        context.route("**/*", lambda route: route.abort())
        context.route(
            f"{HOME}/",
            lambda route: route.fulfill(
                status=status,
                content_type="text/html",
                body=f"<!doctype html><html lang=en><title>t</title><main>{html}</main>",
                headers={"Content-Security-Policy": "script-src 'unsafe-inline'"},
            ),
        )
        page = context.new_page()
        page.goto(f"{HOME}/", wait_until="networkidle")
        return page, watch.faults

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<img alt=x src=https://elsewhere.test/x.png>", "a third party was asked: https://else"),
        ("<script>undefined.x</script>", "script: "),
        ("<script>console.error('torn')</script>", "console: torn"),
        ("<script>eval('1')</script>", "script: "),
    ],
)
def test_a_fault_behind_the_page_is_noted(visit, html, fault):
    _, faults = visit(html)
    assert any(found.startswith(fault) for found in faults), faults


def test_a_server_error_is_noted_and_a_refused_form_is_not(visit):
    assert visit("", status=500)[1] == [f"500 from {HOME}/"]
    assert visit("", status=422)[1] == []


def test_a_quiet_page_has_no_fault(visit):
    assert visit("<p>Quiet</p>")[1] == []


def test_the_theme_is_chosen_before_the_page_reads_it(visit):
    script = "<script>document.documentElement.id = localStorage.getItem('theme')</script>"
    page, _ = visit(script, theme="night")
    assert page.evaluate("document.documentElement.id") == "night"
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")


def test_axe_names_a_picture_without_words(visit, serious_faults):
    page, _ = visit("<h1>x</h1><img src=data:image/gif;base64,R0lGODlhAQABAAAAACw=>")
    assert [line.split(":")[0] for line in serious_faults(page)] == ["image-alt"]
