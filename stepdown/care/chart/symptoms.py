"""Which symptoms are there now, since when, and which field says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from stepdown.care.chart import wording
from stepdown.clinical.symptoms import Finding, Presence
from stepdown.content import library
from stepdown.web import icons, times

ICONS = {
    Presence.PRESENT: "flag",
    Presence.ABSENT: "minus",
    Presence.NOT_TOLD: "circle-dashed",
    Presence.NOT_OBSERVED: "circle-dashed",
    Presence.NOT_ASKED: "circle-slash",
}
"""A shape for each presence; the words stand beside it."""


def by_stage(findings: Iterable[Finding], now: datetime) -> list[tuple[str, SafeString]]:
    """Early symptoms, then developed ones, in the catalogue's order: positions hold still."""
    found = list(findings)
    return [
        (
            words,
            mark_safe("".join(_line(each, now) for each in found if each.symptom.stage == stage)),
        )
        for stage, words in (("early", _("Early")), ("late", _("Developed")))
    ]


def _line(finding: Finding, now: datetime) -> str:
    """One symptom as an entry of the list: shape, name, state, and where it was read."""
    present = 1 if finding.presence is Presence.PRESENT else 0
    return (
        f'<li data-present="{present}" data-presence="{finding.presence.value}">'
        f"{icons.icon(ICONS[finding.presence])}<span>{escape(finding.symptom.label)}</span>"
        f"<span>{escape(_state(finding, now))}</span>"
        f"<small>{escape(_detail(finding, now))}</small></li>"
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
