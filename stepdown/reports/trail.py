"""What the two sealed chains say, merged into one list that people can read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from stepdown.records.models import AccessEvent, AuditEvent, Facility, User

PAGE = 100
"""Lines on one page of a trail."""

TECHNICAL = ("sign_in", "sign_out", "lock", "unlock", "role.", "signature.")
"""How events begin that speak of signing in and of no stay."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing somebody did. ``writes`` tells recording from looking."""

    at: datetime
    who: str
    role: str
    what: str
    detail: str
    writes: bool


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of lines, newest first, and where the next page begins (None at the end)."""

    lines: list[Line]
    older: datetime | None


def of_episode(facility: Facility, episode_id: UUID, before: datetime | None) -> Trail:
    """Who wrote in one stay and who looked at it."""
    return _merged(
        AuditEvent.objects.filter(facility=facility, episode_id=episode_id),
        AccessEvent.objects.filter(facility_id=facility.pk, episode_id=episode_id),
        before,
    )


def technical(facility: Facility, before: datetime | None) -> Trail:
    """Sign-ins, locks and refusals; nothing of any stay."""
    looks = AccessEvent.objects.filter(facility_id=facility.pk, episode_id=None)
    wanted = looks.none()
    for begins in TECHNICAL:
        wanted = wanted | looks.filter(what__startswith=begins)
    return _merged(AuditEvent.objects.none(), wanted, before)


def _merged(
    writes: QuerySet[AuditEvent], looks: QuerySet[AccessEvent], before: datetime | None
) -> Trail:
    if before is not None:
        writes, looks = writes.filter(at__lt=before), looks.filter(at__lt=before)
    wrote = list(writes.order_by("-at", "-seq")[: PAGE + 1])
    looked = list(looks.order_by("-at", "-seq")[: PAGE + 1])
    names = _names({e.actor_id for e in wrote} | {e.actor_id for e in looked})
    lines = [_line(event, event.action, "", names, writes=True) for event in wrote]
    lines += [_line(event, event.what, event.detail, names, writes=False) for event in looked]
    lines.sort(key=lambda line: line.at, reverse=True)
    page = lines[:PAGE]
    return Trail(page, page[-1].at if len(lines) > PAGE else None)


def _names(ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Account id -> name; the log of looks may lie in another database, so it is not joined."""
    found = User.objects.filter(pk__in={each for each in ids if each is not None})
    return dict(found.values_list("pk", "name"))


def _line(
    event: AuditEvent | AccessEvent, key: str, detail: str, names: dict[UUID | None, str],
    *, writes: bool,
) -> Line:  # fmt: skip
    who = names.get(event.actor_id, "") or _("set-up")
    return Line(event.at, who, event.role, in_words(key), detail, writes)


def in_words(key: str) -> str:
    """An event's key as people read it; a key without words yet stands as it is."""
    words = {
        "accounts.assign": _("gave or renewed a role"),
        "accounts.close": _("closed an account"),
        "accounts.open": _("opened an account"),
        "accounts.set_pin": _("set their PIN"),
        "admissions.arrive": _("recorded the arrival"),
        "admissions.identify": _("checked identity"),
        "allergies.correct": _("corrected an allergy"),
        "allergies.record": _("recorded an allergy"),
        "beds.move": _("moved the bed"),
        "beds.set_status": _("changed a bed's status"),
        "break_glass.open": _("opened the chart in an emergency"),
        "break_glass.review": _("reviewed an emergency opening"),
        "consents.record": _("recorded a consent"),
        "content.sign": _("signed content"),
        "episodes.restrict": _("made the chart open by invitation only"),
        "episodes.transition": _("moved the stay to another state"),
        "facility.found": _("set up the facility"),
        "goals.record": _("recorded the person's goal"),
        "lock": _("locked the screen"),
        "observations.amend": _("corrected a reading"),
        "observations.record": _("recorded a reading"),
        "observations.void": _("struck a reading entered in error"),
        "orders.admit": _("ordered the admission"),
        "pregnancy.record": _("recorded pregnancy status"),
        "role.switch": _("changed role"),
        "settings.change": _("changed a clinical setting"),
        "settings.change_operational": _("changed a setting"),
        "sign_in": _("signed in"),
        "sign_in.demo": _("walked in, demonstration"),
        "sign_in.ended": _("was refused: account or role has ended"),
        "sign_in.refused": _("sign-in refused"),
        "sign_out": _("signed out"),
        "sign_out.ended": _("was signed out: account or role has ended"),
        "signature.refused": _("signature refused: wrong PIN or password"),
        "substance_use.record": _("recorded substance use"),
        "targets.set": _("set a personal target"),
        "unlock": _("unlocked the screen"),
        "unlock.refused": _("unlock refused"),
    }
    return words.get(key) or _("looked at: {page}").format(page=key.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a role wrote and looked. Nobody is named."""

    role: str
    wrote: int
    looked: int


def tallies(facility: Facility, *, since: datetime, episode_id: UUID | None = None) -> list[Tally]:
    """Counts by role since ``since``, for one stay or the whole house."""
    writes = AuditEvent.objects.filter(facility=facility, at__gte=since)
    looks = AccessEvent.objects.filter(facility_id=facility.pk, at__gte=since)
    if episode_id is not None:
        writes, looks = writes.filter(episode_id=episode_id), looks.filter(episode_id=episode_id)
    else:
        looks = looks.exclude(episode_id=None)
    wrote = dict(writes.values_list("role").annotate(n=Count("pk")).order_by())
    looked = dict(looks.values_list("role").annotate(n=Count("pk")).order_by())
    return [
        Tally(role or _("set-up"), wrote.get(role, 0), looked.get(role, 0))
        for role in sorted({*wrote, *looked})
    ]
