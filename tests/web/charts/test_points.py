"""Points become short paths: right places, breaks at gaps, straight cuts at the edges."""

import re

import pytest

from stepdown.web.charts.points import MOST_DOTS, Upright, corners, dots, line, traces
from tests.web.charts.parts import at, read, ten_hours

AXIS = Upright(0, 30)


def lines(points):
    return corners(points, ten_hours(), AXIS).runs


def walk(data):
    """Every place a path made of M, m, l and h0 comes by."""
    x = y = 0
    found = []
    for letter, numbers in re.findall(r"([Mmlh])([^Mmlh]*)", data):
        values = [int(number) for number in re.findall(r"-?\d+", numbers)]
        if letter == "h":
            assert values == [0]
            continue
        for dx, dy in zip(values[::2], values[1::2], strict=True):
            x, y = (dx, dy) if letter == "M" else (x + dx, y + dy)
            found.append((x, y))
    return found


def test_places_are_whole_units_from_the_left_and_from_the_top():
    assert lines([at(0, 0), at(5, 15), at(10, 30)]) == [[(0, 1000), (2000, 500), (4000, 0)]]


def test_a_gap_breaks_the_line_and_lies_nowhere():
    points = [at(1, 10), at(2, 12), at(3, None, "asleep"), at(4, 9), at(5, 8)]
    found = lines(points)
    assert [len(run) for run in found] == [2, 2]
    assert all(x != 1200 for run in found for x, _y in run)


def test_a_line_enters_and_leaves_at_the_edge_where_it_really_crossed():
    assert lines([at(-2, 0), at(2, 30), at(8, 30), at(12, 0)]) == [
        [(0, 500), (800, 0), (3200, 0), (4000, 500)]
    ]


def test_a_line_across_the_whole_span_without_a_point_in_it_is_drawn():
    assert lines([at(-5, 10), at(15, 20)]) == [[(0, 583), (4000, 417)]]


def test_nothing_crosses_an_edge_over_a_gap():
    assert lines([at(-2, 10), at(-1, None, "asleep"), at(2, 10)]) == [[(800, 667)]]


def test_entries_outside_the_span_alone_draw_nothing():
    assert lines([at(-3, 10), at(-2, 10)]) == []
    assert lines([at(11, 10), at(12, 10)]) == []


@pytest.mark.parametrize(
    "run",
    [
        [(0, 0), (27, 14), (30, 9), (4000, 1000)],
        [(5, 1000), (6, 0)],
        [(100, 500), (100, 500), (90, 400)],
    ],
)
def test_short_paths_come_by_every_place(run):
    assert walk(line([run])) == run
    assert walk(dots(run)) == run


def test_a_path_stays_short():
    run = [(8 * n, 500 + (-1) ** n * (n % 90)) for n in range(500)]
    assert len(line([run])) < 500 * 7


def test_a_corrected_point_is_a_square_and_not_a_dot():
    drawn = read(traces([at(1, 10), at(2, 12, amended=True), at(3, 9)], ten_hours(), AXIS))
    paths = {path.get("class"): path.get("d") for path in drawn}
    assert walk(paths["squares"]) == [(800, 600)]
    assert walk(paths["dots"]) == [(400, 667), (1200, 700)]
    assert paths["squares"] == paths["squares__in"]


def test_hundreds_of_points_keep_their_corners_and_lose_their_dots():
    many = [at(n / 40, 10 + n % 3) for n in range(MOST_DOTS + 1)]
    crowd = traces(
        [*many, at(6, None, "asleep"), at(7, 20), at(8, None, "asleep")], ten_hours(), AXIS
    )
    paths = {path.get("class"): path.get("d") for path in read(crowd)}
    assert len(walk(paths["measured"])) == MOST_DOTS + 1
    assert walk(paths["dots"]) == [(2800, 333)], "a lone point would vanish without its dot"


def test_a_number_that_is_none_is_refused():
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="cannot be drawn"):
            at(1, value)
