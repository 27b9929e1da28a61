"""Vital signs: one time axis with the course, limits in grey, figures with their age."""

from typing import Any

import pytest

from stepdown.web.charts.course import course
from stepdown.web.charts.vital import Panel, vital
from tests.web.charts.parts import COWS, HOSTILE, HOUR, START, at, of_class, read, ten_hours, words

PULSE = (at(1, 92), at(5, 110), at(7, 88))


def panel(**more):
    given: dict[str, Any] = {
        "key": "pulse",
        "label": "Pulse",
        "unit": "bpm",
        "series": (PULSE,),
        "latest": "88",
        "latest_at": START + 7 * HOUR,
        "usual": (50.0, 140.0),
        "limits": (60.0, 120.0),
    }
    return Panel(**(given | more))


def draw(**more):
    return read(vital(panel(**more), ten_hours()))


def test_panels_share_places_with_the_course_above():
    above = read(course([at(5, 12)], ten_hours(), COWS))
    below = draw(series=([at(5, 95)],))
    assert of_class(above, "dots")[0].get("d").startswith("m2000 ")
    assert of_class(below, "dots")[0].get("d").startswith("m2000 ")
    for css in ("grid", "now"):
        one, two = of_class(above, css)[0], of_class(below, css)[0]
        assert [line.get("x1") for line in one.iter("line")] == [
            line.get("x1") for line in two.iter("line")
        ]


def test_outside_the_personal_limits_is_grey():
    low, high = of_class(draw(), "outside")[::-1]
    axis = panel().axis(ten_hours())
    assert high.get("d") == f"M0 0H4000V{axis.units(120)}H0z"
    assert low.get("d") == f"M0 1000H4000V{axis.units(60)}H0z"
    assert words(draw(), "plot__y") == ["60120"]


def test_a_limit_on_one_side_greys_one_side_and_none_greys_nothing():
    assert len(of_class(draw(limits=(94.0, None)), "outside")) == 1
    assert of_class(draw(limits=(None, None)), "outside") == []
    assert words(draw(limits=(None, None)), "plot__y") == ["50140"]


@pytest.mark.parametrize("value", [30, 200])
def test_a_reading_beyond_the_usual_range_widens_the_axis_and_is_not_cut(value):
    axis = panel(series=([at(1, value)],)).axis(ten_hours())
    assert 0 < axis.part(value) < 1


def test_a_reading_outside_the_span_does_not_widen_the_axis():
    assert panel(series=([at(-1, 300)],)).axis(ten_hours()) == panel(series=()).axis(ten_hours())


def test_a_pair_is_two_lines_on_one_axis():
    drawn = draw(series=([at(1, 138), at(2, 142)], [at(1, 84), at(2, 88)]))
    assert len(of_class(drawn, "measured")) == 2


def test_the_figure_stands_with_its_unit_and_its_time():
    assert words(draw(), "plot__k") == ["Pulse 88 bpm Wed 6 Jan 23:00"]
    assert draw().find(".//title").text == "Pulse over time, latest 88 bpm Wed 6 Jan 23:00"


def test_what_was_never_measured_is_a_dash():
    drawn = draw(series=((),), latest="", latest_at=None)
    assert words(drawn, "plot__v") == ["–"]
    assert not of_class(drawn, "measured")


def test_hostile_words_stay_words():
    drawn = draw(label=HOSTILE, unit=HOSTILE, latest=HOSTILE)
    assert not list(drawn.iter("script"))
    assert "".join(drawn.itertext()).count(HOSTILE) == 6
