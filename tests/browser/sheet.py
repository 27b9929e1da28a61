"""The bedside sheet as hands use it: fields typed, options tapped, every tap counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

RATE = "heart_rate_bpm"
SIGNS = {
    "systolic_mmhg": "132",
    "diastolic_mmhg": "84",
    RATE: "88",
    "respiratory_rate_bpm": "16",
    "temperature_c": "36.9",
    "spo2_percent": "98",
}
COWS_POINTS = {
    "sweating": 1,
    "restlessness": 1,
    "pupils": 1,
    "aches": 1,
    "nose_or_tears": 1,
    "gi_upset": 1,
    "tremor": 0,
    "yawning": 1,
    "anxiety_or_irritability": 1,
    "gooseflesh": 0,
}
COWS_TOTAL = 9
"""The ten answers above, and one point for a pulse of 88."""

MOST_TAPS = 13
"""For a full score, from the open sheet to the saved one."""

STANDING = """form => Object.fromEntries([...form.elements]
  .filter(one => one.closest("[data-item], .vitals") && one.type !== "hidden")
  .filter(one => one.type !== "radio" || one.checked)
  .filter(one => one.type !== "checkbox" && one.tagName !== "BUTTON" && one.tagName !== "FIELDSET")
  .map(one => [one.closest("[data-item]")?.dataset.item ?? one.name, one.value]))"""


@dataclass
class Sheet:
    """An open sheet. ``taps`` counts fingers on the glass, typing not included."""

    page: Any
    taps: int = 0

    def tap(self, selector: str) -> None:
        """Put a finger on something that can be seen."""
        self.page.locator(selector).first.tap()
        self.taps += 1

    def type_sign(self, key: str, value: str) -> None:
        """Tap into a field and type."""
        self.tap(f"#id_{key}")
        self.page.keyboard.type(value)

    def type_signs(self, without: str = "") -> None:
        """Fill the vital signs that stand on the sheet."""
        for key, value in SIGNS.items():
            if key != without:
                self.page.fill(f"#id_{key}", value)

    def type_signs_by_tab(self) -> None:
        """Type every sign, going from field to field by the key for that."""
        left = dict(SIGNS)
        for _press in range(30):
            name = self.page.evaluate("document.activeElement.name ?? ''")
            if name in left:
                self.page.keyboard.type(left.pop(name))
            if not left:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"No key led to {sorted(left)}.")

    def tap_item(self, key: str, points: int | None = None, *, click: bool = False) -> None:
        """Answer one item by its button."""
        worth = COWS_POINTS[key] if points is None else points
        option = f'fieldset[data-item={key}] label:has(input[data-points="{worth}"])'
        if click:
            self.page.click(option)
        else:
            self.tap(option)

    def tap_every_item(self, *, but: str = "", click: bool = False) -> None:
        """Answer all ten items, or all but one."""
        for key in COWS_POINTS:
            if key != but:
                self.tap_item(key, click=click)

    def tap_save(self) -> None:
        """Save the score."""
        self.tap("[data-sign]")

    def fill_and_save(self) -> None:
        """The whole entry by fingers: every sign, every item, saved."""
        for key, value in SIGNS.items():
            self.type_sign(key, value)
        self.tap_every_item()
        self.tap_save()

    def standing(self) -> dict[str, str]:
        """What stands in the sheet: field or item -> what was typed or chosen."""
        found: dict[str, str] = self.page.locator("#sheet").evaluate(STANDING)
        return found
