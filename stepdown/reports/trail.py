"""What the two sealed chains say, merged into one list that people can read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from stepdown.records.models import AccessEvent, AuditEvent, Facility, User
from stepdown.reports import subjects

PAGE = 100
"""Lines on one page of a trail."""

TECHNICAL = (
    "sign_in",
    "sign_out",
    "lock",
    "unlock",
    "role.",
    "signature.",
    "passkey.",
    "handover.",
    "record.",
)
"""How events begin that speak of signing in, or of a restored record, and of no stay."""

READINGS = "audit"
"""How looks into the log itself begin."""

ACCOUNTS = ("accounts.", "exports.")
"""How writes begin that open, change or end what somebody may do, or take records out."""

LONGEST_NUMBER = 18
"""More figures than any event's number has."""


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
class Place:
    """Where a page ends: the last event shown of each chain. What is older goes on below both.

    Numbers, not times: of two events at one instant, none is passed over.
    """

    writes: int
    looks: int

    @classmethod
    def read(cls, text: str) -> Place | None:
        """A place from a link; anything else begins at the newest."""
        writes, _dash, looks = text.partition("-")
        numbers = [each for each in (writes, looks) if each.isascii() and each.isdigit()]
        if len(numbers) < 2 or max(map(len, numbers)) > LONGEST_NUMBER:
            return None
        return cls(int(writes), int(looks))

    def __str__(self) -> str:
        return f"{self.writes}-{self.looks}"


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of lines, newest first, and where the next page begins (None at the end)."""

    lines: list[Line]
    older: Place | None


def of_episode(facility: Facility, episode_id: UUID, before: Place | None) -> Trail:
    """Who wrote in one stay and who looked at it."""
    return _merged(
        AuditEvent.objects.filter(facility=facility, episode_id=episode_id),
        AccessEvent.objects.filter(facility_id=facility.pk, episode_id=episode_id),
        before,
    )


def technical(facility: Facility, before: Place | None) -> Trail:
    """Sign-ins, locks and refusals; nothing of any stay."""
    return _merged(AuditEvent.objects.none(), _beginning(facility, TECHNICAL), before)


def of_accounts(facility: Facility, before: Place | None) -> Trail:
    """Sign-ins, what became of accounts and whose, and who read the log; nothing of any stay."""
    wanted = Q()
    for begins in ACCOUNTS:
        wanted |= Q(action__startswith=begins)
    writes = AuditEvent.objects.filter(wanted, facility=facility, episode_id=None)
    return _merged(writes, _beginning(facility, (*TECHNICAL, READINGS)), before)


def _beginning(facility: Facility, words: tuple[str, ...]) -> QuerySet[AccessEvent]:
    looks = AccessEvent.objects.filter(facility_id=facility.pk, episode_id=None)
    wanted = Q()
    for begins in words:
        wanted |= Q(what__startswith=begins)
    return looks.filter(wanted)


def _merged(
    writes: QuerySet[AuditEvent], looks: QuerySet[AccessEvent], before: Place | None
) -> Trail:
    if before is not None:
        writes, looks = writes.filter(seq__lt=before.writes), looks.filter(seq__lt=before.looks)
    wrote = list(writes.order_by("-seq")[: PAGE + 1])
    looked = list(looks.order_by("-seq")[: PAGE + 1])
    shown, older = _newest(wrote, looked)
    names = _names({event.actor_id for event in shown})
    about = subjects.of([event for event in shown if isinstance(event, AuditEvent)])
    return Trail([_line(event, names, about) for event in shown], older)


def _newest(
    wrote: list[AuditEvent], looked: list[AccessEvent]
) -> tuple[list[AuditEvent | AccessEvent], Place | None]:
    """The newest of both chains, each in its own order, and where they were left.

    Within a chain its sequence decides; between the two, the time, and at one instant
    the write stands above the look.
    """
    shown: list[AuditEvent | AccessEvent] = []
    w = k = 0
    while len(shown) < PAGE and (w < len(wrote) or k < len(looked)):
        if k == len(looked) or (w < len(wrote) and wrote[w].at >= looked[k].at):
            shown.append(wrote[w])
            w += 1
        else:
            shown.append(looked[k])
            k += 1
    if w == len(wrote) and k == len(looked):
        return shown, None
    return shown, Place(_left_at(wrote, w), _left_at(looked, k))


def _left_at(events: Sequence[AuditEvent] | Sequence[AccessEvent], shown: int) -> int:
    """The number below which a chain goes on: that of its last event shown."""
    if shown:
        return events[shown - 1].seq
    return events[0].seq + 1 if events else 0


def _names(ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Account id -> name; the log of looks may lie in another database, so it is not joined."""
    found = User.objects.filter(pk__in={each for each in ids if each is not None})
    return dict(found.values_list("pk", "name"))


def _line(
    event: AuditEvent | AccessEvent, names: dict[UUID | None, str], about: dict[UUID, str]
) -> Line:
    who = names.get(event.actor_id, "") or _("set-up")
    if isinstance(event, AuditEvent):
        detail = about.get(event.pk, "")
        return Line(event.at, who, event.role, in_words(event.action), detail, writes=True)
    return Line(event.at, who, event.role, in_words(event.what), event.detail, writes=False)


def in_words(key: str) -> str:
    """An event's key as people read it; a key without words yet stands as it is."""
    words = {
        "accounts.assign": _("gave or renewed a role"),
        "accounts.close": _("closed an account"),
        "accounts.open": _("opened an account"),
        "accounts.renew_licence": _("renewed a licence"),
        "accounts.reset_second_factor": _("reset a second factor"),
        "accounts.set_pin": _("set their PIN"),
        "admissions.arrive": _("recorded the arrival"),
        "admissions.identify": _("checked identity"),
        "allergies.correct": _("corrected an allergy"),
        "allergies.record": _("recorded an allergy"),
        "audit": _("read this trail"),
        "audit.accounts": _("read the trail of sign-ins and accounts"),
        "audit.emergencies": _("read the list of emergency openings"),
        "audit.ending": _("read the list of accounts that end"),
        "audit.exports": _("read the ledger of exports"),
        "audit.review": _("opened an emergency opening for review"),
        "audit.searches": _("read who searched for people"),
        "audit.searched": _("asked whether somebody was searched for"),
        "audit.search": _("searched the list of stays"),
        "audit.stays": _("read the list of stays"),
        "audit.summary": _("read the counts"),
        "audit.technical": _("read the sign-ins and locks"),
        "arrival.search": _("was shown the name, asking who has come"),
        "beds.move": _("moved the bed"),
        "beds.set_status": _("changed a bed's status"),
        "break_glass.open": _("opened the chart in an emergency"),
        "break_glass.review": _("reviewed an emergency opening"),
        "calls.note": _("noted a call"),
        "consents.correct": _("corrected a consent"),
        "consents.record": _("recorded a consent"),
        "consents.void": _("struck out a consent entered in error"),
        "content.sign": _("signed content"),
        "episodes.restrict": _("made the chart open by invitation only"),
        "device.key": _("was given the key of a device"),
        "episodes.transition": _("moved the stay to another state"),
        "exports.begin": _("began an export of records"),
        "exports.end": _("ended an export of records"),
        "find.limited": _("searched for people as often as is open to one person"),
        "find.people": _("searched for people"),
        "find.shown": _("was shown the stay in a search"),
        "facility.found": _("set up the facility"),
        "goals.record": _("recorded the person's goal"),
        "handover.refused": _("handed-over tablet not opened: wrong PIN or password"),
        "handover.taken_back": _("took the handed-over tablet back"),
        "handovers.begin": _("handed a tablet to the person for a form"),
        "handovers.end": _("recorded how a handed-over form ended"),
        "handovers.throw_away": _("threw away answers that could not be recorded"),
        "identity.correct": _("corrected an identity check"),
        "identity.void": _("struck out an identity check entered in error"),
        "lock": _("locked the screen"),
        "observations.amend": _("corrected a reading"),
        "observations.record": _("recorded a reading"),
        "observations.void": _("struck a reading entered in error"),
        "orders.admit": _("ordered the admission"),
        "passkey.add": _("added a passkey"),
        "passkey.remove": _("removed a passkey"),
        "pregnancy.correct": _("corrected pregnancy status"),
        "pregnancy.record": _("recorded pregnancy status"),
        "pregnancy.void": _("struck out a pregnancy entry entered in error"),
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
        "substance_use.correct": _("corrected the use of a substance"),
        "substance_use.record": _("recorded substance use"),
        "substance_use.void": _("struck out the use of a substance entered in error"),
        "targets.set": _("set a personal target"),
        "typed.discarded": _("threw away an entry before it was sent"),
        "typed.sent": _("sent what was typed without a connection"),
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
