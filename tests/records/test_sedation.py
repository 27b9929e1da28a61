"""Sedation from the tap to the fact, in our own words and in a scale that was dropped in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from stepdown.content import library
from stepdown.content.unfilled import MARK
from stepdown.records import facts
from stepdown.records.access import Actor
from stepdown.records.actions.monitoring import observations
from stepdown.records.actions.monitoring.readings import Reading, Scale
from stepdown.records.facts import Sedation
from stepdown.records.models import Observation
from stepdown.records.reading import board, course
from stepdown.records.reading.sight import Sight
from tests.records.world import World

TEMPLATES = Path(__file__).parents[2] / "docs/clinical/templates"
OWN = "sedation_level"


@pytest.fixture
def stay(world: World):
    episode = world.admitted()
    world.now += timedelta(hours=2)
    return episode


def look(world: World, stay, level: str, kind: str = OWN, minutes: int = 0) -> Observation:
    at = world.now - timedelta(minutes=minutes)
    scales = {kind: Scale({"level": level})}
    return world.record(stay, Reading(at, scales=scales))[0]


def flags(world: World, stay, by: Actor | None = None) -> tuple[list[str], list[str]]:
    """What stands out on the board and on the chart."""
    actor = by or world.by("RN")
    ward = board.ward(actor, "withdrawal")
    assert ward is not None
    shown = board.board(ward.unit, actor, Sight.of(actor), world.now)
    tile = next(p.occupant for p in shown.places if p.occupant and p.occupant.episode_id == stay.pk)
    stay.facility = actor.facility
    chart = course.stands_out(course.course(stay, Sight.of(actor)), world.now)
    return [each.words() for each in tile.flags], [each.words() for each in chart]


def test_without_a_look_sedation_is_unknown_and_never_no(world, stay):
    assert facts.sedation_level(stay, world.now) == Sedation()
    assert facts.sedation_level(stay, world.now).verdict == "unknown"


def test_a_look_tells_what_it_means_and_how_old_it_is(world, stay):
    look(world, stay, "drowsy", minutes=47)

    found = facts.sedation_level(stay, world.now)

    assert (found.verdict, found.level, found.zone) == ("acceptable", "drowsy", "within")
    assert (found.kind, found.age_minutes) == (OWN, 47)
    assert found.published == {"POSS": "2", "RASS": "-1"}


def test_asleep_is_acceptable_and_no_number(world, stay):
    row = look(world, stay, "asleep")

    assert (row.total, row.at_least, row.band) == (None, None, "asleep")
    assert row.answers == {"level": ["asleep", None]}
    assert facts.sedation_level(stay, world.now).verdict == "acceptable"
    assert facts.sedation_level(stay, world.now).published == {"POSS": "S"}


@pytest.mark.parametrize(("level", "zone"), [("nods_off", "amber"), ("hard_to_wake", "red")])
def test_the_two_worst_levels_stop_and_stand_out(world, stay, level, zone):
    look(world, stay, level, minutes=5)

    found = facts.sedation_level(stay, world.now)
    label = next(band.label for band in library.instrument(OWN).bands if band.key == level)

    assert (found.verdict, found.zone) == ("stop_and_call", zone)
    assert flags(world, stay) == ([f"Sedation: {label}"], [f"Sedation: {label}"])


def test_red_stands_until_somebody_looks_again(world, stay):
    look(world, stay, "hard_to_wake")
    world.now += timedelta(days=3)
    assert flags(world, stay)[0] == flags(world, stay)[1] == ["Sedation: Hard to wake"]

    look(world, stay, "awake")
    assert flags(world, stay) == ([], [])


def test_amber_stands_for_a_day(world, stay):
    look(world, stay, "nods_off")
    world.now += timedelta(days=1, hours=1)

    assert flags(world, stay) == ([], [])
    assert facts.sedation_level(stay, world.now).verdict == "stop_and_call"


@pytest.mark.parametrize(
    ("before", "verdict"), [("awake", "unknown"), ("hard_to_wake", "stop_and_call")]
)
def test_a_later_look_without_a_level_makes_calm_unknown_and_takes_no_stop_back(
    world, stay, before, verdict
):
    look(world, stay, before, minutes=30)
    tried = Scale(outcome="refused", reason="Wants to be left alone")
    world.record(stay, Reading(world.now, scales={OWN: tried}))

    found = facts.sedation_level(stay, world.now)

    assert (found.verdict, found.age_minutes) == (verdict, 30)
    assert bool(flags(world, stay)[0]) is (verdict == "stop_and_call")


def test_a_look_told_late_counts_by_when_it_happened(world, stay):
    look(world, stay, "awake", minutes=10)
    look(world, stay, "hard_to_wake", minutes=60)

    assert facts.sedation_level(stay, world.now).level == "awake"


def test_a_look_that_was_struck_out_counts_for_nothing(world, stay):
    row = look(world, stay, "hard_to_wake")
    observations.void(row, why="Wrong person.", **world.told())

    assert facts.sedation_level(stay, world.now) == Sedation()
    assert flags(world, stay) == ([], [])


def test_who_reads_no_scores_is_told_of_no_sedation(world, stay):
    look(world, stay, "hard_to_wake")

    assert flags(world, stay, world.by("BHT")) == ([], [])


# --- a published scale, dropped in by a facility that has the permission -------------------

WORDS = {
    "S, word": "Invented: dozes",
    "1, word": "Invented: bright",
    "2, word": "Invented: slow",
    "3, word": "Invented: fades",
    "4, word": "Invented: gone",
}


def filled_in(text: str) -> str:
    """A template with invented words where the marks were."""
    number = 0
    while MARK in text:
        begin = text.index(MARK)
        end = text.index("]", begin) + 1
        mark = text[begin:end]
        number += 1
        words = next(
            (w for key, w in WORDS.items() if f"level {key}" in mark), f"invented {number}"
        )
        text = text[:begin] + words + text[end:]
    return text


@pytest.fixture
def poss(tmp_path):
    """POSS with an invented wording in a facility's own folder."""
    for kind in ("instruments", "sedation"):
        folder = tmp_path / kind
        folder.mkdir()
        text = (TEMPLATES / kind / "poss.yaml").read_text("utf-8")
        (folder / "poss.yaml").write_text(filled_in(text), "utf-8")
    with library.using(tmp_path):
        library.check()
        yield library.instrument("poss")


@pytest.mark.parametrize("scale", ["poss", "rass"])
def test_a_template_is_refused_until_every_mark_is_filled_in(tmp_path, scale):
    for kind in ("instruments", "sedation"):
        (tmp_path / kind).mkdir()
        text = (TEMPLATES / kind / f"{scale}.yaml").read_text("utf-8")
        (tmp_path / kind / f"{scale}.yaml").write_text(text, "utf-8")
    with library.using(tmp_path):
        said = [str(each) for each in library.problems()]
        with pytest.raises(Exception, match="is not filled in yet"):
            library.instrument(scale)

    marks = sum(
        line.count(MARK)
        for line in (TEMPLATES / "instruments" / f"{scale}.yaml").read_text().splitlines()
        if not line.startswith("#")
    )
    assert sum("is not filled in yet" in each for each in said) >= marks
    assert not [each for each in said if "rass.yaml" not in each and "poss.yaml" not in each]


def test_no_published_wording_is_shipped():
    shipped = [library.HERE, TEMPLATES]
    for folder in shipped:
        for path in folder.rglob("*.yaml"):
            text = path.read_text("utf-8").lower()
            for words in (
                "easily aroused",
                "easy to arouse",
                "arousable",
                "somnolent",
                "combative",
            ):
                assert words not in text, path


def test_poss_dropped_in_is_what_the_bedside_asks_with(poss):
    assert library.sedation_scale().key == "poss"


def test_poss_dropped_in_is_recorded_shown_and_mapped(world, stay, poss):
    row = look(world, stay, "level_4", "poss", minutes=3)

    found = facts.sedation_level(stay, world.now)

    assert row.snapshot.digest == library.digest(poss)
    assert (found.verdict, found.kind, found.age_minutes) == ("stop_and_call", "poss", 3)
    assert found.published == {"POSS": "4"}
    assert flags(world, stay)[0] == flags(world, stay)[1] == [f"POSS: {poss.band('level_4').label}"]


def test_level_s_is_a_code_with_the_acceptable_ones_and_never_zero(world, stay, poss):
    row = look(world, stay, "s", "poss")

    assert (row.total, row.at_least, row.answers) == (None, None, {"level": ["s", None]})
    assert facts.sedation_level(stay, world.now).published == {"POSS": "S"}
    assert facts.sedation_level(stay, world.now).verdict == "acceptable"
    assert poss.band("s").label.startswith("S ")
    assert flags(world, stay) == ([], [])


def test_what_was_told_in_our_words_before_keeps_its_meaning(world, stay, poss):
    look(world, stay, "hard_to_wake", minutes=20)
    assert facts.sedation_level(stay, world.now).verdict == "stop_and_call"

    look(world, stay, "level_1", "poss")
    assert facts.sedation_level(stay, world.now).verdict == "acceptable"
    assert flags(world, stay) == ([], [])


CONTRADICTIONS = [
    (
        "verdict: stop_and_call, tag: C, zone: red",
        "verdict: acceptable, tag: C, zone: red",
        "stands out",
    ),
    ("band: level_4, verdict", "band: level_3, verdict", "used twice"),
    ("band: level_4, verdict", "band: level_9, verdict", "no level of Pasero"),
    ("instrument: poss", "instrument: bliss", "is no scale"),
    ("instead_of: sedation_level", "instead_of: dozing", "is no mapping"),
    ("instead_of: sedation_level\n", "", "are all in use"),
    ("instead_of: sedation_level", "instead_of: poss", "instead of itself"),
]


@pytest.mark.parametrize(("old", "new", "said"), CONTRADICTIONS)
def test_a_mapping_that_contradicts_itself_or_its_scale_is_refused(tmp_path, old, new, said):
    for kind in ("instruments", "sedation"):
        (tmp_path / kind).mkdir()
        text = filled_in((TEMPLATES / kind / "poss.yaml").read_text("utf-8"))
        if kind == "sedation":
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / kind / "poss.yaml").write_text(text, "utf-8")

    with library.using(tmp_path):
        problems = [str(each) for each in library.problems()]

    assert any(said in each for each in problems), problems


def test_a_mapping_without_a_level_to_stop_at_is_refused(tmp_path):
    (tmp_path / "sedation").mkdir()
    text = (library.HERE / "sedation" / "sedation_level.yaml").read_text("utf-8")
    text = text.replace("key: sedation_level", "key: calm", 1).replace(
        "stop_and_call", "acceptable"
    )
    text = text.replace("zone: amber", "zone: within").replace("zone: red", "zone: within")
    (tmp_path / "sedation" / "calm.yaml").write_text(text + "instead_of: sedation_level\n", "utf-8")

    with library.using(tmp_path):
        problems = [str(each) for each in library.problems()]

    assert any("at least one acceptable level and one to stop at" in each for each in problems)
