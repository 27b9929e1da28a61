"""A house set up through actions, so that its sealed chain holds, and words for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection

from stepdown.clinical.instruments import answers_from_points
from stepdown.content import library
from stepdown.records.access import Actor
from stepdown.records.actions.admission import arrival, history, papers
from stepdown.records.actions.admission.arrival import Arriving
from stepdown.records.actions.admission.history import Use
from stepdown.records.actions.beds import founding
from stepdown.records.actions.monitoring import observations
from stepdown.records.actions.monitoring.readings import Reading, Scale
from stepdown.records.actions.people import episodes
from stepdown.records.actions.people.accounts import NewAccount
from stepdown.records.errors import Refused
from stepdown.records.models import (
    Assignment,
    AuditEvent,
    Bed,
    Deployment,
    Episode,
    Facility,
    Observation,
    Role,
    Signature,
)
from stepdown.records.signing import LICENSED, Proof
from tests.again import changes, write_again

MILD = (1, 0, 1, 1, 1, 0, 1, 0, 1, 0)
"""COWS items 2 to 11, in the scale's order; with a pulse of 76 they add up to 6."""

VITALS: Mapping[str, str] = {
    "systolic_mmhg": "128",
    "diastolic_mmhg": "82",
    "heart_rate_bpm": "76",
    "respiratory_rate_bpm": "16",
    "temperature_c": "36.8",
    "spo2_percent": "98",
}


@dataclass
class World:
    """One facility at one moment, with somebody at work in every role."""

    facility: Facility
    now: datetime
    actors: dict[str, Actor] = field(default_factory=dict)
    tampered: bool = False
    """Set by tests that alter what was sealed; the others must leave a sound chain."""
    sound_at: int | None = None
    """How much this connection had changed when the chain was known to be sound."""
    begun: tuple[str, ...] = ()

    @classmethod
    def founded(cls, now: datetime, code: str = "harbor", beds: int = 8) -> World:
        """Two units of beds, and one member of staff per role, licensed where it matters.

        The first of its kind in a process is founded by the actions; for the next, what
        those wrote is written again.
        """
        present = Deployment.objects.first()
        kind = ("world", now, code, beds, present and present.pk)
        again = write_again(kind, lambda: _found(now, code, beds))
        facility = Facility.objects.get(code=code)
        world = cls(facility, now, sound_at=changes() if again else None)
        for each in Assignment.objects.filter(facility=facility).select_related("user"):
            each.facility = facility
            world.actors[each.role] = Actor.of(each)
        return world

    def by(self, role: str) -> Actor:
        """Who works here in a role."""
        return self.actors[role]

    def told(self, role: str = "RN", **more: Any) -> dict[str, Any]:
        """What every action is told besides its subject: who, when, which form."""
        return {"by": self.by(role), "at": self.now, "submission": uuid4()} | more

    def proof(self, role: str = "RN", at: datetime | None = None) -> Proof:
        """Somebody in this role has just typed their PIN."""
        return Proof(self.by(role).user, Signature.Method.PIN, at or self.now)

    def begins(self, name: str, work: Callable[[], object]) -> None:
        """Do ``work``, or write its rows again where nothing else was done since the last."""
        again = False
        if self.is_sound():
            self.begun = (*self.begun, name)
            again = write_again((self.facility.pk, self.begun), work)
        else:
            work()
        self.sound_at = changes() if again else None

    def is_sound(self) -> bool:
        """Nothing was written but rows that another test has held against their seals."""
        return self.sound_at is not None and self.sound_at == changes()

    def bed(self, label: str = "1") -> Bed:
        """A bed of the house."""
        return Bed.objects.get(facility=self.facility, label=label)

    def arrive(self, name: str = "Alan Test", bed: str | None = "1", **more: Any) -> Episode:
        """Somebody has come."""
        told = self.told() | more
        found = self.bed(bed) if bed else None
        return arrival.arrive(Arriving(legal_name=name), bed=found, **told)

    def reading(
        self,
        vitals: Mapping[str, str] | None = VITALS,
        cows: tuple[int, ...] | None = None,
        **more: Any,
    ) -> Reading:
        """Vital signs, and COWS items 2 to 11 by their points."""
        scales = more.pop("scales", {})
        if cows is not None:
            scales = scales | {"cows": Scale(answers(cows), **more.pop("scale", {}))}
        taken = {key: Decimal(value) for key, value in (vitals or {}).items()}
        at = more.pop("occurred_at", self.now)
        return Reading(at, vitals=taken, scales=scales, **more)

    def record(self, episode: Episode, reading: Reading, **more: Any) -> list[Observation]:
        """Record it, as a nurse unless said otherwise."""
        return observations.record(episode, reading, **(self.told() | more))

    def cows(self, episode: Episode, points: tuple[int, ...] = MILD, **more: Any) -> Observation:
        """Vital signs and a COWS in one submission; returns the COWS."""
        reading = self.reading(cows=points, **more)
        return next(row for row in self.record(episode, reading) if row.kind == "cows")

    def documents(self, episode: Episode, *, without: str = "") -> None:
        """Everything an admission demands (operations.md 3.2), or all but one of it."""
        calm = {"q1": "no", "q2": "no", "q6_lifetime": "no"}
        steps = {
            "identity": lambda: arrival.identify(episode, "name", "birth date", **self.told()),
            "consent_to_treat": lambda: self._consent(episode, "treatment"),
            "part2_notice": lambda: self._consent(episode, "part2_notice"),
            "allergies": lambda: history.record_allergy(
                episode, statement="none_known", **self.told()
            ),
            "vitals": lambda: self.record(episode, self.reading()),
            "cows": lambda: self.record(episode, self.reading({"heart_rate_bpm": "76"}, cows=MILD)),
            "suicide_screen": lambda: self.record(
                episode, self.reading(None, scales={"cssrs_screener": Scale(calm)})
            ),
            "last_use": lambda: history.record_use(
                episode, Use("opioid", "heroin", "unknown"), **self.told()
            ),
            "pregnancy": lambda: history.record_pregnancy(
                episode, applies="no", reason="told so", **self.told()
            ),
            "admission_order": lambda: papers.admit(
                episode, "Admit.", proof=self.proof("PRES"), **self.told("PRES")
            ),
        }
        for key, step in steps.items():
            if key != without:
                step()

    def _consent(self, episode: Episode, kind: str) -> None:
        papers.record_consent(
            episode,
            kind=kind,
            decision="given",
            language="English",
            read_by="the person",
            capacity="yes",
            proof=self.proof(),
            **self.told(),
        )

    def admitted(self, name: str = "Alan Test", bed: str = "1") -> Episode:
        """Somebody in withdrawal care, with all their papers."""
        episode = self.arrive(name, bed)
        self.documents(episode)
        episodes.transition(episode, "WITHDRAWAL", **self.told())
        return Episode.objects.get(pk=episode.pk)


def _found(now: datetime, code: str, beds: int) -> None:
    founding.deploy(demo=True, at=now - timedelta(days=30))
    founding.found(
        code=code,
        name=code.title(),
        zone="America/Los_Angeles",
        units=[
            {"code": "withdrawal", "name": "Withdrawal", "beds": _beds(1, beds + 1)},
            {"code": "quiet", "name": "Quiet side", "beds": _beds(beds + 1, beds + 5)},
        ],
        staff=[_account(code, role, now) for role in Role.values],
        at=now - timedelta(days=30),
    )


def _beds(first: int, end: int) -> list[dict[str, str]]:
    return [{"label": str(number)} for number in range(first, end)]


def _account(code: str, role: str, now: datetime) -> NewAccount:
    licensed = role in LICENSED
    return NewAccount(
        username=f"{code}-{role.lower()}",
        name=f"Robin {role}",
        role=role,
        licence_number=f"{role}-1" if licensed else "",
        licence_state="CA" if licensed else "",
        licence_expires_on=(now + timedelta(days=300)).date() if licensed else None,
        trained_in_vitals=role == "BHT",
    )


def answers(points: tuple[int, ...]) -> dict[str, str]:
    """COWS items 2 to 11 as chosen, by their points."""
    items = [item.key for item in library.instrument("cows").items if not item.derived_from]
    return answers_from_points(library.instrument("cows"), dict(zip(items, points, strict=True)))


def rows() -> dict[str, int]:
    """How many rows every table of the records holds, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_counting())
        return dict(cursor.fetchall())


@cache
def _counting() -> str:
    models = apps.get_app_config("records").get_models(include_auto_created=True)
    tables = [model._meta.db_table for model in models]
    return " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables)


@contextmanager
def nothing_saved() -> Iterator[None]:
    """Not a row more, not an event more."""
    before = rows()
    yield
    assert rows() == before


@contextmanager
def refused(
    said: str, *fields: str, kind: type[Refused] = Refused
) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """An action refuses: exactly this kind, with these words, naming these fields; nothing saved."""
    with nothing_saved(), pytest.raises(Refused) as caught:
        yield caught
    assert type(caught.value) is kind, f"{type(caught.value).__name__}: {caught.value}"
    assert said in caught.value.message
    assert set(fields) == set(caught.value.fields)


@contextmanager
def one_event(name: str, by: Actor, episode: UUID | None = None) -> Iterator[None]:
    """Exactly one audit event: this action, this person in this role, about this stay."""
    before = AuditEvent.objects.count()
    yield
    new = list(AuditEvent.objects.order_by("-seq")[: AuditEvent.objects.count() - before])
    assert [event.action for event in new] == [name]
    assert (new[0].actor_id, new[0].role) == (by.user.pk, by.role)
    if episode is not None:
        assert new[0].episode_id == episode
