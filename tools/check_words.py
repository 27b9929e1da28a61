"""Refuse words that put the condition before the person, wherever somebody reads them.

Covers pages, content, translations, documents and the code's own names and
messages. What stands between curly quotes is a person's own speech and is left
alone, and so are the names of institutions.

Source: NIDA, Words Matter (terms to use and avoid when talking about addiction).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

READ_BY_PEOPLE = {".css", ".html", ".js", ".md", ".po", ".py", ".toml", ".txt", ".yaml", ".yml"}
PLACES = ("stepdown", "journeys", "docs", "bench", "README.md", "CONTRIBUTING.md", "CHANGELOG.md")
VENDORED = {"vendor", "licences"}

INSTEAD: dict[str, str] = {
    r"addicts?|addicted|junk(?:ie|y|ies)": "person with opioid use disorder",
    r"(?:drug|substance|opioid|heroin|alcohol|intravenous|iv)[ -]?(?:ab)?users?": (
        "person who uses ..."
    ),
    r"(?:drug|substance|opioid|alcohol)[ _-]abuse|abusers?": "substance use, use disorder",
    r"drug habit": "substance use",
    r"(?:clean|dirty) (?:urine|sample|test|screen)": "negative / positive, expected / unexpected",
    r"(?:staying|stayed|getting|got|been) clean": "in recovery, not using",
    r"(?:opioid|opiate) (?:substitution|replacement)": "medication for opioid use disorder",
    r"failed (?:detox|treatment|withdrawal)": "the treatment did not hold yet",
    r"non-?complian(?:t|ce)|noncomplian(?:t|ce)": "chose not to, declined",
    r"refused care|refused treatment": "chose not to, declined",
    r"drug[ -]seeking|manipulative": "asks for more relief",
    r"absconded|absconding": "left early",
    r"frequent flyers?|repeat detoxers?": "person returning to care",
    r"(?:claims|admits|denies) (?:to |any |drug )?(?:use|using|drinking|injecting)": "says, reports",
    r"suffer(?:s|ing)? from|victims? of": "has, is living with",
}
SPEECH = re.compile(r"“[^”]*”")
INSTITUTIONS = re.compile(r"Substance Abuse and Mental Health Services|Institute on Drug Abuse")
TERMS = [(re.compile(rf"\b(?:{term})\b", re.IGNORECASE), use) for term, use in INSTEAD.items()]


def complaints(text: str) -> list[tuple[int, str]]:
    """Each unwelcome term in a text, as (line, sentence with what to write instead)."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        plain = INSTITUTIONS.sub("", SPEECH.sub("", line))
        for term, use in TERMS:
            found += [(number, f"{hit[0]!r}: write {use!r}") for hit in term.finditer(plain)]
    return found


def files() -> Iterator[Path]:
    """Everything of the project that somebody reads, without other people's works."""
    for place in map(Path, PLACES):
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.suffix in READ_BY_PEOPLE and not VENDORED & set(path.parts):
                yield path


def main() -> int:
    """Print each complaint with its place; 1 if there was any."""
    count = found = 0
    for path in files():
        count += 1
        for line, complaint in complaints(path.read_text(encoding="utf-8")):
            found += 1
            print(f"{path}:{line}: {complaint}")
    print(f"{count} files read for their words, {found} complaints.")
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main())
