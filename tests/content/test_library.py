"""The library: everything shipped is sound, and a facility adds a scale with one file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stepdown.clinical.episodes import EpisodeStates
from stepdown.clinical.instruments import Instrument, answers_from_points, score
from stepdown.clinical.schedules import Schedule
from stepdown.clinical.symptoms import SymptomCatalogue
from stepdown.content import library, review
from stepdown.content.access import Permissions
from stepdown.content.codes import CodeSet
from stepdown.content.errors import ContentError
from stepdown.content.reading import read
from stepdown.content.sets import VitalSigns

THIRST = """\
key: thirst
name: Thirst today
short_name: THIRST
version: "1"
method: sum
purpose: How thirsty the person is.
rater: [RN, LVN]
record: observations
when: [Daily.]
contexts: [scheduled]
higher_is_worse: true
maximum: 5
source: Invented for this test.
licence: None needed.
evidence: draft
items:
  - key: mouth
    label: Dry mouth
    short_label: Dry mouth
    text: Is the mouth dry?
    look_back: now
    options:
      - {code: moist, points: 0, text: The mouth is moist, short: Moist}
      - {code: dry, points: 3, text: The mouth is dry, short: Dry}
  - key: wish
    label: Wish to drink
    short_label: Wish to drink
    text: Does the person ask for water?
    look_back: past hour
    options:
      - {code: none, points: 0, text: Does not ask, short: Does not ask}
      - {code: asks, points: 2, text: Asks for water, short: Asks}
bands:
  - {key: fine, label: Fine, severity: 0, at_least: 0, at_most: 1}
  - {key: thirsty, label: Thirsty, severity: 2, at_least: 2, at_most: 5}
examples:
  - {name: fine, points: [0, 0], total: 0, band: fine}
  - {name: thirsty, points: [3, 2], total: 5, band: thirsty}
"""


@pytest.fixture(autouse=True)
def shipped_files_are_reviewed_once(monkeypatch):
    """A review reads and checks every file afresh; here only the dropped ones change."""
    broken = review.against_schema
    monkeypatch.setattr(review, "read", once_if_shipped(read))
    monkeypatch.setattr(library, "bound", once_if_shipped(library.bound))
    monkeypatch.setattr(
        review, "against_schema", once_if_shipped(lambda *given: list(broken(*given)), "schema")
    )


def once_if_shipped(work, name=""):
    """The same work, done once for each shipped file: a path, or a document that has one."""

    def answer(*given):
        path = getattr(given[-1], "path", given[-1])
        if not path.is_relative_to(library.HERE):
            return work(*given)
        place = (name or work.__name__, path)
        if place not in KNOWN:
            KNOWN[place] = work(*given)
        return KNOWN[place]

    return answer


KNOWN: dict[tuple[str, Path], object] = {}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "instruments").mkdir()
    return tmp_path


def drop(folder, text=THIRST, name="thirst.yaml"):
    path = folder / "instruments" / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder):
    with library.using(folder):
        return [str(each) for each in library.problems()]


def test_everything_shipped_is_sound():
    assert [str(each) for each in library.problems()] == []
    library.check()


def test_a_dropped_file_is_an_instrument_that_scores(folder):
    drop(folder)

    with library.using(folder):
        thirst = library.instrument("thirst")
        result = score(thirst, answers_from_points(thirst, {"mouth": 3, "wish": 0}))
        assert (result.total, result.banded.label) == (3, "Thirsty")
        assert list(library.instruments())[-1] == "thirst"
        library.check()
    assert "thirst" not in library.instruments()


def test_folders_named_in_the_environment_are_read(folder):
    drop(folder)
    asked = "from stepdown.content import library; print(library.instrument('thirst').name)"

    told = subprocess.run(
        [sys.executable, "-c", asked],
        env={"STEPDOWN_CONTENT": str(folder), "PATH": ""},
        cwd=Path(library.HERE).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == "Thirst today\n"


def test_reading_content_does_not_load_what_only_the_review_needs():
    asked = (
        "import sys; from stepdown.content import library;"
        "library.instruments(); library.permissions();"
        "print('jsonschema' in sys.modules, 'django' in sys.modules)"
    )

    told = subprocess.run(
        [sys.executable, "-c", asked],
        env={"PATH": ""},
        cwd=Path(library.HERE).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == "False False\n"


def test_the_scale_in_the_documentation_works_as_it_stands(folder):
    page = (library.HERE.parents[1] / "docs" / "clinical" / "content.md").read_text("utf-8")
    printed = page.split("```yaml\n")[1].split("```")[0]
    path = drop(folder, printed)

    assert problems(folder) == []

    drop(folder, printed.replace("at_least: 2", "at_least: 3"))
    (told,) = problems(folder)
    example = next(line for line in page.splitlines() if "leaves a gap" in line and ":28:" in line)
    assert told.removeprefix(str(path)) == example.removeprefix("/srv/ward/instruments/thirst.yaml")


def change(old, new):
    assert THIRST.count(old) == 1
    return THIRST.replace(old, new)


def line_of(text, part):
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    ("old", "new", "marked", "told"),
    [
        ("higher_is_worse: true", "higher_is_worse: very", "very", "not of type 'boolean'"),
        ("short: Dry}", f"short: {'Dry ' * 20}x}}", "Dry Dry", "A button label"),
        ("key: thirst\n", "key: Thirst!\n", "Thirst!", "lower-case words"),
        ("source: Invented for this test.\n", "", "key: thirst", "'source' is a required"),
        ("maximum: 5", "maximum: 5\ncolour: blue", "key: thirst", "'colour' was unexpected"),
        ("maximum: 5", "maximum: 7", "maximum", "the items add up to 5, not 7"),
        ("{code: dry, points: 3", "{code: dry, points: 0", "code: dry", "points value 0 is used"),
        ("{code: dry, points: 3", "{code: moist, points: 3", "The mouth is dry", "option code"),
        ("points: 2, text: Asks", "points: null, text: Asks", "code: asks", "every option its"),
        ("  - key: wish", "  - key: mouth", "  - key: mouth\n    label: Wish", "item key 'mouth'"),
        ("at_least: 2", "at_least: 3", "key: thirsty", "leaves a gap: it must start at 2"),
        ("at_least: 2", "at_least: 1", "key: thirsty", "overlaps the band before"),
        ("at_most: 5", "at_most: 6", "bands:", "the bands end at 6, the scale at 5"),
        ("severity: 2", "severity: 7", "key: thirsty", "7 is greater than the maximum"),
        ("key: fine, label: Fine, severity: 0", "key: fine, label: Fine, severity: 3", "bands:", "severity must follow"),
        ("total: 5, band: thirsty", "total: 4, band: thirsty", "name: thirsty", "gives 5, thirsty"),
        ("points: [3, 2]", "points: [3, 1]", "name: thirsty", "Wish to drink cannot be 1"),
        ("points: [3, 2]", "points: [3]", "name: thirsty", "has 1 points for 2 items"),
        ("  - {name: fine, points: [0, 0], total: 0, band: fine}\n", "", "key: fine", "no worked example lands in Fine"),
        ("record: observations", "record: horoscopes", "record", "no row of the permission matrix"),
        ("rater: [RN, LVN]", "rater: [RN, KING]", "rater", "'KING' is no role"),
        ("contexts: [scheduled]", "contexts: [full_moon]", "contexts", "no code of codes/context.yaml"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_with_file_line_and_the_way_on(folder, old, new, marked, told):
    text = change(old, new)
    path = drop(folder, text)

    found = problems(folder)

    assert len(found) == 1, found
    line = text[: text.index(marked)].count("\n") + 1
    assert found[0].startswith(f"{path}:{line}: ")
    assert told in found[0]


def test_a_file_that_does_not_fit_is_refused_when_read_too(folder):
    path = drop(folder, change("maximum: 5", "maximum: lots"))

    with library.using(folder), pytest.raises(ContentError) as refusal:
        library.instruments()

    line = line_of(THIRST, "maximum: 5")
    assert str(refusal.value) == (f"{path}:{line}: maximum should be a whole number, not 'lots'.")


def test_the_first_fault_stops_a_check(folder):
    drop(folder, change("maximum: 5", "maximum: 7"))

    with library.using(folder), pytest.raises(ContentError, match="the items add up to 5"):
        library.check()


def test_broken_yaml_is_one_problem_and_the_rest_is_still_reviewed(folder):
    drop(folder, "key: [", "a.yaml")
    drop(folder, change("maximum: 5", "maximum: 7"))

    first, second = problems(folder)

    assert "a.yaml:1: is not YAML" in first
    assert "thirst.yaml" in second


def test_a_key_may_exist_only_once(folder):
    path = drop(folder, change("key: thirst\n", "key: cows\n"))

    (found,) = problems(folder)
    assert found.startswith(f"{path}:1: 'cows' exists already in ")
    with library.using(folder), pytest.raises(ContentError, match="'cows' exists already"):
        library.instruments()


@pytest.mark.parametrize("name", ["instruments/thirst.yml", "thirst.yaml", "scales/thirst.yaml"])
def test_a_file_that_nobody_reads_is_reported_not_ignored(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(THIRST)

    (found,) = problems(tmp_path)

    assert found.startswith(f"{path}:1: is read by nobody.")


def test_a_folder_that_is_not_there_is_reported(tmp_path):
    (found,) = problems(tmp_path / "gone")

    assert "is not a folder. Correct STEPDOWN_CONTENT." in found


def test_what_does_not_exist_is_a_key_error():
    for ask in (library.instrument, library.codes, library.schedule, library.symptoms):
        with pytest.raises(KeyError):
            ask("horoscope")


EVERYTHING = [
    (Instrument, lambda: library.instrument("cows")),
    (Instrument, lambda: library.instrument("cssrs_screener")),
    (VitalSigns, library.vital_signs),
    (Schedule, library.schedule),
    (SymptomCatalogue, library.symptoms),
    (Permissions, library.permissions),
    (CodeSet, lambda: library.codes("route")),
    (EpisodeStates, library.episode_states),
]


@pytest.mark.parametrize(("kind", "fetch"), EVERYTHING)
def test_content_kept_as_canonical_text_comes_back_as_it_was(kind, fetch):
    thing = fetch()

    restored = library.restore(kind, library.canonical(thing))

    assert restored == thing
    assert library.digest(restored) == library.digest(thing)
    assert len(library.digest(thing)) == 64


def test_the_digest_follows_the_content_and_not_the_file(folder):
    drop(folder)
    with library.using(folder):
        before = library.digest(library.instrument("thirst"))
    drop(folder, "# A comment.\n\n" + THIRST)
    with library.using(folder):
        assert library.digest(library.instrument("thirst")) == before
    drop(folder, change("The mouth is dry,", "The mouth is quite dry,"))
    with library.using(folder):
        assert library.digest(library.instrument("thirst")) != before


def test_a_digest_is_remembered_for_the_very_object_and_never_for_its_neighbour():
    cows, screener = library.instrument("cows"), library.instrument("cssrs_screener")

    assert library.digest(cows) == library.digest(cows)
    assert library.digest(cows) != library.digest(screener)


def test_remembered_digests_do_not_grow_without_bound(folder):
    with library.using(folder):
        for number in range(library.MOST_TEXTS + 10):
            library.digest({"number": number})
        assert len(library._shelf()._texts) <= library.MOST_TEXTS


def test_all_code_sets_have_a_label_for_every_code():
    for name in library._shelf().things("codes"):
        found = library.codes(name)
        assert found.choices() == [(code.code, code.label) for code in found.codes]
        assert found.code("no such code") is None
        assert found.code(found.codes[0].code) is found.codes[0]
