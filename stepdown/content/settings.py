"""What a facility may set: name, type, allowed range, and whose signature it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Literal

from stepdown.clinical.instruments import Evidence

SettingType = Literal["minutes", "hours", "days", "count", "points", "time", "times", "yes_no"]
Setting = int | bool | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FacilitySetting:
    """One setting. ``signed_by`` is MD for clinical and DIR for operational ones.

    ``default`` and a value are written as text, "no", "07:00", "4" or "07:00 19:00",
    and read by :meth:`value`.
    """

    key: str
    label: str
    type: SettingType
    default: str
    signed_by: Literal["MD", "DIR"]
    group: str
    source: str
    help: str = ""
    at_least: int | None = None
    at_most: int | None = None
    evidence: Evidence = "draft"

    def value(self, text: str) -> Setting:
        """The setting's value from its text.

        Raises:
            ValueError: not of the setting's type, or outside its allowed range.
                The message is written for the person who typed it.
        """
        if self.type == "yes_no":
            if text not in ("yes", "no"):
                raise ValueError(f"{self.label} is yes or no.")
            return text == "yes"
        if self.type == "time":
            return self._time(text)
        if self.type == "times":
            found = tuple(self._time(each) for each in text.split())
            if not found or list(found) != sorted(set(found)):
                raise ValueError(f"{self.label}: write times in order, for example 07:00 19:00.")
            return found
        return self._number(text)

    def _time(self, text: str) -> str:
        try:
            return time.fromisoformat(text).strftime("%H:%M")
        except ValueError:
            raise ValueError(f"{self.label}: write a time like 07:00.") from None

    def _number(self, text: str) -> int:
        low, high = self.at_least or 0, self.at_most
        span = f"at least {low}" if high is None else f"{low} to {high}"
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise ValueError(f"{self.label} is a whole number of {self.type}, {span}.")
        number = int(text)
        if number < low or (high is not None and number > high):
            raise ValueError(f"{self.label} is {span}, not {number}.")
        return number


@dataclass(frozen=True, slots=True)
class FacilitySettings:
    """Every setting, in the order the page shows them."""

    key: str
    version: str
    source: str
    settings: tuple[FacilitySetting, ...]
    evidence: Evidence = "draft"

    def by_key(self) -> Mapping[str, FacilitySetting]:
        """Setting key -> setting, in order."""
        return {setting.key: setting for setting in self.settings}
