"""From the door to withdrawal care: what must be there, and who may say so (operations.md 3.2)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from stepdown.content import library
from stepdown.records import facts
from stepdown.records.actions.admission import arrival, history, papers
from stepdown.records.actions.admission.arrival import CODE_LETTERS, Arriving
from stepdown.records.actions.admission.history import Use
from stepdown.records.actions.beds import beds
from stepdown.records.actions.people import episodes
from stepdown.records.errors import Conflict, NotPermitted, NotSigned
from stepdown.records.models import (
    AllergyEntry,
    BedStay,
    Episode,
    GoalEntry,
    Segment,
    Signature,
    State,
    SubstanceUse,
    Transition,
)
from tests.records.world import World, one_event, refused

DEMANDED = library.episode_states().transition("INTAKE", "WITHDRAWAL").required  # type: ignore[union-attr]


def told_use(world: World, stay: Episode, **fields: Any) -> SubstanceUse:
    given = {"category": "opioid", "substance": "heroin", "certainty": "unknown"} | fields
    return history.record_use(stay, Use(**given), **world.told())


# --- arriving ---------------------------------------------------------------------------------


def test_an_arrival_is_a_person_a_stay_a_bed_and_one_event(world: World):
    with one_event("admissions.arrive", world.by("ADM")):
        stay = arrival.arrive(
            Arriving("Alan Test", preferred_name="Al", goal=" wake up not sick "),
            bed=world.bed("4"),
            **world.told("ADM"),
        )

    assert (stay.state, stay.admitted_at, stay.person.called) == (State.INTAKE, None, "Al Test")
    assert BedStay.objects.get(episode=stay).bed == world.bed("4")
    assert Segment.objects.get(episode=stay).level == "WM_RES"
    assert GoalEntry.objects.get(episode=stay).words == "wake up not sick"
    assert len(stay.code) == 4
    assert set(stay.code) <= set(CODE_LETTERS)


def test_the_event_of_an_arrival_is_about_that_stay(world: World):
    with one_event("admissions.arrive", world.by("RN")):
        stay = world.arrive()
    with one_event("goals.record", world.by("RN"), stay.pk):
        history.record_goal(stay, "sleep", **world.told())


@pytest.mark.parametrize(
    ("arriving", "more", "said", "field"),
    [
        (Arriving("  "), {}, "a name is needed", "legal_name"),
        (Arriving("A", born_on=date(2027, 1, 8)), {}, "birth date is in the future", "born_on"),
        (Arriving("A"), {"level": "SPA"}, "kind of care", "level"),
        (Arriving("A" * 121), {}, "at most 120 characters", "legal_name"),
    ],
)
def test_an_arrival_that_cannot_be(world, arriving, more, said, field):
    with refused(said, field):
        arrival.arrive(arriving, bed=world.bed(), **world.told() | more)


def test_born_today_is_not_the_future_on_the_wards_own_clock(world: World):
    born = date(2027, 1, 7)  # 14:30 UTC is the morning of the 7th in California

    assert arrival.arrive(Arriving("A", born_on=born), bed=None, **world.told())


def test_somebody_already_here_does_not_arrive_again(world: World, stay: Episode):
    with refused("has an open stay already", kind=Conflict):
        arrival.arrive(Arriving(""), bed=None, person=stay.person, **world.told())


def test_somebody_of_another_house_is_not_known_here(world: World, elsewhere: World):
    theirs = elsewhere.arrive()

    with refused("not known in this facility", kind=NotPermitted):
        arrival.arrive(Arriving(""), bed=None, person=theirs.person, **world.told())
    with refused("not in this facility"):
        arrival.arrive(Arriving("Bo"), bed=elsewhere.bed("3"), **world.told())


def test_identity_takes_two_different_identifiers(world: World, stay: Episode):
    with refused("two different identifiers", "second"):
        arrival.identify(stay, "Birth date", "birth DATE ", **world.told())
    with one_event("admissions.identify", world.by("ADM"), stay.pk):
        arrival.identify(stay, "name", "birth date", **world.told("ADM"))


# --- history ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "said", "field"),
    [
        ({"statement": "listed"}, "name what the person is allergic to", "substance"),
        ({"statement": "unable"}, "say why", "reason"),
        ({"statement": "none_known", "substance": "latex"}, "substance was named", "substance"),
        ({"substance": "latex", "severity": "awful"}, "severity from the list", "severity"),
        ({"substance": "l" * 121}, "at most 120 characters", "substance"),
    ],
)
def test_an_allergy_entry_that_says_too_little_or_too_much(world, stay, told, said, field):
    with refused(said, field):
        history.record_allergy(stay, **told, **world.told())


def test_an_allergy_is_never_turned_away_by_none_known(world: World, stay: Episode):
    none = history.record_allergy(stay, statement="none_known", **world.told())
    allergy = history.record_allergy(stay, substance="penicillin", **world.told())

    assert allergy.replaces_id == none.pk
    assert list(AllergyEntry.objects.standing().filter(episode=stay)) == [allergy]


@pytest.mark.parametrize("statement", ["none_known", "unable"])
def test_no_statement_stands_beside_an_allergy(world, stay, statement):
    history.record_allergy(stay, substance="penicillin", **world.told())

    with refused("an allergy is on record"):
        history.record_allergy(stay, statement=statement, reason="asleep", **world.told())


def test_an_allergy_entered_in_error_is_struck_out_once_and_stays_readable(world, stay):
    entry = history.record_allergy(stay, substance="penicillin", **world.told())

    with refused("say why", "why"):
        history.correct_allergy(entry, why=" ", **world.told())
    history.correct_allergy(entry, why="the brother's", **world.told())
    with refused("corrected already", kind=Conflict):
        history.correct_allergy(entry, why="again", **world.told("LVN"))

    assert not AllergyEntry.objects.standing().exists()
    assert AllergyEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("use", "field"),
    [
        ({"category": "hobby"}, "category"),
        ({"substance": "moon dust"}, "substance"),
        ({"route": "by post"}, "route"),
        ({"certainty": "surely"}, "certainty"),
        ({"certainty": "exact"}, "last_used_at"),
        ({"days_per_week": 8}, "days_per_week"),
        ({"years": Decimal(101)}, "years"),
        ({"years": Decimal("NaN")}, "years"),
        ({"years": Decimal("2.55")}, "years"),
        ({"supply": {"fentanyl": "perhaps"}}, "supply"),
        ({"supply": {"gold": "yes"}}, "supply"),
        ({"note": "n" * 501}, "note"),
    ],
)
def test_a_use_told_in_a_way_that_cannot_be_kept(world, stay, use, field):
    with refused("Not recorded", field):
        told_use(world, stay, **use)


def test_n20_an_unknown_last_use_has_no_time_and_a_known_one_has(world: World, stay: Episode):
    with refused("called unknown", "last_used_at"):
        told_use(world, stay, last_used_at=world.now)
    with refused("in the future", "last_used_at"):
        told_use(world, stay, certainty="exact", last_used_at=world.now + timedelta(hours=1))


def test_n20_one_unknown_last_use_makes_the_time_since_unknown(world: World, stay: Episode):
    assert facts.time_since_last_use(stay, world.now) is None
    told_use(world, stay, certainty="exact", last_used_at=world.now - timedelta(hours=9))
    assert facts.time_since_last_use(stay, world.now) == timedelta(hours=9)

    told_use(world, stay, substance="fentanyl_powder")

    assert facts.time_since_last_use(stay, world.now) is None


def test_two_opioids_that_are_not_on_the_list_are_two(world: World, stay: Episode):
    """The older use of one must not hide the newer use of the other."""
    hours = {"tianeptine": 3, "codeine from a friend": 72}
    for note, ago in hours.items():
        used = world.now - timedelta(hours=ago)
        told_use(world, stay, substance="other", note=note, certainty="exact", last_used_at=used)

    assert facts.time_since_last_use(stay, world.now) == timedelta(hours=3)

    corrected = world.now - timedelta(hours=20)
    told_use(
        world, stay, substance="other", note=" Tianeptine", certainty="guess",
        last_used_at=corrected,
    )  # fmt: skip
    assert facts.time_since_last_use(stay, world.now) == timedelta(hours=20)


def test_a_substance_that_is_not_on_the_list_is_named(world: World, stay: Episode):
    with refused("Name the substance", "note"):
        told_use(world, stay, substance="other")


def test_the_newest_telling_of_a_substance_counts_and_the_most_recent_use(world, stay):
    told_use(world, stay)
    told_use(world, stay, certainty="guess", last_used_at=world.now - timedelta(hours=30))
    later = world.now - timedelta(hours=7)
    told_use(world, stay, substance="fentanyl_powder", certainty="within_1h", last_used_at=later)
    told_use(world, stay, category="co_use", substance="alcohol")

    assert facts.time_since_last_use(stay, world.now) == timedelta(hours=7)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"applies": "", "reason": "busy"}, "applies"),
        ({"applies": "yes"}, "reason"),
        ({"applies": "yes", "result": "negative"}, "control_ok"),
        ({"applies": "yes", "result": "maybe"}, "result"),
        ({"applies": "no", "result": "positive", "control_ok": True}, "applies"),
    ],
)
def test_a_pregnancy_entry_that_would_mislead(world, stay, told, field):
    with refused("Not recorded", field):
        history.record_pregnancy(stay, **told, **world.told())


@pytest.mark.parametrize(
    ("told", "fact"),
    [
        ({"applies": "yes", "result": "negative", "control_ok": True}, "negative"),
        ({"applies": "unknown", "result": "positive", "control_ok": True}, "positive"),
        ({"applies": "yes", "result": "invalid", "control_ok": False}, "invalid"),
        ({"applies": "no", "reason": "told so"}, "not_applicable_with_reason"),
        ({"applies": "yes", "reason": "wants it tomorrow"}, "not_done_with_reason"),
    ],
)
def test_what_is_known_of_a_pregnancy(world, stay, told, fact):
    history.record_pregnancy(stay, **told, **world.told())

    assert facts.admission(stay)["pregnancy"] == fact


def test_a_goal_is_kept_exactly_as_said(world: World, stay: Episode):
    words = "  I want to *sleep*, and see my kid \u2764  "

    assert (
        GoalEntry.objects.get(pk=history.record_goal(stay, words, **world.told()).pk).words == words
    )
    with refused("write what the person said", "words"):
        history.record_goal(stay, " ", **world.told())


# --- papers -----------------------------------------------------------------------------------

CONSENT: dict[str, Any] = {
    "kind": "treatment",
    "decision": "given",
    "language": "English",
    "read_by": "the person",
    "capacity": "yes",
}


def test_a_consent_is_signed_by_who_put_it_to_the_person(world: World, stay: Episode):
    with one_event("consents.record", world.by("RN"), stay.pk):
        row = papers.record_consent(stay, **CONSENT, proof=world.proof(), **world.told())

    signature = Signature.objects.get(subject_id=str(row.pk))
    assert (signature.signer, signature.role, signature.licence) == (
        world.by("RN").user,
        "RN",
        "CA RN-1",
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "haircut"}, "kind"),
        ({"decision": "assumed"}, "decision"),
        ({"language": ""}, "language"),
        ({"read_by": " "}, "read_by"),
        ({"capacity": ""}, "capacity"),
        ({"capacity": "no"}, "decision"),
        ({"decision": "declined"}, "reason"),
        ({"decision": "unable", "capacity": "no"}, "reason"),
    ],
)
def test_a_consent_leaves_nothing_unanswered(world, stay, change, field):
    with refused("Not recorded", field):
        papers.record_consent(stay, **CONSENT | change, proof=world.proof(), **world.told())


def test_a_consent_that_cannot_be_signed_is_not_recorded(world: World, stay: Episode):
    with refused("show again who you are", kind=NotSigned):
        papers.record_consent(stay, **CONSENT, proof=world.proof("LVN"), **world.told())


def test_the_newest_decision_counts(world: World, stay: Episode):
    papers.record_consent(stay, **CONSENT, proof=world.proof(), **world.told())
    assert facts.admission(stay)["consent_to_treat"] == "given"
    papers.record_consent(
        stay, **CONSENT | {"decision": "declined", "reason": "changed mind"},
        proof=world.proof(at=world.now + timedelta(hours=1)),
        **world.told() | {"at": world.now + timedelta(hours=1)},
    )  # fmt: skip

    assert facts.admission(stay)["consent_to_treat"] == "declined"


def test_an_order_is_written_by_a_prescriber(world: World, stay: Episode):
    with refused("does not do this", kind=NotPermitted):
        papers.admit(stay, "Admit.", proof=world.proof("RN"), **world.told("RN"))
    with refused("write the order", "text"):
        papers.admit(stay, " ", proof=world.proof("PRES"), **world.told("PRES"))
    with one_event("orders.admit", world.by("PRES"), stay.pk):
        papers.admit(stay, "Admit.", proof=world.proof("PRES"), **world.told("PRES"))


# --- the step ---------------------------------------------------------------------------------


def test_admission_with_every_document(world: World, stay: Episode):
    world.documents(stay)

    with one_event("episodes.transition", world.by("RN"), stay.pk):
        row = episodes.transition(stay, "WITHDRAWAL", **world.told())

    stay.refresh_from_db()
    assert (stay.state, stay.phase, stay.admitted_at) == ("WITHDRAWAL", "PRE_DOSE", world.now)
    assert (row.from_state, row.to_state, row.to_phase) == ("INTAKE", "WITHDRAWAL", "PRE_DOSE")


@pytest.mark.parametrize("missing", DEMANDED)
def test_admission_is_refused_without_any_one_document(world, stay, missing):
    world.documents(stay, without=missing)

    with refused("still missing", missing):
        episodes.transition(stay, "WITHDRAWAL", **world.told())


def test_admission_names_everything_that_is_missing(world: World, stay: Episode):
    with refused("10 still missing", *DEMANDED):
        episodes.transition(stay, "WITHDRAWAL", **world.told())


@pytest.mark.parametrize("role", ["ADM", "LVN", "BHT", "PRES", "MD"])
def test_admission_is_carried_out_by_a_nurse(world, stay, role):
    world.documents(stay)

    with refused("does not do this", kind=NotPermitted):
        episodes.transition(stay, "WITHDRAWAL", **world.told(role))


@pytest.mark.parametrize("role", ["RN", "PRES", "CM"])
@pytest.mark.parametrize("to", sorted({"HOSPITAL_LEAVE", "STARTING", "HANDOVER", "MISSING"}))
def test_a_step_that_cannot_be_recorded_yet_says_why_whoever_asks(world, to, role):
    stay = world.admitted()

    with refused("cannot record this step yet"):
        episodes.transition(stay, to, **world.told(role))


def test_steps_that_do_not_exist(world: World, stay: Episode):
    with refused("does not go from Intake to Aftercare"):
        episodes.transition(stay, "AFTERCARE", **world.told())
    with refused("is not a state of a stay"):
        episodes.transition(stay, "HAPPY", **world.told())


def test_a_step_is_refused_when_somebody_else_changed_the_stay(world: World, stay: Episode):
    world.documents(stay)
    seen = stay.version
    beds.move(stay, world.bed("6"), **world.told())

    with refused("somebody changed this stay", kind=Conflict):
        episodes.transition(stay, "WITHDRAWAL", seen_version=seen, **world.told())
    assert Transition.objects.filter(to_state="WITHDRAWAL").count() == 0
