"""Who is found by what, by whom; and that what is closed makes no difference at all."""

from __future__ import annotations

import random
import string
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from stepdown.records import names, verifying
from stepdown.records.access import knows_the_people
from stepdown.records.actions.access import break_glass
from stepdown.records.actions.admission import arrival
from stepdown.records.actions.admission.arrival import Arriving
from stepdown.records.errors import NotPermitted
from stepdown.records.models import Episode, Person, PersonKey, Role
from stepdown.records.reading import finding
from tests import factories
from tests.records.world import World, refused

BORN = date(1980, 2, 29)
FIRST = [
    "Maria",
    "Jose",
    "Luis",
    "Carmen",
    "Ana",
    "Daniel",
    "Michael",
    "Jennifer",
    "Christopher",
    "Jessica",
    "Matthew",
    "Ashley",
    "Joshua",
    "Amanda",
    "David",
    "Sarah",
    "Stephanie",
    "Robert",
    "Melissa",
    "Andrew",
    "Nicole",
    "Ryan",
    "Elizabeth",
    "Brian",
    "Heather",
    "Justin",
    "Michelle",
    "Brandon",
    "Kimberly",
    "Jason",
    "Amber",
    "Eric",
    "Tiffany",
    "Kevin",
    "Rachel",
    "Jonathan",
    "Danielle",
    "Aaron",
    "Guadalupe",
    "Hector",
    "Xochitl",
    "Tran",
    "Minh",
    "Nguyet",
    "Jamal",
    "Keisha",
    "Deshawn",
    "Olga",
    "Piotr",
    "Ahmed",
    "Fatima",
    "Yuki",
    "Leilani",
    "Kai",
]
LAST = [
    "Garcia",
    "Rodriguez",
    "Martinez",
    "Hernandez",
    "Lopez",
    "Gonzalez",
    "Perez",
    "Sanchez",
    "Ramirez",
    "Torres",
    "Flores",
    "Rivera",
    "Gomez",
    "Diaz",
    "Reyes",
    "Morales",
    "Cruz",
    "Ortiz",
    "Gutierrez",
    "Chavez",
    "Ramos",
    "Ruiz",
    "Alvarez",
    "Mendoza",
    "Vasquez",
    "Castillo",
    "Jimenez",
    "Moreno",
    "Romero",
    "Herrera",
    "Medina",
    "Aguilar",
    "Vargas",
    "Castro",
    "Guzman",
    "Mendez",
    "Munoz",
    "Salazar",
    "Garza",
    "Soto",
    "Smith",
    "Johnson",
    "Williams",
    "Brown",
    "Jones",
    "Miller",
    "Davis",
    "Wilson",
    "Anderson",
    "Thomas",
    "Taylor",
    "Moore",
    "Jackson",
    "Nguyen",
    "Thompson",
    "Whitfield",
    "Okonkwo",
    "Lindqvist",
    "Petrosyan",
    "Haddad",
    "Kowalski",
    "Yamamoto",
    "Oyelaran",
    "Castellanos",
]


@pytest.fixture
def born(world: World) -> Episode:
    """Renée Ardent-Okafor, called Ren, in bed 1."""
    about = Arriving("Renée Ardent-Okafor", preferred_name="Ren", born_on=BORN)
    return arrival.arrive(about, bed=world.bed("1"), **world.told())


def found(
    world: World, typed: str = "", born_on: date | None = None, role: str = "RN"
) -> list[str]:
    return [each.person.legal_name for each in look(world, typed, born_on, role).people]


def look(world: World, typed: str, born_on: date | None = None, role: str = "RN") -> Any:
    actor = world.by(role)
    finding.require(actor)
    return finding.find(finding.asked(typed, born_on, actor), actor, world.now)


def leave(world: World, stay: Episode) -> None:
    for lies in stay.bed_stays.all():
        lies.ended_at = world.now
        lies.save()
    QuerySet.update(Episode.objects.filter(pk=stay.pk), closed_at=world.now)
    world.tampered = True  # discharge is not an action yet


@pytest.mark.parametrize(
    "typed",
    [
        "renee", "RENÉE", "ardent", "okafor", "ardent okafor", "Okafor, Renée", "ardentokafor",
        "Ardent-Okafor", "ren", "rennee", "rene ardent", "ardnet", "ardentt okafro", "renay arden",
        "okafer", "ocafor",
    ],
)  # fmt: skip
def test_somebody_is_found_by_any_part_of_the_name_however_spelled(world, born, typed):
    world.arrive("Bo Lund", "2")

    assert found(world, typed) == ["Renée Ardent-Okafor"]


@pytest.mark.parametrize(
    "typed", ["smith", "renee smith", "afor", "dent", "ardent okafor lopez", "zz"]
)
def test_what_is_no_part_of_the_name_finds_nobody(world, born, typed):
    assert found(world, typed) == []


@pytest.mark.parametrize("typed", ["", " ", "a", "%", "_", "%%%%", "*", "'", "\\", "é"])
def test_a_sign_or_one_letter_is_too_little(world, born, typed):
    with refused("type at least two letters", "q"):
        found(world, typed)


def test_two_letters_find_only_a_name_of_two_letters(world, born):
    world.arrive("Bo Lund", "2")
    world.arrive("Bob Bolivar", "3")

    assert found(world, "bo") == ["Bo Lund"]
    assert found(world, "re") == []


def test_somebody_is_found_by_birth_date_code_and_bed(world, born):
    other = world.arrive("Bo Lund", "2")

    assert found(world, "", BORN) == ["Renée Ardent-Okafor"]
    assert found(world, born.code.lower()) == ["Renée Ardent-Okafor"]
    assert found(world, "2") == ["Bo Lund"]
    assert found(world, "bed 1") == ["Renée Ardent-Okafor"]
    assert found(world, "bed 3") == found(world, "", date(1980, 2, 28)) == []
    assert look(world, other.code).people[0].reasons == ("this code",)
    assert look(world, "2").people[0].reasons == ("in this bed",)


def test_the_likeliest_comes_first_and_says_why(world, born):
    world.arrive("Catherine Ruiz", "2")
    world.arrive("Katherine Ruiz", "3")
    world.arrive("Kathryn Ruiz", "4")
    world.arrive("Katherina Ruiz", "5")

    people = look(world, "katherine ruiz").people

    assert (people[0].person.legal_name, people[3].person.legal_name) == (
        "Katherine Ruiz", "Kathryn Ruiz",
    )  # fmt: skip
    reasons = {each.person.legal_name: each.reasons for each in people}
    assert reasons == {
        "Katherine Ruiz": (),
        "Katherina Ruiz": ("one letter from Katherina",),
        "Catherine Ruiz": ("one letter from Catherine",),
        "Kathryn Ruiz": ("sounds like Kathryn",),
    }


def test_name_and_birth_date_together_come_before_either(world, born):
    arrival.arrive(Arriving("Renée Ardent"), bed=None, **world.told())
    arrival.arrive(Arriving("Bo Lund", born_on=BORN), bed=None, **world.told())

    people = look(world, "renee ardent", BORN).people

    assert [each.person.legal_name for each in people] == [
        "Renée Ardent-Okafor", "Renée Ardent", "Bo Lund",
    ]  # fmt: skip
    assert people[0].reasons[-1] == people[2].reasons[-1] == "same birth date"


def test_few_are_shown_and_how_many_more_there_are_is_not_said(world, born):
    for number in range(12):
        factories.EpisodeFactory(
            person__facility=world.facility, person__legal_name=f"Maria Lopez {number}",
            person__preferred_name="", arrived_at=world.now - timedelta(days=number), left=True,
        )  # fmt: skip
    world.tampered = True

    shown = look(world, "maria lopez")

    assert (len(shown.people), shown.is_cut) == (finding.MOST, True)
    assert set(finding.Found.__dataclass_fields__) == {"people", "is_cut"}


def test_somebody_here_comes_before_somebody_who_left(world, born):
    left = world.arrive("Maria Lopez", "2")
    leave(world, left)
    world.arrive("Maria Lopez", "3", submission=uuid.uuid4())

    people = look(world, "maria lopez").people

    assert [each.last.closed_at is None for each in people] == [True, False]


# --- who may see whom -------------------------------------------------------------------------

FINDERS = {"MD", "PRES", "RN", "LVN", "BHT", "MT", "COUN", "CM", "ADM", "UR", "DIR", "PRIV"}


def test_the_roles_that_find_people_are_those_that_may_know_who_is_here(world):
    assert {role for role in Role.values if knows_the_people(world.by(role))} == FINDERS


@pytest.mark.parametrize("role", sorted(FINDERS - {"MT"}))
def test_a_role_that_reads_who_people_are_finds_the_present_and_the_former(world, born, role):
    leave(world, world.arrive("Bo Lund", "2"))

    assert found(world, "renee", role=role) == ["Renée Ardent-Okafor"]
    assert found(world, "bo lund", role=role) == ["Bo Lund"]
    assert found(world, "", BORN, role=role) == ["Renée Ardent-Okafor"]
    assert look(world, "renee", role=role).people[0].person.born_on == BORN


def test_a_role_that_walks_the_rounds_finds_who_is_here_and_reads_no_birth_date(world, born):
    leave(world, world.arrive("Bo Lund", "2"))

    assert found(world, "renee", role="MT") == ["Renée Ardent-Okafor"]
    assert look(world, "renee", BORN, role="MT").people[0].person.born_on is None
    assert found(world, "bo lund", role="MT") == []
    with refused("type at least two letters", "q"):
        found(world, "", BORN, role="MT")


@pytest.mark.parametrize("role", sorted(set(Role.values) - FINDERS))
def test_every_other_role_looks_for_nobody(world, born, role):
    with refused("looking for people is not part of this role", kind=NotPermitted):
        found(world, "renee", role=role)


def test_people_of_another_house_are_not_found(world, elsewhere, born):
    assert found(elsewhere, "renee") == found(elsewhere, "", BORN) == []
    assert found(elsewhere, born.code) == found(elsewhere, "bed 1") == []


@pytest.mark.parametrize("typed", ["renee", "ren", "rennee", "bed 1", "CODE", "BORN", "sounds"])
def test_a_restricted_stay_is_found_by_nobody_but_the_invited(world, born, typed):
    break_glass.restrict(born, invited=[world.by("PRES").user], **world.told("PRIV"))
    given: dict[str, Any] = {"typed": typed}
    if typed == "CODE":
        given = {"typed": born.code}
    elif typed == "BORN":
        given = {"typed": "", "born_on": BORN}
    elif typed == "sounds":
        given = {"typed": "renay"}

    for role in sorted(FINDERS - {"PRES", "MT"}):
        assert look(world, **given, role=role) == finding.Found()
    assert found(world, **given, role="PRES") == ["Renée Ardent-Okafor"]
    assert look(world, **given, role="PRES").people[0].last.is_restricted


def test_an_emergency_opening_finds_them_for_its_while_and_its_role_only(world, born):
    break_glass.restrict(born, invited=[world.by("MD").user], **world.told("PRIV"))
    break_glass.open_chart(born.pk, reason="Found not breathing", **world.told("RN"))

    assert found(world, "renee", role="RN") == ["Renée Ardent-Okafor"]
    assert found(world, "renee", role="PRES") == []


def test_the_restricted_take_no_place_from_others_and_cut_nothing_off(world, born):
    stays = [world.arrive(f"Maria Lopez {n}", None) for n in range(finding.MOST + 3)]
    for stay in stays[3:]:
        break_glass.restrict(stay, invited=[world.by("MD").user], **world.told("PRIV"))

    shown = look(world, "maria lopez")

    assert (len(shown.people), shown.is_cut) == (3, False)
    assert look(world, "maria lopez", role="MD").is_cut


def test_a_restricted_earlier_stay_of_somebody_found_is_not_told_of(world, born):
    leave(world, born)
    back = arrival.arrive(Arriving(""), bed=world.bed("2"), person=born.person, **world.told())
    break_glass.restrict(back, invited=[world.by("MD").user], **world.told("PRIV"))

    (one,) = look(world, "renee").people

    assert [stay.episode_id for stay in one.stays] == [born.pk]
    assert found(world, back.code) == found(world, "bed 2") == []


# --- what it costs ----------------------------------------------------------------------------

COST = 2
"""The words that could be meant, and the stays of whoever carries them."""


@pytest.mark.parametrize("typed", ["renee ardent", "renee", "bo", "nobody zzz", "bed 1", "bed 9"])
def test_it_costs_two_statements_whoever_is_looked_for(
    world, born, typed, django_assert_num_queries
):
    actor = world.by("RN")
    wanted = finding.asked(typed, BORN, actor)
    with django_assert_num_queries(COST):
        finding.find(wanted, actor, world.now)


def test_present_former_restricted_and_unknown_are_asked_in_the_same_words(world, born):
    leave(world, world.arrive("Former Farrow", "2"))
    closed = world.arrive("Restricted Rowan", "3")
    break_glass.restrict(closed, invited=[world.by("MD").user], **world.told("PRIV"))

    told = []
    for typed in ("zaqqux", "restricted", "former"):
        actor = world.by("RN")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            finding.find(finding.asked(typed, None, actor), actor, world.now)
        told.append(len(asked))

    assert told == [COST] * 3
    assert look(world, "restricted") == look(world, "zaqqux") == finding.Found()


# --- what is kept to find people --------------------------------------------------------------


def kept(person: Person) -> set[str]:
    return set(PersonKey.objects.filter(person=person).values_list("word", flat=True))


def test_the_keys_follow_the_name(world, born):
    assert kept(born.person) == set(names.kept_words("Renée Ardent-Okafor", "Ren"))
    leave(world, born)

    arrival.arrive(
        Arriving("", preferred_name="Rowan"), bed=None, person=born.person, **world.told()
    )

    assert kept(born.person) == set(names.kept_words("Renée Ardent-Okafor", "Rowan"))
    assert found(world, "rowan") == ["Renée Ardent-Okafor"]


@pytest.mark.parametrize("hidden", [True, False])
def test_verify_tells_of_somebody_hidden_from_the_search_or_planted_in_it(world, born, hidden):
    world.tampered = True
    if hidden:
        PersonKey.objects.filter(person=born.person, word="ardent").delete()
    else:
        PersonKey.objects.filter(person=born.person, word="ardent").update(sound="x")

    (broken,) = verifying.verify(world.facility)

    assert str(broken).endswith("what finds it by name does not fit the name")


# --- misspellings, many -----------------------------------------------------------------------


@pytest.fixture
def crowd(world: World) -> list[str]:
    """A thousand invented people, all of whom have left."""
    chance = random.Random(20261122)
    called = sorted({f"{chance.choice(FIRST)} {chance.choice(LAST)}" for _n in range(2500)})
    called = chance.sample(called, 1000)
    people = [
        Person(facility=world.facility, legal_name=name, born_on=date(1990, 1, 1))
        for name in called
    ]
    Person.objects.bulk_create(people)
    PersonKey.objects.bulk_create(
        PersonKey(
            facility=world.facility, person=person, word=key.word, head=key.head, tail=key.tail,
            letters=key.letters, sound=key.sound,
        )
        for person in people for key in names.keys(person.legal_name)
    )  # fmt: skip
    Episode.objects.bulk_create(
        Episode(
            facility=world.facility, person=person, code="X", state="DISCHARGED",
            arrived_at=world.now - timedelta(days=n), closed_at=world.now - timedelta(days=n),
        )
        for n, person in enumerate(people)
    )  # fmt: skip
    world.tampered = True
    return called


def slip(chance: random.Random, word: str) -> str:
    place = chance.randrange(len(word) - 1)
    letter = chance.choice(string.ascii_lowercase)
    return chance.choice(
        [
            word[:place] + letter + word[place:],
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        ]
    )


def test_a_full_name_with_one_slip_finds_its_bearer_among_a_thousand(world, crowd):
    chance = random.Random(7)
    ranks, first = [], 0
    for _each in range(150):
        name = chance.choice(crowd)
        parts = name.split()
        which = chance.randrange(2)
        parts[which] = slip(chance, parts[which])
        typed = " ".join(chance.sample(parts, 2))
        shown = found(world, typed)
        assert name in shown, f"{typed!r} does not find {name}"
        ranks.append(shown.index(name))
        first += ranks[-1] == 0
        assert len(set(name.lower().split()) & set(shown[0].lower().split())) >= 1, (typed, shown)

    assert first >= 0.9 * len(ranks)


def test_the_name_as_it_stands_comes_first_among_a_thousand(world, crowd):
    chance = random.Random(8)
    for name in chance.sample(crowd, 60):
        assert found(world, name)[0] == name


def test_nobody_of_a_thousand_is_shown_for_a_name_that_is_like_none(world, crowd):
    for typed in ("zbigniew brzezinski", "qqqq", "aeiou aeiou", "jrr tolkien"):
        assert found(world, typed) == []
