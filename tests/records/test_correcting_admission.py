"""What was told at admission is put right or struck out: the old stays, what stands decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from stepdown.records import facts
from stepdown.records.actions.access import break_glass
from stepdown.records.actions.admission import arrival, corrections, history, papers
from stepdown.records.actions.admission.corrections import ROWS, SAYS
from stepdown.records.actions.admission.history import Pregnancy, Use
from stepdown.records.actions.admission.papers import Paper
from stepdown.records.actions.people import episodes
from stepdown.records.errors import Conflict, NotPermitted, NotSigned, SentBefore
from stepdown.records.models import (
    Consent,
    Episode,
    IdentityCheck,
    PregnancyEntry,
    Signature,
    State,
    SubstanceUse,
)
from stepdown.records.models.entry import Entry
from stepdown.records.reading import heading
from stepdown.records.reading.heading import Stay
from stepdown.records.reading.sight import Sight
from tests.records.world import World, nothing_saved, one_event, refused

GIVEN = Paper("treatment", "given", "English", "the person", "yes")
NO = Paper("treatment", "declined", "English", "the person", "yes", reason="'I take it back'")


def use(world: World, hours: float | None, **more: Any) -> Use:
    """Heroin, so many hours ago, or nobody knows when."""
    last = None if hours is None else world.now - timedelta(hours=hours)
    said = {"category": "opioid", "substance": "heroin", "last_used_at": last} | more
    return Use(certainty="unknown" if hours is None else "exact", **said)


def later(world: World, role: str = "RN", minutes: int = 30) -> dict[str, Any]:
    return world.told(role) | {"at": world.now + timedelta(minutes=minutes)}


def consent(world: World, stay: Episode, paper: Paper = GIVEN, *, minutes: int = 0) -> Consent:
    told = later(world, minutes=minutes)
    said = {name: value for name, value in paper.columns().items() if name != "snapshot_id"}
    return papers.record_consent(stay, **said, proof=world.proof(at=told["at"]), **told)


def headed(world: World, stay: Episode) -> Stay:
    by = world.by("RN")
    found = heading.find(stay.pk, by, Sight.of(by), world.now)
    assert found is not None
    return found


TELL: dict[str, Callable[[World, Episode], Any]] = {
    "identity": lambda w, e: arrival.identify(e, "name", "photo", **w.told()),
    "consents": lambda w, e: consent(w, e),
    "use": lambda w, e: history.record_use(e, use(w, 9), **w.told()),
    "pregnancy": lambda w, e: history.record_pregnancy(
        e, applies="yes", result="positive", control_ok=True, **w.told()
    ),
}

AGAIN: dict[str, Callable[[World, Any, dict[str, Any]], Any]] = {
    "identity": lambda w, old, by: corrections.correct_identity(old, "name", "card", **by),
    "consents": lambda w, old, by: corrections.correct_consent(
        old, Paper("treatment", "given", "Spanish", "the person", "yes"),
        proof=w.proof(by["by"].role, by["at"]), **by,
    ),
    "use": lambda w, old, by: corrections.correct_use(old, use(w, None), **by),
    "pregnancy": lambda w, old, by: corrections.correct_pregnancy(
        old, Pregnancy("yes", "invalid"), **by
    ),
}  # fmt: skip

EVENTS = {
    "identity": "identity", "consents": "consents", "use": "substance_use",
    "pregnancy": "pregnancy",
}  # fmt: skip


def strike(world: World, old: Any, by: dict[str, Any]) -> Any:
    proof = world.proof(by["by"].role, by["at"]) if isinstance(old, Consent) else None
    return corrections.void(old, proof=proof, **by)


def test_every_column_of_what_is_said_is_told_again():
    stamp = {field.attname for field in Entry._meta.get_fields()}  # type: ignore[union-attr]
    for model in ROWS:
        columns = {field.attname for field in model._meta.concrete_fields}
        assert set(SAYS[model]) == columns - stamp - {"episode_id"}


@pytest.mark.parametrize("kind", sorted(TELL))
def test_a_correction_stands_and_the_old_entry_stays_with_the_reason(world, stay, kind):
    old = TELL[kind](world, stay)

    with one_event(f"{EVENTS[kind]}.correct", world.by("RN"), stay.pk):
        new = AGAIN[kind](world, old, later(world) | {"why": " wrong line "})

    assert (new.replaces_id, new.why, new.is_void) == (old.pk, "wrong line", False)
    assert (new.occurred_at, new.recorded_at) == (
        old.occurred_at, world.now + timedelta(minutes=30),
    )  # fmt: skip
    assert list(type(old).objects.standing().filter(episode=stay)) == [new]
    assert type(old).objects.get(pk=old.pk) == old


@pytest.mark.parametrize("kind", sorted(TELL))
def test_an_entry_made_in_error_counts_for_nothing_and_stays_readable(world, stay, kind):
    old = TELL[kind](world, stay)

    with one_event(f"{EVENTS[kind]}.void", world.by("RN"), stay.pk):
        struck = strike(world, old, later(world) | {"why": "the next bed's"})

    assert not type(old).objects.standing().exists()
    assert [getattr(struck, name) for name in SAYS[type(old)]] == [
        getattr(old, name) for name in SAYS[type(old)]
    ]


@pytest.mark.parametrize("kind", sorted(TELL))
def test_a_correction_needs_a_reason_and_something_to_correct(world, stay, kind):
    old = TELL[kind](world, stay)

    with refused("Say what was wrong", "why"):
        AGAIN[kind](world, old, world.told() | {"why": " "})
    with refused("Say why", "why"):
        strike(world, old, world.told() | {"why": ""})
    new = AGAIN[kind](world, old, world.told() | {"why": "slip"})
    with refused("says the same as before"):
        AGAIN[kind](world, new, world.told() | {"why": "slip"})


@pytest.mark.parametrize("kind", sorted(TELL))
def test_whoever_corrects_second_is_told_who_was_first_and_why(world, stay, kind):
    old = TELL[kind](world, stay)
    AGAIN[kind](world, old, world.told() | {"why": "wrong line"})

    for second in (AGAIN[kind], strike):
        with refused("Robin RN corrected this at 06:30, 07 Jan (wrong line)", kind=Conflict):
            second(world, old, world.told() | {"why": "mine"})


@pytest.mark.parametrize("kind", sorted(TELL))
def test_what_was_struck_out_is_neither_corrected_nor_struck_again(world, stay, kind):
    old = TELL[kind](world, stay)
    struck = strike(world, old, world.told() | {"why": "the next bed's"})

    with refused("struck this out", kind=Conflict):
        AGAIN[kind](world, old, world.told() | {"why": "mine"})
    with refused("struck out already"):
        strike(world, struck, world.told() | {"why": "mine"})


@pytest.mark.parametrize("again", ["correct", "strike"])
@pytest.mark.parametrize("kind", sorted(TELL))
def test_a_correction_sent_twice_is_one(world, stay, kind, again):
    old = TELL[kind](world, stay)
    act = AGAIN[kind] if again == "correct" else strike
    told = world.told() | {"why": "slip"}
    first = act(world, old, told)

    with nothing_saved():
        assert act(world, old, told | {"at": world.now + timedelta(minutes=1)}) == first
    with refused("says something else now", kind=SentBefore):
        act(world, old, told | {"why": "another slip"})
    if again == "correct":
        with refused("says something else now", kind=SentBefore):
            strike(world, old, told)


def test_a_form_does_not_answer_for_another_entry(world: World, stay: Episode):
    first, second = (TELL["identity"](world, stay) for _time in range(2))
    told = world.told() | {"why": "slip"}
    strike(world, first, told)

    with refused("says something else now", kind=SentBefore):
        strike(world, second, told)


@pytest.mark.parametrize("kind", sorted(TELL))
def test_an_entry_of_another_house_or_of_an_ended_stay_is_left_alone(world, elsewhere, stay, kind):
    old = TELL[kind](world, stay)

    with refused("", kind=NotPermitted):
        AGAIN[kind](elsewhere, old, elsewhere.told() | {"why": "slip"})
    Episode.objects.filter(pk=stay.pk).update(closed_at=world.now)
    world.tampered = True  # discharge is not an action yet
    with refused("this stay has ended"):
        strike(world, old, world.told() | {"why": "slip"})


@pytest.mark.parametrize("kind", ["identity", "consents"])
def test_who_may_not_amend_answers_for_their_own_entries_only(world, stay, kind):
    old = TELL[kind](world, stay)

    for role in ("LVN", "PRES", "ADM"):
        with refused("corrects only its own entries, and Robin RN (RN) told", kind=NotPermitted):
            AGAIN[kind](world, old, world.told(role) | {"why": "slip"})


def test_the_privacy_officer_strikes_out_anybodys_consent_and_signs_it(world, stay):
    old = consent(world, stay)

    row = strike(world, old, world.told("PRIV") | {"why": "another person's"})

    signed = Signature.objects.get(subject_id=str(row.pk))
    assert (signed.signer, signed.meaning) == (
        world.by("PRIV").user, "struck out, entered in error",
    )  # fmt: skip


def test_a_consent_is_not_corrected_unsigned(world: World, stay: Episode):
    old = consent(world, stay)

    with refused("show again who you are", kind=NotSigned):
        corrections.void(old, why="slip", **world.told())


# --- what follows -----------------------------------------------------------------------------


def test_n20_a_last_use_corrected_to_unknown_makes_the_time_since_unknown(world, stay):
    old = history.record_use(stay, use(world, 9), **world.told())
    assert facts.time_since_last_use(stay, world.now) == timedelta(hours=9)

    corrections.correct_use(old, use(world, None), why="had guessed", **later(world))

    assert facts.time_since_last_use(stay, world.now) is None
    shown = headed(world, stay)
    assert [each.last_used_at for each in shown.opioids()] == [None]
    assert heading.time_since_last_use(shown.opioids(), world.now) is None


def test_a_corrected_older_telling_does_not_outrank_a_newer_one(world: World, stay: Episode):
    old = history.record_use(stay, use(world, 30), **world.told())
    history.record_use(stay, use(world, 7), **later(world, minutes=10))

    corrections.correct_use(old, use(world, 40), why="the day before", **later(world))

    assert facts.time_since_last_use(stay, world.now) == timedelta(hours=7)
    assert heading.time_since_last_use(headed(world, stay).opioids(), world.now) == timedelta(
        hours=7
    )


def test_a_substance_entered_in_error_gives_way_to_what_was_told_before(world, stay):
    history.record_use(stay, use(world, 30), **world.told())
    wrong = history.record_use(stay, use(world, 2), **later(world, minutes=10))

    strike(world, wrong, later(world) | {"why": "the next bed's"})

    assert facts.time_since_last_use(stay, world.now) == timedelta(hours=30)


def test_without_any_standing_use_the_time_since_is_unknown_and_admission_waits(world, stay):
    old = history.record_use(stay, use(world, 9), **world.told())

    strike(world, old, later(world) | {"why": "the next bed's"})

    assert facts.time_since_last_use(stay, world.now) is None
    assert "last_use" not in facts.admission(stay)
    assert headed(world, stay).uses == ()


def test_a_last_use_after_the_telling_is_a_telling_of_its_own(world: World, stay: Episode):
    old = history.record_use(stay, use(world, 9), **world.told())
    after = use(world, -0.25)

    with refused("Tell a later use as a new entry", "last_used_at"):
        corrections.correct_use(old, after, why="in the bathroom", **later(world))

    assert history.record_use(stay, after, **later(world))


def test_a_struck_out_positive_test_gives_way_to_the_one_before(world: World, stay: Episode):
    history.record_pregnancy(
        stay, applies="yes", result="negative", control_ok=True, **world.told()
    )
    wrong = history.record_pregnancy(
        stay, applies="yes", result="positive", control_ok=True, **later(world, minutes=5)
    )
    assert (headed(world, stay).pregnancy, facts.admission(stay)["pregnancy"]) == (
        "positive", "positive",
    )  # fmt: skip

    strike(world, wrong, later(world) | {"why": "another person's cup"})

    assert headed(world, stay).pregnancy == "negative"
    assert facts.admission(stay)["pregnancy"] == "negative"


def test_without_any_standing_test_nothing_is_known_of_a_pregnancy(world: World, stay: Episode):
    old = TELL["pregnancy"](world, stay)

    strike(world, old, later(world) | {"why": "another person's cup"})

    assert headed(world, stay).pregnancy == ""
    assert "pregnancy" not in facts.admission(stay)


def test_a_slip_put_right_in_an_older_consent_does_not_undo_a_withdrawal(world, stay):
    given = consent(world, stay)
    consent(world, stay, NO, minutes=10)

    again = Paper("treatment", "given", "Spanish", "the person", "yes")
    told = later(world)
    corrections.correct_consent(
        given, again, why="was read in Spanish", proof=world.proof(at=told["at"]), **told
    )

    assert facts.admission(stay)["consent_to_treat"] == "declined"


def test_a_withdrawal_entered_in_error_is_struck_out_and_the_consent_stands_again(world, stay):
    consent(world, stay)
    wrong = consent(world, stay, NO, minutes=10)
    assert facts.admission(stay)["consent_to_treat"] == "declined"

    strike(world, wrong, later(world) | {"why": "the next bed's"})

    assert facts.admission(stay)["consent_to_treat"] == "given"


STANDS_ON: dict[str, tuple[type[Any], str]] = {
    "identity": (IdentityCheck, "identity"),
    "consent_to_treat": (Consent, "treatment"),
    "part2_notice": (Consent, "part2_notice"),
    "last_use": (SubstanceUse, ""),
    "pregnancy": (PregnancyEntry, ""),
}


@pytest.mark.parametrize("document", sorted(STANDS_ON))
def test_admission_waits_for_what_was_struck_out(world, stay, document):
    world.documents(stay)
    model, kind = STANDS_ON[document]
    rows = model.objects.filter(episode=stay)
    old = rows.get(kind=kind) if model is Consent else rows.get()

    strike(world, old, later(world) | {"why": "the next bed's"})

    with refused("1 still missing", document):
        episodes.transition(stay, "WITHDRAWAL", **later(world, minutes=40))


def test_a_withdrawn_consent_holds_an_admission_back(world: World, stay: Episode):
    world.documents(stay)
    consent(world, stay, NO, minutes=10)

    with refused("1 still missing", "consent_to_treat"):
        episodes.transition(stay, "WITHDRAWAL", **later(world))


@pytest.mark.parametrize("document", sorted(STANDS_ON))
def test_after_an_admission_nothing_struck_out_undoes_it(world: World, document):
    stay = world.admitted()
    model, kind = STANDS_ON[document]
    rows = model.objects.filter(episode=stay)
    old = rows.get(kind=kind) if model is Consent else rows.get()

    strike(world, old, later(world) | {"why": "the next bed's"})

    now = Episode.objects.get(pk=stay.pk)
    assert (now.state, now.admitted_at, now.version) == (
        State.WITHDRAWAL, stay.admitted_at, stay.version,
    )  # fmt: skip


def test_a_closed_chart_is_not_corrected(world: World, stay: Episode):
    old = TELL["use"](world, stay)
    break_glass.restrict(stay, invited=[world.by("MD").user], **world.told("PRIV"))

    with refused("this chart is not open to you", kind=NotPermitted):
        strike(world, old, world.told() | {"why": "slip"})
