"""The course: bands, gaps, corrections, the present, and the same said in words."""

import pytest

from stepdown.content import library
from stepdown.web.charts.annotations import Dose, Event, Expected
from stepdown.web.charts.course import course, describe
from stepdown.web.charts.scale import Scale
from stepdown.web.charts.span import Span
from tests.web.charts.parts import (
    COWS,
    HERE,
    HOSTILE,
    HOUR,
    START,
    at,
    of_class,
    read,
    ten_hours,
    words,
)

POINTS = [at(1, 9), at(3, 18), at(5, None, "asleep"), at(7, 12)]


def draw(points=POINTS, span=None, **more):
    return read(course(points, span or ten_hours(), COWS, **more))


def test_the_axis_is_fixed_so_that_two_charts_compare():
    drawn = draw()
    assert words(drawn, "plot__y") == ["051325"]
    bands = of_class(drawn, "band")
    assert [(band.get("data-n"), band.get("y"), band.get("height")) for band in bands] == [
        ("0", "220", "44"),
        ("1", "149.6", "70.4"),
        ("2", "44", "105.6"),
        ("3", "0", "44"),
    ]
    assert words(drawn, "band__n") == ["None", "Mild", "Moderate", "Moderately severe"]


def test_a_total_above_the_usual_axis_grows_it_to_the_whole_scale():
    drawn = draw([at(1, 31)])
    assert words(drawn, "plot__y") == ["05132537"]
    assert words(drawn, "band__n")[-1] == "Severe"
    assert of_class(drawn, "dots")[0].get("d") == "m400 354h0"


def test_a_total_outside_the_span_does_not_change_its_axis():
    assert words(draw([at(-1, 40), at(1, 9)]), "plot__y") == ["051325"]


def test_each_gap_stands_in_its_lane_with_the_letter_of_its_reason():
    drawn = draw([at(1, None, "asleep"), at(2, None, "refused"), at(3, None, "partial")])
    (lane,) = of_class(drawn, "gaps")
    assert [(mark.get("x"), mark.findtext("text")) for mark in lane] == [
        ("10%", "A"),
        ("20%", "N"),
        ("30%", "P"),
    ]
    assert lane[0].findtext("title") == "Wed 6 Jan 17:00: asleep"
    assert words(drawn, "key plot__key") == ["COWS, measuredPnot finishedAasleepNsaid no"]
    assert not of_class(drawn, "dots"), "a gap is no zero"


def test_without_gaps_there_is_no_lane():
    assert not of_class(draw([at(1, 9)]), "gaps")


def test_the_present_is_one_line_with_its_local_time():
    (line,) = of_class(draw(), "now")
    assert (line.get("x1"), line.get("x2")) == ("80%", "80%")
    assert words(draw(), "nowtag") == ["Now 00:00"]


def test_a_span_of_the_past_has_no_present():
    past = Span(START, START + 5 * HOUR, START + 8 * HOUR, HERE)
    assert not of_class(draw(span=past), "now")


def test_the_newest_entry_stands_beside_with_band_and_time():
    assert words(draw(), "plot__k") == ["12 MildWed 6 Jan 23:00"]
    assert words(draw([at(1, 9), at(7, None, "refused")]), "plot__k") == [
        "said noWed 6 Jan 23:00"
    ], "a reason is not covered up by an older score"


def test_the_picture_is_told_in_words():
    assert describe(POINTS, ten_hours(), COWS) == (
        "9 at Wed 6 Jan 17:00, highest 18 at Wed 6 Jan 19:00, latest 12 at Wed 6 Jan 23:00. "
        "1 time not scored."
    )
    drawn = draw()
    (area,) = of_class(drawn, "plot__area")
    told = {element.get("id"): element.text for element in area if element.get("id")}
    assert area.get("aria-labelledby") == " ".join(told)
    assert list(told.values()) == ["COWS over time", describe(POINTS, ten_hours(), COWS)]


def test_an_empty_course_says_so():
    drawn = draw([])
    assert describe([], ten_hours(), COWS) == "No COWS total in this time."
    assert not of_class(drawn, "measured")
    assert words(drawn, "plot__k") == [""]


def test_events_are_numbered_and_doses_stand_on_the_floor():
    drawn = draw(
        events=[Event(START + HOUR, 1, "vomited once"), Event(START + 20 * HOUR, 2, "later")],
        doses=[Dose(START + 2 * HOUR, "4"), Dose(START + 9 * HOUR, "8", planned=True)],
        dose_name="Buprenorphine, mg",
    )
    (events,), (doses,) = of_class(drawn, "events"), of_class(drawn, "doses")
    assert [event.findtext("title") for event in events] == ["Wed 6 Jan 17:00: vomited once"]
    assert [event.find("circle").get("cx") for event in events] == ["10%"]
    assert [(dose.get("x"), dose.get("class")) for dose in doses] == [
        ("20%", None),
        ("90%", "planned"),
    ]
    assert "Buprenorphine, mg (hollow: planned)" in words(drawn, "key plot__key")[0]


def test_what_a_model_expects_is_dashed_in_ribbons_and_never_among_the_measured():
    expected = [
        Expected(START + 8 * HOUR, 12, ((9, 15), (11, 13))),
        Expected(START + 10 * HOUR, 6, ((-3, 12), (4, 8))),
    ]
    drawn = draw(forecast=expected)
    assert [path.get("d") for path in of_class(drawn, "ribbon")] == [
        "M3200 500l800 100 0 400-800-300z",
        "M3200 567l800 166 0 134-800-234z",
    ]
    assert [path.get("d") for path in of_class(drawn, "expected")] == ["M3200 600l800 200"]
    assert of_class(draw(), "expected") == []
    assert of_class(drawn, "measured")[0].get("d") == of_class(draw(), "measured")[0].get("d")


def test_hostile_words_stay_words():
    scale = Scale(HOSTILE, 48, 30, COWS.zones[:1])
    markup = course(
        [at(1, 3), at(2, None, HOSTILE)],
        ten_hours(),
        scale,
        events=[Event(START + HOUR, 1, HOSTILE)],
        doses=[Dose(START + HOUR, HOSTILE)],
        dose_name=HOSTILE,
    )
    drawn = read(markup)
    assert not list(drawn.iter("script"))
    assert "".join(drawn.itertext()).count(HOSTILE) == 5


def test_no_style_attribute_and_no_number_that_is_none():
    markup = course(POINTS, ten_hours(), COWS, events=[Event(START + HOUR, 1, "x")])
    assert "style=" not in markup
    assert "nan" not in markup.lower().replace("finance", "")


def test_two_courses_on_a_page_keep_their_ids_apart():
    one, two = (course(POINTS, ten_hours(), COWS, key=key) for key in ("a", "b"))
    ids = [element.get("id") for element in read(one + two).iter() if element.get("id")]
    assert len(ids) == len(set(ids)) == 4


def test_the_axis_of_a_scale_comes_from_its_content():
    cows = library.instrument("cows")
    scale = Scale.of(cows)
    assert (scale.maximum, scale.usual_top) == (cows.maximum, cows.chart_maximum)
    assert [zone.at_least for zone in scale.zones] == sorted(
        band.at_least for band in cows.bands if band.at_least is not None
    )
    assert scale.zone(scale.zones[1].at_least) == scale.zones[1]


def test_a_scale_whose_result_is_a_tier_has_no_axis():
    tier = next(one for one in library.instruments().values() if not one.is_sum)
    with pytest.raises(ValueError, match="no total to draw"):
        Scale.of(tier)


def test_five_hundred_entries_stay_light():
    many = [at(n / 50, 10 + n % 7) for n in range(500)]
    assert len(course(many, ten_hours(), COWS)) < 10_000
