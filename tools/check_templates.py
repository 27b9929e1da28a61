"""Refuse templates that speak untranslated, style inline, or call a third party.

The content security policy would block inline code at run time; this finds it
before anyone opens the page, and finds the words that gettext never saw.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

SPOKEN = {"alt", "aria-description", "aria-label", "label", "placeholder", "title"}
FETCHED = {"action", "formaction", "hx-get", "hx-post", "poster", "src", "srcset"}
UNSPOKEN_ELEMENTS = {"code", "kbd", "script", "style"}
# Never closed, so they must not be waited for.
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)

# What a translator handles, or what never reaches the page.
GONE = re.compile(
    r"\{#.*?#\}"
    r"|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}"
    r"|\{%\s*blocktrans(?:late)?\b.*?%\}.*?\{%\s*endblocktrans(?:late)?\s*%\}"
    r"|\{%\s*block\s+\w*_class\s*%\}.*?\{%\s*endblock\b.*?%\}"
    r"|\{%.*?%\}"
    r"|\{\{.*?\}\}",
    re.DOTALL,
)
UNESCAPED = re.compile(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off")
SILENT = re.compile(r"\{%\s*url\s+\S+\s+(?!as\s)[^%]*?\sas\s+\w+\s*%\}")
LETTERS = re.compile(r"[^\W\d_]{2,}")
ELSEWHERE = re.compile(r"^\s*(?:https?:)?//", re.IGNORECASE)


class _Page(HTMLParser):
    """Collects (line, complaint) while reading one template without its tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.complaints: list[tuple[int, str]] = []

    def _complain(self, what: str) -> None:
        self.complaints.append((self.getpos()[0], what))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
        for name, value in values.items():
            if name == "style" or name.startswith(("on", "hx-on")):
                self._complain(f"{name}=: the content security policy blocks it")
            if name in SPOKEN and LETTERS.search(value):
                self._complain(f'{name}="{value}" is not translated')
            if name in FETCHED and ELSEWHERE.match(value):
                self._complain(f"{name}={value} asks a third party")
            if value.strip().lower().startswith("javascript:"):
                self._complain(f"{name}=javascript: the content security policy blocks it")
        if tag == "link" and ELSEWHERE.match(values.get("href", "")):
            self._complain(f"href={values['href']} asks a third party")
        if tag == "style":
            self._complain("<style>: the content security policy blocks it")
        if tag == "script" and "src" not in values and values.get("type") != "application/json":
            self._complain("<script> without src: the content security policy blocks it")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not UNSPOKEN_ELEMENTS & set(self.open) and LETTERS.search(data):
            self._complain(f"{' '.join(data.split())!r} is not translated")


def complaints(template: str) -> list[tuple[int, str]]:
    """What is wrong with one template's text, as (line, sentence), in reading order."""
    page = _Page()
    page.feed(GONE.sub(lambda found: "\n" * found[0].count("\n"), template))
    page.close()
    unescaped = [
        (template.count("\n", 0, found.start()) + 1, f"{found[0].strip()}: text must stay escaped")
        for found in UNESCAPED.finditer(template)
    ]
    silent = [
        (
            template.count("\n", 0, found.start()) + 1,
            f"{found[0]}: a page that is missing is no link",
        )
        for found in SILENT.finditer(template)
    ]
    return sorted(page.complaints + unescaped + silent)


def templates() -> Iterator[Path]:
    """Every page and fragment of the project."""
    return (path for path in sorted(Path("stepdown").rglob("*.html")))


def main() -> int:
    """Print each complaint with its place; 1 if there was any."""
    count = found = 0
    for path in templates():
        count += 1
        for line, complaint in complaints(path.read_text(encoding="utf-8")):
            found += 1
            print(f"{path}:{line}: {complaint}")
    print(f"{count} templates, {found} complaints.")
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main())
