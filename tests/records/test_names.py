"""Names however they are typed: what is the same, what is near, and what is not."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.records import names
from stepdown.records.names import Key, Likeness

LETTERS = string.ascii_lowercase
NAMES = st.text(LETTERS, min_size=4, max_size=12)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Renée", "renee"),
        ("ÅSA", "asa"),
        ("Łukasz", "lukasz"),
        ("Müller", "muller"),
        ("Strauß", "strauss"),
        ("Nguyễn", "nguyen"),
        ("Ólafur Þór", "olafur thor"),
        ("Søren Æbelø", "soren aebelo"),
    ],
)
def test_accents_and_capitals_make_no_difference(typed, kept):
    assert names.folded(typed) == kept


@pytest.mark.parametrize(
    "name", ["Garcia-Lopez", "GARCIA\u2013LOPEZ", "garcia lopez", "Garcia.Lopez"]
)
def test_a_hyphen_is_a_space_or_nothing(name):
    assert names.words(name) == ("garcia", "lopez")
    assert "garcialopez" in names.kept_words("Garcia-Lopez")


@pytest.mark.parametrize("typed", ["oneill", "neill"])
def test_an_apostrophe_is_nothing_or_a_space(typed):
    for written in ("O'Neill", "O\u2019Neill", "O`Neill"):
        assert typed in names.kept_words(written)


@pytest.mark.parametrize("typed", ["delacruz", "lacruz", "cruz"])
def test_small_words_before_a_name_may_be_typed_as_one(typed):
    assert typed in names.kept_words("Maria de la Cruz")


@pytest.mark.parametrize("typed", ["", " ", "%", "_", "a", "a b c", "'", "--", "*", "\u200b"])
def test_signs_and_single_letters_are_no_word(typed):
    assert names.words(typed) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("catherine", "kathryn"), ("stephen", "steven"), ("gonzales", "gonzalez"),
        ("smith", "smyth"), ("schmidt", "schmitt"), ("jeffrey", "geoffrey"), ("shawn", "sean"),
        ("philip", "filip"), ("rodriguez", "rodrigues"), ("mueller", "muller"), ("xochitl", "sochitl"),
        ("isaac", "izak"), ("wright", "rite"), ("quinn", "kwin"), ("eric", "erik"),
    ],
)  # fmt: skip
def test_what_sounds_alike_has_one_sound(one, other):
    assert names.sound(one) == names.sound(other), (names.sound(one), names.sound(other))


@pytest.mark.parametrize(("one", "other"), [("anna", "hannah"), ("lee", "roy"), ("maria", "mark")])
def test_what_sounds_otherwise_has_another(one, other):
    assert names.sound(one) != names.sound(other)


@pytest.mark.parametrize(
    ("typed", "word", "fit"),
    [
        ("garcia", "garcia", Likeness.SAME),
        ("gar", "garcia", Likeness.BEGINS),
        ("ga", "garcia", None),
        ("garcai", "garcia", Likeness.ONE_SLIP),
        ("garsia", "garcia", Likeness.ONE_SLIP),
        ("gracai", "garcia", None),
        ("cathryne", "katherine", Likeness.SOUNDS),
        ("rodrgiuze", "rodriguez", Likeness.TWO_SLIPS),
        ("rdogirzue", "rodriguez", None),
        ("bo", "bo", Likeness.SAME),
        ("bo", "bob", Likeness.ONE_SLIP),
        ("bo", "bolt", None),
        ("b", "bob", None),
        ("kim", "kin", Likeness.ONE_SLIP),
        ("lopez", "garcia", None),
    ],
)
def test_how_a_typed_word_fits(typed, word, fit):
    assert names.likeness(typed, word) is fit


def test_a_short_word_alone_is_not_forgiven_a_slip():
    assert names.likeness("kim", "kin", alone=True) is None
    assert names.likeness("bo", "bob", alone=True) is None
    assert names.likeness("kim", "kimberly", alone=True) is Likeness.BEGINS


def slipped(data: st.DataObject, word: str) -> str:
    """The word with one slip: a letter more, less, other, or two neighbours swapped."""
    kind = data.draw(st.sampled_from(["more", "less", "other", "swapped"]))
    place = data.draw(st.integers(0, len(word) - (2 if kind == "swapped" else 1)))
    letter = data.draw(st.sampled_from(LETTERS))
    if kind == "more":
        return word[:place] + letter + word[place:]
    if kind == "less":
        return word[:place] + word[place + 1 :]
    if kind == "other":
        return word[:place] + letter + word[place + 1 :]
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


@given(NAMES, st.data())
def test_one_slip_is_one_slip_and_leaves_a_key_that_finds_the_word(word, data):
    typed = slipped(data, word)

    assert names.slips(typed, word, 2) <= 1
    if len(typed) > names.SHORT:
        one, other = Key.of(typed), Key.of(word)
        assert one.head == other.head or one.tail == other.tail or one.letters == other.letters, (
            typed,
            word,
        )
        assert names.likeness(typed, word) is not None


@given(NAMES, NAMES, st.integers(0, 3))
def test_slips_count_the_same_from_either_side_and_never_beyond_what_was_asked(one, other, most):
    found = names.slips(one, other, most)

    assert found == names.slips(other, one, most) <= most + 1
    assert (found == 0) == (one == other)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_name_at_all_has_keys_that_fit_their_columns(legal, preferred):
    for key in names.keys(legal, preferred):
        assert 2 <= len(key.word) <= names.LONGEST
        assert len(key.letters) <= names.LONGEST
        assert len(key.sound) <= 2 * names.LONGEST
        assert len(key.head) <= names.EDGE >= len(key.tail)
        assert "\0" not in key.word


@given(st.text(max_size=60))
def test_what_was_kept_of_a_name_is_found_by_the_same_name(name):
    assert set(names.words(name)) <= set(names.kept_words(name))
