"""Each of the seventeen roles asks for each action: what the matrix grants, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction

from stepdown.content import library
from stepdown.records.access import Actor
from stepdown.records.actions.access import break_glass, calls, exports, settings
from stepdown.records.actions.access.exports import Asked
from stepdown.records.actions.admission import arrival, corrections, history, papers
from stepdown.records.actions.admission.arrival import Arriving
from stepdown.records.actions.admission.history import Pregnancy, Use
from stepdown.records.actions.admission.papers import Paper
from stepdown.records.actions.beds import beds
from stepdown.records.actions.monitoring import fluids, handovers, observations, rounds, targets
from stepdown.records.actions.monitoring.fluids import Fluid
from stepdown.records.actions.monitoring.rounds import Seen
from stepdown.records.actions.people import accounts, episodes, licences, resets
from stepdown.records.actions.people.accounts import NewAccount
from stepdown.records.actions.people.licences import Licence
from stepdown.records.actions.register import ACTIONS
from stepdown.records.errors import NotPermitted
from stepdown.records.models import (
    AllergyEntry,
    BreakGlass,
    Consent,
    Episode,
    Export,
    FluidEntry,
    Handover,
    IdentityCheck,
    Observation,
    PregnancyEntry,
    Role,
    SafetyRound,
    SubstanceUse,
    User,
)
from stepdown.records.signing import Proof
from tests.records.world import World

NURSES = {"RN", "LVN"}
DOCTORS = {"MD", "PRES"}
CLINICAL = NURSES | DOCTORS

MAY: dict[str, set[str]] = {
    "accounts.assign": {"SYS"},
    "accounts.close": {"SYS"},
    "accounts.open": {"SYS"},
    "accounts.renew_licence": {"SYS"},
    "accounts.reset_second_factor": {"SYS"},
    "accounts.set_pin": set(Role.values) - {"PT", "FAM"},
    "admissions.arrive": {"RN", "CM", "ADM"},
    "admissions.identify": {"PRES", "RN", "LVN", "BHT", "MT", "ADM"},
    "allergies.correct": CLINICAL,
    "allergies.record": CLINICAL,
    "beds.move": {"RN", "CM", "ADM"},
    "beds.set_status": {"RN", "CM", "ADM"},
    "break_glass.open": DOCTORS | {"RN"},
    "break_glass.review": {"PRIV"},
    "calls.note": set(Role.values) - {"PT", "FAM"},
    "consents.correct": {"RN", "PRIV"},  # one's own; PRIV anybody's
    "consents.void": {"RN", "PRIV"},
    "consents.record": {"PRES", "RN", "LVN", "COUN", "CM", "ADM", "PRIV"},
    "content.sign": {"MD"},
    "episodes.restrict": {"PRIV"},
    "episodes.transition": {"RN"},
    "exports.begin": DOCTORS | {"RN"},
    "exports.end": {"RN"},  # of one's own
    "fluids.record": NURSES | {"BHT", "MT"},
    "fluids.void": NURSES | {"BHT", "MT"},
    "goals.record": CLINICAL | {"COUN", "CM", "ADM"},
    "handovers.begin": CLINICAL,
    "handovers.end": CLINICAL,
    "handovers.throw_away": CLINICAL,
    "identity.correct": {"RN"},  # one's own, whoever checks identity
    "identity.void": {"RN"},
    "observations.amend": CLINICAL,  # technicians only what they told themselves
    "observations.record": CLINICAL | {"BHT", "MT"},
    "observations.void": CLINICAL,
    "orders.admit": DOCTORS,
    "pregnancy.correct": CLINICAL,
    "pregnancy.record": CLINICAL,
    "pregnancy.void": CLINICAL,
    "rounds.record": NURSES | {"BHT", "MT"},
    "rounds.void": NURSES | {"BHT", "MT"},
    "settings.change": {"MD"},
    "settings.change_operational": {"DIR"},
    "substance_use.correct": CLINICAL,
    "substance_use.record": CLINICAL,
    "substance_use.void": CLINICAL,
    "targets.set": DOCTORS,
}
"""Who may do what, written out by hand from operations.md 1.1 and the rows added to it."""


class Ward:
    """The world, somebody in it, and one record of each kind an action needs."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.begins("one of each", lambda: _one_of_each(world))
        self.stay = Episode.objects.get()
        self.vitals = Observation.objects.get(kind="vitals", note="the one")
        self.allergy = AllergyEntry.objects.get(substance="penicillin")
        self.opening = BreakGlass.objects.get()
        self.handed = Handover.objects.get()
        self.drunk = FluidEntry.objects.get()
        self.walked = SafetyRound.objects.get()
        self.export = Export.objects.get()

    def told(self, by: Actor) -> dict[str, Any]:
        return {"by": by, "at": self.world.now, "submission": uuid4()}

    def with_second_factor(self, role: str) -> User:
        """The account in this role, with something to reset."""
        user = self.world.by(role).user
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")
        return user

    def told_of(self, model: Any) -> Any:
        """The first entry of a kind, told by the nurse of this world."""
        return model.objects.filter(episode=self.stay, role="RN").order_by("id")[0]

    def proof(self, by: Actor) -> Proof:
        return Proof(by.user, "pin", self.world.now)

    def password(self, by: Actor) -> Proof:
        return Proof(by.user, "password", self.world.now)


def _one_of_each(world: World) -> None:
    stay = world.arrive()
    world.documents(stay)
    world.record(stay, world.reading(note="the one"))
    history.record_allergy(stay, substance="penicillin", **world.told())
    break_glass.open_chart(stay.pk, reason="found unresponsive in bed", **world.told("MD"))
    handovers.begin(stay, "ucla3", called="A.", **world.told())
    fluids.record(stay, WATER, **world.told())
    rounds.record(stay, SEEN, **world.told())
    exports.begin(ASKED, proof=Proof(world.by("RN").user, "password", world.now), **world.told())


WATER = Fluid("drunk", "water", 200)
SEEN = Seen("dining")
ASKED = Asked("quality", "How long until the first dose", ("scores",), "csv")

ASK: dict[str, Callable[[Ward, Actor], object]] = {
    "accounts.assign": lambda w, by: accounts.assign(w.world.by("RN").user, "COUN", **w.told(by)),
    "accounts.close": lambda w, by: accounts.close_account(
        w.world.by("FAM" if by.role != "FAM" else "PT").user, **w.told(by)
    ),
    "accounts.open": lambda w, by: accounts.open_account(
        NewAccount("newcomer", "New Comer", "RN"), **w.told(by)
    ),
    "accounts.renew_licence": lambda w, by: licences.renew(
        w.world.by("RN" if by.role != "RN" else "LVN").assignment,
        Licence("A-1", "CA", date(2030, 1, 1)),
        seen=licences.on_file(w.world.by("RN").assignment),
        **w.told(by),
    ),
    "accounts.reset_second_factor": lambda w, by: resets.reset_second_factor(
        w.with_second_factor("RN" if by.role != "RN" else "LVN"), "lost in the street", **w.told(by)
    ),
    "accounts.set_pin": lambda w, by: accounts.set_pin("8642", **w.told(by)),
    "admissions.arrive": lambda w, by: arrival.arrive(
        Arriving("Dana Reed"), bed=w.world.bed("5"), **w.told(by)
    ),
    "admissions.identify": lambda w, by: arrival.identify(w.stay, "name", "photo", **w.told(by)),
    "allergies.correct": lambda w, by: history.correct_allergy(
        w.allergy, why="said of the brother", **w.told(by)
    ),
    "allergies.record": lambda w, by: history.record_allergy(
        w.stay, substance="latex", **w.told(by)
    ),
    "beds.move": lambda w, by: beds.move(w.stay, w.world.bed("6"), **w.told(by)),
    "beds.set_status": lambda w, by: beds.set_status(w.world.bed("7"), "cleaning", **w.told(by)),
    "break_glass.open": lambda w, by: break_glass.open_chart(
        w.stay.pk, reason="not breathing well", **w.told(by)
    ),
    "break_glass.review": lambda w, by: break_glass.review(w.opening, "was needed", **w.told(by)),
    "consents.record": lambda w, by: papers.record_consent(
        w.stay,
        kind="telehealth",
        decision="given",
        language="English",
        read_by="self",
        capacity="yes",
        proof=w.proof(by),
        **w.told(by),
    ),
    "calls.note": lambda ward, by: calls.note(caller="family", done="script", **ward.told(by)),
    "consents.correct": lambda w, by: corrections.correct_consent(
        w.told_of(Consent),
        Paper("treatment", "given", "Spanish", "the person", "yes"),
        why="slip",
        proof=w.proof(by),
        **w.told(by),
    ),
    "consents.void": lambda w, by: corrections.void(
        w.told_of(Consent), why="wrong chart", proof=w.proof(by), **w.told(by)
    ),
    "content.sign": lambda w, by: settings.sign_content(
        library.instrument("cows"), kind="instrument", by=by, at=w.world.now, proof=w.proof(by)
    ),
    "episodes.restrict": lambda w, by: break_glass.restrict(
        w.stay, invited=[w.world.by("RN").user], **w.told(by)
    ),
    "episodes.transition": lambda w, by: episodes.transition(w.stay, "WITHDRAWAL", **w.told(by)),
    "exports.begin": lambda w, by: exports.begin(ASKED, proof=w.password(by), **w.told(by)),
    "exports.end": lambda w, by: exports.finish(w.export, [], **w.told(by)),
    "fluids.record": lambda w, by: fluids.record(w.stay, WATER, **w.told(by)),
    "fluids.void": lambda w, by: fluids.void(w.drunk, why="spilled", **w.told(by)),
    "handovers.begin": lambda w, by: handovers.begin(
        w.world.arrive(bed="3"), "ucla3", called="D.", **w.told(by)
    ),
    "handovers.end": lambda w, by: handovers.end(w.handed, "stopped", by=by, at=w.world.now),
    "handovers.throw_away": lambda w, by: handovers.throw_away(w.handed, by=by, at=w.world.now),
    "rounds.record": lambda w, by: rounds.record(w.stay, SEEN, **w.told(by)),
    "rounds.void": lambda w, by: rounds.void(w.walked, why="wrong bed", **w.told(by)),
    "goals.record": lambda w, by: history.record_goal(w.stay, "sleep", **w.told(by)),
    "identity.correct": lambda w, by: corrections.correct_identity(
        w.told_of(IdentityCheck), "name", "photo", why="slip", **w.told(by)
    ),
    "identity.void": lambda w, by: corrections.void(
        w.told_of(IdentityCheck), why="wrong chart", **w.told(by)
    ),
    "observations.amend": lambda w, by: observations.amend(
        w.vitals, w.world.reading(), why="typed twice", **w.told(by)
    ),
    "observations.record": lambda w, by: observations.record(
        w.stay, w.world.reading(), **w.told(by)
    ),
    "observations.void": lambda w, by: observations.void(w.vitals, why="wrong bed", **w.told(by)),
    "orders.admit": lambda w, by: papers.admit(w.stay, "Admit.", proof=w.proof(by), **w.told(by)),
    "pregnancy.correct": lambda w, by: corrections.correct_pregnancy(
        w.told_of(PregnancyEntry),
        Pregnancy("unknown", reason="asked later"),
        why="slip",
        **w.told(by),
    ),
    "pregnancy.void": lambda w, by: corrections.void(
        w.told_of(PregnancyEntry), why="wrong chart", **w.told(by)
    ),
    "pregnancy.record": lambda w, by: history.record_pregnancy(
        w.stay, applies="unknown", reason="asked later", **w.told(by)
    ),
    "settings.change": lambda w, by: settings.change(
        "look_awake_minutes", "180", why="busy ward", proof=w.proof(by), **w.told(by)
    ),
    "settings.change_operational": lambda w, by: settings.change(
        "idle_lock_minutes", "5", why="less typing", proof=w.proof(by), **w.told(by)
    ),
    "substance_use.correct": lambda w, by: corrections.correct_use(
        w.told_of(SubstanceUse), Use("opioid", "tramadol", "unknown"), why="slip", **w.told(by)
    ),
    "substance_use.void": lambda w, by: corrections.void(
        w.told_of(SubstanceUse), why="wrong chart", **w.told(by)
    ),
    "substance_use.record": lambda w, by: history.record_use(
        w.stay, Use("opioid", "heroin", "unknown"), **w.told(by)
    ),
    "targets.set": lambda w, by: targets.set_target(
        w.stay,
        "heart_rate_bpm",
        low=Decimal(50),
        high=Decimal(120),
        reason="an athlete",
        **w.told(by),
    ),
}


def test_the_walk_covers_every_action():
    assert set(MAY) == set(ASK) == set(ACTIONS)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_seventeen_roles_ask_and_only_those_of_the_matrix_may(world: World, name: str):
    ward = Ward(world)
    allowed = set()
    for role in Role.values:
        with transaction.atomic():
            try:
                ASK[name](ward, world.by(role))
                allowed.add(role)
            except NotPermitted:
                pass
            transaction.set_rollback(True)

    assert allowed == MAY[name]
