"""The numbers beside a chart: every entry with its time, nothing invented, little weight."""

from html.parser import HTMLParser

from stepdown.web.charts.table import table
from tests.web.charts.parts import HOSTILE, HOUR, START, ten_hours


class Cells(HTMLParser):
    """The cells of each row, and the time each row carries."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.times, self.rows = set(), [], []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
            self.times.append(dict(attrs).get("data-at"))
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_data(self, data):
        if self.rows:
            self.rows[-1][-1] += data


def test_each_row_knows_its_time_and_an_empty_cell_stays_empty():
    read = Cells(
        table(
            ["COWS", "Pulse"],
            [(START + HOUR, ["12 Mild", "88"]), (START, ["", "90"])],
            ten_hours(),
        )
    )
    assert read.rows == [
        ["Time", "COWS", "Pulse"],
        ["Wed 6 Jan 17:00", "12 Mild", "88"],
        ["Wed 6 Jan 16:00", "", "90"],
    ]
    assert read.times == [None, str(int(START.timestamp()) + 3600), str(int(START.timestamp()))]


def test_five_hundred_rows_weigh_less_than_sixty_kilobytes():
    cells = ["12 Mild", "88", "124/76", "36.8", "97", "15"]
    rows = [(START + n * HOUR, cells) for n in range(500)]
    assert len(table(["a"] * 6, rows, ten_hours())) < 60_000


def test_hostile_words_stay_words():
    read = Cells(table([HOSTILE], [(START, [HOSTILE])], ten_hours(), label=HOSTILE))
    assert "script" not in read.tags
    assert read.rows[0][1] == read.rows[1][1] == HOSTILE
