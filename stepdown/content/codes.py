"""Code sets: the choices a form offers, with a code that records keep."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.clinical.instruments import Evidence


@dataclass(frozen=True, slots=True)
class Code:
    """One choice. ``group`` gathers choices in a long list; ``help`` is a second line."""

    code: str
    label: str
    help: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class CodeSet:
    """The choices of one field. ``open`` sets are suggestions: other text is fine."""

    key: str
    name: str
    version: str
    source: str
    codes: tuple[Code, ...]
    open: bool = False
    evidence: Evidence = "draft"

    def code(self, code: str) -> Code | None:
        """The choice with this code, or None."""
        return next((each for each in self.codes if each.code == code), None)

    def choices(self) -> list[tuple[str, str]]:
        """(code, label) pairs, as forms take them."""
        return [(each.code, each.label) for each in self.codes]
