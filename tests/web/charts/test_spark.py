"""Sparklines share one scale, break at gaps, and read aloud."""

from datetime import timedelta

from stepdown.web.charts.spark import spark
from tests.web.charts.parts import HOSTILE, HOUR, START, of_class, read

END = START + 48 * HOUR


def draw(points, **more):
    placed = [(START + timedelta(hours=hours), total) for hours, total in points]
    return spark(placed, start=START, end=END, **({"label": "COWS"} | more))


def test_the_same_total_lies_at_the_same_height_on_every_tile():
    low, high = draw([(0, 0), (48, 13)]), draw([(0, 30), (48, 13)])
    assert read(low)[0].find("polyline").get("points") == "4,41 108,24.5"
    assert read(high)[0].find("polyline").get("points") == "4,3 108,24.5"
    assert of_class(read(low), "spark__mid")[0].get("d") == "M0 24.5H116"


def test_time_decides_the_place_and_not_the_count():
    assert read(draw([(0, 10), (12, 10), (48, 10)]))[0].find("polyline").get("points") == (
        "4,28.3 30,28.3 108,28.3"
    )


def test_a_gap_breaks_the_line_and_a_lone_score_is_still_seen():
    drawn = read(draw([(0, 10), (4, 12), (8, None), (12, 9), (16, None), (20, 8), (24, 7)]))
    assert len(drawn.findall(".//polyline")) == 2
    (alone,) = of_class(drawn, "spark__alone")
    assert alone.get("cx") == "30"


def test_the_last_score_wears_its_severity():
    drawn = read(draw([(0, 10), (48, 14)], level=2))
    (last,) = [circle for circle in drawn.iter("circle") if circle.get("r") == "4"]
    assert (last.get("cx"), last.get("cy"), last.get("data-n")) == ("108", "23.3", "2")


def test_it_reads_aloud_with_its_gaps():
    drawn = read(draw([(0, 10), (4, None), (8, 9)]))[0]
    assert (drawn.get("role"), drawn.get("aria-label")) == ("img", "COWS: 10, –, 9")


def test_what_lies_before_is_left_out_and_nothing_is_drawn_from_nothing():
    assert draw([(-1, 10)]) == draw([]) == draw([(1, None)]) == ""


def test_a_total_above_the_edge_is_held_at_the_edge():
    assert 'cy="3"' in draw([(1, 48)])


def test_hostile_words_stay_words():
    assert HOSTILE in read(draw([(1, 10)], label=HOSTILE))[0].get("aria-label")
