"""Style sheets, icons and scripts hang together: nothing undefined, nothing from elsewhere."""

import re
from pathlib import Path

import pytest
from django.template import engines

from stepdown.web import icons

WEB = Path(icons.__file__).parent
STATIC = WEB / "static"
HOUSE = WEB.parent
SHEETS = sorted((STATIC / "css").rglob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
TEMPLATES = sorted(HOUSE.rglob("templates/**/*.html"))
LAYERS = {
    "reset", "tokens", "base", "layout", "components", "screens", "utilities", "print",
}  # fmt: skip
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def css(path):
    return COMMENT.sub("", path.read_text())


def named(path):
    return str(path.relative_to(HOUSE))


def test_there_is_something_to_check():
    assert len(SHEETS) > 10
    assert len(SCRIPTS) > 5
    assert len(TEMPLATES) > 15


@pytest.mark.parametrize("sheet", SHEETS, ids=named)
def test_every_custom_property_that_is_used_is_defined(sheet):
    defined = {name for one in SHEETS for name in re.findall(r"(--[\w-]+)\s*:", css(one))}
    used = set(re.findall(r"var\((--[\w-]+)", css(sheet)))
    assert used - defined == set()


@pytest.mark.parametrize("sheet", SHEETS, ids=named)
def test_a_style_sheet_asks_only_for_files_that_are_here(sheet):
    for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", css(sheet)):
        assert (sheet.parent / address).resolve().is_file(), address
    assert "@import" not in css(sheet)


@pytest.mark.parametrize("sheet", SHEETS, ids=named)
def test_rules_live_in_a_named_layer_so_that_order_is_decided_once(sheet):
    text = css(sheet)
    assert set(re.findall(r"@layer (\w+) \{", text)) <= LAYERS
    outside = re.sub(r"@layer reset, [^;]+;|@font-face \{[^}]*\}", "", text)
    depth, loose = 0, ""
    for character in outside:
        depth += {"{": 1, "}": -1}.get(character, 0)
        loose += character if depth == 0 else ""
    assert re.sub(r"@layer \w+\s*|\}|\s", "", loose) == ""
    assert depth == 0, "a brace is missing"


@pytest.mark.parametrize("sheet", SHEETS, ids=named)
def test_only_paper_may_insist(sheet):
    screen = re.sub(r"@media print \{.*", "", css(sheet), flags=re.DOTALL)
    assert "!important" not in screen


@pytest.mark.parametrize("sheet", [one for one in SHEETS if one.name != "tokens.css"], ids=named)
def test_colours_come_from_the_tokens(sheet):
    """Black and white are what paper has; a code for a camera is black on white at night, too."""
    raw = re.findall(
        r"#[0-9a-fA-F]{3,8}\b", re.sub(r"@media print \{.*", "", css(sheet), flags=re.DOTALL)
    )
    allowed = {"overlays.css": 2, "account.css": 1}
    assert len(raw) <= allowed.get(sheet.name, 0), raw


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_every_template_compiles_and_names_files_and_icons_that_exist(template):
    text = template.read_text()
    engines["django"].from_string(text)
    for path in re.findall(r"\{% static ['\"]([^'\"]+)['\"] %\}", text):
        found = [place / path for place in HOUSE.rglob("static") if (place / path).is_file()]
        assert found, path
    for name in re.findall(r"\{% icon ['\"]([^'\"]+)['\"]", text):
        icons.icon(name)
    for name in re.findall(r"\{% (?:include|extends) ['\"]([^'\"]+)['\"]", text):
        engines["django"].get_template(name)


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_a_script_asks_only_this_server_and_makes_no_code_from_text(script):
    text = script.read_text()
    for forbidden in ("eval(", "new Function", "innerHTML", "insertAdjacentHTML", "document.write"):
        assert forbidden not in text
    addresses = re.findall(r"https?://[^\s\"'`]+", text)
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}


def test_what_is_by_others_has_its_licence_beside_it():
    licences = {path.name for path in (STATIC / "licences").iterdir()}
    assert licences == {
        "atkinson-hyperlegible-next-OFL.txt",
        "htmx-0BSD.txt",
        "lucide-ISC.txt",
        "newsreader-OFL.txt",
    }
    assert {path.name for path in (STATIC / "vendor").iterdir()} == {"htmx.min.js"}
