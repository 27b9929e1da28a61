"""Which symptoms are there now, since when, and which field says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from stepdown.care.chart import wording
from stepdown.clinical.symptoms import Finding, Presence
from stepdown.content import library
from stepdown.web import times

ICONS = {
    Presence.PRESENT: "flag",
    Presence.ABSENT: "minus",
    Presence.NOT_TOLD: "circle-dashed",
    Presence.NOT_OBSERVED: "circle-dashed",
    Presence.NOT_ASKED: "circle-slash",
}
"""A shape for each presence; the words stand beside it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One symptom in words. ``presence`` is the finding's own value."""

    label: str
    presence: str
    icon: str
    state: str
    detail: str

    @property
    def is_present(self) -> bool:
        """True for what the last look that touched on it found."""
        return self.presence == Presence.PRESENT.value


def by_stage(findings: Iterable[Finding], now: datetime) -> list[tuple[str, list[Shown]]]:
    """Early symptoms, then developed ones, in the catalogue's order: positions hold still."""
    found = list(findings)
    return [
        (words, [_shown(each, now) for each in found if each.symptom.stage == stage])
        for stage, words in (("early", _("Early")), ("late", _("Developed")))
    ]


def _shown(finding: Finding, now: datetime) -> Shown:
    return Shown(
        finding.symptom.label,
        finding.presence.value,
        ICONS[finding.presence],
        _state(finding, now),
        _detail(finding, now),
    )


def _state(finding: Finding, now: datetime) -> str:
    if finding.presence is Presence.PRESENT and finding.since is not None:
        return _("since {at}").format(at=times.short(finding.since, now))
    if finding.presence is Presence.ABSENT:
        return _("not there")
    if finding.presence is Presence.NOT_TOLD:
        return _("not told")
    if finding.presence is Presence.NOT_OBSERVED:
        return _("not looked at")
    return _("not asked")


def _detail(finding: Finding, now: datetime) -> str:
    if finding.presence is Presence.NOT_ASKED:
        return _("No field asks for this.")
    if finding.observed_at is None:
        return _("From {field}.").format(field=_field(finding))
    at = times.short(finding.observed_at, now)
    said = _("{field}: {answer}, {at}").format(
        field=_field(finding), answer=_answer(finding), at=at
    )
    if finding.presence is Presence.PRESENT and finding.strengths > 1:
        said += _("; strength {n} of {all}").format(n=finding.strength, all=finding.strengths)
    if finding.presence is Presence.NOT_TOLD:
        said += _("; this answer does not say")
    if finding.presence is not Presence.PRESENT and finding.last_seen is not None:
        said += _("; last there {at}").format(at=times.short(finding.last_seen, now))
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
