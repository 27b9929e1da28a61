"""Which symptoms are there now, since when, and which field says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stepdown.care.chart import wording
from stepdown.clinical.symptoms import Finding, Presence
from stepdown.content import library
from stepdown.web import icons
from stepdown.web.times import Teller

ICONS = {
    Presence.PRESENT: "flag",
    Presence.ABSENT: "minus",
    Presence.NOT_TOLD: "circle-dashed",
    Presence.NOT_OBSERVED: "circle-dashed",
    Presence.NOT_ASKED: "circle-slash",
}
"""A shape for each presence; the words stand beside it."""


class _Words(NamedTuple):
    """What a line may say, in one language."""

    since: str
    not_there: str
    not_told: str
    not_looked: str
    not_asked: str
    no_field: str
    unread: str
    read: str
    strength: str
    silent: str
    last: str


@lru_cache(maxsize=32)
def _words(_language: str) -> _Words:
    return _Words(
        since=_("since {at}"),
        not_there=_("not there"),
        not_told=_("not told"),
        not_looked=_("not looked at"),
        not_asked=_("not asked"),
        no_field=_("No field asks for this."),
        unread=_("From {field}."),
        read=_("{field}: {answer}, {at}"),
        strength=_("; strength {n} of {all}"),
        silent=_("; this answer does not say"),
        last=_("; last there {at}"),
    )


def by_stage(findings: Iterable[Finding], now: datetime) -> list[tuple[str, SafeString]]:
    """Early symptoms, then developed ones, in the catalogue's order: positions hold still."""
    words, teller = _words(get_language() or ""), Teller(now)
    lines: dict[str, list[str]] = {"early": [], "late": []}
    for each in findings:
        lines[each.symptom.stage].append(_line(each, words, teller))
    return [
        (_("Early"), SafeString("".join(lines["early"]))),
        (_("Developed"), SafeString("".join(lines["late"]))),
    ]


def _line(finding: Finding, words: _Words, teller: Teller) -> str:
    """One symptom as an entry of the list: shape, name, state, and where it was read."""
    present = 1 if finding.presence is Presence.PRESENT else 0
    return (
        f'<li data-present="{present}" data-presence="{finding.presence.value}">'
        f"{icons.icon(ICONS[finding.presence])}<span>{escape(finding.symptom.label)}</span>"
        f"<span>{escape(_state(finding, words, teller))}</span>"
        f"<small>{escape(_detail(finding, words, teller))}</small></li>"
    )


def _state(finding: Finding, words: _Words, teller: Teller) -> str:
    if finding.presence is Presence.PRESENT and finding.since is not None:
        return words.since.format(at=teller.short(finding.since))
    if finding.presence is Presence.ABSENT:
        return words.not_there
    if finding.presence is Presence.NOT_TOLD:
        return words.not_told
    if finding.presence is Presence.NOT_OBSERVED:
        return words.not_looked
    return words.not_asked


def _detail(finding: Finding, words: _Words, teller: Teller) -> str:
    if finding.presence is Presence.NOT_ASKED:
        return words.no_field
    if finding.observed_at is None:
        return words.unread.format(field=_field(finding))
    said = words.read.format(
        field=_field(finding), answer=_answer(finding), at=teller.short(finding.observed_at)
    )
    if finding.presence is Presence.PRESENT and finding.strengths > 1:
        said += words.strength.format(n=finding.strength, all=finding.strengths)
    if finding.presence is Presence.NOT_TOLD:
        said += words.silent
    if finding.presence is not Presence.PRESENT and finding.last_seen is not None:
        said += words.last.format(at=teller.short(finding.last_seen))
    return said


def _field(finding: Finding) -> str:
    """``COWS 6, Runny nose or tearing``; a vital sign's own name."""
    if finding.symptom.vital is not None:
        vital = library.vitals().get(finding.symptom.vital.vital)
        return vital.label if vital else finding.symptom.vital.vital
    assert finding.symptom.item is not None, "a symptom without a field is never looked at"
    key, item_key = finding.symptom.item.instrument, finding.symptom.item.item
    scale = library.instruments().get(key)
    item = scale.item(item_key) if scale else None
    if scale is None or item is None:
        return f"{wording.name_of(key)} {item_key}"
    return f"{scale.short_name} {scale.items.index(item) + 1}, {item.label}"


def _answer(finding: Finding) -> str:
    if finding.symptom.vital is not None:
        vital = library.vitals().get(finding.symptom.vital.vital)
        told = wording.number(str(finding.value))
        return f"{told} {vital.unit}" if vital else told
    assert finding.symptom.item is not None
    scale = library.instruments().get(finding.symptom.item.instrument)
    item = scale.item(finding.symptom.item.item) if scale else None
    option = item.option(finding.answer or "") if item else None
    return option.short if option else str(finding.answer)
