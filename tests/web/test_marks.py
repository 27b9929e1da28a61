"""Small marks say the same to eyes, to ears and in black and white."""

from xml.etree import ElementTree

import pytest

from stepdown.web import icons, marks

HOSTILE = '"><script>alert(1)</script>&\'<b a="'


def read(markup):
    return ElementTree.fromstring(f"<d>{markup}</d>")


def text(markup):
    return "".join(read(markup).itertext())


@pytest.mark.parametrize("level", [0, 1, 2, 3, 4])
def test_severity_shows_without_colour_as_many_steps_as_its_level(level):
    glyph = read(marks.steps(level))
    filled = [bar for bar in glyph.iter("rect") if bar.get("class") == "on"]
    assert (len(filled), len(list(glyph.iter("rect")))) == (level, 4)


def test_a_band_stands_in_words_beside_its_colour():
    chip = read(marks.severity(1, "12 Mild"))[0]
    assert (chip.get("data-n"), text(marks.severity(1, "12 Mild"))) == ("1", "12 Mild")
    assert read(marks.severity(None, "not scored"))[0].get("data-n") == "none"


def test_no_score_is_a_dash_and_never_a_zero():
    markup = marks.score_chip(None)
    assert "0" not in text(markup)
    assert text(markup) == "–COWS: no score"


@pytest.mark.parametrize(
    ("change", "seen", "said"),
    [
        (-3, "−3", "down 3 points"),
        (1, "+1", "up 1 point"),
        (0, "0", "no change"),
    ],
)
def test_a_change_is_signed_and_spoken(change, seen, said):
    markup = marks.score_chip(12, 1, "Mild", change)
    assert f"<span>{seen}</span>" in markup
    assert text(markup).endswith(f"COWS 12, Mild, {said}")


def test_a_score_without_one_before_claims_no_change():
    assert "change" not in text(marks.score_chip(12, 1, "Mild"))


def test_a_state_is_a_word_and_an_unknown_kind_is_refused():
    assert text(marks.tag("47 min late", "late")) == "47 min late"
    with pytest.raises(ValueError, match="No tag of kind 'red'"):
        marks.tag("late", "red")


@pytest.mark.parametrize(
    "draw",
    [
        lambda words: marks.severity(1, words),
        lambda words: marks.score_chip(12, 1, words, 2, words),
        lambda words: marks.score_chip(None, name=words),
        lambda words: marks.tag(words, "due", "check"),
        lambda words: icons.icon("moon", words),
    ],
)
def test_hostile_words_stay_words(draw):
    drawn = read(draw(HOSTILE))
    assert not list(drawn.iter("script"))
    assert not list(drawn.iter("b"))
    said = "".join(drawn.itertext()) + "".join(
        element.get("aria-label", "") for element in drawn.iter()
    )
    assert HOSTILE in said


def test_an_icon_is_silent_beside_words_and_speaks_alone():
    silent, alone = read(icons.icon("moon"))[0], read(icons.icon("moon", "Night"))[0]
    assert silent.get("aria-hidden") == "true"
    assert (alone.get("role"), alone.get("aria-label")) == ("img", "Night")
    assert silent[0].get("d") == alone[0].get("d") != ""


def test_an_icon_that_does_not_exist_is_an_error_and_not_a_hole():
    with pytest.raises(icons.UnknownIcon, match="unicorn"):
        icons.icon("unicorn")
