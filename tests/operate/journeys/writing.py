"""A small house and a small stay to write journeys about, one change at a time."""

from __future__ import annotations

from pathlib import Path

FACILITY = """\
facility: small_house
name: Small House
zone: America/Los_Angeles
unit: {code: ward, name: Ward}
beds:
  - {label: "01"}
  - {label: "02"}
staff:
  ADM1: {name: Ada Door, role: ADM}
  RN1: {name: Rita Night, role: RN, licence: {number: R1, state: CA, valid_for_days: 90}}
  RN9: {name: Gone Soon, role: RN, employment: agency, works_for_days: 2}
  PRES1: {name: Dr. Orr, role: PRES, licence: {number: P1, state: CA, valid_for_days: 90}}
  BHT1: {name: Bo Hand, role: BHT, trained_in_vitals: true}
"""

HEAD = """\
journey: seventh
title: A seventh person
facility: small_house
person: {legal_name: Sev Enth}
"""

ARRIVAL = """\
  - at: 2027-01-04 08:00
    do: admissions.arrive
    by: ADM1
    with: {track: WM_RES, bed: "01"}
"""

VITALS = (
    "{systolic_mmhg: 120, diastolic_mmhg: 76, heart_rate_bpm: 92, "
    "respiratory_rate_bpm: 14, temperature_c: 36.9, spo2_percent: 98}"
)


def reading(at: str, cows: str = "[1, 1, 1, 1, 1, 1, 1, 1, 1, 0]", label: str = "") -> str:
    """A reading of heart rate 92, so the pulse item is 1 and these items total 10."""
    named = f"    label: {label}\n" if label else ""
    return (
        f"  - at: {at}\n    do: observations.record\n    by: RN1\n{named}"
        f"    with: {{context: scheduled, vitals: {VITALS}, cows: {cows}}}\n"
    )


def write(directory: Path, events: str, *, head: str = HEAD, name: str = "seventh") -> Path:
    """Write a journey with these events beside the small house, and return its path."""
    facilities = directory / "facilities"
    facilities.mkdir(exist_ok=True)
    (facilities / "small_house.yaml").write_text(FACILITY, encoding="utf-8")
    path = directory / f"{name}.yaml"
    path.write_text(f"{head}events:\n{events}", encoding="utf-8")
    return path


def line_of(path: Path, text: str) -> int:
    """The line (from 1) on which ``text`` first stands."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)
