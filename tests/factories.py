"""People, places and readings for tests: plausible, minimal, in the words tests speak.

Times come from the test; a factory that needs one says so. Rows are made directly,
without actions, so they are not in the sealed chain: a test about the chain records
through actions instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from stepdown.clinical import instruments
from stepdown.clinical.instruments import Instrument
from stepdown.content import library
from stepdown.records import snapshots
from stepdown.records.access import Actor
from stepdown.records.actions.monitoring.preparing import judged
from stepdown.records.models import (
    VITALS,
    Assignment,
    Bed,
    BedStay,
    Episode,
    Facility,
    Observation,
    Person,
    Phase,
    Role,
    Segment,
    State,
    Unit,
    User,
)

PASSWORD = "a long walk by the harbour"
PIN = "4711"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
"""Since when staff of a test have been working here."""

_HASHED = {word: make_password(word, hasher="md5") for word in (PASSWORD, PIN)}


def _say_when(field: str) -> factory.LazyFunction:
    def refuse() -> datetime:
        raise TypeError(f"Say when: {field}=... An invented time makes a test lie.")

    return factory.LazyFunction(refuse)


class FacilityFactory(DjangoModelFactory[Facility]):
    """A house in California; clocks there change in March and November."""

    class Meta:
        model = Facility

    code = factory.Sequence(lambda n: f"house-{n}")
    name = factory.Sequence(lambda n: f"Harbor House {n}")
    zone = "America/Los_Angeles"


class UnitFactory(DjangoModelFactory[Unit]):
    """A ward; ``UnitFactory(with_beds=16)`` makes beds 1 to 16."""

    class Meta:
        model = Unit
        skip_postgeneration_save = True

    facility = factory.SubFactory(FacilityFactory)
    code = factory.Sequence(lambda n: f"ward-{n}")
    name = "Withdrawal unit"

    @factory.post_generation  # type: ignore[untyped-decorator]
    def with_beds(self, create: bool, count: int | None, **_kwargs: Any) -> None:
        """Make this many beds, labelled 1, 2, 3 ..."""
        for place in range(1, (count or 0) + 1):
            BedFactory(unit=self, label=str(place), position=place)


class BedFactory(DjangoModelFactory[Bed]):
    """A bed ready for use."""

    class Meta:
        model = Bed

    class Params:
        blocked = factory.Trait(status=Bed.Status.BLOCKED, status_note="Window does not close")
        cleaning = factory.Trait(status=Bed.Status.CLEANING)

    unit = factory.SubFactory(UnitFactory)
    facility = factory.SelfAttribute("unit.facility")
    label = factory.Sequence(lambda n: str(n + 100))
    position = factory.Sequence(lambda n: n + 100)


class UserFactory(DjangoModelFactory[User]):
    """An account; password and PIN are ``PASSWORD`` and ``PIN``."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"Robin Reyes {n}")
    password = _HASHED[PASSWORD]
    pin = _HASHED[PIN]


class AssignmentFactory(DjangoModelFactory[Assignment]):
    """Somebody at work, by default a registered nurse with a licence."""

    class Meta:
        model = Assignment

    class Params:
        nurse = factory.Trait(role=Role.RN)
        vocational_nurse = factory.Trait(role=Role.LVN)
        prescriber = factory.Trait(role=Role.PRES)
        medical_director = factory.Trait(role=Role.MD)
        technician = factory.Trait(role=Role.BHT, licence_number="")
        trained_technician = factory.Trait(role=Role.BHT, licence_number="", trained_in_vitals=True)
        coordinator = factory.Trait(role=Role.ADM, licence_number="")
        counsellor = factory.Trait(role=Role.COUN, licence_number="")
        director = factory.Trait(role=Role.DIR, licence_number="")
        privacy_officer = factory.Trait(role=Role.PRIV, licence_number="")
        administrator = factory.Trait(role=Role.SYS, licence_number="")
        patient = factory.Trait(role=Role.PT, licence_number="")
        relative = factory.Trait(role=Role.FAM, licence_number="")

    facility = factory.SubFactory(FacilityFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.RN
    starts_at = LONG_AGO
    licence_number = "95012345"
    licence_state = "CA"


def actor(**traits: Any) -> Actor:
    """Somebody at work, ready to pass as ``by``: ``actor(nurse=True, facility=house)``."""
    return Actor.of(AssignmentFactory(**traits))


class PersonFactory(DjangoModelFactory[Person]):
    """Somebody in care."""

    class Meta:
        model = Person

    facility = factory.SubFactory(FacilityFactory)
    legal_name = factory.Sequence(lambda n: f"Daniela Okafor{'' if n == 0 else n}")
    preferred_name = "Dani"


class EpisodeFactory(DjangoModelFactory[Episode]):
    """A stay that began at ``arrived_at`` (given by the test), in intake.

    ``in_bed`` puts the person in a bed of the same house (``bed=`` names which);
    ``admitted`` has them in withdrawal care since arrival.
    """

    class Meta:
        model = Episode
        skip_postgeneration_save = True

    class Params:
        admitted = factory.Trait(
            state=State.WITHDRAWAL,
            phase=Phase.PRE_DOSE,
            admitted_at=factory.SelfAttribute("arrived_at"),
        )
        left = factory.Trait(state=State.DISCHARGED, closed_at=factory.SelfAttribute("arrived_at"))

    person = factory.SubFactory(PersonFactory)
    facility = factory.SelfAttribute("person.facility")
    code = factory.Sequence(lambda n: f"T{n:03d}")
    state = State.INTAKE
    arrived_at = _say_when("arrived_at")

    @factory.post_generation  # type: ignore[untyped-decorator]
    def level(self, create: bool, level: str | None, **_kwargs: Any) -> None:
        """Open the segment of the stay's level of care, residential withdrawal unless said."""
        Segment.objects.create(
            facility=self.facility,
            episode=self,
            level=level or Segment.Level.WM_RES,
            started_at=self.arrived_at,
        )

    @factory.post_generation  # type: ignore[untyped-decorator]
    def in_bed(self, create: bool, wanted: bool | Bed | None, **_kwargs: Any) -> None:
        """``in_bed=True`` finds or makes a bed; ``in_bed=bed`` takes that one."""
        if not wanted:
            return
        bed = wanted if isinstance(wanted, Bed) else _a_free_bed(self.facility)
        BedStay.objects.create(
            facility=self.facility, bed=bed, episode=self, started_at=self.arrived_at
        )


def _a_free_bed(facility: Facility) -> Bed:
    taken = BedStay.objects.filter(ended_at=None).values("bed")
    free = Bed.objects.filter(facility=facility, status=Bed.Status.READY).exclude(pk__in=taken)
    if (bed := free.first()) is not None:
        return bed
    unit = facility.units.first() or UnitFactory(facility=facility)
    made: Bed = BedFactory(unit=unit)
    return made


class EntryFactory(DjangoModelFactory[Any]):
    """Something told about ``episode`` by a nurse, recorded when it happened."""

    class Meta:
        abstract = True

    facility = factory.SelfAttribute("episode.facility")
    actor = factory.SubFactory(UserFactory)
    role = Role.RN
    occurred_at = _say_when("occurred_at")
    recorded_at = factory.SelfAttribute("occurred_at")
    submission_id = factory.LazyFunction(uuid4)


class ObservationFactory(EntryFactory):
    """A reading, by default vital signs. ``CowsFactory`` and ``VitalsFactory`` say it shorter."""

    class Meta:
        model = Observation

    class Params:
        taken: Mapping[str, object] = {"heart_rate_bpm": 76}
        whole: Mapping[str, object] = {}

    kind = VITALS
    values = factory.LazyAttribute(
        lambda made: {
            key: str(Decimal(str(value))) for key, value in {**made.whole, **made.taken}.items()
        }
    )
    outcome = factory.LazyAttribute(lambda made: _judged(made)["outcome"])
    band = factory.LazyAttribute(lambda made: _judged(made)["band"])
    snapshot_id = factory.LazyFunction(
        lambda: snapshots.keep(library.vital_signs(), kind="vitals", key=VITALS)
    )


def _judged(made: Any) -> dict[str, str]:
    if made.kind != VITALS:
        return {"outcome": Observation.Outcome.COMPLETE, "band": ""}
    return judged({key: Decimal(value) for key, value in made.values.items()})


class VitalsFactory(ObservationFactory):
    """Vital signs: ``VitalsFactory(episode=..., occurred_at=..., taken={"spo2_percent": 97})``.

    ``look`` takes a whole set, all of it within limits but for what ``taken`` says.
    """

    class Params:
        look = factory.Trait(
            whole={
                "systolic_mmhg": 118, "diastolic_mmhg": 74, "heart_rate_bpm": 76,
                "respiratory_rate_bpm": 14, "temperature_c": "36.8", "spo2_percent": 98,
            }
        )  # fmt: skip


class CowsFactory(EntryFactory):
    """A COWS, scored by the real scoring.

    ``scored=14`` makes answers with that total; ``points=(...)`` gives items 2 to 11
    and ``heart_rate`` decides the pulse item. ``asleep`` and the like have no answers.
    """

    class Meta:
        model = Observation

    class Params:
        scored: int | None = None
        points: Iterable[int] | None = None
        heart_rate = 76
        asleep = factory.Trait(outcome=Observation.Outcome.ASLEEP, reason="chest rising")
        refused = factory.Trait(outcome=Observation.Outcome.REFUSED, reason="'not now'")

    kind = "cows"
    outcome = Observation.Outcome.COMPLETE
    answers = factory.LazyAttribute(lambda made: _cows_answers(made))
    total = factory.LazyAttribute(lambda made: _result(made, "total"))
    at_least = factory.LazyAttribute(lambda made: _result(made, "total"))
    band = factory.LazyAttribute(lambda made: _result(made, "band") or "")
    severity = factory.LazyAttribute(lambda made: _result(made, "severity"))
    snapshot_id = factory.LazyFunction(
        lambda: snapshots.keep(library.instrument("cows"), kind="instrument", key="cows")
    )


def _cows_answers(made: Any) -> dict[str, list[object]]:
    if made.outcome != Observation.Outcome.COMPLETE:
        return {}
    cows = library.instrument("cows")
    if made.points is not None:
        told = dict(
            zip([i.key for i in cows.items if not i.derived_from], made.points, strict=True)
        )
        answers = instruments.with_derived(
            cows,
            instruments.answers_from_points(cows, told),
            {"heart_rate_bpm": Decimal(made.heart_rate)},
        )
    else:
        answers = answers_worth(cows, made.scored or 0)
    return {key: [code, cows.item(key).option(code).points] for key, code in answers.items()}  # type: ignore[union-attr]


def _result(made: Any, what: str) -> Any:
    if not made.answers:
        return None
    chosen = {key: code for key, (code, _points) in made.answers.items()}
    score = instruments.score(library.instrument("cows"), chosen)
    return {"total": score.total, "band": score.banded.key, "severity": score.banded.severity}[what]


def answers_worth(instrument: Instrument, total: int) -> dict[str, str]:
    """Answers to every item that add up to ``total`` points, dearest first.

    Raises:
        ValueError: no answers add up to it.
    """
    kind = (library.digest(instrument), total)
    if kind not in _WORTH:
        _WORTH[kind] = _answers_worth(instrument, total)
    return dict(_WORTH[kind])


_WORTH: dict[tuple[str, int], dict[str, str]] = {}


def _answers_worth(instrument: Instrument, total: int) -> dict[str, str]:
    reachable: dict[int, dict[str, str]] = {0: {}}
    for item in instrument.items:
        reachable = {
            worth + (option.points or 0): {**chosen, item.key: option.code}
            for worth, chosen in reachable.items()
            for option in item.options
        }
    if total not in reachable:
        raise ValueError(f"No answers to {instrument.short_name} add up to {total}.")
    return reachable[total]
