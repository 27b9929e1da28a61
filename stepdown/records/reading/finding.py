"""Looking for somebody by what is known of them: a name however spelled, a birth date, a code, a bed.

Two statements, whoever is looked for: the words kept of names that could be meant, and the
stays of people who carry them, by the rule of who sees whom. A stay that is closed to the
asker is left out there, before anything is counted, ranked or cut off: what they may not
see makes no difference to what they are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from stepdown.records import access, names
from stepdown.records.access import Actor
from stepdown.records.errors import NotPermitted, Refused
from stepdown.records.models import BedStay, Episode, Person, PersonKey, Phase, State
from stepdown.records.names import Likeness

MOST = 8
"""So many people are shown at once; more are a reason to ask for more of the name."""

READ = 120
"""So many stays are ranked: those of people named as was typed, then those here now, first."""

STAYS = 4
"""Stays of one person that are shown; the rest stand on the chart."""

LONGEST = 80
"""Characters of what was typed that are read."""

CODE_LENGTH = 4
"""Characters of a code, as arrivals give them (``actions.admission.arrival``)."""

NOTHING = ""
"""No word of a name: keeps a statement the same where nothing could be meant."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is looked for by."""

    words: tuple[str, ...] = ()
    born_on: date | None = None
    code: str = ""
    bed: str = ""

    @property
    def folded(self) -> str:
        """The same for everything that asks for the same, however it was typed."""
        born = self.born_on.isoformat() if self.born_on else ""
        return "\n".join((" ".join(sorted(self.words)), born, self.bed.casefold()))


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay that the asker may see."""

    episode_id: UUID
    code: str
    arrived_at: datetime
    closed_at: datetime | None
    stage: str
    bed: str
    unit: str
    is_restricted: bool


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person who may be meant: their stays, the last first, and why they are shown."""

    person: Person
    stays: tuple[Stay, ...]
    reasons: tuple[str, ...]

    @property
    def last(self) -> Stay:
        """The stay that is going on, else the last one."""
        return self.stays[0]


@dataclass(frozen=True, slots=True)
class Found:
    """Who may be meant, the likeliest first, and whether there are more; never how many."""

    people: tuple[Somebody, ...] = ()
    is_cut: bool = False


def require(actor: Actor) -> None:
    """Refuse a role that may not know who is in the house.

    Raises:
        NotPermitted: names the role.
    """
    if not access.knows_the_people(actor):
        raise NotPermitted(
            _("Not shown: looking for people is not part of this role. Ask the charge nurse.")
        )


def reads_birth_dates(actor: Actor) -> bool:
    """True for a role that reads who somebody is. Others know who is here, by name and bed."""
    return access.may(actor, "demographics", "R")


def asked(text: str, born_on: date | None, actor: Actor) -> Asked:
    """What was typed, as it is looked for.

    A code has four characters and no space; a bed is its number, or follows the word "bed".

    Raises:
        Refused: too little to look for anybody.
    """
    typed = " ".join(text[:LONGEST].split())
    says_bed, bed = _bed(typed)
    words = () if says_bed else names.words(typed)[: names.MOST_WORDS]
    code = typed.upper() if len(typed) == CODE_LENGTH and typed.isalnum() else ""
    found = Asked(words, born_on if reads_birth_dates(actor) else None, code, bed)
    if not (found.words or found.born_on or found.bed):
        raise Refused(
            _(
                "Nobody was looked for: type at least two letters of a name, a birth date, a code "
                "or a bed."
            ),
            {"q": _("Type at least two letters of a name, a code or a bed.")},
        )
    return found


def _bed(typed: str) -> tuple[bool, str]:
    """Whether what was typed says that it is a bed, and the bed that it may be."""
    word, _space, label = typed.partition(" ")
    if word.casefold() in ("bed", _("bed")) and label:
        return True, label
    has_number = typed.isascii() and typed.isalnum() and any(map(str.isdigit, typed))
    return False, typed if has_number else ""


def find(wanted: Asked, actor: Actor, now: datetime) -> Found:
    """Who may be meant, of those whom this actor may see. See :func:`require` first.

    A role that only knows who is here (it walks the rounds) finds nobody who has left.
    """
    accepted = _accepted(wanted, actor)
    stays = list(_stays(wanted, accepted, actor, now)[: READ + 1])
    people: dict[UUID, list[Mapping[str, Any]]] = {}
    for row in stays:
        people.setdefault(row["person_id"], []).append(row)
    ranked = []
    for rows in people.values():
        if (found := _somebody(wanted, accepted, rows, actor)) is not None:
            ranked.append(found)
    ranked.sort(key=lambda each: each[0])
    shown = tuple(somebody for _rank, somebody in ranked[:MOST])
    return Found(shown, len(ranked) > MOST or len(stays) > READ)


Fits = dict[str, Likeness]
"""The words of names that a typed word could stand for, and how well each fits."""


def _accepted(wanted: Asked, actor: Actor) -> list[Fits]:
    """For each typed word the words of names that it could stand for: the first statement."""
    typed = [names.Key.of(word) for word in wanted.words]
    here = PersonKey.objects.filter(facility_id=actor.facility.pk).order_by()
    by_key = [
        here.filter(head__in=[key.head for key in typed] or [NOTHING]),
        here.filter(tail__in=[key.tail for key in typed] or [NOTHING]),
        here.filter(letters__in=[key.letters for key in typed] or [NOTHING]),
        here.filter(sound__in=[key.sound for key in typed if len(key.sound) > 1] or [NOTHING]),
    ]
    # Four lookups and no OR: SQLite would read every word of the house instead.
    first, *others = [each.values_list("word", flat=True) for each in by_key]
    there = list(first.union(*others))
    alone = len(typed) == 1
    return [
        {
            word: fit
            for word in there
            if (fit := names.likeness(key.word, word, alone=alone)) is not None
        }
        for key in typed
    ]


def _stays(wanted: Asked, accepted: list[Fits], actor: Actor, now: datetime) -> QuerySet[Any, Any]:
    """The stays of whoever may be meant, as far as the actor sees them: the second statement."""
    first, *others = _meant(wanted, accepted, actor)
    meant = first.union(*others) if others else first
    visible = Episode.objects.visible_to(actor, now)
    if not reads_birth_dates(actor):
        visible = visible.open()
    exactly = PersonKey.objects.filter(
        facility_id=actor.facility.pk, person=OuterRef("person"), word__in=wanted.words or [NOTHING]
    )
    return (
        visible.filter(person_id__in=meant)
        .annotate(
            lying=FilteredRelation("bed_stays", condition=Q(bed_stays__ended_at=None)),
            is_named=Exists(exactly),
        )
        .order_by("-is_named", F("closed_at").desc(nulls_first=True), "-arrived_at", "-pk")
        .values(
            "pk", "code", "state", "phase", "arrived_at", "closed_at", "is_restricted",
            "person_id", "person__legal_name", "person__preferred_name", "person__born_on",
            "lying__bed__label", "lying__bed__unit__name",
        )
    )  # fmt: skip


def _meant(wanted: Asked, accepted: list[Fits], actor: Actor) -> list[QuerySet[Any, Any]]:
    """Keys of the people who may be meant, each query led by an index.

    Of a name, the longer words must all fit here; a short one may have lost both its ends to a
    slip, so whether it fits is asked of the names themselves (:func:`_reasons`).
    """
    here = actor.facility.pk
    parts: list[QuerySet[Any, Any]] = []
    long = [
        fits for word, fits in zip(wanted.words, accepted, strict=True) if len(word) > names.SHORT
    ] or [{word: fit for fits in accepted for word, fit in fits.items()}]
    if wanted.words:
        named = _with(long[0], here)
        for fits in long[1:]:
            named = named.filter(person_id__in=_with(fits, here))
        parts.append(named)
    if wanted.code:
        coded = Episode.objects.filter(facility_id=here, code=wanted.code)
        parts.append(coded.order_by().values("person_id"))
    if wanted.born_on is not None:
        of_age = Person.objects.filter(facility_id=here, born_on=wanted.born_on)
        parts.append(of_age.order_by().values("pk"))
    if wanted.bed:
        lying = BedStay.objects.filter(
            facility_id=here, ended_at=None, bed__label__iexact=wanted.bed
        )
        parts.append(lying.order_by().values("episode__person_id"))
    return parts


def _with(words: Iterable[str], facility_id: UUID) -> QuerySet[PersonKey, Any]:
    kept = PersonKey.objects.filter(facility_id=facility_id, word__in=[*words] or [NOTHING])
    return kept.order_by().values("person_id")


def _somebody(
    wanted: Asked, accepted: list[Fits], rows: list[Mapping[str, Any]], actor: Actor
) -> tuple[tuple[Any, ...], Somebody] | None:
    """One person with a rank (the lowest is the likeliest), or None where they are not meant."""
    first = rows[0]
    person = Person(
        pk=first["person_id"],
        facility_id=actor.facility.pk,
        legal_name=first["person__legal_name"],
        preferred_name=first["person__preferred_name"],
        born_on=first["person__born_on"] if reads_birth_dates(actor) else None,
    )
    stays = tuple(_stay(row) for row in rows[:STAYS])
    fits, reasons = _reasons(wanted, accepted, person)
    same_birth = wanted.born_on is not None and person.born_on == wanted.born_on
    same_code = bool(wanted.code) and any(each.code == wanted.code for each in stays)
    same_bed = bool(wanted.bed) and stays[0].bed.casefold() == wanted.bed.casefold()
    if not (fits or same_birth or same_code or same_bed):
        return None
    if same_birth:
        reasons = (*reasons, _("same birth date"))
    if same_code:
        reasons = (_("this code"), *reasons)
    if same_bed:
        reasons = (_("in this bed"), *reasons)
    rank = (
        not (same_code or same_bed),
        not (fits and same_birth),
        sum(fits) if fits else len(wanted.words) * (max(Likeness) + 1),
        stays[0].closed_at is not None,
        -stays[0].arrived_at.timestamp(),
        str(person.pk),
    )
    return rank, Somebody(person, stays, reasons)


def _stay(row: Mapping[str, Any]) -> Stay:
    in_phase = row["state"] == State.WITHDRAWAL and row["phase"]
    stage = Phase(row["phase"]).label if in_phase else State(row["state"]).label
    return Stay(
        row["pk"],
        row["code"],
        row["arrived_at"],
        row["closed_at"],
        str(stage),
        row["lying__bed__label"] or "",
        row["lying__bed__unit__name"] or "",
        row["is_restricted"],
    )


def _reasons(
    wanted: Asked, accepted: list[Fits], person: Person
) -> tuple[tuple[Likeness, ...], tuple[str, ...]]:
    """How each typed word fits their names, and in words where it is not simply theirs.

    Nothing fits where one word does not.
    """
    for theirs in (_plainly(person), names.kept_words(person.legal_name, person.preferred_name)):
        found = [_best(*each, theirs) for each in zip(wanted.words, accepted, strict=True)]
        if found and all(found):
            best = [each for each in found if each is not None]
            reasons = dict.fromkeys(_in_words(*each) for each in best)
            return tuple(fit for fit, _word in best), tuple(each for each in reasons if each)
    return (), ()


def _plainly(person: Person) -> tuple[str, ...]:
    """Their names' own words; most people are meant by these."""
    return names.words(f"{person.legal_name} {person.preferred_name}")


def _best(typed: str, accepted: Fits, theirs: Iterable[str]) -> tuple[Likeness, str] | None:
    """The best fit of a typed word among somebody's, and which word that is.

    A short word is held against each of theirs: a slip may have kept it from the keys.
    """
    fits = [(accepted[word], word) for word in theirs if word in accepted]
    if not fits and len(typed) <= names.SHORT:
        return names.best(typed, theirs, alone=False)
    return min(fits) if fits else None


def _in_words(fit: Likeness, word: str) -> str:
    shown = word.capitalize()
    if fit is Likeness.ONE_SLIP:
        return _("one letter from {word}").format(word=shown)
    if fit is Likeness.TWO_SLIPS:
        return _("two letters from {word}").format(word=shown)
    if fit is Likeness.SOUNDS:
        return _("sounds like {word}").format(word=shown)
    return _("name begins so") if fit is Likeness.BEGINS else ""
