"""People come back: as themselves, with a new stay, and without what was true before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from stepdown.records import facts
from stepdown.records.actions.access import break_glass
from stepdown.records.actions.admission import arrival, history
from stepdown.records.actions.admission.arrival import Arriving
from stepdown.records.actions.admission.history import Use
from stepdown.records.errors import Conflict, NotPermitted, SentBefore
from stepdown.records.models import Episode, Person
from stepdown.records.reading import heading, known
from stepdown.records.reading.sight import Sight
from tests.records.world import World, nothing_saved, one_event, refused

BORN = date(1980, 2, 29)


@pytest.fixture
def left(world: World) -> Episode:
    """A stay that ended: Renée Ardent, who needed no interpreter then."""
    then = world.told() | {"at": world.now - timedelta(days=9)}
    about = Arriving("Renée Ardent", "Ren", "they/them", BORN, "English", needs_interpreter=False)
    stay = arrival.arrive(about, bed=world.bed("1"), **then)
    for lies in stay.bed_stays.all():
        lies.ended_at = world.now - timedelta(days=2)
        lies.save()
    Episode.objects.filter(pk=stay.pk).update(closed_at=world.now - timedelta(days=2))
    world.tampered = True  # discharge is not an action yet
    return Episode.objects.get(pk=stay.pk)


def back(world: World, left: Episode, about: Arriving | None = None, **more: Any) -> Episode:
    told = world.told() | more
    return arrival.arrive(about or Arriving(""), bed=world.bed("2"), person=left.person, **told)


def found(world: World, name: str = "", born: date | None = None, role: str = "ADM") -> list[str]:
    people = known.find(name, born, world.by(role), world.now).people
    return [each.person.legal_name for each in people]


def test_somebody_who_comes_back_is_the_same_person_in_a_new_stay(world: World, left: Episode):
    with one_event("admissions.arrive", world.by("RN")):
        stay = back(world, left)

    assert (stay.person_id, stay.pk != left.pk, Person.objects.count()) == (left.person_id, True, 1)


def test_nothing_of_an_earlier_stay_is_true_in_the_new_one(world: World, left: Episode):
    Episode.objects.filter(pk=left.pk).update(closed_at=None)
    history.record_allergy(left, statement="none_known", **world.told())
    history.record_use(left, Use("opioid", "heroin", "unknown"), **world.told())
    history.record_goal(left, "sleep", **world.told())
    Episode.objects.filter(pk=left.pk).update(closed_at=world.now)

    stay = back(world, left)

    assert facts.admission(stay) == {}
    by = world.by("RN")
    shown = heading.find(stay.pk, by, Sight.of(by), world.now)
    assert shown is not None
    assert (shown.allergies, shown.uses, shown.goal, shown.pregnancy) == ((), (), "", "")


def test_an_interpreter_not_needed_then_is_not_known_now(world: World, left: Episode):
    back(world, left, Arriving("", language="Spanish"))

    person = Person.objects.get(pk=left.person_id)
    assert (person.needs_interpreter, person.language, person.pronouns) == (
        None, "Spanish", "they/them",
    )  # fmt: skip


def test_a_birth_date_on_record_is_not_overwritten_and_an_unknown_one_is_filled(world, left):
    with refused("on record with another birth date", "born_on"):
        back(world, left, Arriving("", born_on=date(1981, 2, 28)))
    Person.objects.filter(pk=left.person_id).update(born_on=None)
    left.person.refresh_from_db()

    back(world, left, Arriving("", born_on=date(1981, 2, 28)))

    assert Person.objects.get().born_on == date(1981, 2, 28)


def test_two_open_stays_of_one_person_are_impossible(world: World, left: Episode):
    back(world, left)

    with refused("Ren Ardent has an open stay already", kind=Conflict):
        arrival.arrive(Arriving(""), bed=None, person=left.person, **world.told())


def test_an_open_stay_that_is_closed_to_the_asker_is_not_given_away(world: World, left: Episode):
    stay = back(world, left)
    break_glass.restrict(stay, invited=[world.by("MD").user], **world.told("PRIV"))

    with refused("needs the privacy officer", kind=Conflict) as caught:
        arrival.arrive(Arriving(""), bed=None, person=left.person, **world.told())
    assert "open" not in caught.value.message


def test_a_return_sent_twice_is_one_and_not_another_persons(world: World, left: Episode):
    told = world.told()
    first = back(world, left, **told)
    other = world.arrive("Bo Lund", "3")

    with nothing_saved():
        assert back(world, left, **told | {"at": world.now + timedelta(minutes=1)}) == first
    with refused("says something else now", kind=SentBefore):
        back(world, other, **told)


# --- looking ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["renee", "ARDENT", "ardent ren", "Renée  Ardent", "ren", "Ardent, Renée"]
)
def test_somebody_is_found_by_any_part_of_the_name_however_it_is_spelled(world, left, typed):
    assert found(world, typed) == ["Renée Ardent"]


@pytest.mark.parametrize("typed", ["", " ", "r", "dent", "renee smith", "%", "_"])
def test_what_is_no_part_of_the_name_finds_nobody(world: World, left: Episode, typed):
    assert found(world, typed) == []


def test_somebody_is_found_by_the_birth_date(world: World, left: Episode):
    assert found(world, "quite another", BORN) == ["Renée Ardent"]
    assert found(world, "", date(1980, 2, 28)) == []


def test_who_fits_by_name_and_birth_date_comes_first_and_few_are_shown(world, left):
    for n in range(9):
        person = arrival.arrive(Arriving(f"Ardent {n:02}"), bed=None, **world.told())
    assert person

    shown = known.find("ardent", BORN, world.by("ADM"), world.now)

    assert (shown.people[0].person.legal_name, len(shown.people), shown.more) == (
        "Renée Ardent", known.MOST, 2,
    )  # fmt: skip


def test_the_last_stay_is_the_last_that_the_asker_may_see(world: World, left: Episode):
    stay = back(world, left)
    seen = known.find("ardent", None, world.by("ADM"), world.now).people[0]
    assert (seen.episode_id, seen.is_here) == (stay.pk, True)

    break_glass.restrict(stay, invited=[world.by("MD").user], **world.told("PRIV"))

    seen = known.find("ardent", None, world.by("ADM"), world.now).people[0]
    assert (seen.episode_id, seen.is_here) == (left.pk, False)


def test_somebody_whose_every_stay_is_closed_to_the_asker_is_nobody_they_know(world, left):
    break_glass.restrict(left, invited=[world.by("RN").user], **world.told("PRIV"))

    assert found(world, "ardent", BORN, "ADM") == []
    assert found(world, "ardent", BORN, "RN") == ["Renée Ardent"]
    with refused("not known in this facility", kind=NotPermitted):
        back(world, left, **world.told("ADM"))


def test_people_of_another_house_are_not_known_here(world: World, elsewhere: World, left: Episode):
    assert found(elsewhere, "ardent", BORN) == []


@pytest.mark.parametrize("role", ["PRES", "MD", "LVN", "BHT", "COUN", "PRIV", "DIR", "SYS", "PT"])
def test_who_takes_nobody_in_looks_for_nobody(world: World, left: Episode, role):
    with refused("does not do this", kind=NotPermitted):
        found(world, "ardent", role=role)


def test_looking_takes_two_queries_however_many_are_known(world, left, django_assert_num_queries):
    for n in range(5):
        arrival.arrive(Arriving(f"Ardent {n}"), bed=None, **world.told())

    with django_assert_num_queries(2):
        known.find("ardent", BORN, world.by("ADM"), world.now)
