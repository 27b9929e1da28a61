"""Whose chart it is: the banner over every page of it, and the way between its pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from stepdown.content import library
from stepdown.records import access
from stepdown.records.access import Actor
from stepdown.records.models import AllergyEntry, PregnancyEntry
from stepdown.records.reading.heading import Allergy, Stay
from stepdown.records.reading.sight import Sight
from stepdown.web import times
from stepdown.web.addresses import address

Statement = AllergyEntry.Statement


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the chart."""

    label: str
    url: str
    current: bool


def banner(stay: Stay, actor: Actor, sight: Sight, now: datetime) -> dict[str, Any]:
    """What ``components/patient.html`` draws, as far as this role reads it."""
    episode, person = stay.episode, stay.episode.person
    allergies, flags = _allergies(stay.allergies) if sight.allergies else ([], [])
    if stay.pregnancy == PregnancyEntry.Result.POSITIVE:
        flags.insert(0, _("Pregnancy test positive"))
    if stay.open_until is not None:
        until = times.short(stay.open_until, now)
        flags.insert(0, _("Opened in an emergency until {at}").format(at=until))
    if episode.is_restricted:
        flags.insert(0, _("Restricted chart"))
    demographics = access.may(actor, "demographics", "R")
    today = actor.facility.local(now).date()
    return {
        "bed": stay.bed,
        "name": person.called,
        "first_name": (person.called.split() or [""])[0],
        "pronouns": person.pronouns,
        "age": person.age_on(today) if demographics else None,
        "day": episode.day_on(episode.closed_at or now),
        "state_label": episode.stage_label,
        "allergies": allergies,
        "flags": flags,
        "words": stay.goal,
    }


def _allergies(told: tuple[Allergy, ...]) -> tuple[list[str], list[str]]:
    """(what to beware of, what is merely said): not asked is something to beware of."""
    if not told:
        return [_("Allergies: not asked yet")], []
    beware, said = [], []
    for allergy in told:
        if allergy.statement == Statement.LISTED:
            beware.append(_("Allergy: {what}").format(what=in_words(allergy)))
        elif allergy.statement == Statement.NONE_KNOWN:
            said.append(_("Allergies: none known"))
        else:
            beware.append(_("Allergies: could not be asked"))
    return beware, said


def in_words(allergy: Allergy) -> str:
    """``penicillin (rash, severe)``."""
    known = library.codes("allergy_severity").code(allergy.severity)
    how = [each for each in (allergy.reaction, known.label.lower() if known else "") if each]
    return f"{allergy.substance} ({', '.join(how)})" if how else allergy.substance


def tabs(stay: Stay, actor: Actor, sight: Sight, current: str) -> list[Tab]:
    """The pages of this chart that this role opens."""
    pages = [("chart:course", _("Course"), True)]
    pages.append(("chart:observations", _("Observations"), sight.scores))
    pages.append(("observing:scales", _("Scales"), sight.scores and sight.records))
    pages.append(("fluids:balance", _("Fluids"), access.may(actor, "fluids", "R")))
    pages.append(("rounds:person", _("Rounds"), access.may(actor, "rounds", "R")))
    pages.append(("admissions:intake", _("Intake"), access.may(actor, "demographics", "R")))
    pages.append(("admissions:targets", _("Personal limits"), sight.targets))
    pages.append(("handing:hand_over", _("Hand over"), _hands_over(stay, actor)))
    return [
        Tab(label, address(name, stay.episode.pk), name == current)
        for name, label, opens in pages
        if opens
    ]


def _hands_over(stay: Stay, actor: Actor) -> bool:
    """True for a role that may give this person a tablet for a form of their own."""
    if stay.episode.closed_at is not None or not access.may(actor, "observations", "C"):
        return False
    return access.condition(actor, "observations", "C") not in access.VITALS_ONLY
